//! What a policy promises, asked of a running application.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::apps::Framework;

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";
const EXPOSE: &str = "Access-Control-Expose-Headers";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const MAX_AGE: &str = "Access-Control-Max-Age";

/// A policy, and origins that it allows.
pub(crate) struct Promise {
    pub(crate) name: &'static str,
    pub(crate) origins: &'static [&'static str],
    pub(crate) allowed: &'static [&'static str],
    pub(crate) methods: &'static [&'static str],
    pub(crate) headers: &'static [&'static str],
    pub(crate) expose: &'static [&'static str],
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<u32>,
}

impl Promise {
    fn is_public(&self) -> bool {
        self.origins == ["*"]
    }
}

/// Checks of one framework, and what failed.
pub(crate) struct Checks {
    framework: Framework,
    count: usize,
    failures: Vec<String>,
}

impl Checks {
    pub(crate) fn new(framework: Framework) -> Self {
        Self {
            framework,
            count: 0,
            failures: Vec::new(),
        }
    }

    /// # Panics
    /// When a check failed.
    pub(crate) fn finish(self) {
        assert!(self.count >= 25, "only {} checks", self.count);
        assert!(
            self.failures.is_empty(),
            "{}: {} of {} checks failed\n  {}",
            self.framework.name(),
            self.failures.len(),
            self.count,
            self.failures.join("\n  ")
        );
    }

    fn that(&mut self, promise: &Promise, what: &str, holds: bool, answer: &Answer) {
        self.count += 1;
        if !holds {
            self.failures
                .push(format!("{}: {what}\n    {answer:?}", promise.name));
        }
    }

    pub(crate) fn all(&mut self, promise: &Promise, port: u16) {
        self.allowed(promise, port);
        if !promise.is_public() {
            self.refused(promise, port);
        }
        self.preflights(promise, port);
        self.refused_preflights(promise, port);
        self.errors(promise, port);
        self.plain_options(promise, port);
    }

    /// The headers of every answer to an allowed origin.
    fn readable(&mut self, promise: &Promise, what: &str, origin: &str, answer: &Answer) {
        let allowed = if promise.is_public() { "*" } else { origin };
        let wanted: &[&str] = if promise.credentials { &["true"] } else { &[] };
        self.that(
            promise,
            &format!("{what}: {origin} is named once"),
            answer.lines(ALLOW_ORIGIN) == [allowed],
            answer,
        );
        self.that(
            promise,
            &format!("{what}: credentials"),
            answer.lines(CREDENTIALS) == wanted,
            answer,
        );
        self.varies(promise, what, answer);
    }

    fn varies(&mut self, promise: &Promise, what: &str, answer: &Answer) {
        self.that(
            promise,
            &format!("{what}: Vary names Origin"),
            promise.is_public() || answer.names("Vary", "Origin"),
            answer,
        );
    }

    fn allowed(&mut self, promise: &Promise, port: u16) {
        for origin in promise.allowed {
            for method in ["GET", "POST", "PUT"] {
                let answer = ask(port, method, "/items", &[("Origin", origin)]);
                self.readable(promise, method, origin, &answer);
                self.that(promise, method, answer.status == 200, &answer);
                let exposes = promise.expose.iter().all(|name| answer.names(EXPOSE, name));
                let only = promise.expose.is_empty() == answer.lines(EXPOSE).is_empty();
                self.that(promise, "exposed headers", exposes && only, &answer);
            }
        }
        let answer = ask(port, "GET", "/items", &[]);
        self.varies(promise, "without Origin", &answer);
        let allowed = answer.lines(ALLOW_ORIGIN);
        self.that(
            promise,
            "without Origin: nobody is named",
            answer.status == 200 && (allowed.is_empty() || promise.is_public() && allowed == ["*"]),
            &answer,
        );
    }

    fn refused(&mut self, promise: &Promise, port: u16) {
        for origin in [
            "https://evil.test",
            "null",
            "http://app.example",
            "https://app.example:444",
            "https://app.example.evil.test",
            "https://evilapp.example",
            "https://appxexample",
            "https://axapp.example",
            "https://a.appxexample",
            "https://a.app.example.evil.test",
            "https://a.app.example:444",
            "http://a.app.example",
            "https://evil.test/.app.example",
            "https://admin.example",
            "https://app.example, https://evil.test",
            "https://own.example",
        ] {
            let answer = ask(port, "GET", "/items", &[("Origin", origin)]);
            let what = format!("{origin} is refused");
            self.that(
                promise,
                &what,
                answer.lines(ALLOW_ORIGIN).is_empty(),
                &answer,
            );
            self.varies(promise, &what, &answer);
            let answer = preflight(port, "/items", origin, "PUT", "x-foo");
            self.that(
                promise,
                &what,
                answer.lines(ALLOW_ORIGIN).is_empty(),
                &answer,
            );
            self.varies(promise, &what, &answer);
        }
    }

