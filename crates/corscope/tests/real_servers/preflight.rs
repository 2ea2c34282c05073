//! The fault is in the answer to the preflight; the request itself is never sent.

use super::case::Case;
use super::servers::{PAGE, Protocol};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const DEMO: &[&str] = &["-H", "X-Demo: 1"];
const DEMO_AND_CREDENTIALS: &[&str] = &["-H", "X-Demo: 1", "--credentials", "include"];
const PUT: &[&str] = &["-X", "PUT"];
const PUT_AND_CREDENTIALS: &[&str] = &["-X", "PUT", "--credentials", "include"];
const BEARER: &[&str] = &["-H", "Authorization: Bearer demo"];

/// A preflighted GET.
fn refused(
    name: &'static str,
    url: &'static str,
    args: &'static [&'static str],
    rule: &'static str,
    status: u16,
) -> Case {
    Case::blocked(name, url, rule)
        .with(args)
        .sees("OPTIONS", status)
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = of_nginx();
    cases.extend(of_node());
    cases.extend(of_lists());
    cases
}

fn of_nginx() -> Vec<Case> {
    vec![
        refused(
            "nginx serves a file, and no OPTIONS",
            "@NGINX@/static/items.json",
            DEMO,
            "preflight-method-not-allowed",
            405,
        )
        .line(ALLOW_ORIGIN, &[]),
        refused(
            "nginx asks OPTIONS for a password",
            "@NGINX@/password/items",
            BEARER,
            "preflight-requires-auth",
            401,
        )
        .line("WWW-Authenticate", &["Basic realm=\"the team\""])
        .line(ALLOW_ORIGIN, &[]),
        refused(
            "nginx lets only some methods in",
            "@NGINX@/some-methods/items",
            DEMO,
            "preflight-rejected-by-security",
            403,
        ),
        refused(
            "nginx redirects to https",
            "@NGINX@/to-https/items",
            DEMO,
            "preflight-redirect",
            301,
        )
        .named("PreflightDisallowedRedirect")
        .line(
            "Location",
            &["https://127.0.0.1:@HTTPS@/healthy/items.json"],
        )
        .over(&[Protocol::Http]),
        refused(
            "nginx adds the slash",
            "@NGINX@/slash",
            DEMO,
            "preflight-redirect",
            301,
        )
        .named("PreflightDisallowedRedirect"),
        refused(
            "nginx before a dead application",
            "@NGINX@/dead-upstream/items",
            DEMO,
            "preflight-server-error",
            502,
        )
        .line(ALLOW_ORIGIN, &[]),
    ]
}

