//! Recipes, pasted into real servers and asked what the policy promises.
//!
//! Each server stands before an application that sets CORS headers of its own, that authenticates
//! some paths and that cannot be reached at others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod checks;
mod http;
mod servers;

use corscope_diagnose::recipe::Assurance;
use corscope_diagnose::recipes::by_name;
use corscope_fetch::policy::{Policy, PolicyDocument};

use checks::Checks;
use servers::Stack;

fn policy(document: PolicyDocument) -> Policy {
    document.build(true).unwrap()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn full() -> Policy {
    policy(PolicyDocument {
        origins: strings(&[
            "https://app.example",
            "https://admin.example:8443",
            "https://*.apps.example",
        ]),
        methods: strings(&["PUT", "DELETE", "PATCH"]),
        headers: strings(&["X-Foo", "Content-Type", "Authorization"]),
        expose: strings(&["X-Total", "ETag"]),
        credentials: true,
        max_age: Some(600),
        private_network: false,
    })
}

fn public() -> Policy {
    policy(PolicyDocument {
        origins: strings(&["*"]),
        methods: strings(&["PUT"]),
        headers: strings(&["*"]),
        expose: strings(&["X-Total"]),
        ..PolicyDocument::default()
    })
}

/// Everything that is asked for, with credentials: the names must be echoed.
fn echoing() -> Policy {
    policy(PolicyDocument {
        origins: strings(&["https://app.example"]),
        methods: strings(&["*"]),
        headers: strings(&["*"]),
        credentials: true,
        ..PolicyDocument::default()
    })
}

/// Every character that a token may hold, next to what servers take for variables.
fn odd() -> Policy {
    policy(PolicyDocument {
        origins: strings(&["https://app.example"]),
        methods: strings(&["M!#$%&'*+-.^_`|~"]),
        headers: strings(&["x-!#$%&'*+.^_`|~", "x-$http_cookie", "x-%[src]", "x-%ci"])
            .into_iter()
            .filter(|name| !name.contains('['))
            .collect(),
        expose: strings(&["x-$host$", "x-%t%"]),
        ..PolicyDocument::default()
    })
}

fn are_skipped() -> bool {
    std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1")
}

fn battery(stack: Stack) {
    if are_skipped() {
        return;
    }
    let recipe = by_name(stack.name()).unwrap();
    let mut checks = Checks::new(stack.name());
    checks.full(&stack.start(&(recipe.render)(&full()).code));
    checks.public(&stack.start(&(recipe.render)(&public()).code));
    checks.echoing(&stack.start(&(recipe.render)(&echoing()).code));
    checks.odd(&stack.start(&(recipe.render)(&odd()).code), &odd());
    checks.finish();
    assert_eq!(recipe.assurance, Assurance::Run, "it has just been run");
}

#[test]
fn nginx_answers_as_the_policy_says() {
    battery(Stack::Nginx);
}

#[test]
fn apache_answers_as_the_policy_says() {
    battery(Stack::Apache);
}

#[test]
fn caddy_answers_as_the_policy_says() {
    battery(Stack::Caddy);
}

#[test]
fn haproxy_answers_as_the_policy_says() {
    battery(Stack::Haproxy);
}

#[test]
fn lighttpd_answers_as_the_policy_says() {
    battery(Stack::Lighttpd);
}
