use super::super::samples::*;
use super::*;
use corscope_fetch::request_init::{BodyType, CredentialsMode, Mode};

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
fn chromium_bash() {
    let given = curl(CHROMIUM_BASH).unwrap();
    assert_eq!(given.init.url, "https://api.example.com/items?filter=[new]");
    assert_eq!(given.init.method, "PUT");
    assert_eq!(
        headers(&given),
        [
            ("accept", "application/json, text/plain, */*"),
            ("authorization", "Bearer abc.def"),
            ("content-type", "application/json"),
            ("x-empty", ""),
            ("x-request-id", "7"),
        ]
    );
    assert_eq!(body(&given), (BodyType::String, r#"{"name":"it's new!"}"#));
    assert_eq!(
        given.page_origin.as_deref(),
        Some("https://app.example.com")
    );
    assert_eq!(given.page_url.as_deref(), Some("https://app.example.com/"));
    assert_eq!(given.cookies.as_deref(), Some("sid=1; theme=dark"));
    assert_eq!(given.init.credentials, Some(CredentialsMode::Include));
    assert_eq!(given.init.mode, Some(Mode::Cors));
    assert!(given.insecure);
    assert_eq!(given.notes, [""; 0]);
    assert_eq!(given.dropped.len(), 14);
    assert!(
        given
            .dropped
            .iter()
            .any(|dropped| dropped.name == "sec-ch-ua-mobile")
    );
}

#[test]
fn chromium_cmd() {
    let given = curl(CHROMIUM_CMD).unwrap();
    assert_eq!(given.init.url, "https://api.example.com/items?a=1&b=%20x");
    assert_eq!(given.init.method, "POST");
    assert_eq!(headers(&given), [("content-type", "application/json")]);
    assert_eq!(body(&given), (BodyType::String, r#"{"a":"b"}"#));
    let sent = given
        .dropped
        .iter()
        .find(|dropped| dropped.name == "sec-ch-ua")
        .unwrap();
    assert_eq!(sent.value, r#""Chromium";v="139""#);

    let given = curl(CHROMIUM_CMD_OLD).unwrap();
    assert_eq!(body(&given), (BodyType::String, r#"{"a":1}"#));
    assert_eq!(
        given.page_origin.as_deref(),
        Some("https://app.example.com")
    );
}

#[test]
fn firefox_and_safari() {
    let given = curl(FIREFOX_BASH).unwrap();
    assert_eq!(given.init.method, "POST");
    assert_eq!(
        headers(&given),
        [("Content-Type", "application/json"), ("X-Foo", "1")]
    );
    assert_eq!(given.cookies.as_deref(), Some("sid=1"));

    let given = curl(SAFARI).unwrap();
    assert_eq!(given.init.method, "DELETE");
    assert_eq!(headers(&given), [("X-CSRF", "1")]);
    assert_eq!(
        given.page_url.as_deref(),
        Some("https://app.example.com/list")
    );
    assert_eq!(given.init.credentials, None);
}

#[test]
fn a_copied_form() {
    let given = curl(CHROMIUM_FORM).unwrap();
    assert_eq!(headers(&given), []);
    assert_eq!(
        given.multipart_boundary.as_deref(),
        Some("----WebKitFormBoundaryabc")
    );
    let (kind, data) = body(&given);
    assert_eq!(kind, BodyType::FormData);
    assert!(
        data.starts_with(
            "------WebKitFormBoundaryabc\r\nContent-Disposition: form-data; name=\"a\""
        )
    );
}

#[test]
fn a_preflight_is_read_as_its_request() {
    let given = curl(PREFLIGHT).unwrap();
    assert_eq!(given.init.method, "PUT");
    assert_eq!(
        headers(&given),
        [("content-type", "application/json"), ("x-foo", "1")]
    );
    assert_eq!(given.notes.len(), 1);
    let given = curl(CURL_HAND[2]).unwrap();
    assert_eq!(given.init.method, "PATCH");
}

#[test]
fn hand_written() {
    let read = |index: usize| curl(CURL_HAND[index]).unwrap();

    let given = read(0);
    assert_eq!(
        (given.init.method.as_str(), given.init.url.as_str()),
        ("GET", "https://api.example.com/items")
    );
    assert_eq!((given.notes, given.dropped), (Vec::new(), Vec::new()));

    let given = read(1);
    assert_eq!(
        (given.init.method.as_str(), given.init.url.as_str()),
        ("POST", "http://api.example.com")
    );
    assert!(given.insecure && given.follow);
    assert_eq!(body(&given), (BodyType::String, "a=1&b=2"));
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    assert_eq!(headers(&given), [("X-Foo", "1"), form]);
    assert_eq!(given.notes.len(), 3, "{:?}", given.notes);

    let given = read(3);
    assert_eq!(
        (given.init.method.as_str(), given.init.url.as_str()),
        ("DELETE", "https://a.test/1")
    );
    assert_eq!(
        given.max_time,
        Some(std::time::Duration::from_millis(2_500))
    );

    let given = read(4);
    assert_eq!(headers(&given), [("Authorization", "Basic dXNlcjpwYXNz")]);
    assert_eq!(given.proxy.as_deref(), Some("http://proxy:3128"));
    assert_eq!(given.resolve, ["a.test:443:127.0.0.1"]);
    assert_eq!(given.cacert, Some("ca.pem".into()));

    let given = read(5);
    assert_eq!(
        (given.init.method.as_str(), given.init.url.as_str()),
        ("GET", "https://a.test/s?q=1&r=a%20b")
    );
    assert_eq!((given.init.body, given.init.headers), (None, Vec::new()));

    let given = read(6);
    assert_eq!(given.init.method, "POST");
    assert_eq!(
        headers(&given),
        [
            ("Accept", "application/json"),
            ("Content-Type", "application/json")
        ]
    );

    let given = read(7);
    assert_eq!(body(&given).0, BodyType::FormData);
    assert_eq!(
        given.multipart_boundary.as_deref(),
        Some("----corscopeFormBoundary")
    );
    assert_eq!(
        (given.init.method.as_str(), given.init.headers.len()),
        ("POST", 0)
    );

    let given = read(8);
    assert_eq!(
        (given.init.method.as_str(), given.init.url.as_str()),
        ("HEAD", "https://a.test/")
    );
    assert_eq!(headers(&given), [("Authorization", "Basic dXNlcjpwdw==")]);

    let given = read(9);
    assert_eq!(headers(&given), [("Range", "bytes=0-9")]);
    assert_eq!(given.page_origin.as_deref(), Some("https://b.test"));
    assert_eq!(given.cookies.as_deref(), Some("sid=1"));

    let given = read(10);
    assert_eq!(given.init.url, "https://a.test/?a=1&b=2");
    assert_eq!(headers(&given), [("X-Foo", "\"1\"")]);

    let given = read(11);
    assert_eq!(given.init.url, "https://a.test/?a=1&b=2");
    assert_eq!(headers(&given), [], "curl's own type was taken out");
    assert_eq!(given.notes.len(), 1);
}

#[test]
fn flags_without_a_part_are_passed_over() {
    let command = "curl --compressed -sSfvig --http2 --no-progress-meter -o out -w '%{http_code}' \
        --retry 3 -n --cert c.pem -- https://a.test/{x}";
    let given = curl(command).unwrap();
    assert_eq!(given.init.url, "https://a.test/{x}");
    assert_eq!(given.notes.len(), 2, "{:?}", given.notes);
    assert_eq!(curl("curl -m 0 https://a.test").unwrap().max_time, None);
}
