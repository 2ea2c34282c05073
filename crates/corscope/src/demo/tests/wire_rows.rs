//! What each endpoint must say, byte for byte, and what it must not say.

/// What a preflight, a GET or a later stop must say, and what it must not say.
pub(super) struct Row {
    pub(super) ask: &'static str,
    pub(super) says: &'static [&'static str],
    pub(super) not: &'static [&'static str],
}

const fn row(
    ask: &'static str,
    says: &'static [&'static str],
    not: &'static [&'static str],
) -> Row {
    Row { ask, says, not }
}

pub(super) const ACAO: &str = "Access-Control-Allow-Origin";
pub(super) const RIGHT: &str = "\r\nAccess-Control-Allow-Origin: http://localhost:5173\r\n";
pub(super) const ANYONE: &str = "\r\nAccess-Control-Allow-Origin: *\r\n";
const ACAC: &str = "\r\nAccess-Control-Allow-Credentials: true\r\n";
pub(super) const VARY: &str = "\r\nVary: Origin\r\n";
pub(super) const OK: &str = "HTTP/1.1 200 OK\r\n";
const EMPTY_OK: &str = "HTTP/1.1 204 No Content\r\n";

pub(super) const ROWS: &[Row] = &[
    row("GET /acao-missing", &[OK], &[ACAO]),
    row("OPTIONS /acao-missing", &[OK], &[ACAO]),
    row(
        "GET /acao-missing-on-error-response",
        &["HTTP/1.1 500 "],
        &[ACAO],
    ),
    row(
        "GET /acao-missing-on-gateway-error",
        &["HTTP/1.1 502 ", "Server: awselb/2.0"],
        &[ACAO],
    ),
    row(
        "GET /blocked-by-waf-or-challenge",
        &["HTTP/1.1 403 ", "cf-mitigated: challenge"],
        &[ACAO],
    ),
    row(
        "GET /tunnel-interstitial",
        &[OK, "ngrok-error-code: ERR_NGROK_6024"],
        &[ACAO],
    ),
    row("OPTIONS /tunnel-interstitial", &[EMPTY_OK, RIGHT], &[]),
    row("GET /acao-only-on-preflight", &[OK], &[ACAO]),
    row(
        "OPTIONS /acao-only-on-preflight",
        &[EMPTY_OK, RIGHT, "Allow-Headers: x-demo"],
        &[],
    ),
    row(
        "GET /acao-host-mismatch",
        &["Origin: http://127.0.0.1:5173\r\n", VARY],
        &[RIGHT],
    ),
    row(
        "GET /acao-scheme-mismatch",
        &["Origin: https://localhost:5173\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-port-mismatch",
        &["Origin: http://localhost:3000\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-trailing-slash",
        &["Origin: http://localhost:5173/\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-case-mismatch",
        &["Origin: HTTP://LOCALHOST:5173\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-wildcard-pattern",
        &["Origin: http://localhost:*\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-invalid-value",
        &["Origin: localhost\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-empty",
        &["\r\nAccess-Control-Allow-Origin:\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-null-for-real-origin",
        &["Origin: null\r\n"],
        &[RIGHT],
    ),
    row(
        "GET /acao-multiple-values",
        &["Origin: http://localhost:5173, http://localhost:3000\r\n"],
        &[],
    ),
    row("GET /acao-wildcard-with-credentials", &[ANYONE, ACAC], &[]),
    row(
        "GET /acac-missing",
        &[RIGHT, VARY],
        &["Access-Control-Allow-Credentials"],
    ),
    row(
        "GET /acac-not-true",
        &[RIGHT, "Access-Control-Allow-Credentials: True\r\n"],
        &[],
    ),
    row(
        "GET /cache-missing-vary-origin",
        &[
            "Origin: http://localhost:3000\r\n",
            "Age: 120",
            "X-Cache: HIT",
        ],
        &["Vary", "no-store"],
    ),
    row(
        "GET /cache-missing-vary-origin?x",
        &[RIGHT, "X-Cache: MISS"],
        &["Vary"],
    ),
    row(
        "GET /response-header-not-exposed",
        &[RIGHT, "X-Total-Count: 42"],
        &["Expose"],
    ),
    row(
        "GET /expose-wildcard-with-credentials",
        &[
            RIGHT,
            ACAC,
            "Access-Control-Expose-Headers: *\r\n",
            "X-Total-Count: 42",
        ],
        &[],
    ),
    row(
        "GET /forbidden-response-header",
        &[RIGHT, "Set-Cookie: theme=dark"],
        &[],
    ),
    row(
        "OPTIONS /preflight-acao-missing",
        &[EMPTY_OK, "Allow-Headers: X-Demo"],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-acao-mismatch",
        &[EMPTY_OK, "Origin: http://localhost:3000\r\n"],
        &[RIGHT],
    ),
    row(
        "OPTIONS /preflight-acao-multiple-values",
        &["Origin: http://localhost:5173, https://app.example.com\r\n"],
        &[],
    ),
    row(
        "OPTIONS /preflight-acao-wildcard-with-credentials",
        &[EMPTY_OK, ANYONE, ACAC],
        &[],
    ),
    row(
        "OPTIONS /preflight-acac-missing",
        &[EMPTY_OK, RIGHT, "Allow-Headers: X-Demo"],
        &["Allow-Credentials"],
    ),
    row(
        "OPTIONS /preflight-not-handled",
        &["HTTP/1.1 404 "],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-method-not-allowed",
        &["HTTP/1.1 405 ", "\r\nAllow: GET"],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-requires-auth",
        &["HTTP/1.1 401 ", "WWW-Authenticate"],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-rejected-by-security",
        &["HTTP/1.1 403 ", "CSRF"],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-origin-rejected",
        &["HTTP/1.1 403 ", "Invalid CORS request"],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-server-error",
        &["HTTP/1.1 500 "],
        &[ACAO],
    ),
    row(
        "OPTIONS /preflight-status-not-ok",
        &["HTTP/1.1 400 ", RIGHT, ACAC, "Allow-Headers: X-Demo"],
        &[],
    ),
    row(
        "OPTIONS /preflight-redirect",
        &["HTTP/1.1 301 ", "Location: /preflight-redirect/\r\n", RIGHT],
        &[],
    ),
    row(
        "OPTIONS /preflight-cached-by-intermediary",
        &[RIGHT, "Age: 120", "Allow-Headers: Content-Type\r\n"],
        &["no-store"],
    ),
    row(
        "OPTIONS /preflight-cached-by-intermediary?x",
        &["Content-Type, X-Demo\r\n", "MISS"],
        &[],
    ),
    row(
        "OPTIONS /acam-method-missing",
        &[RIGHT, "Allow-Methods: GET, POST\r\n"],
        &["PUT"],
    ),
    row(
        "OPTIONS /method-case-mismatch",
        &[RIGHT, "GET, POST, PATCH\r\n"],
        &["patch"],
    ),
    row(
        "OPTIONS /acah-header-missing",
        &[RIGHT, "Allow-Headers: Content-Type\r\n"],
        &[],
    ),
    row(
        "OPTIONS /acam-wildcard-with-credentials",
        &[RIGHT, ACAC, "Methods: *\r\n"],
        &[],
    ),
    row(
        "OPTIONS /acah-wildcard-with-credentials",
        &[RIGHT, ACAC, "Headers: *\r\n"],
        &[],
    ),
    row(
        "OPTIONS /authorization-not-covered-by-wildcard",
        &[RIGHT, "Headers: *\r\n"],
        &[],
    ),
    row(
        "OPTIONS /acam-invalid-token",
        &[RIGHT, "Methods: GET; POST; PUT\r\n"],
        &[],
    ),
    row(
        "OPTIONS /acah-invalid-token",
        &[RIGHT, "Headers: Content-Type X-Demo\r\n"],
        &[],
    ),
    row(
        "OPTIONS /instrumentation-header-not-allowed",
        &[RIGHT, "Headers: Content-Type\r\n"],
        &[],
    ),
    row(
        "OPTIONS /unnecessary-request-header",
        &[RIGHT, "Headers: Content-Type\r\n"],
        &[],
    ),
    row(
        "OPTIONS /safelisted-header-value-unsafe",
        &[RIGHT, "Headers: Content-Type\r\n"],
        &[],
    ),
    row(
        "OPTIONS /client-sends-cors-response-header",
        &[RIGHT, "Headers: Content-Type\r\n"],
        &[],
    ),
    row(
        "GET /redirect-missing-acao",
        &["Location: /redirect-missing-acao/final"],
        &[ACAO],
    ),
    row("GET /redirect-missing-acao/final", &[OK, RIGHT], &[]),
    row(
        "GET /redirect-to-login",
        &["HTTP/1.1 302 ", RIGHT, "/login?next=%2F"],
        &[],
    ),
    row("GET /redirect-to-login/login", &[OK, "Log in"], &[ACAO]),
    row(
        "GET /redirect-origin-becomes-null",
        &["HTTP/1.1 307 ", RIGHT, "/final\r\n"],
        &[],
    ),
    row("GET /redirect-origin-becomes-null/final", &[OK, RIGHT], &[]),
    row(
        "OPTIONS /redirect-hop-preflight-failed",
        &[EMPTY_OK, RIGHT],
        &[],
    ),
    row(
        "OPTIONS /redirect-hop-preflight-failed/final",
        &["HTTP/1.1 404 "],
        &[ACAO],
    ),
    row(
        "GET /redirect-hop-wildcard-with-credentials",
        &["HTTP/1.1 307 ", RIGHT, ACAC],
        &[],
    ),
    row(
        "GET /redirect-hop-wildcard-with-credentials/final",
        &[OK, ANYONE, ACAC],
        &[],
    ),
    row(
        "GET /redirect-url-has-credentials",
        &[RIGHT, "Location: http://user:secret@127"],
        &[],
    ),
    row(
        "GET /redirect-to-non-http-scheme",
        &[RIGHT, "Location: demo-app://"],
        &[],
    ),
    row("GET /redirect-mode-error", &["HTTP/1.1 302 ", RIGHT], &[]),
    row(
        "GET /redirect-loop",
        &["HTTP/1.1 302 ", RIGHT, "Location: /redirect-loop\r\n"],
        &[],
    ),
    row(
        "GET /authorization-dropped-on-redirect",
        &["HTTP/1.1 307 ", RIGHT],
        &[],
    ),
    row(
        "GET /authorization-dropped-on-redirect/final",
        &["HTTP/1.1 401 ", ANYONE],
        &[],
    ),
    row(
        "GET /corp-blocked",
        &["Cross-Origin-Resource-Policy: same-origin"],
        &[],
    ),
    row(
        "POST /csrf-rejected-by-server",
        &["HTTP/1.1 403 ", RIGHT, "CSRF token missing"],
        &[],
    ),
    row("GET /same-origin-http-error", &["HTTP/1.1 500 "], &[ACAO]),
    row("GET /invalid-http", &["SSH-2.0"], &["HTTP/"]),
    row("GET /healthy", &[OK, RIGHT, VARY], &[]),
    row(
        "OPTIONS /healthy-preflight",
        &[EMPTY_OK, RIGHT, ACAC, "PUT", "x-demo"],
        &[],
    ),
    row("GET /healthy-credentials", &[OK, RIGHT, ACAC], &[]),
    row(
        "GET /healthy-exposed-header",
        &[RIGHT, "Expose-Headers: X-Total-Count\r\n"],
        &[],
    ),
    row("GET /healthy-error", &["HTTP/1.1 404 ", RIGHT], &[]),
    row("GET /public", &[OK, ANYONE], &["Vary"]),
    row("GET /healthy-redirect", &["HTTP/1.1 307 ", RIGHT], &[]),
    row("GET /healthy-redirect/final", &[OK, ANYONE], &[]),
    row(
        "GET /malformed-line",
        &[OK, RIGHT, "\r\nthis line has no colon\r\n"],
        &[],
    ),
];
