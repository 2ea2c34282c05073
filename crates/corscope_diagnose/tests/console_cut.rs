//! Messages that are cut, and those of apps, frameworks, old browsers and servers.
#![allow(
    clippy::expect_used,
    reason = "a sample that is not recognised fails its test"
)]

use corscope_diagnose::console::read::{ConsoleMessage, Effect, MessageLeg, NotCors, read_console};
use corscope_fetch::Browser;

fn only(text: &str) -> ConsoleMessage {
    let found = read_console(text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    found.into_iter().next().expect("one")
}

const CHROMIUM: &str = "Access to fetch at 'https://api.example.com/items' from origin \
    'http://localhost:3000' has been blocked by CORS policy: Response to preflight request \
    doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the \
    requested resource.";

fn is_the_chromium_one(message: &ConsoleMessage) {
    assert_eq!(message.browser, Some(Browser::Chromium));
    assert_eq!(
        message.browser_code,
        Some("PreflightMissingAllowOriginHeader")
    );
    assert_eq!(message.leg, MessageLeg::Preflight);
    assert_eq!(
        message.url.as_deref(),
        Some("https://api.example.com/items")
    );
    assert_eq!(
        message.page_origin.as_deref(),
        Some("http://localhost:3000")
    );
    assert_eq!(message.kind.as_deref(), Some("fetch"));
    assert_eq!(message.causes.first(), Some(&"acao-missing"));
    assert_eq!(message.effect, Effect::Blocked);
}

/// Titles of questions, lists of errors and logs end their messages where they please.
#[test]
fn messages_cut_anywhere_keep_their_facts() {
    let cut = |text: &str| {
        let message = only(text);
        assert!(message.partial, "{text}: {message:?}");
        assert_eq!(message.effect, Effect::Blocked, "{text}");
        message
    };
    for (text, url, origin) in [
        (
            "Access to fetch at 'https://x/api' from origin",
            Some("https://x/api"),
            None,
        ),
        (
            "Access to XMLHttpRequest at 'https://api.example.com/login' from",
            Some("https://api.example.com/login"),
            None,
        ),
        (
            "Access to XMLHttpRequest at 'https://api.example.com/v1/login' from origin 'http://localhost:4200' has been bl",
            Some("https://api.example.com/v1/login"),
            Some("http://localhost:4200"),
        ),
        // What is left of a URL is no URL.
        (
            "Access to fetch at 'https://api.example.com/v1/lo...",
            None,
            None,
        ),
    ] {
        let message = cut(text);
        assert_eq!(message.browser, Some(Browser::Chromium), "{text}");
        assert_eq!(message.url.as_deref(), url, "{text}");
        assert_eq!(message.page_origin.as_deref(), origin, "{text}");
    }
    let start = "Access to XMLHttpRequest at 'http://localhost:8080/api' from origin \
                 'http://localhost:4200' has been blocked by CORS policy: ";
    for (reason, cause) in [
        (
            "Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight respo...",
            "acah-header-missing",
        ),
        (
            "No 'Access-Control-Allow-Origin' header is pres…",
            "acao-missing",
        ),
        (
            "Response to preflight request doesn't pass access control check: It does not have HTTP ok",
            "preflight-status-not-ok",
        ),
    ] {
        let message = cut(&format!("{start}{reason}"));
        assert_eq!(message.causes.first(), Some(&cause), "{reason}");
    }
    let header = cut(&format!(
        "{start}Request header field authorization is not allowed by Access-Control-Allow-He"
    ));
    assert_eq!(header.header.as_deref(), Some("authorization"));
    let preflight = cut(&format!("{start}Response to preflight request doesn't p"));
    assert_eq!(preflight.leg, MessageLeg::Preflight);
    assert!(preflight.causes.is_empty());
    // Three messages begin like this.
    let unclear = cut(&format!("{start}The 'Access-Control-Allow-Origin' header"));
    assert!(unclear.causes.is_empty(), "{unclear:?}");
    for prose in ["Access to fetch at 'x' from", "Access to fetch at"] {
        assert!(read_console(prose).is_empty(), "{prose}");
    }
}

#[test]
fn apps_and_frameworks_print_their_own() {
    for (text, code, url) in [
        (
            "HttpErrorResponse {headers: HttpHeaders, status: 0, statusText: \"Unknown Error\", url: \"https://api.example.com/x\", ok: false, …}",
            "angular",
            Some("https://api.example.com/x"),
        ),
        (
            "Http failure response for (unknown url): 0 Unknown Error",
            "angular",
            None,
        ),
        (
            "ClientException: XMLHttpRequest error., uri=https://api.example.com/x",
            "flutter-old",
            Some("https://api.example.com/x"),
        ),
        (
            "DioException [connection error]: The connection errored: The XMLHttpRequest onError callback was called. This typically indicates an error on the network layer.",
            "dio",
            None,
        ),
        (
            "FetchError: [GET] \"https://api.example.com/x\": <no response> Failed to fetch",
            "NetworkError",
            Some("https://api.example.com/x"),
        ),
        (
            "FetchError: [POST] \"https://api.example.com/x\": <no response> Load failed",
            "NetworkError",
            Some("https://api.example.com/x"),
        ),
        (
            "SCRIPT7002: XMLHttpRequest: Network Error 0x80700013, Could not complete the operation due to error 80700013.",
            "IeNetworkError",
            None,
        ),
        ("CORS error", "DevToolsCorsError", None),
    ] {
        let message = only(text);
        assert!(message.is_bare(), "{text}: {message:?}");
        assert_eq!(message.browser_code, Some(code), "{text}");
        assert_eq!(message.url.as_deref(), url, "{text}");
    }
}

#[test]
fn old_browsers_and_servers_are_understood() {
    for (text, code, cause, origin) in [
        (
            "Failed to load resource: Cannot make any requests from null.",
            "WkOpaqueOrigin",
            "acao-missing",
            Some("null"),
        ),
        (
            "SEC7120: [CORS] The origin 'http://localhost:3000' did not find 'http://localhost:3000' in the Access-Control-Allow-Origin response header for cross-origin  resource at 'https://api.example.com/x'.",
            "IeOriginNotFound",
            "acao-missing",
            Some("http://localhost:3000"),
        ),
        (
            "Error: Not allowed by CORS\n    at origin (/app/server.js:20:16)\n    at /app/node_modules/cors/lib/index.js:219:13",
            "cors-middleware",
            "preflight-origin-rejected",
            None,
        ),
        (
            "Error: Cross origin http://localhost forbidden\n    at dispatchError (xhr-utils.js:63:19)",
            "jsdom",
            "acao-missing",
            Some("http://localhost"),
        ),
    ] {
        let message = only(text);
        assert_eq!(message.browser_code, Some(code), "{text}");
        assert_eq!(message.causes.first(), Some(&cause), "{text}");
        assert_eq!(message.page_origin.as_deref(), origin, "{text}");
    }
}

#[test]
fn a_failed_options_line_is_the_preflight() {
    let line = "OPTIONS https://api.example.com/x 405 (Method Not Allowed)";
    let alone = only(line);
    assert_eq!(
        (alone.leg, alone.status, alone.effect),
        (MessageLeg::Preflight, Some(405), Effect::Blocked)
    );
    assert!(alone.causes.contains(&"preflight-method-not-allowed"));
    assert_eq!(alone.method, None, "it is not the request's method");
    let reason = CHROMIUM.replace("/items", "/x");
    for text in [format!("{line}\n{reason}"), format!("{reason}\n{line}")] {
        let message = only(&text);
        assert_eq!(message.causes.first(), Some(&"acao-missing"), "{text}");
        assert_eq!(message.status, Some(405), "{text}");
    }
}

#[test]
fn more_that_is_not_cors_is_sent_elsewhere() {
    for (text, kind) in [
        (
            "Referrer Policy: strict-origin-when-cross-origin",
            NotCors::ReferrerPolicy,
        ),
        (
            "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('https://a.example') does not match the recipient window's origin ('http://localhost:3000').",
            NotCors::PostMessage,
        ),
        (
            "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep",
            NotCors::Corp,
        ),
        ("(blocked:mixed-content)", NotCors::MixedContent),
        ("(blocked:csp)", NotCors::Csp),
        ("(blocked:other)", NotCors::AdBlocker),
        (
            "[blocked] The page at https://a.example/ was not allowed to run insecure content from http://b.example/x.",
            NotCors::MixedContent,
        ),
        (
            "Error: connect ECONNREFUSED 127.0.0.1:3000",
            NotCors::NotABrowser,
        ),
    ] {
        assert_eq!(only(text).not_cors, Some(kind), "{text}");
    }
}

/// Pages that are no web sites: their origins have schemes of their own, or none.
#[test]
fn apps_have_origins_too() {
    for origin in [
        "app://obsidian.md",
        "capacitor://localhost",
        "ionic://localhost",
        "chrome-extension://abcdefghijklmnop",
        "tauri://localhost",
        "vscode-webview://1a2b3c",
        "file://",
        "null",
    ] {
        let chromium = only(&CHROMIUM.replace("http://localhost:3000", origin));
        assert_eq!(chromium.page_origin.as_deref(), Some(origin));
        let webkit = only(&format!(
            "[Error] Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: \
             200\n[Error] XMLHttpRequest cannot load https://api.example.com/x due to access \
             control checks.\n[Error] Failed to load resource: Origin {origin} is not allowed by \
             Access-Control-Allow-Origin. Status code: 200 (x, line 0)"
        ));
        assert_eq!(webkit.page_origin.as_deref(), Some(origin));
        assert_eq!(webkit.url.as_deref(), Some("https://api.example.com/x"));
    }
    // A line of a phone's log.
    let log = only(&format!(
        "05-12 10:11:12.345 12345 12345 I chromium: [INFO:CONSOLE(1)] \"{CHROMIUM}\", source: \
         file:///android_asset/www/index.html (1)"
    ));
    is_the_chromium_one(&log);
}
