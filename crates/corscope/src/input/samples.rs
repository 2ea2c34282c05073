//! Requests as DevTools copy them and as people write them, and what no damage to them may do.

use super::curl::curl;
use super::fetch_snippet::fetch_snippet;

/// Chromium, "Copy as cURL (bash)".
pub(super) const CHROMIUM_BASH: &str = r#"curl 'https://api.example.com/items?filter=\[new\]' \
  -X 'PUT' \
  -H 'accept: application/json, text/plain, */*' \
  -H 'accept-language: en-US,en;q=0.9' \
  -H 'authorization: Bearer abc.def' \
  -H 'cache-control: no-cache' \
  -H 'content-type: application/json' \
  -b 'sid=1; theme=dark' \
  -H 'origin: https://app.example.com' \
  -H 'pragma: no-cache' \
  -H 'priority: u=1, i' \
  -H 'referer: https://app.example.com/' \
  -H 'sec-ch-ua: "Not;A=Brand";v="99", "Google Chrome";v="139", "Chromium";v="139"' \
  -H 'sec-ch-ua-mobile: ?0' \
  -H 'sec-ch-ua-platform: "Linux"' \
  -H 'sec-fetch-dest: empty' \
  -H 'sec-fetch-mode: cors' \
  -H 'sec-fetch-site: same-site' \
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36' \
  -H 'x-empty;' \
  -H 'x-request-id: 7' \
  --data-raw $'{"name":"it\'s new\u0021"}' \
  --insecure"#;

/// Chromium, "Copy as cURL (cmd)" of 2024 and later.
pub(super) const CHROMIUM_CMD: &str = "curl ^\"https://api.example.com/items?a=1^&b=^%^20x^\" ^\r\n  -H ^\"accept: */*^\" ^\r\n  -H ^\"content-type: application/json^\" ^\r\n  -H ^\"origin: https://app.example.com^\" ^\r\n  -H ^\"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"139^\\^\"^\" ^\r\n  -H ^\"sec-fetch-mode: cors^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"b^\\^\"^}^\"";

/// Chromium, "Copy as cURL (cmd)" before.
pub(super) const CHROMIUM_CMD_OLD: &str = "curl \"https://api.example.com/items\" ^\n  -H \"accept: */*\" ^\n  -H \"origin: https://app.example.com\" ^\n  -H \"sec-ch-ua: ^\\^\"Chromium^\\^\";v=^\\^\"120^\\^\"\" ^\n  --data-raw \"^{^\\^\"a^\\^\":1^}\" ^\n  --compressed";

/// Firefox, "Copy as cURL (POSIX)".
pub(super) const FIREFOX_BASH: &str = r#"curl 'https://api.example.com/items' \
  -X POST \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' \
  -H 'Accept: */*' \
  -H 'Accept-Language: en-US,en;q=0.5' \
  -H 'Accept-Encoding: gzip, deflate, br, zstd' \
  -H 'Referer: https://app.example.com/' \
  -H 'Content-Type: application/json' \
  -H 'X-Foo: 1' \
  -H 'Origin: https://app.example.com' \
  -H 'Connection: keep-alive' \
  -H 'Cookie: sid=1' \
  -H 'Sec-Fetch-Dest: empty' \
  -H 'Sec-Fetch-Mode: cors' \
  -H 'Sec-Fetch-Site: same-site' \
  -H 'Priority: u=4' \
  --data-raw '{"a":1}'"#;

/// Safari, "Copy as cURL".
pub(super) const SAFARI: &str = r#"curl 'https://api.example.com/items/1' \
-X 'DELETE' \
-H 'Accept: */*' \
-H 'Origin: https://app.example.com' \
-H 'Referer: https://app.example.com/list' \
-H 'User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15' \
-H 'Sec-Fetch-Site: same-site' \
-H 'Sec-Fetch-Mode: cors' \
-H 'X-CSRF: 1'"#;

/// Chromium's copy of a form with a file.
pub(super) const CHROMIUM_FORM: &str = r"curl 'https://api.example.com/upload' \
  -H 'accept: */*' \
  -H 'content-type: multipart/form-data; boundary=----WebKitFormBoundaryabc' \
  -H 'origin: https://app.example.com' \
  -H 'sec-fetch-mode: cors' \
  --data-raw $'------WebKitFormBoundaryabc\r\nContent-Disposition: form-data; name=\u0022a\u0022\r\n\r\n1\r\n------WebKitFormBoundaryabc--\r\n'";

/// The failing preflight, copied instead of the request.
pub(super) const PREFLIGHT: &str = "curl 'https://api.example.com/items' -X 'OPTIONS' -H 'accept: */*' -H 'access-control-request-headers: content-type,x-foo' -H 'access-control-request-method: PUT' -H 'origin: https://app.example.com' -H 'sec-fetch-mode: cors' -H 'user-agent: Mozilla/5.0'";

