//! The promises of what leaves the machine, each by its name.

use corscope_capture::message::{Message, MessageKind};
use corscope_capture::redact::{BodyFate, Redactor, UnknownBodies};
use corscope_fetch::exchange::{
    BrowserSaid, Exchange, Hints, Modified, ObservedBody, ObservedRequest, ObservedResponse,
};
use corscope_fetch::header_list::HeaderList;
use serde_json::json;

fn list(headers: &[(&str, &str)]) -> HeaderList {
    headers.iter().copied().collect()
}

fn body(text: impl Into<Vec<u8>>) -> ObservedBody {
    let bytes = text.into();
    let len = bytes.len() as u64;
    ObservedBody { bytes, len }
}

fn header(name: &str, value: &str) -> String {
    let exchange = Exchange {
        request: ObservedRequest {
            header_list: list(&[(name, value)]),
            ..ObservedRequest::default()
        },
        ..Exchange::default()
    };
    let redacted = Redactor::default().exchange(&exchange).exchange;
    let line = redacted.request.header_list.line(0).unwrap();
    assert_eq!(line.name, name.as_bytes());
    String::from_utf8_lossy(line.value).into_owned()
}

fn url(url: &str) -> String {
    let request = ObservedRequest {
        url: url.into(),
        ..ObservedRequest::default()
    };
    let exchange = Exchange {
        request,
        ..Exchange::default()
    };
    Redactor::default().exchange(&exchange).exchange.request.url
}

fn response(kind: &str, encoding: &str, bytes: impl Into<Vec<u8>>) -> (Vec<u8>, BodyFate) {
    let response = ObservedResponse {
        header_list: list(&[("Content-Type", kind), ("Content-Encoding", encoding)]),
        body: body(bytes),
        ..ObservedResponse::default()
    };
    let exchange = Exchange {
        response: Some(response),
        ..Exchange::default()
    };
    let redacted = Redactor::default().exchange(&exchange);
    let body = redacted.exchange.response.unwrap().body;
    assert!(body.is_whole() || redacted.response_body == BodyFate::Hidden);
    (body.bytes, redacted.response_body)
}

fn text(kind: &str, text: &str) -> String {
    let (bytes, fate) = response(kind, "", text);
    assert_eq!(fate, BodyFate::Searched, "{text}");
    String::from_utf8(bytes).unwrap()
}

const JWT: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";

#[test]
fn cookies_keep_their_names_and_lose_their_values() {
    assert_eq!(
        header("Cookie", " a=1; session=x=y; bare"),
        " a=[redacted]; session=[redacted];[redacted]"
    );
    assert_eq!(header("cookie", ""), "");
}

#[test]
fn set_cookie_keeps_its_name_and_attributes() {
    assert_eq!(
        header("Set-Cookie", "sid=s3cr3t; Path=/; SameSite=None; Secure"),
        "sid=[redacted]; Path=/; SameSite=None; Secure"
    );
}

#[test]
fn credentials_keep_their_scheme_only() {
    assert_eq!(header("Authorization", " Bearer abc"), " Bearer [redacted]");
    assert_eq!(header("authorization", "abc def"), "[redacted]");
    assert_eq!(
        header("Proxy-Authorization", "Basic dTpw"),
        "Basic [redacted]"
    );
    assert_eq!(header("Proxy-Something", "x"), "[redacted]");
    for name in [
        "X-API-Key",
        "x-auth-token",
        "X-Amz-Security-Token",
        "My-Client-Secret",
    ] {
        assert_eq!(header(name, "abc"), "[redacted]");
    }
}

