//! What the demo says about itself.

use serde_json::Value;

use super::{PAGE, ask, demo};
use crate::demo::catalogue::endpoints;

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

fn plain(html: &str) -> String {
    html.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn the_listing_holds_every_endpoint_with_its_command_on_the_real_port() {
    let demo = demo().await;
    let answer = ask(demo.addr(), "GET", "/", &[]).await;
    let text = plain(body(&answer));
    for endpoint in endpoints() {
        assert!(
            text.contains(&format!("<h3>{}</h3>", endpoint.title)),
            "{}",
            endpoint.slug
        );
        assert!(
            text.contains(&endpoint.command(demo.places())),
            "{}",
            endpoint.slug
        );
        assert!(
            endpoint.rule.is_none_or(|rule| text.contains(rule)),
            "{}",
            endpoint.slug
        );
    }
}

#[tokio::test]
async fn the_listing_takes_nothing_from_elsewhere_and_runs_nothing() {
    let answer = ask(demo().await.addr(), "GET", "/", &[]).await;
    assert!(answer.contains("Content-Security-Policy: default-src 'none'"));
    for foreign in [
        "<script", "<img", "<link", "src=", "@import", "url(", "{here}",
    ] {
        assert!(!answer.contains(foreign), "{foreign}");
    }
}

#[tokio::test]
async fn pages_are_good_neighbours_of_the_broken_endpoints() {
    let demo = demo().await;
    for path in ["/", "/catalogue.json", "/nowhere"] {
        let answer = ask(demo.addr(), "GET", path, &[]).await;
        assert!(
            answer.contains(&format!("Access-Control-Allow-Origin: {PAGE}\r\n")),
            "{answer}"
        );
        assert!(answer.contains("Vary: Origin"), "{answer}");
    }
    assert!(
        ask(demo.addr(), "GET", "/nowhere", &[])
            .await
            .starts_with("HTTP/1.1 404")
    );
    assert!(
        ask(demo.addr(), "DELETE", "/", &[])
            .await
            .starts_with("HTTP/1.1 405")
    );
}

#[tokio::test]
async fn the_catalogue_tells_programs_what_to_ask_and_to_expect() {
    let demo = demo().await;
    let answer = ask(demo.addr(), "GET", "/catalogue.json", &[]).await;
    let catalogue: Value = serde_json::from_str(body(&answer)).unwrap();
    assert_eq!(catalogue["page_origin"], PAGE);
    let entries = catalogue["endpoints"].as_array().unwrap();
    assert_eq!(entries.len(), endpoints().count());
    let entry = entries
        .iter()
        .find(|entry| entry["path"] == "/method-case-mismatch")
        .unwrap();
    assert_eq!(entry["rule"], "method-case-mismatch");
    assert_eq!(entry["outcome"], "error");
    assert_eq!(entry["fetch"]["method"], "patch");
    assert_eq!(entry["check"][1], "--from");
    let url = format!("http://{}/method-case-mismatch", demo.addr());
    assert_eq!(entry["url"], url);
}

#[tokio::test]
async fn the_browsers_page_stands_on_localhost() {
    let demo = demo().await;
    let port = demo.addr().port();
    let answer = ask(demo.addr(), "GET", "/try", &[]).await;
    assert!(
        answer.contains(&format!("Location: http://localhost:{port}/try\r\n")),
        "{answer}"
    );
    let head = format!("GET /try HTTP/1.0\r\nHost: localhost:{port}\r\n\r\n");
    let answer = super::exchange(demo.addr(), head.as_bytes()).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(
        answer.contains("script-src 'self'") && answer.contains("src=\"/try.js\""),
        "{answer}"
    );
    let script = ask(demo.addr(), "GET", "/try.js", &[]).await;
    assert!(script.contains("Content-Type: text/javascript") && script.contains("fetch("));
}