/// Hand-written.
pub(super) const CURL_HAND: [&str; 12] = [
    "curl https://api.example.com/items",
    "$ curl -sSLk -XPOST -H'X-Foo: 1' -d a=1 -d 'b=2' api.example.com | jq .",
    "curl -i -X OPTIONS https://a.test -H 'Origin: https://b.test' -H 'Access-Control-Request-Method: PATCH'",
    "curl --request=DELETE --url=https://a.test/1 --max-time=2.5",
    "curl -u user:pass https://a.test -x http://proxy:3128 --resolve a.test:443:127.0.0.1 --cacert ca.pem",
    "curl -G https://a.test/s -d q=1 --data-urlencode 'r=a b'",
    "curl --json '{\"a\":1}' https://a.test",
    "curl -F a=1 -F f=@x.png https://a.test",
    "curl -I https://user:pw@a.test/",
    "curl https://a.test -A me -e https://b.test/p -b 'sid=1' -r 0-9",
    "curl.exe \"https://a.test/?a=1&b=2\" -H \"X-Foo: \\\"1\\\"\"",
    "curl https://a.test/?a=1&b=2 -d 'x' -H 'Content-Type:'",
];

/// Chromium, "Copy as fetch".
pub(super) const CHROMIUM_FETCH: &str = r#"fetch("https://api.example.com/items", {
  "headers": {
    "accept": "*/*",
    "accept-language": "en-US,en;q=0.9",
    "cache-control": "no-cache",
    "content-type": "application/json",
    "pragma": "no-cache",
    "priority": "u=1, i",
    "sec-ch-ua": "\"Not;A=Brand\";v=\"99\", \"Chromium\";v=\"139\"",
    "sec-ch-ua-mobile": "?0",
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "same-site",
    "x-foo": "1"
  },
  "referrer": "https://app.example.com/",
  "referrerPolicy": "strict-origin-when-cross-origin",
  "body": "{\"a\":\"\u00fc\"}",
  "method": "PUT",
  "mode": "cors",
  "credentials": "include"
});"#;

/// The same of 2026, with what scripts cannot set as comments.
pub(super) const CHROMIUM_FETCH_COMMENTS: &str = r#"fetch("https://api.example.com/items", {
  "headers": {
    "accept": "*/*",
    // "cookie": "sid=1", // Browser manages this from the cookie jar
    // All sec-* headers are set by the browser
    // "sec-ch-ua": "\"Chromium\";v=\"149\"",
    // "sec-fetch-mode": "cors",
    "x-foo": "1",
    // "host": "api.example.com" // Browser will derive from URL
  },
  "referrer": "https://app.example.com/cart",
  "body": null,
  "method": "GET",
  "mode": "cors",
  "credentials": "omit"
}); ;
fetch("https://api.example.com/second", { "method": "GET" });"#;

/// Chromium, "Copy as fetch (Node.js)".
pub(super) const CHROMIUM_NODE: &str = r#"fetch("https://api.example.com/items", {
  "headers": {
    "accept": "*/*",
    "x-foo": "1",
    "cookie": "sid=1",
    "Referer": "https://app.example.com/",
    "Referrer-Policy": "strict-origin-when-cross-origin"
  },
  "body": "a=1",
  "method": "POST"
});"#;

/// Firefox, "Copy as Fetch".
pub(super) const FIREFOX_FETCH: &str = r#"await fetch("https://api.example.com/items", {
    "credentials": "include",
    "headers": {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept": "application/json",
        "Accept-Language": "en-US,en;q=0.5",
        "X-Foo": "1",
        "Sec-GPC": "1",
        "Sec-Fetch-Mode": "cors",
        "Priority": "u=4"
    },
    "referrer": "https://app.example.com/",
    "body": "{}",
    "method": "PATCH",
    "mode": "cors"
});"#;

/// Hand-written.
pub(super) const FETCH_HAND: [&str; 9] = [
    "fetch('https://a.test/x')",
    "const res = await fetch(`https://a.test/x`, { method: 'put', headers: { 'X-Foo': 1, }, }).then(r => r.json());",
    "// first\nfetch(\n  'https://a.test' + '/x', // the URL\n  {\n    headers: new Headers([['A', 'b']]),\n    /* not this: mode: 'cors' */\n    mode: 'no-cors'\n  }\n)\n  .then((r) => r.text())\n  .catch(e => { console.log(`${e}`) });",
    "fetch('https://a.test', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ a: b, c: [1] }), signal })",
    "fetch(new URL('/x', 'https://a.test').href, { body: new URLSearchParams('?a=1&b=2'), method: 'POST', credentials: 'include' })",
    "fetch(new Request('https://a.test', { method: 'DELETE' }), { cache: 'no-store', redirect: 'error', keepalive: true })",
    "fetch('https://a.test', { method: 'POST', body: new FormData(form), withCredentials: true })",
    "fetch('https://a.test', { method: 'POST', body: new Blob(['x', 'y'], { type: 'text/csv' }), integrity: 'sha256-x' })",
    "async function f() { return window.fetch('https://a.test', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: data }) }",
];

