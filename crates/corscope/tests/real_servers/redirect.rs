//! The fault is on the way.

use super::case::Case;
use super::servers::{PAGE, Protocol};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::blocked(
            "a redirect without CORS",
            "@NGINX@/moved",
            "redirect-missing-acao",
        )
        .sees("GET", 301)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "the slash is added, without CORS",
            "@NGINX@/slash",
            "redirect-missing-acao",
        )
        .sees("GET", 301)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "to https, without CORS",
            "@NGINX@/to-https/items",
            "redirect-missing-acao",
        )
        .over(&[Protocol::Http])
        .with(&["-k"])
        .sees("GET", 301),
        Case::blocked(
            "to a login, without CORS",
            "@NGINX@/login-needed",
            "redirect-to-login",
        )
        .sees("GET", 302)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "to a login, the redirect being allowed",
            "@NGINX@/login-needed-allowed",
            "redirect-to-login",
        )
        .sees("GET", 302)
        .line(ALLOW_ORIGIN, &[PAGE])
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[]),
        Case::blocked(
            "the second origin sees null",
            "@NGINX@/elsewhere?path=/allows-page",
            "redirect-origin-becomes-null",
        )
        .sees("GET", 307)
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &[PAGE]),
        Case::blocked(
            "the second origin allows *, with credentials",
            "@NGINX@/elsewhere?path=/allows-all-loudly",
            "redirect-hop-wildcard-with-credentials",
        )
        .with(&["--credentials", "include"])
        .sees("GET", 307)
        .sees("GET", 200)
        .line(ALLOW_ORIGIN, &["*"]),
        Case::blocked(
            "the second origin does not answer its preflight",
            "@NGINX@/elsewhere?path=/options-unrouted",
            "redirect-hop-preflight-failed",
        )
        .with(&["-H", "X-Demo: 1"])
        .sees("OPTIONS", 204)
        .sees("GET", 307)
        .sees("OPTIONS", 404),
        Case::blocked(
            "a password in the new URL",
            "@NGINX@/elsewhere-with-a-password",
            "redirect-url-has-credentials",
        )
        .sees("GET", 307),
        Case::blocked(
            "to an application's own scheme",
            "@NGINX@/to-an-application",
            "redirect-to-non-http-scheme",
        )
        .sees("GET", 302)
        .line("Location", &["demo-app://open/items"]),
        Case::blocked(
            "round and round",
            "@NGINX@/round-and-round",
            "redirect-loop",
        )
        .sees("GET", 302),
        Case::blocked(
            "no redirect is wanted",
            "@NGINX@/elsewhere?path=/healthy",
            "redirect-mode-error",
        )
        .with(&["--redirect", "error"])
        .sees("GET", 307)
        .line(ALLOW_ORIGIN, &[PAGE]),
        Case::readable_but(
            "the token is dropped at the second origin",
            "@NGINX@/elsewhere?path=/needs-token",
            "authorization-dropped-on-redirect",
        )
        .with(&["-H", "Authorization: Bearer demo"])
        .sees("OPTIONS", 204)
        .sees("GET", 307)
        .sees("GET", 401),
    ]
}
