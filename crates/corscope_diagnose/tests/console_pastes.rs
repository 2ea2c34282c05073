//! Consoles as people paste them: with noise, wrapped, quoted, retyped, translated, or hostile.
#![allow(
    clippy::expect_used,
    reason = "a sample that is not recognised fails its test"
)]

use corscope_diagnose::console::read::{
    ConsoleMessage, Effect, MessageLeg, NotCors, narrow, read_console, read_message,
};
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

#[test]
fn a_failure_with_all_its_lines_is_one_message() {
    let text = format!(
        "index.html:1 {CHROMIUM}\n\
         app.js:12  PUT https://api.example.com/items net::ERR_FAILED 401 (Unauthorized)\n\
         (anonymous) @ app.js:12\n\
         Promise.then\nload @ app.js:10\n\
         app.js:12 Uncaught (in promise) TypeError: Failed to fetch\n    at load (app.js:12:3)\n\
             at async main (app.js:1:2)\n"
    );
    let message = only(&text);
    is_the_chromium_one(&message);
    assert_eq!(message.method.as_deref(), Some("PUT"));
    assert_eq!(message.status, Some(401));
    assert!(text[message.lines[0].clone()].starts_with("Access to fetch"));
}

#[test]
fn the_order_of_lines_does_not_matter() {
    let message = only(&format!(
        "TypeError: Failed to fetch\nFailed to load resource: net::ERR_FAILED\n{CHROMIUM}"
    ));
    is_the_chromium_one(&message);
}

#[test]
fn what_mail_terminals_and_trackers_do_is_undone() {
    let wrapped: String = CHROMIUM
        .split(' ')
        .fold((String::new(), 0), |(text, columns), word| {
            if columns + word.len() > 60 {
                (format!("{text}\n> {word}"), word.len())
            } else {
                (format!("{text} {word}"), columns + word.len() + 1)
            }
        })
        .0;
    let hard: Vec<String> = CHROMIUM
        .as_bytes()
        .chunks(40)
        .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
        .collect();
    let samples = [
        format!(">{wrapped}"),
        hard.join("\n"),
        CHROMIUM.replace('\'', "’"),
        CHROMIUM.replacen('\'', "‘", 1),
        CHROMIUM.replace('\'', "&#39;"),
        format!(
            "\u{1b}[31m{}\u{1b}[0m",
            CHROMIUM.replace(" blocked", " \u{1b}[1mblocked\u{1b}[22m")
        ),
        format!("[Error] [2024-05-01T10:00:00.000Z] (index):12 {CHROMIUM}"),
        format!("12:00:01.123 {CHROMIUM} index.html:12:3"),
        format!("```\n{CHROMIUM}\n```"),
        format!("{{\"level\":\"SEVERE\",\"message\":\"{CHROMIUM}\"}}"),
        CHROMIUM.replace(' ', "\u{a0}"),
        CHROMIUM.replace("'http://localhost:3000'", "'<http://localhost:3000>'"),
        CHROMIUM.replace(
            "https://api.example.com/items",
            "https://api.example.com/it\nems",
        ),
        format!("I get this error: {CHROMIUM} What should I do?"),
    ];
    for sample in &samples {
        println!("{sample}");
        is_the_chromium_one(&only(sample));
    }
}

#[test]
fn firefox_lines_of_one_failure_are_one() {
    let blocked = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the \
                   remote resource at https://api.example.com/x. (Reason:";
    let message = only(&format!(
        "{blocked} CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.[Learn More]\n\
         {blocked} CORS request did not succeed). Status code: (null).[Learn More]\n\
         Uncaught (in promise) TypeError: NetworkError when attempting to fetch resource."
    ));
    assert_eq!(message.browser, Some(Browser::Firefox));
    assert_eq!(message.browser_code, Some("CORSMissingAllowOrigin2"));
    assert_eq!(message.status, Some(404));
    assert_eq!(message.leg, MessageLeg::Preflight);
    let alone = only(&format!(
        "{blocked} CORS header 'Access-Control-Allow-Origin' missing). Status code: 200."
    ));
    assert_eq!((alone.leg, alone.status), (MessageLeg::Actual, Some(200)));
    let redirected = only(&format!(
        "{blocked} CORS request external redirect not allowed).\n{blocked} CORS preflight response \
         did not succeed). Status code: 302.\n{blocked} CORS request did not succeed). Status \
         code: (null)."
    ));
    assert_eq!(redirected.causes[0], "preflight-redirect");
    assert_eq!(redirected.status, Some(302));
}