    fn preflights(&mut self, promise: &Promise, port: u16) {
        let origin = promise.allowed[0];
        let is_named = |answer: &Answer, header, name: &str| {
            let is_safelisted = header == ALLOW_METHODS && ["GET", "POST"].contains(&name);
            is_safelisted || answer.names(header, name)
        };
        for path in ["/items", "/private", "/404", "/500"] {
            for method in promise.methods.iter().chain(&["GET", "POST"]) {
                let names = promise.headers.join(",").replace('*', "x-any");
                let names = if promise.name == "odd" {
                    promise.headers.join(",")
                } else {
                    names
                };
                let answer = preflight(port, path, origin, method, &names);
                let what = format!("preflight of {method} {path}");
                self.readable(promise, &what, origin, &answer);
                self.that(
                    promise,
                    &what,
                    (200..300).contains(&answer.status)
                        && is_named(&answer, ALLOW_METHODS, method)
                        && (promise.headers.iter())
                            .all(|name| is_named(&answer, ALLOW_HEADERS, name)),
                    &answer,
                );
                let wanted = promise.max_age.map(|seconds| seconds.to_string());
                let wanted: Vec<&str> = wanted.as_deref().into_iter().collect();
                self.that(promise, "max-age", answer.lines(MAX_AGE) == wanted, &answer);
            }
        }
    }

    fn refused_preflights(&mut self, promise: &Promise, port: u16) {
        let origin = promise.allowed[0];
        let answer = preflight(port, "/items", origin, "PURGE", "");
        self.that(
            promise,
            "another method is not allowed",
            !answer.names(ALLOW_METHODS, "PURGE") && !answer.names(ALLOW_METHODS, "*"),
            &answer,
        );
        for name in ["x-bar", "content-type", "authorization"] {
            let is_allowed = promise.headers.contains(&name) || promise.headers == ["*"];
            let answer = preflight(port, "/items", origin, "GET", name);
            let is_named = answer.names(ALLOW_HEADERS, name)
                || (answer.names(ALLOW_HEADERS, "*") && name != "authorization");
            self.that(
                promise,
                &format!("{name} is allowed only by the policy"),
                is_named == is_allowed,
                &answer,
            );
        }
    }

    fn errors(&mut self, promise: &Promise, port: u16) {
        let origin = promise.allowed[0];
        for (path, status) in [("/404", 404), ("/500", 500), ("/private", 401)] {
            let answer = ask(port, "GET", path, &[("Origin", origin)]);
            self.that(promise, path, answer.status == status, &answer);
            self.readable(promise, path, origin, &answer);
        }
    }

    fn plain_options(&mut self, promise: &Promise, port: u16) {
        let origin = promise.allowed[0];
        for headers in [&[][..], &[("Origin", origin)]] {
            let answer = ask(port, "OPTIONS", "/items", headers);
            self.that(
                promise,
                "a plain OPTIONS request reaches the app",
                answer.status == 200 && answer.lines("X-Plain") == ["yes"],
                &answer,
            );
            // @koa/cors leaves it alone, and its recipe says so.
            if !headers.is_empty() && self.framework != Framework::Koa {
                self.readable(promise, "plain OPTIONS", origin, &answer);
            }
        }
    }
}

fn preflight(port: u16, path: &str, origin: &str, method: &str, names: &str) -> Answer {
    let mut headers = vec![
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
    ];
    if !names.is_empty() {
        headers.push(("Access-Control-Request-Headers", names));
    }
    ask(port, "OPTIONS", path, &headers)
}

/// What an application answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
}

impl Answer {
    fn lines(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(given, value)| given.eq_ignore_ascii_case(name) && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect()
    }

    fn names(&self, header: &str, wanted: &str) -> bool {
        self.lines(header)
            .iter()
            .flat_map(|value| value.split(','))
            .any(|name| name.trim().eq_ignore_ascii_case(wanted))
    }
}

fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let patience = Some(Duration::from_secs(30));
    connection.set_read_timeout(patience).unwrap();
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("Content-Length: 0\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    // A reset after the answer is no fault of the recipe.
    let _ = connection.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, _) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Answer {
        status: status.and_then(|status| status.parse().ok()).unwrap_or(0),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
    }
}
