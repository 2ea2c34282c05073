//! The one list of checks: what a policy promises, asked of a running server.

use super::asking::{Answer, Asker};
use super::promise::Promise;

pub(crate) const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
pub(crate) const ALLOW_METHODS: &str = "Access-Control-Allow-Methods";
pub(crate) const ALLOW_HEADERS: &str = "Access-Control-Allow-Headers";
pub(crate) const EXPOSE: &str = "Access-Control-Expose-Headers";
pub(crate) const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
pub(crate) const MAX_AGE: &str = "Access-Control-Max-Age";

/// The origin that the application's own headers name.
pub(crate) const OWN: &str = "https://own.example";

/// One server with one policy, and what the check that runs has found.
pub(crate) struct Case<'t> {
    pub(crate) asker: &'t Asker,
    pub(crate) promise: &'t Promise,
    /// What the recipe says that it leaves out.
    pub(crate) limits: &'t [String],
    /// Whether `/dead` is passed to where nobody listens.
    pub(crate) is_proxy: bool,
    pub(crate) looked: usize,
    pub(crate) complaints: Vec<String>,
}

impl Case<'_> {
    pub(crate) fn that(&mut self, what: &str, holds: bool, answer: &Answer) {
        self.looked += 1;
        if !holds {
            let policy = &self.promise.name;
            self.complaints
                .push(format!("{policy}: {what}: {answer:?}"));
        }
    }

    pub(crate) fn origin(&self) -> String {
        self.promise.allowed[0].clone()
    }

    pub(crate) fn get(&self, path: &str, origin: &str) -> Answer {
        self.asker.ask("GET", path, &[("Origin", origin)])
    }

    /// The headers of every answer to an allowed origin.
    pub(crate) fn readable(&mut self, what: &str, origin: &str, answer: &Answer) {
        let allowed = if self.promise.is_public() {
            "*"
        } else {
            origin
        };
        let credentials: &[&str] = if self.promise.document.credentials {
            &["true"]
        } else {
            &[]
        };
        self.that(
            &format!("{what}: {origin} is named once"),
            answer.lines(ALLOW_ORIGIN) == [allowed] && answer.lines(CREDENTIALS) == credentials,
            answer,
        );
    }

    pub(crate) fn varies(&mut self, answer: &Answer) {
        let holds = self.promise.is_public() || answer.names("Vary", "Origin");
        self.that("Vary names Origin", holds, answer);
    }
}

/// A check: its name, and what it does.
pub(crate) type Check = (&'static str, fn(&mut Case<'_>));

