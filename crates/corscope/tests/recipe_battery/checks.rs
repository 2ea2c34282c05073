//! What a policy promises, asked of a running server.

use corscope_fetch::policy::Policy;

use super::http::{Answer, OWN, ask};
use super::servers::Server;

const APP: &str = "https://app.example";
const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";
const EXPOSE: &str = "Access-Control-Expose-Headers";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const MAX_AGE: &str = "Access-Control-Max-Age";

/// Checks of one stack, and what failed.
pub(crate) struct Checks {
    stack: &'static str,
    count: usize,
    failures: Vec<String>,
}

impl Checks {
    pub(crate) fn new(stack: &'static str) -> Self {
        Self {
            stack,
            count: 0,
            failures: Vec::new(),
        }
    }

    fn that(&mut self, what: &str, holds: bool, answer: &Answer) {
        self.count += 1;
        if !holds {
            self.failures.push(format!("{what}\n    {answer:?}"));
        }
    }

    /// # Panics
    /// When a check failed.
    pub(crate) fn finish(self) {
        assert!(self.count >= 25, "only {} checks", self.count);
        assert!(
            self.failures.is_empty(),
            "{}: {} of {} checks failed\n  {}",
            self.stack,
            self.failures.len(),
            self.count,
            self.failures.join("\n  ")
        );
    }

    /// Several origins, a pattern, credentials, methods, headers, exposed headers and a max-age.
    pub(crate) fn full(&mut self, server: &Server) {
        self.allowed_origins(server);
        self.refused_origins(server);
        self.full_preflights(server);
        self.errors(server);
        let plain = ask(server.port, "OPTIONS", "/plain", &[("Origin", APP)]);
        self.that(
            "a plain OPTIONS request reaches the app",
            plain.status == 200 && plain.body.contains("app: OPTIONS"),
            &plain,
        );
        self.that(
            "and gets the headers",
            plain.one(ALLOW_ORIGIN) == Some(APP),
            &plain,
        );
        let no_origin = [("Access-Control-Request-Method", "PUT")];
        let plain = ask(server.port, "OPTIONS", "/plain", &no_origin);
        self.that(
            "OPTIONS without Origin is no preflight",
            plain.body.contains("app: OPTIONS"),
            &plain,
        );
    }

    fn allowed_origins(&mut self, server: &Server) {
        for origin in [
            APP,
            "https://admin.example:8443",
            "https://a.apps.example",
            "https://a.b.apps.example",
        ] {
            let answer = ask(server.port, "GET", "/x", &[("Origin", origin)]);
            self.that(
                &format!("{origin} is allowed, and named once"),
                answer.status == 200 && answer.one(ALLOW_ORIGIN) == Some(origin),
                &answer,
            );
        }
        let answer = ask(server.port, "GET", "/x", &[("Origin", APP)]);
        self.that(
            "credentials once",
            answer.one(CREDENTIALS) == Some("true"),
            &answer,
        );
        self.that(
            "exposed headers, and not the app's own",
            answer.lines(EXPOSE).len() == 1
                && answer.names(EXPOSE, "X-Total")
                && answer.names(EXPOSE, "ETag")
                && !answer.names(EXPOSE, "X-Own"),
            &answer,
        );
        self.that(
            "Vary names Origin, and keeps what the app says",
            answer.names("Vary", "Origin") && answer.names("Vary", "Accept-Encoding"),
            &answer,
        );
        self.that(
            "no preflight's headers on another answer",
            answer.lines(ALLOW_METHODS).is_empty() && answer.lines(MAX_AGE).is_empty(),
            &answer,
        );
        for method in ["HEAD", "POST", "PUT", "DELETE", "PATCH"] {
            let answer = ask(server.port, method, "/x", &[("Origin", APP)]);
            self.that(
                &format!("{method} reaches the app and gets the headers"),
                answer.status == 200 && answer.one(ALLOW_ORIGIN) == Some(APP),
                &answer,
            );
        }
    }

