//! What goes wrong is readable by the page it concerns, and by no other.

use std::io::Write;

use crate::raw::*;
use crate::running::{config, policy, request, run};

const PAGE: &str = "Origin: https://app.test";

fn assert_readable(answer: &str, status: u16, code: &str) {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    assert!(
        answer.contains("\r\nAccess-Control-Allow-Origin: https://app.test\r\n"),
        "{answer}"
    );
    if !code.is_empty() {
        assert!(
            answer.contains(&format!("X-Corscope-Error: {code}\r\n")),
            "{answer}"
        );
        assert!(
            answer.contains("Access-Control-Expose-Headers: X-Corscope-Error\r\n"),
            "{answer}"
        );
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
    }
}

#[test]
fn errors_of_the_server_are_readable() {
    for status in [401, 404, 500, 503] {
        let (server, _) = answer_each(format!(
            "HTTP/1.1 {status} No\r\nContent-Length: 5\r\n\r\nwrong"
        ));
        let gateway = run(config(server));
        let answer = ask(&gateway, request("GET /", &[PAGE]));
        assert_readable(&answer, status, "");
        assert!(answer.ends_with("wrong"), "{answer}");
    }
}

#[test]
fn errors_on_the_way_are_readable() {
    let gone = serve(|_, _| {});
    let mute = answer("");
    let table = [
        ("127.0.0.1:1".to_owned(), 502, "connection-refused"),
        (mute.to_string(), 502, "empty-response"),
        (answer("SSH-2.0-x\r\n").to_string(), 502, ""),
        (
            answer("HTTP/1.1 200 OK\r\nA: \0\r\n\r\n").to_string(),
            502,
            "",
        ),
        (
            answer("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
                .to_string(),
            502,
            "",
        ),
        (gone.to_string(), 502, ""),
    ];
    for (server, status, code) in table {
        let gateway = run(config(&server));
        let answer = ask(&gateway, request("GET /", &[PAGE]));
        assert_readable(&answer, status, code);
        assert!(answer.contains("X-Corscope-Error: "), "{answer}");
        assert!(gateway.ended().failure.is_some());
    }
}

#[test]
fn errors_are_not_readable_by_strangers() {
    let mut config = config("127.0.0.1:1");
    config.policy = policy(&["https://app.test"], true);
    let gateway = run(config);
    let answer = ask(&gateway, request("GET /", &["Origin: https://evil.test"]));
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    assert!(!answer.contains("Access-Control-"), "{answer}");
    let answer = ask(&gateway, request("GET /", &[PAGE]));
    assert!(
        answer.contains("Access-Control-Allow-Credentials: true\r\n"),
        "{answer}"
    );
}

#[test]
fn a_strangers_preflight_is_refused_in_words() {
    let gateway = run(config("127.0.0.1:1"));
    let lines = [
        "Origin: https://evil.test",
        "Access-Control-Request-Method: PUT",
    ];
    let answer = ask(&gateway, request("OPTIONS /", &lines));
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert!(
        answer.contains("X-Corscope-Error: origin-refused\r\n"),
        "{answer}"
    );
    assert!(!answer.contains("Access-Control-"), "{answer}");
    assert!(answer.contains("--origin"), "{answer}");
}

#[test]
fn a_server_that_dies_in_a_body_is_cut_off_for_the_page_too() {
    let server = answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    let gateway = run(config(server));
    let answer = ask(&gateway, request("GET /", &[PAGE]));
    assert!(answer.ends_with("\r\n\r\nhalf"), "{answer}");
    assert_eq!(gateway.ended().failure.unwrap().code, "body-cut-off");
}

#[test]
fn what_has_two_readings_is_refused() {
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let gateway = run(config(format!("{server}/v1")));
    for bad in [
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n",
        "GET / HTTP/1.1\nHost: localhost\n\n",
        "GET /../admin HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%2e%2E/admin HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /a\\..\\..\\admin HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ] {
        let mut client = connect(&gateway);
        client.write_all(bad.as_bytes()).unwrap();
        let answer = text(&read_head(&mut client));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{bad:?}: {answer}");
    }
    assert!(heads.try_recv().is_err());
}