pub(crate) static CHECKS: &[Check] = &[
    ("each allowed origin is named once", allowed_origins),
    ("GET reaches the app", |case| method(case, "GET")),
    ("HEAD reaches the app", |case| method(case, "HEAD")),
    ("POST reaches the app", |case| method(case, "POST")),
    ("PUT reaches the app", |case| method(case, "PUT")),
    ("DELETE reaches the app", |case| method(case, "DELETE")),
    ("PATCH reaches the app", |case| method(case, "PATCH")),
    (
        "the policy's response-headers are exposed, no others",
        exposed,
    ),
    (
        "no preflight's headers on another answer",
        no_preflight_headers,
    ),
    ("Vary with Origin", vary_with_origin),
    ("Vary without Origin, and nobody is named", without_origin),
    ("a wildcard does not vary", wildcard),
    ("another site is refused", |case| {
        refused(case, &["https://evil.test"])
    }),
    ("null is refused", |case| refused(case, &["null"])),
    ("another scheme is refused", |case| {
        refused(
            case,
            &[
                "http://app.example",
                "http://a.app.example",
                "http://admin.example:8443",
            ],
        );
    }),
    ("another port is refused", |case| {
        let origins = [
            "https://app.example:444",
            "https://admin.example",
            "https://a.app.example:444",
        ];
        refused(case, &origins);
    }),
    ("a host that begins alike is refused", |case| {
        let origins = [
            "https://app.example.evil.test",
            "https://a.app.example.evil.test",
        ];
        refused(case, &origins);
    }),
    ("a host that ends alike is refused", |case| {
        refused(
            case,
            &["https://evilapp.example", "https://evil.test/.app.example"],
        );
    }),
    ("a dot is only a dot", |case| {
        refused(
            case,
            &[
                "https://appxexample",
                "https://axapp.example",
                "https://a.appxexample",
            ],
        );
    }),
    ("two origins at once are refused", |case| {
        let origins = [
            "https://app.example, https://evil.test",
            "https://evil.test, https://app.example",
        ];
        refused(case, &origins);
    }),
    ("another spelling is refused", |case| {
        refused(case, &["HTTPS://APP.EXAMPLE"])
    }),
    ("the origin that the app names is refused", |case| {
        refused(case, &[OWN])
    }),
    ("404 is readable", |case| error(case, "GET", "/404", &[404])),
    ("405 is readable", |case| {
        error(case, "POST", "/405", &[405])
    }),
    ("500 is readable", |case| error(case, "GET", "/500", &[500])),
    ("401 is readable", |case| {
        error(case, "GET", "/private", &[401])
    }),
    ("502 is readable", |case| {
        if case.is_proxy {
            error(case, "GET", "/dead", &[502, 503, 504]);
        }
    }),
    ("errors vary", errors_vary),
    ("errors stay hidden from others", errors_hidden),
    ("who has authenticated gets in", authenticated),
    ("a plain OPTIONS request reaches the app", |case| {
        plain_options(case, None)
    }),
    (
        "a plain OPTIONS request with Origin reaches the app",
        |case| {
            plain_options(case, Some(case.origin()));
        },
    ),
    ("its answer is readable", plain_options_readable),
    (
        "OPTIONS without Origin is no preflight",
        options_without_origin,
    ),
    (
        "no header is doubled behind an app that sets its own",
        doubled,
    ),
    ("an app's own headers let nobody else in", own_headers),
    ("what the app says of Vary stays", own_vary),
];

fn allowed_origins(case: &mut Case<'_>) {
    for origin in &case.promise.allowed {
        let answer = case.get("/items", origin);
        case.readable("GET", origin, &answer);
        case.that("it reaches the app", answer.status == 200, &answer);
    }
}

fn method(case: &mut Case<'_>, method: &str) {
    let origin = case.origin();
    let answer = case.asker.ask(method, "/items", &[("Origin", &origin)]);
    case.readable(method, &origin, &answer);
    let reaches = answer.status == 200 && answer.lines("X-Total") == ["3"];
    case.that(method, reaches, &answer);
}

fn exposed(case: &mut Case<'_>) {
    let answer = case.get("/items", &case.origin());
    let expose = &case.promise.document.expose;
    let lines = answer.lines(EXPOSE);
    let exposes = expose.iter().all(|name| answer.names(EXPOSE, name));
    let only = lines.len() == usize::from(!expose.is_empty()) && !answer.names(EXPOSE, "X-Own");
    case.that("exposed headers", exposes && only, &answer);
}

fn no_preflight_headers(case: &mut Case<'_>) {
    let answer = case.get("/items", &case.origin());
    let none = [ALLOW_METHODS, ALLOW_HEADERS, MAX_AGE]
        .iter()
        .all(|name| answer.lines(name).is_empty());
    case.that("no preflight", none, &answer);
}

fn vary_with_origin(case: &mut Case<'_>) {
    for path in ["/items", "/own"] {
        let answer = case.get(path, &case.origin());
        case.varies(&answer);
    }
}

fn without_origin(case: &mut Case<'_>) {
    let answer = case.asker.ask("GET", "/items", &[]);
    case.varies(&answer);
    let allowed = answer.lines(ALLOW_ORIGIN);
    let nobody = allowed.is_empty() || case.promise.is_public() && allowed == ["*"];
    case.that("nobody is named", answer.status == 200 && nobody, &answer);
}

fn wildcard(case: &mut Case<'_>) {
    if !case.promise.is_public() {
        return;
    }
    for headers in [&[][..], &[("Origin", "https://any.example")]] {
        let answer = case.asker.ask("GET", "/items", headers);
        case.that("Vary", !answer.names("Vary", "Origin"), &answer);
    }
}

