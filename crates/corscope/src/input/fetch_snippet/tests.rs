use super::super::samples::*;
use super::*;
use corscope_fetch::request_init::{BodyType, CacheMode, CredentialsMode, Mode, RedirectMode};

fn headers(given: &Given) -> Vec<(&str, &str)> {
    given
        .init
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

fn body(given: &Given) -> (BodyType, &str) {
    let body = given.init.body.as_ref().unwrap();
    (body.kind, body.data.as_str())
}

#[test]
fn chromium() {
    let given = fetch_snippet(CHROMIUM_FETCH).unwrap();
    assert_eq!(given.init.url, "https://api.example.com/items");
    assert_eq!(given.init.method, "PUT");
    assert_eq!(
        headers(&given),
        [("content-type", "application/json"), ("x-foo", "1")]
    );
    assert_eq!(body(&given), (BodyType::String, "{\"a\":\"ü\"}"));
    assert_eq!(given.init.mode, Some(Mode::Cors));
    assert_eq!(given.init.credentials, Some(CredentialsMode::Include));
    assert_eq!(
        given.page_origin.as_deref(),
        Some("https://app.example.com")
    );
    assert_eq!(given.page_url.as_deref(), Some("https://app.example.com/"));
    assert_eq!(given.dropped.len(), 10);
    assert_eq!(given.notes, [""; 0]);

    let given = fetch_snippet(CHROMIUM_FETCH_COMMENTS).unwrap();
    assert_eq!(headers(&given), [("x-foo", "1")]);
    assert_eq!(
        given.page_url.as_deref(),
        Some("https://app.example.com/cart")
    );
    assert_eq!(given.init.body, None);
    assert_eq!(
        given.notes,
        ["only the first call of fetch() was read; 1 more call follows"]
    );

    let given = fetch_snippet(CHROMIUM_NODE).unwrap();
    assert_eq!(headers(&given), [("x-foo", "1")]);
    assert_eq!(given.cookies.as_deref(), Some("sid=1"));
    assert_eq!(
        given.page_origin.as_deref(),
        Some("https://app.example.com")
    );
}

#[test]
fn firefox() {
    let given = fetch_snippet(FIREFOX_FETCH).unwrap();
    assert_eq!(given.init.method, "PATCH");
    assert_eq!(
        headers(&given),
        [("Accept", "application/json"), ("X-Foo", "1")]
    );
    assert_eq!(body(&given), (BodyType::String, "{}"));
    assert_eq!(
        given.page_origin.as_deref(),
        Some("https://app.example.com")
    );
}

#[test]
fn hand_written() {
    let read = |index: usize| fetch_snippet(FETCH_HAND[index]).unwrap();

    let given = read(0);
    assert_eq!(
        (given.init.method.as_str(), given.init.url.as_str()),
        ("GET", "https://a.test/x")
    );
    assert_eq!((given.init.mode, given.init.credentials), (None, None));

    let given = read(1);
    assert_eq!(given.init.method, "put");
    assert_eq!(headers(&given), [("X-Foo", "1")]);

    let given = read(2);
    assert_eq!(given.init.url, "https://a.test/x");
    assert_eq!(given.init.mode, Some(Mode::NoCors));
    assert_eq!(headers(&given), [("A", "b")]);

    let given = read(3);
    assert_eq!(body(&given), (BodyType::String, "{ a: b, c: [1] }"));
    assert_eq!(given.notes.len(), 1);

    let given = read(4);
    assert_eq!(given.init.url, "https://a.test/x");
    assert_eq!(body(&given), (BodyType::UrlSearchParams, "a=1&b=2"));

    let given = read(5);
    assert_eq!(given.init.method, "DELETE");
    assert_eq!(
        (given.init.cache, given.init.redirect),
        (CacheMode::NoStore, RedirectMode::Error)
    );
    assert!(given.init.keepalive);

    let given = read(6);
    assert_eq!(body(&given), (BodyType::FormData, ""));
    assert!(
        given
            .notes
            .iter()
            .any(|note| note.contains("credentials: \"include\""))
    );

    let given = read(7);
    assert_eq!(body(&given), (BodyType::Blob, "xy"));
    assert_eq!(
        given.init.body.unwrap().content_type.as_deref(),
        Some("text/csv")
    );
    assert_eq!(given.init.integrity, "sha256-x");

    let given = read(8);
    assert_eq!(body(&given), (BodyType::String, ""));
    assert_eq!(headers(&given), [("Content-Type", "text/plain")]);
}

#[test]
fn a_scripts_own_headers_stay_whatever_their_names() {
    let given = fetch_snippet(
        "fetch('https://a.test', { headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache', \
         Origin: 'https://b.test', 'User-Agent': 'x', Accept: '*/*', n: 1, t: true, z: null } })",
    )
    .unwrap();
    assert_eq!(given.init.headers.len(), 8);
    assert_eq!(
        headers(&given)[5..],
        [("n", "1"), ("t", "true"), ("z", "null")]
    );
    assert_eq!((given.dropped, given.page_origin), (Vec::new(), None));
}

#[test]
fn bodies_of_every_kind() {
    for (source, kind, data, notes) in [
        ("'x'", BodyType::String, "x", 0),
        (
            "JSON.stringify({\"a\": [1]})",
            BodyType::String,
            "{\"a\": [1]}",
            0,
        ),
        ("`a${b}`", BodyType::String, "", 1),
        ("{ a: 1 }", BodyType::String, "[object Object]", 1),
        (
            "new URLSearchParams({ a: 'ü b', c: 1 })",
            BodyType::UrlSearchParams,
            "a=%C3%BC+b&c=1",
            0,
        ),
        (
            "new URLSearchParams(form)",
            BodyType::UrlSearchParams,
            "",
            1,
        ),
        ("new Uint8Array([1])", BodyType::ArrayBuffer, "", 1),
        (
            "new ReadableStream({ start() {} })",
            BodyType::Stream,
            "",
            1,
        ),
        (
            "new File(['x'], 'x.txt', { type: 'a/b' })",
            BodyType::Blob,
            "x",
            0,
        ),
    ] {
        let snippet = format!("fetch('https://a.test', {{ method: 'POST', body: {source} }})");
        let given = fetch_snippet(&snippet).unwrap();
        assert_eq!(body(&given), (kind, data), "{source}");
        assert_eq!(given.notes.len(), notes, "{source}");
    }
}

#[test]
fn a_path_is_relative_to_the_page() {
    let given =
        fetch_snippet("fetch('/x?y', { referrer: 'https://a.test/b/c', method: 'GET' })").unwrap();
    assert_eq!(given.init.url, "https://a.test/x?y");
    assert_eq!(given.notes.len(), 1);
}

#[test]
fn a_copied_no_cors_request_is_said_to_be_one() {
    let given = fetch_snippet(
        "fetch(\"https://a.test/x.js\", { \"headers\": { \"sec-fetch-mode\": \"no-cors\" }, \
         \"body\": null, \"method\": \"GET\", \"mode\": \"cors\", \"credentials\": \"omit\" });",
    )
    .unwrap();
    assert_eq!(given.init.mode, Some(Mode::Cors));
    assert!(given.notes[0].contains("no-cors"));
}

#[test]
fn what_cannot_be_known_is_mended() {
    for (snippet, place, problem, mend) in [
        ("", "snippet", "no call", "fetch("),
        (
            "axios.get('https://a.test')",
            "snippet",
            "no call",
            "Copy as fetch",
        ),
        ("curl 'https://a.test'", "snippet", "no call", "--curl"),
        ("fetch()", "snippet, line 1", "no URL", "fetch("),
        (
            "\nfetch(url)",
            "snippet, line 2",
            "the URL cannot be known",
            "write the URL out",
        ),
        (
            "fetch(`https://${host}/x`)",
            "snippet, line 1",
            "the URL cannot be known",
            "write the URL out",
        ),
        (
            "fetch('https://a.test' + path)",
            "snippet, line 1",
            "the URL cannot be known",
            "write the URL out",
        ),
        (
            "fetch('/api/x')",
            "snippet, line 1",
            "no scheme",
            "whole URL",
        ),
        (
            "fetch('localhost:3000/x')",
            "snippet, line 1",
            "no scheme",
            "http://localhost:3000/x",
        ),
        (
            "fetch('https://a.test', options)",
            "snippet, line 1",
            "the options",
            "write the options out",
        ),
        (
            "fetch('https://a.test', {\n ...options })",
            "snippet, line 2",
            "which options",
            "instead",
        ),
        (
            "fetch('https://a.test', { headers })",
            "snippet, line 1",
            "which headers",
            "headers: {",
        ),
        (
            "fetch('https://a.test', { headers: { ...h } })",
            "snippet, line 1",
            "which headers",
            "headers: {",
        ),
        (
            "fetch('https://a.test', { headers: {\n Authorization: `Bearer ${t}` } })",
            "snippet, line 2",
            "`Authorization`",
            "a value like it",
        ),
        (
            "fetch('https://a.test', { headers: { 'X Y': '1' } })",
            "snippet, line 1",
            "no header name",
            "Name: value",
        ),
        (
            "fetch('https://a.test', { headers: { X: 'a\\nb' } })",
            "snippet, line 1",
            "TypeError",
            "take it out",
        ),
        (
            "fetch('https://a.test', { headers: [['a']] })",
            "snippet, line 1",
            "no pair",
            "write pairs",
        ),
        (
            "fetch('https://a.test', { method: m })",
            "snippet, line 1",
            "the method",
            "string",
        ),
        (
            "fetch('https://a.test', { method: 'A B' })",
            "snippet, line 1",
            "no method",
            "PUT",
        ),
        (
            "fetch('https://a.test', { body: x })",
            "snippet, line 1",
            "body",
            "JSON.stringify",
        ),
        (
            "fetch('https://a.test', { mode: 'CORS' })",
            "snippet, line 1",
            "no mode",
            "no-cors",
        ),
        (
            "fetch('https://a.test', { credentials: true })",
            "snippet, line 1",
            "`true` is no credentials mode",
            "include",
        ),
        (
            "fetch('https://a.test', { credentials: c })",
            "snippet, line 1",
            "credentials mode",
            "include",
        ),
        (
            "fetch('https://a.test', { cache: 'none' })",
            "snippet, line 1",
            "no cache mode",
            "no-store",
        ),
        (
            "fetch('https://a.test', {",
            "snippet, line 1",
            "`{`",
            "copy the whole",
        ),
        (
            "fetch('https://a.test",
            "snippet, line 1",
            "`'`",
            "copy the whole",
        ),
        (
            "fetch('https://a.test' 'b')",
            "snippet, line 1",
            "the URL cannot be known",
            "write the URL out",
        ),
    ] {
        let error = fetch_snippet(snippet).expect_err(snippet);
        assert_eq!(error.place, place, "{snippet}: {error}");
        assert!(error.problem.contains(problem), "{snippet}: {error}");
        assert!(error.mend.contains(mend), "{snippet}: {error}");
    }
}

#[test]
fn an_error_shows_the_line() {
    let snippet =
        "fetch('https://a.test', {\n  headers: {\n    Authorization: `Bearer ${token}`,\n  },\n});";
    assert_eq!(
        fetch_snippet(snippet).unwrap_err().to_string(),
        "snippet, line 3: the value of `Authorization` cannot be known without running the code\n  \
         | Authorization: `Bearer ${token}`,\n  \
         |                        ^^^^^^^^\n  \
         write a value like it; for CORS the name counts, seldom the value"
    );
}