    fn refused_origins(&mut self, server: &Server) {
        for origin in [
            "https://evil.example",
            "http://app.example",
            "https://app.example:8443",
            "https://admin.example",
            "https://app.example.evil.test",
            "https://evilapp.example",
            "https://appxexample",
            "https://apps.example",
            "https://evilapps.example",
            "https://a.apps.example.evil.test",
            "https://a.apps.example:444",
            "http://a.apps.example",
            "https://evil.test/.apps.example",
            "https://evil.test:1.apps.example",
            "HTTPS://APP.EXAMPLE",
            "https://app.example, https://evil.example",
            "https://evil.example, https://app.example",
            "null",
            OWN,
        ] {
            let answer = ask(server.port, "GET", "/x", &[("Origin", origin)]);
            // Another spelling may be answered with the right one, which browsers compare by bytes.
            let is_refused = answer.lines(ALLOW_ORIGIN).iter().all(|allowed| {
                *allowed != origin && *allowed != "*" && *allowed != "null" && *allowed != OWN
            });
            let is_alone = origin.eq_ignore_ascii_case(APP) || answer.cors_headers().is_empty();
            self.that(
                &format!("{origin} is refused"),
                is_refused && is_alone && answer.names("Vary", "Origin"),
                &answer,
            );
        }
        let answer = ask(server.port, "GET", "/x", &[]);
        self.that(
            "without Origin: no CORS headers, Vary all the same",
            answer.status == 200
                && answer.cors_headers().is_empty()
                && answer.names("Vary", "Origin"),
            &answer,
        );
    }

    fn full_preflights(&mut self, server: &Server) {
        for (method, names) in [
            ("PUT", "x-foo"),
            ("DELETE", "content-type"),
            ("PATCH", "authorization,content-type,x-foo"),
            ("POST", "content-type"),
        ] {
            let answer = preflight(server, "/x", APP, method, names);
            self.that(
                &format!("preflight of {method} with {names}"),
                answer.status == 204
                    && answer.one(ALLOW_ORIGIN) == Some(APP)
                    && answer.one(CREDENTIALS) == Some("true")
                    && answer.names(ALLOW_METHODS, method)
                    && names
                        .split(',')
                        .all(|name| answer.names(ALLOW_HEADERS, name)),
                &answer,
            );
            self.that(
                "no header of it twice",
                answer.lines(ALLOW_METHODS).len() == 1 && answer.lines(ALLOW_HEADERS).len() == 1,
                &answer,
            );
        }
        let answer = preflight(server, "/x", APP, "PROPFIND", "x-bar");
        self.that(
            "another method or header is not among those allowed",
            !answer.names(ALLOW_METHODS, "PROPFIND")
                && !answer.names(ALLOW_METHODS, "*")
                && !answer.names(ALLOW_HEADERS, "x-bar")
                && !answer.names(ALLOW_HEADERS, "*"),
            &answer,
        );
        self.that("max-age", answer.one(MAX_AGE) == Some("600"), &answer);
        self.that(
            "a preflight varies on Origin",
            answer.names("Vary", "Origin"),
            &answer,
        );
        self.that(
            "a preflight never reaches the app",
            !answer.body.contains("app:"),
            &answer,
        );
        let answer = preflight(server, "/x", "https://evil.example", "PUT", "x-foo");
        self.that(
            "another origin's preflight is refused",
            answer.cors_headers().is_empty() && answer.names("Vary", "Origin"),
            &answer,
        );
        for path in ["/auth", "/dead", "/404", "/500"] {
            let answer = preflight(server, path, APP, "PUT", "x-foo");
            self.that(
                &format!("the preflight of {path} is allowed"),
                answer.status == 204 && answer.one(ALLOW_ORIGIN) == Some(APP),
                &answer,
            );
        }
    }