fn of_node() -> Vec<Case> {
    vec![
        refused(
            "the route answers OPTIONS like GET",
            "@NODE@/options-ignored",
            DEMO,
            "preflight-acao-missing",
            200,
        ),
        refused(
            "there is no route for OPTIONS",
            "@NODE@/options-unrouted",
            DEMO,
            "preflight-not-handled",
            404,
        ),
        refused(
            "OPTIONS is refused",
            "@NODE@/options-not-allowed",
            DEMO,
            "preflight-method-not-allowed",
            405,
        )
        .line("Allow", &["GET, PUT"]),
        refused(
            "OPTIONS needs a token",
            "@NODE@/options-needs-token",
            BEARER,
            "preflight-requires-auth",
            401,
        )
        .line("WWW-Authenticate", &["Bearer"]),
        refused(
            "OPTIONS needs a CSRF token",
            "@NODE@/options-without-csrf-token",
            DEMO,
            "preflight-rejected-by-security",
            403,
        ),
        refused(
            "the CORS filter refuses the origin",
            "@NODE@/options-from-a-stranger",
            DEMO,
            "preflight-origin-rejected",
            403,
        ),
        refused(
            "the CORS filter refuses the origin without a word",
            "@NODE@/options-from-a-stranger-quietly",
            DEMO,
            "preflight-origin-rejected",
            204,
        )
        .line(
            "Vary",
            &[
                "Origin",
                "Access-Control-Request-Method",
                "Access-Control-Request-Headers",
            ],
        ),
        refused(
            "the application's own code runs on OPTIONS",
            "@NODE@/options-throws",
            DEMO,
            "preflight-server-error",
            500,
        ),
        refused(
            "all is right but the status",
            "@NODE@/options-bad-request",
            DEMO,
            "preflight-status-not-ok",
            400,
        )
        .line(ALLOW_ORIGIN, &[PAGE]),
        refused(
            "OPTIONS is redirected",
            "@NODE@/options-redirects",
            DEMO,
            "preflight-redirect",
            308,
        )
        .named("PreflightDisallowedRedirect")
        .line("Location", &["/healthy"]),
        Case::blocked(
            "the connection is cut on OPTIONS",
            "@NODE@/options-cut",
            "preflight-network-error",
        )
        .with(DEMO),
        refused(
            "another page is allowed",
            "@NODE@/options-for-another-page",
            DEMO,
            "preflight-acao-mismatch",
            204,
        )
        .line(ALLOW_ORIGIN, &["https://app.example.com"]),
        refused(
            "OPTIONS has two of them",
            "@NODE@/options-twice",
            DEMO,
            "preflight-acao-multiple-values",
            204,
        )
        .line(ALLOW_ORIGIN, &[PAGE, "*"]),
        refused(
            "* for a page with credentials",
            "@NODE@/options-for-all",
            DEMO_AND_CREDENTIALS,
            "preflight-acao-wildcard-with-credentials",
            204,
        )
        .line(ALLOW_ORIGIN, &["*"]),
        refused(
            "no credentials",
            "@NODE@/options-without-credentials",
            DEMO_AND_CREDENTIALS,
            "preflight-acac-missing",
            204,
        )
        .line("Access-Control-Allow-Credentials", &[]),
    ]
}

fn of_lists() -> Vec<Case> {
    vec![
        refused(
            "PUT is not listed",
            "@NODE@/no-put",
            PUT,
            "acam-method-missing",
            204,
        )
        .line("Access-Control-Allow-Methods", &["GET, POST"]),
        refused(
            "patch is not PATCH",
            "@NODE@/healthy",
            &["-X", "patch"],
            "method-case-mismatch",
            204,
        )
        .line("Access-Control-Allow-Methods", &["GET, PUT, PATCH"]),
        refused(
            "patch is not PATCH for nginx either",
            "@NGINX@/healthy/items.json",
            &["-X", "patch"],
            "method-case-mismatch",
            204,
        ),
        refused(
            "X-Demo is not listed",
            "@NODE@/no-x-demo",
            DEMO,
            "acah-header-missing",
            204,
        )
        .line("Access-Control-Allow-Headers", &["Content-Type"]),
        refused(
            "* methods with credentials",
            "@NODE@/star-methods",
            PUT_AND_CREDENTIALS,
            "acam-wildcard-with-credentials",
            204,
        )
        .line("Access-Control-Allow-Methods", &["*"]),
        refused(
            "* headers with credentials",
            "@NODE@/star-headers",
            DEMO_AND_CREDENTIALS,
            "acah-wildcard-with-credentials",
            204,
        )
        .line("Access-Control-Allow-Headers", &["*"]),
        refused(
            "* headers and a token, by the standard",
            "@NODE@/star-headers",
            &["-H", "Authorization: Bearer demo", "--browser", "fetch"],
            "authorization-not-covered-by-wildcard",
            204,
        ),
        refused(
            "methods with semicolons",
            "@NODE@/semicolon-methods",
            DEMO,
            "acam-invalid-token",
            204,
        )
        .line("Access-Control-Allow-Methods", &["GET; POST; PUT"]),
        refused(
            "headers with spaces",
            "@NODE@/spaced-headers",
            DEMO,
            "acah-invalid-token",
            204,
        )
        .line("Access-Control-Allow-Headers", &["Content-Type X-Demo"]),
        refused(
            "a tracing library's header",
            "@NODE@/no-x-demo",
            &[
                "-H",
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ],
            "instrumentation-header-not-allowed",
            204,
        ),
        refused(
            "a needless Cache-Control",
            "@NODE@/no-x-demo",
            &["-H", "Cache-Control: no-cache"],
            "unnecessary-request-header",
            204,
        ),
    ]
}
