//! What goes over the wire, endpoint by endpoint. Each is also held to be right in everything that
//! it is not named for.

use super::wire_rows::{ACAO, ANYONE, OK, RIGHT, ROWS, Row, VARY};
use super::{PAGE, ask, demo};
use crate::demo::catalogue::endpoints;

const PREFLIGHT: &[&str] = &[
    "Access-Control-Request-Method: GET",
    "Access-Control-Request-Headers: x-demo",
];

#[tokio::test]
async fn each_says_what_it_is_named_for_and_nothing_else() {
    let demo = demo().await;
    for Row {
        ask: asked,
        says,
        not,
    } in ROWS
    {
        let (method, path) = asked.split_once(' ').unwrap();
        let lines = if method == "OPTIONS" { PREFLIGHT } else { &[] };
        let answer = ask(demo.addr(), method, path, lines).await;
        for text in *says {
            assert!(
                answer.contains(text),
                "{asked} must say {text:?}:\n{answer}"
            );
        }
        for text in *not {
            assert!(
                !answer.contains(text),
                "{asked} must not say {text:?}:\n{answer}"
            );
        }
    }
}

/// Those whose point is not what they say: tested beside this, or never asked at all.
const NOT_IN_ROWS: &[&str] = &[
    "acao-default-port",
    "acao-duplicate-header",
    "preflight-network-error",
    "connection-reset",
    "empty-response",
    "huge-headers",
    "slow-head",
    "slow-body",
    "endless-body",
    // Right answers to requests that browsers refuse to make, or make elsewhere.
    "mode-same-origin",
    "no-cors-opaque-response",
    "no-cors-method-not-allowed",
    "forbidden-method",
    "url-has-credentials",
    "unsafe-port",
    "mixed-content",
    "connection-refused",
    "dns-failure",
    "not-tls",
];

#[test]
fn every_endpoint_is_tested_here_or_said_not_to_be() {
    for endpoint in endpoints() {
        let in_rows = ROWS.iter().any(|row| {
            let path = row.ask.split(['/', '?']).nth(1);
            path == Some(endpoint.slug)
        });
        assert_ne!(
            in_rows,
            NOT_IN_ROWS.contains(&endpoint.slug),
            "{}",
            endpoint.slug
        );
    }
}

#[tokio::test]
async fn a_fault_of_the_preflight_is_none_of_the_response() {
    let demo = demo().await;
    for (asked, path) in ROWS.iter().filter_map(|row| row.ask.split_once(' ')) {
        let later_stop = path.matches('/').count() > 1;
        let redirects = path.starts_with("/redirect") || path.starts_with("/tunnel");
        let faulty_response = path == "/acao-missing" || path == "/acao-only-on-preflight";
        if asked == "OPTIONS" && !later_stop && !redirects && !faulty_response {
            let answer = ask(demo.addr(), "GET", path, &[]).await;
            assert!(
                answer.starts_with(OK) && answer.contains(RIGHT),
                "GET {path}:\n{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_duplicate_is_two_lines_with_another_between() {
    let answer = ask(demo().await.addr(), "GET", "/acao-duplicate-header", &[]).await;
    let lines: Vec<_> = answer
        .lines()
        .filter(|line| line.starts_with(ACAO))
        .collect();
    assert_eq!(lines, [format!("{ACAO}: {PAGE}").as_str(); 2]);
    assert!(!answer.contains(&format!("{PAGE}\r\n{ACAO}")));
}

#[tokio::test]
async fn the_default_port_is_written_out_for_a_page_that_has_none() {
    let demo = demo().await;
    let head = "GET /acao-default-port HTTP/1.0\r\nOrigin: http://localhost\r\n\r\n";
    let answer = super::exchange(demo.addr(), head.as_bytes()).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.contains("Origin: http://localhost:80\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn redirects_lead_to_the_second_origin_which_answers() {
    let demo = demo().await;
    let answer = ask(demo.addr(), "GET", "/healthy-redirect", &[]).await;
    let target = format!(
        "Location: http://{}/healthy-redirect/final\r\n",
        demo.other_addr()
    );
    assert!(answer.contains(&target), "{answer}");
    let answer = ask(demo.other_addr(), "GET", "/healthy-redirect/final", &[]).await;
    assert!(answer.contains(ANYONE), "{answer}");
}

#[tokio::test]
async fn a_page_that_is_not_ours_is_not_let_in_but_told_that_origins_differ() {
    let demo = demo().await;
    for origin in [
        "Origin: https://app.example.com",
        "Origin: null",
        "X-None: 1",
    ] {
        let head = format!("GET /healthy HTTP/1.1\r\nConnection: close\r\n{origin}\r\n\r\n");
        let answer = super::exchange(demo.addr(), head.as_bytes()).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(
            !answer.contains(ACAO) && answer.contains(VARY),
            "{origin}:\n{answer}"
        );
    }
}

#[tokio::test]
async fn authorization_that_does_arrive_is_accepted() {
    let path = "/authorization-dropped-on-redirect/final";
    let answer = ask(
        demo().await.addr(),
        "GET",
        path,
        &["Authorization: Bearer demo"],
    )
    .await;
    assert!(answer.starts_with(OK), "{answer}");
}
