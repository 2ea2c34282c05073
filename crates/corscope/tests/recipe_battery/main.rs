//! Recipes, pasted into real servers and asked what the policy promises: by our own client, and in
//! part by Chromium.
//!
//! Web servers stand before an application that sets CORS headers of its own; the applications of
//! the frameworks lie in `e2e/frameworks`, with the policies.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod apps;
mod asking;
mod backend;
mod browser;
mod checks;
mod installed;
mod preflights;
mod printed;
mod processes;
mod promise;
mod report;
mod servers;
mod stacks;
mod vite;

use corscope_diagnose::recipe::Assurance;
use corscope_diagnose::recipes::RECIPES;

use asking::Asker;
use checks::Case;
use report::Report;
use stacks::STACKS;

/// How many different checks look at each stack at least.
const LEAST: usize = 25;

fn are_skipped() -> bool {
    std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1")
}

fn battery(name: &str) {
    if are_skipped() {
        return;
    }
    let stack = STACKS.iter().find(|stack| stack.name == name).unwrap();
    let mut report = Report::default();
    for promise in promise::promises() {
        if !stack.policies.is_empty() && !stack.policies.contains(&promise.name.as_str()) {
            continue;
        }
        let rendered = (stack.recipe().render)(&promise.policy);
        let server = (stack.start)(stack, &promise.name, &rendered.code);
        let asker = Asker::new(server.port, stack.prefix);
        for (check, look) in checks::CHECKS.iter().chain(preflights::CHECKS) {
            let mut case = Case {
                asker: &asker,
                promise: &promise,
                limits: &rendered.limits,
                is_proxy: stack.is_proxy,
                looked: 0,
                complaints: Vec::new(),
            };
            look(&mut case);
            report.add(check, case.looked, case.complaints);
        }
        if promise.name == browser::POLICY {
            browser::ask_api(&asker.base, &mut report);
        }
    }
    report.finish(stack.recipe(), stack.known, LEAST);
}

macro_rules! batteries {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            battery($name);
        })*

        /// The stacks that the policy battery runs.
        const TESTED: &[&str] = &[$($name),*];
    };
}

batteries! {
    nginx_answers_as_the_policy_says: "nginx",
    apache_answers_as_the_policy_says: "apache",
    caddy_answers_as_the_policy_says: "caddy",
    haproxy_answers_as_the_policy_says: "haproxy",
    lighttpd_answers_as_the_policy_says: "lighttpd",
    express_answers_as_the_policy_says: "express",
    fastify_answers_as_the_policy_says: "fastify",
    koa_answers_as_the_policy_says: "koa",
    hono_answers_as_the_policy_says: "hono",
    nestjs_answers_as_the_policy_says: "nestjs",
    next_answers_as_the_policy_says: "nextjs",
    flask_answers_as_the_policy_says: "flask",
    fastapi_answers_as_the_policy_says: "fastapi",
    django_answers_as_the_policy_says: "django",
    axum_answers_as_the_policy_says: "axum",
    actix_answers_as_the_policy_says: "actix-web",
    rails_answers_as_the_policy_says: "rails",
    php_answers_as_the_policy_says: "php",
}

#[test]
fn vite_proxies_the_api() {
    if !are_skipped() {
        vite::battery(&promise::promises()[0]);
    }
}

#[test]
fn who_is_marked_as_run_is_run() {
    let mut run: Vec<_> = STACKS.iter().map(|stack| stack.name).collect();
    assert_eq!(run, TESTED, "each stack has its test");
    run.push(vite::NAME);
    let mut marked: Vec<_> = RECIPES
        .iter()
        .filter(|recipe| recipe.assurance == Assurance::Run)
        .map(|recipe| recipe.stack)
        .collect();
    run.sort_unstable();
    marked.sort_unstable();
    assert_eq!(run, marked);
}