/// Another spelling may be answered with the right one, which browsers compare byte by byte.
pub(crate) fn is_refused(origin: &str, answer: &Answer) -> bool {
    let lines = answer.lines(ALLOW_ORIGIN);
    let spelled_right = origin == "HTTPS://APP.EXAMPLE" && lines == ["https://app.example"];
    lines.is_empty() || spelled_right
}

fn refused(case: &mut Case<'_>, origins: &[&str]) {
    for origin in origins {
        if case.promise.allows(origin) {
            continue;
        }
        let answer = case.get("/items", origin);
        case.that(origin, is_refused(origin, &answer), &answer);
        case.varies(&answer);
    }
}

const ERRORS: [(&str, &str); 4] = [
    ("GET", "/404"),
    ("POST", "/405"),
    ("GET", "/500"),
    ("GET", "/private"),
];

fn error(case: &mut Case<'_>, method: &str, path: &str, statuses: &[u16]) {
    let origin = case.origin();
    let answer = case.asker.ask(method, path, &[("Origin", &origin)]);
    case.that(path, statuses.contains(&answer.status), &answer);
    case.readable(path, &origin, &answer);
}

fn errors_vary(case: &mut Case<'_>) {
    for (method, path) in ERRORS {
        let origin = case.origin();
        let answer = case.asker.ask(method, path, &[("Origin", &origin)]);
        case.varies(&answer);
    }
}

fn errors_hidden(case: &mut Case<'_>) {
    if case.promise.is_public() {
        return;
    }
    for (method, path) in ERRORS {
        let headers = [("Origin", "https://evil.test")];
        let answer = case.asker.ask(method, path, &headers);
        case.that(path, answer.lines(ALLOW_ORIGIN).is_empty(), &answer);
    }
}

fn authenticated(case: &mut Case<'_>) {
    let origin = case.origin();
    let headers = [
        ("Origin", origin.as_str()),
        ("Authorization", "Basic YW5uOnNlY3JldA=="),
    ];
    let answer = case.asker.ask("GET", "/private", &headers);
    case.that("authenticated", answer.status == 200, &answer);
    case.readable("authenticated", &origin, &answer);
}

fn plain_options(case: &mut Case<'_>, origin: Option<String>) {
    let headers: Vec<_> = (origin.iter())
        .map(|origin| ("Origin", origin.as_str()))
        .collect();
    let answer = case.asker.ask("OPTIONS", "/items", &headers);
    let reaches = answer.status == 200 && answer.lines("X-Plain") == ["yes"];
    case.that("plain OPTIONS", reaches, &answer);
}

fn plain_options_readable(case: &mut Case<'_>) {
    let origin = case.origin();
    let answer = case.asker.ask("OPTIONS", "/items", &[("Origin", &origin)]);
    case.readable("plain OPTIONS", &origin, &answer);
}

fn options_without_origin(case: &mut Case<'_>) {
    let headers = [("Access-Control-Request-Method", "PUT")];
    let answer = case.asker.ask("OPTIONS", "/items", &headers);
    let reaches = answer.status == 200 && answer.lines("X-Plain") == ["yes"];
    case.that("no Origin", reaches, &answer);
}

fn doubled(case: &mut Case<'_>) {
    let origin = case.origin();
    for path in ["/own", "/items", "/404"] {
        let answer = case.get(path, &origin);
        let doubled = answer.doubled();
        case.that(&format!("{doubled:?}"), doubled.is_empty(), &answer);
    }
}

fn own_headers(case: &mut Case<'_>) {
    let answer = case.get("/own", OWN);
    let allowed = answer.lines(ALLOW_ORIGIN);
    let public = case.promise.is_public() && allowed == ["*"];
    case.that("the app's origin", allowed.is_empty() || public, &answer);
    let origin = case.origin();
    let answer = case.get("/own", &origin);
    case.readable("the app's own headers", &origin, &answer);
}

fn own_vary(case: &mut Case<'_>) {
    let answer = case.get("/own", &case.origin());
    case.that("own Vary", answer.names("Vary", "Accept-Encoding"), &answer);
}