#[test]
fn webkit_reason_and_closing_line_are_one() {
    let message = only(
        "[Error] Origin http://localhost:3000 is not allowed by Access-Control-Allow-Origin. \
         Status code: 200\n[Error] Fetch API cannot load https://api.example.com/x due to access \
         control checks.\n[Error] Failed to load resource: Origin http://localhost:3000 is not \
         allowed by Access-Control-Allow-Origin. Status code: 200 (x, line 0)\n[Error] Unhandled \
         Promise Rejection: TypeError: Load failed",
    );
    assert_eq!(message.browser, Some(Browser::WebKit));
    assert_eq!(
        message.page_origin.as_deref(),
        Some("http://localhost:3000")
    );
    assert_eq!(message.url.as_deref(), Some("https://api.example.com/x"));
    assert_eq!(message.status, Some(200));
    assert!(message.causes.contains(&"acao-missing") && message.causes.contains(&"acao-mismatch"));
}

#[test]
fn several_failures_stay_apart() {
    let other = CHROMIUM.replace("/items", "/users");
    let text = format!(
        "{CHROMIUM}\nGET https://api.example.com/items net::ERR_FAILED\n{other}\n{CHROMIUM}"
    );
    let found = read_console(&text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(found[0].times, 2);
    assert_eq!(
        found[1].url.as_deref(),
        Some("https://api.example.com/users")
    );
}

#[test]
fn cut_messages_tell_what_is_there() {
    let cut = only(
        "Access to fetch at '' from origin 'http://localhost:8000' has been blocked by CORS policy.",
    );
    assert!(cut.partial);
    assert_eq!(cut.page_origin.as_deref(), Some("http://localhost:8000"));
    let title = only(
        "from origin 'http://localhost:3000/' has been blocked by CORS policy: Response to preflight \
         request doesn't pass access control check: It does not have HTTP ok status.",
    );
    assert_eq!(title.page_origin.as_deref(), Some("http://localhost:3000"));
    assert_eq!(title.browser_code, Some("PreflightInvalidStatus"));
    let firefox = only(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at",
    );
    assert_eq!(
        (firefox.browser, firefox.partial),
        (Some(Browser::Firefox), true)
    );
    let new = only(
        "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked \
         by CORS policy: The moon is in the wrong phase.",
    );
    assert_eq!(new.fact("reason"), Some("The moon is in the wrong phase."));
    for (text, cause) in [
        (
            "No 'Access-Control-Allow-Origin' header is present on the requested resource",
            "acao-missing",
        ),
        (
            "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
            "acam-method-missing",
        ),
        (
            "Request header field custom is not allowed by Access-Control-Allow-Headers in preflight response.",
            "acah-header-missing",
        ),
        (
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'",
            "acao-wildcard-with-credentials",
        ),
        ("CORSMissingAllowOrigin", "acao-missing"),
        (
            "https://developer.mozilla.org/docs/Web/HTTP/CORS/Errors/CORSNotSupportingCredentials",
            "acao-wildcard-with-credentials",
        ),
        ("blocked: CORS Missing Allow Credentials", "acac-missing"),
        ("PreflightInvalidStatus", "preflight-status-not-ok"),
        (
            "Reason: CORS header 'Access-Control-Allow-Origin' does not match 'xyz'",
            "acao-mismatch",
        ),
    ] {
        assert_eq!(only(text).causes.first(), Some(&cause), "{text}");
    }
}

#[test]
fn bare_exceptions_are_known_for_what_they_are() {
    for text in [
        "TypeError: Failed to fetch",
        "Uncaught (in promise) TypeError: Failed to fetch\n    at app.js:3:5",
        "TypeError: NetworkError when attempting to fetch resource.",
        "TypeError: Load failed",
        "AxiosError: Network Error",
        "Failed to load resource: net::ERR_FAILED",
        "Error: Network Error\n    at createError (createError.js:16)",
    ] {
        let message = only(text);
        assert!(message.is_bare(), "{text}: {message:?}");
        assert_eq!(message.effect, Effect::Symptom);
    }
    assert!(read_console("The network team failed to fetch lunch").is_empty());
    assert!(read_console("How do I fix CORS on https://example.com/?").is_empty());
    assert!(read_console("").is_empty());
}

#[test]
fn what_is_not_cors_is_sent_elsewhere() {
    for (text, kind) in [
        (
            "Refused to connect to 'https://a.example/' because it violates the following Content Security Policy directive: \"connect-src 'self'\".",
            NotCors::Csp,
        ),
        (
            "Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at https://a.example/ because it violates the following directive: “connect-src 'self'”",
            NotCors::Csp,
        ),
        (
            "Mixed Content: The page at 'https://a.example/' was loaded over HTTPS, but requested an insecure resource 'http://b.example/'. This request has been blocked; the content must be served over HTTPS.",
            NotCors::MixedContent,
        ),
        (
            "Failed to load resource: net::ERR_BLOCKED_BY_CLIENT",
            NotCors::AdBlocker,
        ),
        ("net::ERR_CERT_AUTHORITY_INVALID", NotCors::Certificate),
        (
            "GET https://self-signed.example/ net::ERR_CERT_COMMON_NAME_INVALID",
            NotCors::Certificate,
        ),
        (
            "GET https://a.example/x.js net::ERR_BLOCKED_BY_ORB",
            NotCors::Orb,
        ),
        (
            "GET https://a.example/x.png net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin 200 (OK)",
            NotCors::Corp,
        ),
        (
            "Access to fetch at 'http://192.168.1.2/' from origin 'https://a.example' has been blocked by CORS policy: Permission was denied for this request to access the `local` address space.",
            NotCors::LocalNetworkAccess,
        ),
        (
            "Cookie “sid” has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”.",
            NotCors::Cookies,
        ),
        (
            "Uncaught SecurityError: Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported.",
            NotCors::CanvasTaint,
        ),
        (
            "Blocked a frame with origin \"https://a.example\" from accessing a cross-origin frame.",
            NotCors::Frame,
        ),
        (
            "WebSocket connection to 'wss://a.example/' failed: Error during WebSocket handshake: Unexpected response code: 403",
            NotCors::WebSocket,
        ),
        (
            "Failed to construct 'Worker': Script at 'https://b.example/w.js' cannot be accessed from origin 'https://a.example'.",
            NotCors::Worker,
        ),
        (
            "GET http://localhost:4000/ net::ERR_CONNECTION_REFUSED",
            NotCors::Network,
        ),
    ] {
        assert_eq!(only(text).not_cors, Some(kind), "{text}");
    }
}

#[test]
fn localised_firefox_is_read_by_what_is_not_translated() {
    for (text, code) in [
        (
            "Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf https://api.example.com/x. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 200.",
            "CORSMissingAllowOrigin2",
        ),
        (
            "Blocage d’une requête multiorigine (Cross-Origin Request) : la politique « Same Origin » ne permet pas de consulter la ressource distante située sur https://api.example.com/x. Raison : l’en-tête CORS « Access-Control-Allow-Origin » ne correspond pas à « https://other.example ».",
            "CORSAllowOriginNotMatchingOrigin",
        ),
        (
            "Solicitud de origen cruzado bloqueada: La política de mismo origen no permite la lectura de recursos remotos en https://api.example.com/x. (Razón: la cabecera ‘x-token’ no está permitida según la cabecera ‘Access-Control-Allow-Headers’ de la respuesta CORS).",
            "CORSMissingAllowHeaderFromPreflight2",
        ),
        (
            "已拦截跨源请求：同源策略禁止读取位于 https://api.example.com/x 的远程资源。（原因：CORS 请求未能成功）。状态码：(null)。",
            "CORSDidNotSucceed2",
        ),
        (
            "已拦截跨源请求：同源策略禁止读取位于 https://api.example.com/x 的远程资源。（原因：CORS 头缺少 'Access-Control-Allow-Origin'）。状态码：404。",
            "CORSMissingAllowOrigin2",
        ),
        (
            "クロスオリジン要求をブロックしました: 同一生成元ポリシーにより、https://api.example.com/x にあるリモートリソースの読み込みは拒否されます (理由: CORS ヘッダー ‘Access-Control-Allow-Methods’ にメソッドが見つからない)。",
            "CORSMethodNotFound",
        ),
    ] {
        let message = only(text);
        assert_eq!(message.browser, Some(Browser::Firefox), "{text}");
        assert!(message.translated && message.partial);
        assert_eq!(message.browser_code, Some(code), "{text}");
        assert_eq!(
            message.url.as_deref(),
            Some("https://api.example.com/x"),
            "{text}"
        );
    }
}

#[test]
fn facts_lead_to_the_exact_rule() {
    let mismatch = |value: &str| {
        format!(
            "Access to fetch at 'https://api.example.com/' from origin 'http://localhost:3000' has \
             been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value \
             '{value}' that is not equal to the supplied origin."
        )
    };
    for (text, rule) in [
        (mismatch("http://localhost:3000/"), "acao-trailing-slash"),
        (mismatch("https://localhost:3000"), "acao-scheme-mismatch"),
        (mismatch("http://localhost:8080"), "acao-port-mismatch"),
        (CHROMIUM.replace("Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.", "Method patch is not allowed by Access-Control-Allow-Methods in preflight response."), "method-case-mismatch"),
        (CHROMIUM.replace("Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.", "Request header field sentry-trace is not allowed by Access-Control-Allow-Headers in preflight response."), "instrumentation-header-not-allowed"),
    ] {
        assert_eq!(narrow(&only(&text)), Some(rule), "{text}");
    }
    let twice = only(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource \
         at https://api.example.com/list. (Reason: CORS header ‘Access-Control-Allow-Origin’ does not \
         match ‘*, *’).",
    );
    assert!(
        narrow(&twice).is_some_and(|rule| rule.starts_with("acao-multiple")),
        "{:?}",
        narrow(&twice)
    );
}

