//! The fault is in the response to the request itself.

use super::case::Case;
use super::servers::PAGE;

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const CREDENTIALS: &[&str] = &["--credentials", "include"];

/// An answer of nginx that allows `value` and not the page.
fn allows(name: &'static str, url: &'static str, rule: &'static str, value: &'static str) -> Case {
    Case::blocked(name, url, rule)
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[value])
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::blocked(
            "nginx serves a file",
            "@NGINX@/static/items.json",
            "acao-missing",
        )
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked("Node knows nothing of CORS", "@NODE@/plain", "acao-missing")
            .sees("GET", 200)
            .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "an nginx block drops what it would inherit",
            "@NGINX@/inherits/not/items.json",
            "acao-missing",
        )
        .sees("GET", 200)
        .line("X-Frame-Options", &["DENY"])
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "nginx without always, 404",
            "@NGINX@/no-always/missing.json",
            "acao-missing-on-error-response",
        )
        .sees("GET", 404)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "nginx without always, 500",
            "@NGINX@/no-always/fails",
            "acao-missing-on-error-response",
        )
        .sees("GET", 500)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "Node throws",
            "@NODE@/throws",
            "acao-missing-on-error-response",
        )
        .sees("GET", 500)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "nginx before a dead application",
            "@NGINX@/dead-upstream/items",
            "acao-missing-on-gateway-error",
        )
        .sees("GET", 502)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "nginx before a slow application",
            "@NGINX@/slow-upstream/items",
            "acao-missing-on-gateway-error",
        )
        .with(&["--no-probes"])
        .sees("GET", 504)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "nginx answers OPTIONS, the application the rest",
            "@NGINX@/preflight-only/items",
            "acao-only-on-preflight",
        )
        .with(&["-H", "X-Demo: 1"])
        .sees("OPTIONS", 204)
        .line(ALLOW_ORIGIN, &[PAGE])
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "nginx and the application both add the header",
            "@NGINX@/both-add/items",
            "acao-duplicate-header",
        )
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[PAGE, PAGE]),
        Case::blocked(
            "nginx adds another value than the application",
            "@NGINX@/both-add-differently/items",
            "acao-duplicate-header",
        )
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[PAGE, "*"]),
        Case::blocked(
            "Node sets the header twice",
            "@NODE@/twice",
            "acao-duplicate-header",
        )
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[PAGE, PAGE]),
        allows(
            "another host",
            "@NGINX@/allows/another-host",
            "acao-host-mismatch",
            "http://127.0.0.1:5173",
        ),
        allows(
            "another scheme",
            "@NGINX@/allows/another-scheme",
            "acao-scheme-mismatch",
            "https://localhost:5173",
        ),
        allows(
            "another port",
            "@NGINX@/allows/another-port",
            "acao-port-mismatch",
            "http://localhost:3000",
        ),
        allows(
            "a trailing slash",
            "@NGINX@/allows/trailing-slash",
            "acao-trailing-slash",
            "http://localhost:5173/",
        ),
        allows(
            "capital letters",
            "@NGINX@/allows/capitals",
            "acao-case-mismatch",
            "HTTP://LOCALHOST:5173",
        ),
        allows(
            "a pattern",
            "@NGINX@/allows/pattern",
            "acao-wildcard-pattern",
            "http://localhost:*",
        ),
        allows(
            "a host name",
            "@NGINX@/allows/host-name",
            "acao-invalid-value",
            "localhost",
        ),
        allows(
            "null",
            "@NGINX@/allows/null",
            "acao-null-for-real-origin",
            "null",
        ),
        allows(
            "the whole list",
            "@NGINX@/allows/list",
            "acao-multiple-values",
            "http://localhost:5173, https://app.example.com",
        ),
        allows(
            "the default port",
            "@NODE@/default-port",
            "acao-default-port",
            "http://localhost:80",
        )
        .from("http://localhost"),
        Case::blocked("an unset variable", "@NODE@/unset-variable", "acao-empty")
            .sees("GET", 200)
            .line(ALLOW_ORIGIN, &[""]),
        allows(
            "* with credentials, from nginx",
            "@NGINX@/allows/all-with-credentials",
            "acao-wildcard-with-credentials",
            "*",
        )
        .with(CREDENTIALS),
        allows(
            "* with credentials, from Node",
            "@NODE@/allows-all-loudly",
            "acao-wildcard-with-credentials",
            "*",
        )
        .with(CREDENTIALS),
        Case::blocked(
            "credentials are not allowed",
            "@NGINX@/allows/no-credentials",
            "acac-missing",
        )
        .with(CREDENTIALS)
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[PAGE])
        .line(ALLOW_CREDENTIALS, &[]),
        Case::blocked(
            "True instead of true, from nginx",
            "@NGINX@/allows/True-credentials",
            "acac-not-true",
        )
        .with(CREDENTIALS)
        .sees("GET", 200)
        .line(ALLOW_CREDENTIALS, &["True"]),
        Case::blocked(
            "True instead of true, from Node",
            "@NODE@/True",
            "acac-not-true",
        )
        .with(CREDENTIALS)
        .sees("GET", 200)
        .line(ALLOW_CREDENTIALS, &["True"]),
        Case::blocked(
            "an nginx cache has the answer for another page",
            "@NGINX@/cached/items",
            "cache-missing-vary-origin",
        )
        .after("https://app.example.com")
        .sees("GET", 200)
        .line("X-Cache-Status", &["HIT"])
        .line(ALLOW_ORIGIN, &["https://app.example.com"])
        .line("Vary", &[]),
        Case::readable_but(
            "a count that is not exposed",
            "@NODE@/count",
            "response-header-not-exposed",
        )
        .with(&["--read", "X-Total-Count"])
        .sees("GET", 200)
        .line("X-Total-Count", &["42"]),
        Case::readable_but(
            "a count that * does not expose",
            "@NODE@/count-with-star",
            "expose-wildcard-with-credentials",
        )
        .with(&["--credentials", "include", "--read", "X-Total-Count"])
        .sees("GET", 200)
        .line("Access-Control-Expose-Headers", &["*"]),
        Case::readable_but("a cookie", "@NODE@/cookie", "forbidden-response-header")
            .with(&["--read", "Set-Cookie"])
            .sees("GET", 200)
            .line("Set-Cookie", &["(redacted)", "(redacted)"]),
    ]
}