#[test]
fn what_decides_a_verdict_stays_byte_for_byte() {
    for (name, value) in [
        ("Origin", " https://app.test"),
        ("Access-Control-Request-Headers", "authorization,x-api-key"),
        ("Access-Control-Allow-Origin", " *"),
        ("Access-Control-Allow-Headers", "Authorization, X-Token"),
        ("Vary", "Origin, Cookie"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Sec-Fetch-Mode", "cors"),
    ] {
        assert_eq!(header(name, value), value);
    }
    let masked = header("Accept", &format!("a/b;x={JWT}"));
    assert_eq!(masked.len(), format!("a/b;x={JWT}").len());
    assert!(masked.starts_with("a/b;x=*") && !masked.contains("eyJ"));
}

#[test]
fn urls_lose_passwords_and_secret_parameters() {
    assert_eq!(
        url("https://user:pw@a.test/x?page=1&access_token=abc&api%5Fkey=k#id_token=t&x=1"),
        "https://[redacted]@a.test/x?page=1&access_token=[redacted]&api%5Fkey=[redacted]#id_token=[redacted]&x=1"
    );
    assert_eq!(
        url("https://a.test/@user?code=7&keyword=cors&max_tokens=5"),
        "https://a.test/@user?code=[redacted]&keyword=cors&max_tokens=5"
    );
    assert_eq!(
        header("Location", "/cb?code=abc&state=1"),
        "/cb?code=[redacted]&state=1"
    );
    assert_eq!(
        header("Referer", "https://a.test/?sig=abc"),
        "https://a.test/?sig=[redacted]"
    );
}

#[test]
fn json_fields_are_hidden_by_name_even_when_cut_or_nested() {
    let kind = "application/json";
    assert_eq!(
        text(
            kind,
            r#"{"user":"a","password":"p\"w","n":1,"refreshToken" : 12,"session":{"id":["x"]},"ok":true,"secret":null}"#
        ),
        r#"{"user":"a","password":"[redacted]","n":1,"refreshToken" : [redacted],"session":[redacted],"ok":true,"secret":null}"#
    );
    assert_eq!(
        text(kind, r#"[{"api_key":"abc"#),
        r#"[{"api_key":"[redacted]"#
    );
    assert_eq!(text(kind, r#"{"token":["a","b"#), r#"{"token":[redacted]"#);
    assert_eq!(
        text(kind, r#"{"inner":"{\"token\":\"abc\",\"x\":1}"}"#),
        r#"{"inner":"{\"token\":\"[redacted]\",\"x\":1}"}"#
    );
    // As a script sends it to need no preflight.
    assert_eq!(
        text("text/plain", r#"{"password":"x"}"#),
        r#"{"password":"[redacted]"}"#
    );
}

#[test]
fn form_fields_are_hidden_by_name() {
    let kind = "application/x-www-form-urlencoded";
    assert_eq!(
        text(kind, "password=x&grant_type=code&code=7&a=b"),
        "password=[redacted]&grant_type=code&code=[redacted]&a=b"
    );
}

#[test]
fn web_tokens_are_hidden_whatever_holds_them() {
    assert_eq!(
        text("text/html", &format!("<p>{JWT}</p>")),
        "<p>[redacted]</p>"
    );
    assert_eq!(header("X-Anything", JWT), "[redacted]");
    assert_eq!(
        url(&format!("https://a.test/{JWT}/x")),
        "https://a.test/[redacted]/x"
    );
}

#[test]
fn packed_bodies_are_searched_too() {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(br#"{"token":"abc"}"#).unwrap();
    let (bytes, fate) = response("application/json", "gzip", packed.finish().unwrap());
    assert_eq!(
        (bytes.as_slice(), fate),
        (&br#"{"token":"[redacted]"}"#[..], BodyFate::Searched)
    );
}

#[test]
fn bodies_in_unknown_formats_are_hidden_unless_the_policy_keeps_them() {
    for (kind, encoding) in [
        ("application/octet-stream", ""),
        ("application/json", "br"),
        ("multipart/form-data; boundary=x", ""),
    ] {
        let (bytes, fate) = response(kind, encoding, vec![0xff, 0, 1]);
        assert_eq!((bytes.len(), fate), (0, BodyFate::Hidden), "{kind}");
    }
    assert_eq!(response("image/png", "", vec![0xff, 0]).1, BodyFate::Kept);
    let keep = Redactor {
        unknown_bodies: UnknownBodies::Keep,
    };
    let message = Message {
        kind: MessageKind::Binary,
        bytes: vec![1],
        len: 1,
        ..Message::default()
    };
    assert_eq!(keep.message(&message), message);
    let hidden = Redactor::default().message(&message);
    assert_eq!((hidden.bytes.len(), hidden.len), (0, 1));
}

#[test]
fn nothing_else_of_an_exchange_keeps_a_secret() {
    let secret = "s3cr3t";
    let request = ObservedRequest {
        url: format!("https://u:{secret}@a.test/?token={secret}"),
        header_list: list(&[("Cookie", "a=s3cr3t")]),
        raw_head: Some(b"GET /?token=s3cr3t HTTP/1.1\r\nAuthorization: Bearer\n s3cr3t\r\nCookie:a=s3cr3t\n\r\n".as_slice().into()),
        body: body(r#"{"token":"s3cr3t"}"#),
        ..ObservedRequest::default()
    };
    let response = ObservedResponse {
        informational: vec![(103, list(&[("Set-Cookie", "a=s3cr3t")]))],
        trailers: list(&[("X-Auth-Token", "s3cr3t")]),
        raw_head: Some(
            b"HTTP/1.1 200 OK\r\nset-cookie: a=s3cr3t; Secure\r\n\r\n"
                .as_slice()
                .into(),
        ),
        ..ObservedResponse::default()
    };
    let exchange = Exchange {
        request: request.clone(),
        response: Some(response.clone()),
        modified: Some(Box::new(Modified {
            request: Some(request),
            response: Some(response),
            by: vec![],
        })),
        hints: Hints {
            page_url: Some("https://app.test/?session=s3cr3t".into()),
            browser: Some(Box::new(BrowserSaid {
                console: vec![
                    "Access to fetch at 'https://a.test/?token=s3cr3t' from origin".into(),
                ],
                ..BrowserSaid::default()
            })),
            ..Hints::default()
        },
        ..Exchange::default()
    };
    let redacted = Redactor::default().exchange(&exchange);
    let mut bytes = format!("{:?}", redacted.exchange);
    for head in [
        &redacted.exchange.request.raw_head,
        &redacted.exchange.response.as_ref().unwrap().raw_head,
    ] {
        bytes.push_str(&String::from_utf8_lossy(head.as_ref().unwrap()));
    }
    bytes.push_str(&String::from_utf8_lossy(
        &redacted.exchange.request.body.bytes,
    ));
    assert!(!bytes.contains(secret), "{bytes}");
    assert!(
        bytes.contains("; Secure") && redacted.hidden >= 15,
        "{}",
        redacted.hidden
    );
    assert_eq!(
        Redactor::default().exchange(&redacted.exchange).exchange,
        redacted.exchange,
        "twice is once"
    );
}

#[test]
fn a_verdict_keeps_its_codes_and_loses_its_secrets() {
    let mut verdict = json!({
        "code": "acah-header-missing",
        "url": "https://a.test/?token=abc",
        "evidence": [{"name": "Authorization", "value": "Bearer abc"}, "Cookie: a=abc", "Origin: https://a.test"],
        "requests": [{"headers": {"authorization": "Bearer abc", "cookie": ["a=abc"], "origin": "https://a.test"}}],
        "headers": [["X-Api-Key", "abc"], ["Accept", "*/*"], {"name": "Cookie", "value": "a=abc"}, "Cookie: a=abc"],
    });
    Redactor::default().json(&mut verdict);
    assert_eq!(
        verdict,
        json!({
            "code": "acah-header-missing",
            "url": "https://a.test/?token=[redacted]",
            "evidence": [{"name": "Authorization", "value": "Bearer [redacted]"}, "Cookie: a=[redacted]", "Origin: https://a.test"],
            "requests": [{"headers": {"authorization": "Bearer [redacted]", "cookie": ["a=[redacted]"], "origin": "https://a.test"}}],
            "headers": [["X-Api-Key", "[redacted]"], ["Accept", "*/*"], {"name": "Cookie", "value": "a=[redacted]"}, "Cookie: a=[redacted]"],
        })
    );
}