/// What would not be read in linear time would not be read before the test's patience ends: see
/// `benches/explain.rs` for how long it takes.
#[test]
fn hostile_text_is_read_to_its_end() {
    let megabyte = 1 << 20;
    let of = |piece: &str| piece.repeat(megabyte / piece.len() + 1);
    let samples = [
        of("Access to fetch at '"),
        of("Access to fetch at 'x' from origin '"),
        of("Access\nto\nfetch\nat\n'"),
        of("The 'Access-Control-Allow-Origin' header contains multiple values '"),
        of("The 'Access-Control-Allow-Origin' header contains the invalid value '"),
        of("Redirect location '"),
        of(
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ",
        ),
        of("Method "),
        of("Fetch API cannot load "),
        of("\" is not eligible for integrity checks"),
        of("\"x"),
        of("GET https://a/ "),
        of("net::ERR_"),
        of("CORS"),
        of("CORS https://a/ Access-Control-Allow-Origin ' "),
        of("https://a.example/CORS'Access-Control-Allow-Headers'x\n"),
        of("&#39;"),
        of("\u{1b}["),
        of("> "),
        of("‘"),
        of("\n"),
        of("\\"),
        of("Window.fetch: "),
        of("Failed to execute '"),
        "x".repeat(megabyte),
        format!(
            "Not allowed to load local resource: {}",
            "é".repeat(megabyte)
        ),
    ];
    for sample in &samples {
        for message in &read_console(sample) {
            assert!(sample.get(message.span.clone()).is_some(), "{message:?}");
        }
    }
}

#[test]
fn every_prefix_of_a_message_is_taken() {
    let text = format!("é ‘{CHROMIUM}’ {CHROMIUM}");
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        for message in read_console(&text[..end]) {
            assert!(text.get(message.span.clone()).is_some());
        }
    }
    assert!(read_message(&text).is_some());
}