fn every_curl() -> impl Iterator<Item = &'static str> {
    [
        CHROMIUM_BASH,
        CHROMIUM_CMD,
        CHROMIUM_CMD_OLD,
        FIREFOX_BASH,
        SAFARI,
        CHROMIUM_FORM,
        PREFLIGHT,
    ]
    .into_iter()
    .chain(CURL_HAND)
}

fn every_fetch() -> impl Iterator<Item = &'static str> {
    [
        CHROMIUM_FETCH,
        CHROMIUM_FETCH_COMMENTS,
        CHROMIUM_NODE,
        FIREFOX_FETCH,
    ]
    .into_iter()
    .chain(FETCH_HAND)
}

#[test]
fn every_sample_is_read() {
    for sample in every_curl() {
        curl(sample).unwrap_or_else(|error| panic!("{sample}\n{error}"));
    }
    for sample in every_fetch() {
        fetch_snippet(sample).unwrap_or_else(|error| panic!("{sample}\n{error}"));
    }
}

/// Each text that is `sample` cut short, or without one character, or with one that is another.
fn damaged(sample: &str) -> impl Iterator<Item = String> {
    const OTHERS: [char; 10] = ['\\', '\'', '"', '`', '$', '{', '^', '\0', '\n', 'é'];
    sample.char_indices().flat_map(move |(at, c)| {
        let (before, after) = (&sample[..at], &sample[at + c.len_utf8()..]);
        // Each place meets two of them; all places together meet them all.
        let other = |step: usize| format!("{before}{}{after}", OTHERS[(at + step) % OTHERS.len()]);
        [
            before.to_owned(),
            format!("{before}{after}"),
            other(0),
            other(3),
        ]
    })
}

/// Whatever comes out, an error has all its parts and is fit for a terminal.
fn check(result: Result<super::Given, super::InputError>, source: &str) {
    let Err(error) = result else { return };
    assert!(!error.place.is_empty() && !error.problem.is_empty() && !error.mend.is_empty());
    let shown = error.to_string();
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{source:?}: {shown:?}"
    );
    assert!(
        error
            .excerpt
            .iter()
            .flat_map(|excerpt| excerpt.lines())
            .all(|line| line.chars().count() <= 70)
    );
}

#[test]
fn no_damage_to_a_sample_panics() {
    for sample in every_curl() {
        for text in damaged(sample) {
            check(curl(&text), &text);
        }
    }
    for sample in every_fetch() {
        for text in damaged(sample) {
            check(fetch_snippet(&text), &text);
        }
    }
}

#[test]
fn samples_given_to_the_wrong_reader_do_no_harm() {
    for sample in every_curl().chain(every_fetch()) {
        check(curl(sample), sample);
        check(fetch_snippet(sample), sample);
        for place in ["--from", "URL", "-H", "-X"] {
            let _ = super::origin::origin(place, sample);
            let _ = super::origin::page_url(place, sample);
            let _ = super::url::target(place, sample);
            let _ = super::header::header(place, sample);
            let _ = super::method::method(place, sample);
        }
    }
}

#[test]
fn what_is_too_long_is_refused() {
    let long = "x".repeat(super::MAX_BYTES + 1);
    assert!(curl(&long).is_err_and(|error| error.problem.contains("MiB")));
    assert!(fetch_snippet(&long).is_err_and(|error| error.problem.contains("MiB")));
    assert!(
        super::origin::origin("--from", &long).is_err_and(|error| error.problem.contains("MiB"))
    );
    assert!(super::url::target("URL", &long).is_err_and(|error| error.problem.contains("MiB")));
    assert!(super::header::header("-H", &long).is_err_and(|error| error.problem.contains("MiB")));
}

#[test]
fn notes_stay_few() {
    let given = curl(&format!(
        "curl https://a.test {}",
        "-n --digest ".repeat(100)
    ))
    .unwrap();
    assert_eq!(given.notes.len(), 2);
    let options: String = (0..100).map(|number| format!("x{number}: 1,")).collect();
    let given = fetch_snippet(&format!("fetch('https://a.test', {{ {options} }})")).unwrap();
    assert_eq!(given.notes.len(), 20);
}
