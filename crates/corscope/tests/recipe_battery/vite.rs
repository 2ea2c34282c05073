//! Vite's development proxy, which makes CORS needless: its recipe holds nothing of a policy, so its
//! checks are of the proxy.

use std::fs;

use super::apps::start_script;
use super::asking::Asker;
use super::backend::start_app;
use super::browser;
use super::installed::{node, sources};
use super::processes::{Directory, free_port};
use super::promise::Promise;
use super::report::Report;
use super::stacks::recipe;

pub(crate) const NAME: &str = "vite";

/// How many checks there are at least.
const LEAST: usize = 20;

pub(crate) fn battery(promise: &Promise) {
    let recipe = recipe(NAME);
    let mut report = Report::default();
    let code = (recipe.render)(&promise.policy).code;
    assert!(code.contains("https://api.example.com"));
    let app = start_app();
    for (target, is_up) in [(app, true), (free_port(), false)] {
        let packages = node();
        let directory = Directory::within(&packages);
        let code = code.replace(
            "https://api.example.com",
            &format!("http://127.0.0.1:{target}"),
        );
        fs::write(directory.0.join("vite.config.js"), code).unwrap();
        fs::write(directory.0.join("index.html"), "<title>a page</title>").unwrap();
        let script = fs::read_to_string(sources().join("vite.mjs")).unwrap();
        let script = script.replace("process.argv[2]", &format!("{:?}", directory.0));
        let server = start_script("node".as_ref(), &packages, &format!("{NAME}.mjs"), &script);
        let asker = Asker::new(server.port, "");
        if is_up {
            checks(&asker, &format!("127.0.0.1:{target}"), &mut report);
            browser::ask_proxy(&format!("{}/", asker.base), &mut report);
        } else {
            let answer = asker.ask("GET", "/api/items", &[]);
            let complaint = (answer.status != 500 && answer.status != 502).then_some(&answer);
            report.add("an API that is down is an error", 1, complaints(complaint));
        }
    }
    report.finish(recipe, &[], LEAST);
}

fn complaints<T: std::fmt::Debug>(complaint: Option<T>) -> Vec<String> {
    complaint.map(|it| format!("{it:?}")).into_iter().collect()
}

fn checks(asker: &Asker, target: &str, report: &mut Report) {
    let mut that = |check: &str, holds: bool, answer: &super::asking::Answer| {
        report.add(check, 1, complaints((!holds).then_some(answer)));
    };
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"] {
        let answer = asker.ask(method, "/api/items", &[]);
        let reaches = answer.status == 200 && answer.lines("X-Own") == ["4"];
        that(&format!("{method} reaches the API"), reaches, &answer);
    }
    let answer = asker.ask("GET", "/api/items?a=1", &[]);
    that(
        "path and query stay",
        answer.body.contains("/api/items?a=1"),
        &answer,
    );
    that(
        "Host names the API",
        answer.lines("X-Host") == [target],
        &answer,
    );
    let page = asker.base.clone();
    let answer = asker.ask("PUT", "/api/items", &[("Origin", &page)]);
    that(
        "the API sees no Origin",
        answer.lines("X-Origin").is_empty(),
        &answer,
    );
    let cookie = answer.lines("Set-Cookie");
    let holds = cookie.len() == 1 && !cookie[0].to_lowercase().contains("domain");
    that("cookies become the page's", holds, &answer);
    for (path, status) in [
        ("/404", 404),
        ("/405", 405),
        ("/500", 500),
        ("/private", 401),
    ] {
        let answer = asker.ask("GET", &format!("/api{path}"), &[]);
        that(
            &format!("{status} comes through"),
            answer.status == status,
            &answer,
        );
    }
    let headers = [("Authorization", "Basic YW5uOnNlY3JldA==")];
    let answer = asker.ask("GET", "/api/private", &headers);
    that("Authorization comes through", answer.status == 200, &answer);
    let answer = asker.ask("GET", "/", &[]);
    that(
        "the page itself is served",
        answer.body.contains("a page"),
        &answer,
    );
}