    fn errors(&mut self, server: &Server) {
        for (path, statuses) in [
            ("/404", &[404][..]),
            ("/405", &[405]),
            ("/500", &[500]),
            ("/auth", &[401]),
            ("/dead", &[502, 503, 504]),
        ] {
            let answer = ask(server.port, "GET", path, &[("Origin", APP)]);
            self.that(
                &format!("{path} can be read by an allowed origin"),
                statuses.contains(&answer.status)
                    && answer.one(ALLOW_ORIGIN) == Some(APP)
                    && answer.one(CREDENTIALS) == Some("true"),
                &answer,
            );
            let answer = ask(
                server.port,
                "GET",
                path,
                &[("Origin", "https://evil.example")],
            );
            self.that(
                &format!("{path} cannot be read by another"),
                answer.cors_headers().is_empty() && answer.names("Vary", "Origin"),
                &answer,
            );
        }
        let ann = [("Origin", APP), ("Authorization", "Basic YW5uOnNlY3JldA==")];
        let answer = ask(server.port, "GET", "/auth", &ann);
        self.that(
            "who has authenticated gets in",
            answer.status == 200 && answer.one(ALLOW_ORIGIN) == Some(APP),
            &answer,
        );
    }

    /// `*` for everybody.
    pub(crate) fn public(&mut self, server: &Server) {
        for headers in [&[][..], &[("Origin", "https://any.example")]] {
            let answer = ask(server.port, "GET", "/x", headers);
            self.that(
                "everybody may read, without credentials",
                answer.one(ALLOW_ORIGIN) == Some("*")
                    && answer.lines(CREDENTIALS).is_empty()
                    && answer.names(EXPOSE, "X-Total"),
                &answer,
            );
            self.that(
                "the wildcard does not vary",
                !answer.names("Vary", "Origin"),
                &answer,
            );
        }
        let answer = preflight(server, "/x", "https://any.example", "PUT", "x-any");
        self.that(
            "the preflight allows all headers",
            answer.status == 204
                && answer.one(ALLOW_ORIGIN) == Some("*")
                && answer.names(ALLOW_METHODS, "PUT")
                && answer.names(ALLOW_HEADERS, "*")
                && answer.names(ALLOW_HEADERS, "authorization"),
            &answer,
        );
        for path in ["/404", "/500", "/auth", "/dead"] {
            let answer = ask(
                server.port,
                "GET",
                path,
                &[("Origin", "https://any.example")],
            );
            self.that(
                &format!("{path} is public, too"),
                answer.one(ALLOW_ORIGIN) == Some("*"),
                &answer,
            );
        }
    }

    /// What was asked for is echoed: `*` means nothing with credentials.
    pub(crate) fn echoing(&mut self, server: &Server) {
        let answer = preflight(server, "/x", APP, "PROPFIND", "x-a,x-b");
        self.that(
            "method and headers are echoed",
            answer.one(ALLOW_METHODS) == Some("PROPFIND")
                && answer.one(ALLOW_HEADERS) == Some("x-a,x-b"),
            &answer,
        );
        let headers = [("Origin", APP), ("Access-Control-Request-Method", "PUT")];
        let answer = ask(server.port, "OPTIONS", "/x", &headers);
        self.that(
            "no headers asked for, none named",
            answer.status == 204
                && answer.one(ALLOW_METHODS) == Some("PUT")
                && answer
                    .lines(ALLOW_HEADERS)
                    .iter()
                    .all(|value| value.is_empty()),
            &answer,
        );
    }

    /// Names stay what the policy says, letter by letter.
    pub(crate) fn odd(&mut self, server: &Server, policy: &Policy) {
        let answer = preflight(server, "/x", APP, "PUT", "x-foo");
        self.that(
            "odd methods",
            answer.names(ALLOW_METHODS, &policy.methods[0]),
            &answer,
        );
        self.that(
            "odd request-headers",
            policy
                .headers
                .iter()
                .all(|name| answer.names(ALLOW_HEADERS, name)),
            &answer,
        );
        let answer = ask(server.port, "GET", "/x", &[("Origin", APP)]);
        self.that(
            "odd response-headers",
            policy.expose.iter().all(|name| answer.names(EXPOSE, name)),
            &answer,
        );
    }
}

fn preflight(server: &Server, path: &str, origin: &str, method: &str, names: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", names),
    ];
    ask(server.port, "OPTIONS", path, &headers)
}
