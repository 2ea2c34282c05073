//! The checks of CORS-preflight requests.

use super::asking::Answer;
use super::checks::{
    ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN, Case, Check, MAX_AGE, OWN, is_refused,
};

pub(crate) static CHECKS: &[Check] = &[
    ("a preflight names the origin once", origin),
    ("a preflight allows each method of the policy", methods),
    ("a preflight allows each header of the policy", headers),
    ("a preflight allows all headers at once", all_headers),
    ("a preflight says the max-age, or nothing", max_age),
    ("a preflight varies", varies),
    ("a preflight never reaches the app", stays),
    ("a preflight of another method is refused", other_method),
    ("a preflight of another header is refused", other_header),
    ("a preflight of another origin is refused", other_origin),
    ("a refused preflight varies", refused_varies),
    ("the preflight of a protected path is allowed", |case| {
        path(case, "/private")
    }),
    (
        "the preflight of a path that is not there is allowed",
        |case| path(case, "/404"),
    ),
    ("the preflight of a failing path is allowed", |case| {
        path(case, "/500")
    }),
    ("the preflight of a path that is down is allowed", |case| {
        if case.is_proxy {
            path(case, "/dead");
        }
    }),
    ("no header of a preflight is doubled", doubled),
];

/// A preflight that the policy allows.
fn allowed(case: &Case<'_>, path: &str) -> Answer {
    let methods = possible_methods(case);
    let method = methods.first().copied().unwrap_or("POST");
    let names = case.promise.headers().join(",").to_lowercase();
    let origin = case.origin();
    case.asker.preflight(path, &origin, method, &names)
}

fn is_ok(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

fn allows_method(case: &Case<'_>, answer: &Answer, method: &str) -> bool {
    let wildcard = !case.promise.document.credentials && answer.names(ALLOW_METHODS, "*");
    wildcard || ["GET", "HEAD", "POST"].contains(&method) || answer.names(ALLOW_METHODS, method)
}

fn allows_header(case: &Case<'_>, answer: &Answer, name: &str) -> bool {
    let wildcard = !case.promise.document.credentials
        && !name.eq_ignore_ascii_case("authorization")
        && answer.names(ALLOW_HEADERS, "*");
    wildcard || answer.names(ALLOW_HEADERS, name)
}

fn origin(case: &mut Case<'_>) {
    for origin in &case.promise.allowed {
        let answer = case.asker.preflight("/items", origin, "POST", "");
        case.that("preflight", is_ok(&answer), &answer);
        case.readable("preflight", origin, &answer);
    }
}

fn methods(case: &mut Case<'_>) {
    let origin = case.origin();
    let mut methods = possible_methods(case);
    methods.extend(["GET", "POST"]);
    if case.promise.allows_every_method() && !cannot(case, "every method") {
        methods.push("PROPFIND");
    }
    for method in methods {
        let answer = case.asker.preflight("/items", &origin, method, "");
        let allows = is_ok(&answer) && allows_method(case, &answer, method);
        case.that(method, allows, &answer);
        case.readable(method, &origin, &answer);
    }
}

/// The policy's methods without those that the recipe says it leaves out.
fn possible_methods<'t>(case: &Case<'t>) -> Vec<&'t str> {
    let mut methods = case.promise.methods();
    methods.retain(|method| !cannot(case, &format!("no method {method}:")));
    methods
}

/// Whether the recipe says that it cannot allow what the policy allows.
fn cannot(case: &Case<'_>, what: &str) -> bool {
    (case.limits.iter()).any(|limit| limit.contains(what))
}

fn headers(case: &mut Case<'_>) {
    let origin = case.origin();
    if cannot(case, "every request-header") {
        return;
    }
    for name in case.promise.headers() {
        let name = name.to_lowercase();
        let answer = case.asker.preflight("/items", &origin, "POST", &name);
        let allows = is_ok(&answer) && allows_header(case, &answer, &name);
        case.that(&name, allows, &answer);
        case.readable(&name, &origin, &answer);
    }
}

fn all_headers(case: &mut Case<'_>) {
    if cannot(case, "every request-header") {
        return;
    }
    let answer = allowed(case, "/items");
    let names = case.promise.headers();
    let allows = names.iter().all(|name| allows_header(case, &answer, name));
    case.that("all headers", is_ok(&answer) && allows, &answer);
}

fn max_age(case: &mut Case<'_>) {
    let answer = allowed(case, "/items");
    let wanted = case
        .promise
        .document
        .max_age
        .map(|seconds| seconds.to_string());
    let wanted: Vec<&str> = wanted.as_deref().into_iter().collect();
    // Five seconds is what browsers take when there is none.
    let lines = answer.lines(MAX_AGE);
    let holds = lines == wanted || wanted.is_empty() && lines == ["5"];
    case.that("max-age", holds, &answer);
}

fn varies(case: &mut Case<'_>) {
    let answer = allowed(case, "/items");
    case.varies(&answer);
}

fn stays(case: &mut Case<'_>) {
    let answer = allowed(case, "/items");
    let stays = answer.lines("X-Plain").is_empty() && !answer.body.contains("app");
    case.that("preflight", stays, &answer);
}

fn other_method(case: &mut Case<'_>) {
    if case.promise.allows_every_method() {
        return;
    }
    let origin = case.origin();
    let answer = case.asker.preflight("/items", &origin, "PURGE", "");
    let is_named = answer.names(ALLOW_METHODS, "PURGE") || answer.names(ALLOW_METHODS, "*");
    case.that("PURGE", !is_named, &answer);
}

fn other_header(case: &mut Case<'_>) {
    let origin = case.origin();
    for name in ["x-bar", "content-type", "authorization"] {
        if case.promise.allows_header(name) {
            continue;
        }
        let answer = case.asker.preflight("/items", &origin, "GET", name);
        let is_named = answer.names(ALLOW_HEADERS, name) || answer.names(ALLOW_HEADERS, "*");
        let is_allowed = is_named && !answer.lines(ALLOW_ORIGIN).is_empty();
        case.that(name, !is_allowed, &answer);
    }
}

const OTHERS: [&str; 6] = [
    "https://evil.test",
    "null",
    "https://app.example.evil.test",
    "https://evilapp.example",
    "https://appxexample",
    OWN,
];

fn other_origin(case: &mut Case<'_>) {
    if case.promise.is_public() {
        return;
    }
    for origin in OTHERS {
        let answer = case.asker.preflight("/items", origin, "PUT", "x-foo");
        case.that(origin, is_refused(origin, &answer), &answer);
    }
}

fn refused_varies(case: &mut Case<'_>) {
    if case.promise.is_public() {
        return;
    }
    for origin in OTHERS {
        let answer = case.asker.preflight("/items", origin, "PUT", "x-foo");
        case.varies(&answer);
    }
}

fn path(case: &mut Case<'_>, path: &str) {
    let origin = case.origin();
    let answer = allowed(case, path);
    case.that(path, is_ok(&answer), &answer);
    case.readable(path, &origin, &answer);
}

fn doubled(case: &mut Case<'_>) {
    for path in ["/items", "/own"] {
        let answer = allowed(case, path);
        let doubled = answer.doubled();
        case.that(&format!("{doubled:?}"), doubled.is_empty(), &answer);
    }
}
