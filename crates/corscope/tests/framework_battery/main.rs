//! The framework recipes, pasted into applications that are started for real and asked what the
//! policy promises. The applications lie in `e2e/frameworks`; what they need is installed from npm
//! and PyPI once, into the build's scratch space.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod apps;
mod checks;

use corscope_diagnose::recipe::Assurance;
use corscope_diagnose::recipes::by_name;
use corscope_fetch::policy::PolicyDocument;

use apps::Framework;
use checks::{Checks, Promise};

fn promises() -> [Promise; 5] {
    let several = &[
        "https://app.example",
        "https://admin.example:8443",
        "http://localhost:5173",
    ];
    [
        Promise {
            name: "one",
            origins: &["https://app.example"],
            allowed: &["https://app.example"],
            methods: &[],
            headers: &[],
            expose: &[],
            credentials: false,
            max_age: None,
        },
        Promise {
            name: "several",
            origins: several,
            allowed: several,
            methods: &["PUT", "DELETE"],
            headers: &["content-type", "x-foo"],
            expose: &["X-Total", "ETag"],
            credentials: true,
            max_age: Some(600),
        },
        Promise {
            name: "subdomains",
            origins: &["https://app.example", "https://*.app.example"],
            allowed: &[
                "https://app.example",
                "https://a.app.example",
                "https://a.b.app.example",
            ],
            methods: &["PATCH"],
            headers: &["authorization"],
            expose: &[],
            credentials: true,
            max_age: Some(60),
        },
        Promise {
            name: "public",
            origins: &["*"],
            allowed: &["https://any.example"],
            methods: &["PUT"],
            headers: &["*"],
            expose: &["X-Total"],
            credentials: false,
            max_age: Some(3600),
        },
        Promise {
            name: "odd",
            origins: &["https://o'dd$`{}.example", "https://app.example"],
            allowed: &["https://o'dd$`{}.example", "https://app.example"],
            methods: &["M!#$%&'*+-.^_`|~"],
            headers: &["x-!#$%&'*+-.^_`|~"],
            expose: &["x-!#$%&'*+-.^_`|~"],
            credentials: false,
            max_age: None,
        },
    ]
}

fn battery(framework: Framework) {
    if std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1") {
        return;
    }
    let recipe = by_name(framework.name()).unwrap();
    let mut checks = Checks::new(framework);
    for promise in promises() {
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let document = PolicyDocument {
            origins: strings(promise.origins),
            methods: strings(promise.methods),
            headers: strings(promise.headers),
            expose: strings(promise.expose),
            credentials: promise.credentials,
            max_age: promise.max_age.map(i64::from),
            private_network: false,
        };
        let policy = document.build(false).unwrap();
        let app = framework.start(promise.name, &(recipe.render)(&policy).code);
        checks.all(&promise, app.port);
    }
    checks.finish();
    assert_eq!(recipe.assurance, Assurance::Run, "it has just been run");
}

#[test]
fn express_answers_as_the_policy_says() {
    battery(Framework::Express);
}

#[test]
fn fastify_answers_as_the_policy_says() {
    battery(Framework::Fastify);
}

#[test]
fn koa_answers_as_the_policy_says() {
    battery(Framework::Koa);
}

#[test]
fn hono_answers_as_the_policy_says() {
    battery(Framework::Hono);
}

#[test]
fn nestjs_answers_as_the_policy_says() {
    battery(Framework::Nestjs);
}

#[test]
fn flask_answers_as_the_policy_says() {
    battery(Framework::Flask);
}

#[test]
fn fastapi_answers_as_the_policy_says() {
    battery(Framework::Fastapi);
}

#[test]
fn django_answers_as_the_policy_says() {
    battery(Framework::Django);
}
