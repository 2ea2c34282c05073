//! The recipe that `corscope check` prints for a failing page of the demo server, pasted into real
//! nginx and Express before it: in Chromium, the page that failed works.

use std::fs;
use std::process::Command;

use corscope::demo::{DemoServer, Endpoint, Outcome, Places, catalogue};
use serde_json::Value;

use super::apps::start_script;
use super::installed::{node, sources};
use super::processes::Server;
use super::servers::NGINX;
use super::{are_skipped, browser};

/// Pages that this server's headers alone do not mend, and why.
const BEYOND: [(&str, &str); 4] = [
    (
        "method-case-mismatch",
        "both servers answer `patch` with 400: it is the page that has to be mended",
    ),
    (
        "redirect-to-login",
        "the page's session is over, and the target is another server",
    ),
    (
        "redirect-origin-becomes-null",
        "the redirect's target is another server",
    ),
    (
        "redirect-hop-preflight-failed",
        "the redirect's target is another server",
    ),
];

/// Refused by the standard; browsers of today only warn, so there is nothing to mend in one.
const ONLY_THE_STANDARD: &str = "authorization-not-covered-by-wildcard";

/// How many pages are mended at least.
const LEAST: usize = 40;

/// A server before the demo, and the text that stands for no recipe.
struct Front {
    stack: &'static str,
    start: fn(&Places, &str) -> Server,
    bare: &'static str,
}

const FRONTS: [Front; 2] = [
    Front {
        stack: "nginx",
        start: |places, recipe| NGINX.start_before(places.here.port(), recipe),
        bare: "# Inside of the location\n",
    },
    Front {
        stack: "express",
        start: start_express,
        bare: "",
    },
];

fn start_express(places: &Places, recipe: &str) -> Server {
    let text = fs::read_to_string(sources().join("express_demo.mjs")).unwrap();
    let text = (text.replace("/* RECIPE */", recipe)).replace("/* DEMO */", &places.here_origin());
    start_script("node".as_ref(), &node(), "printed-express.mjs", &text)
}

/// The recipe that the real program prints for an endpoint; `None` where it prints none.
fn printed(endpoint: &Endpoint, places: &Places, stack: &str) -> Option<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .arg("check")
        .args(endpoint.check_args(places))
        .args(["--stack", stack, "--format", "json"])
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    Some(document["recipe"]["code"].as_str()?.to_owned())
}

/// What the endpoint's page gets from the server at `origin`.
fn page_gets(endpoint: &Endpoint, places: &Places, origin: &str) -> Value {
    let page = endpoint.ask.page(places);
    let url = format!("{origin}{}", endpoint.path());
    browser::fetch(&page, &url, &endpoint.ask.fetch_call())
}

fn mend_the_demo(front: &Front) {
    if are_skipped() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let demo = runtime.block_on(DemoServer::start("127.0.0.1".parse().unwrap(), 0));
    let demo = demo.unwrap();
    let places = *demo.places();
    let origin = |server: &Server| format!("http://127.0.0.1:{}", server.port);
    let bare = (front.start)(&places, front.bare);
    let (mut mended, mut problems) = (Vec::new(), Vec::new());
    for endpoint in catalogue::endpoints().filter(|it| it.outcome == Outcome::Error) {
        let Some(recipe) = printed(endpoint, &places, front.stack) else {
            continue;
        };
        let before = [places.here_origin(), origin(&bare)];
        let before = before.map(|origin| page_gets(endpoint, &places, &origin));
        if ONLY_THE_STANDARD == endpoint.slug {
            assert!(before[0]["status"].is_u64(), "{before:?}");
            continue;
        }
        if before.iter().any(|got| got != "TypeError") {
            problems.push(format!("{}: worked before, {before:?}", endpoint.slug));
        }
        let server = (front.start)(&places, &recipe);
        let got = page_gets(endpoint, &places, &origin(&server));
        let is_beyond = BEYOND.iter().any(|(slug, _)| *slug == endpoint.slug);
        if got["status"].is_u64() == is_beyond {
            problems.push(format!("{}: after {got}\n{recipe}", endpoint.slug));
        } else if !is_beyond {
            mended.push(endpoint.slug);
        }
    }
    println!(
        "{}: the printed recipe mends {} of the demo's failing pages: {}",
        front.stack,
        mended.len(),
        mended.join(", ")
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(mended.len() >= LEAST, "only {mended:?}");
}

#[test]
fn the_printed_nginx_recipe_mends_the_demos_pages() {
    mend_the_demo(&FRONTS[0]);
}

#[test]
fn the_printed_express_recipe_mends_the_demos_pages() {
    mend_the_demo(&FRONTS[1]);
}
