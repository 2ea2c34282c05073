//! The same URL asked again and again, answered now so that the page may read it, now so that it may
//! not: each round is told with its own verdict and with the browser's own words on it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::program::Program;
use super::{BROWSERS, Directory, skipped};

const ROUNDS: usize = 12;

/// A page that asks its API for `/item`, one request after the other; a preflight is needed each time.
fn page(api: u16) -> String {
    format!(
        "<!doctype html><title>rounds</title><script>
        (async () => {{
            for (let round = 0; round < {ROUNDS}; round++) {{
                const asked = fetch('http://localhost:{api}/item', {{
                    method: 'PUT', headers: {{ 'X-Round': round }},
                }});
                await asked.catch(() => {{}});
                await new Promise(ready => setTimeout(ready, round % 3 * 60));
            }}
        }})();
        </script>"
    )
}

/// A server; `answer` is given the request's head.
fn serve(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = std::sync::Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), std::sync::Arc::clone(&answer));
            std::thread::spawn(move || {
                let mut head = Vec::new();
                let mut chunk = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut chunk) {
                    head.extend_from_slice(&chunk[..count]);
                    if head.windows(4).any(|it| it == b"\r\n\r\n") {
                        let text = answer(&String::from_utf8_lossy(&head));
                        let _ = stream.write_all(text.as_bytes());
                        head.clear();
                    }
                }
            });
        }
    });
    port
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

/// What each round shall come to: every third is refused by its preflight, every other third by its
/// answer.
fn is_refused(round: usize) -> Option<&'static str> {
    match round % 3 {
        0 => None,
        1 => Some("acao-only-on-preflight"),
        _ => Some("preflight-acao-missing"),
    }
}

fn api() -> u16 {
    // The preflights come in the order of the rounds, and each round has one.
    let asked = AtomicUsize::new(0);
    serve(move |head| {
        let allow = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT\r\n\
                     Access-Control-Allow-Headers: X-Round\r\nAccess-Control-Max-Age: 0\r\n";
        let is_preflight = head.starts_with("OPTIONS");
        let round = match is_preflight {
            true => asked.fetch_add(1, Ordering::Relaxed),
            false => asked.load(Ordering::Relaxed) - 1,
        };
        match (is_refused(round), is_preflight) {
            (Some("preflight-acao-missing"), true) | (Some("acao-only-on-preflight"), false) => {
                answer("200 OK", "", "")
            }
            _ => answer("200 OK", allow, "x"),
        }
    })
}

#[test]
fn each_round_of_the_same_request_has_its_own_verdict_and_words() {
    if skipped() {
        return;
    }
    for browser in BROWSERS {
        let home = Directory::new();
        let page = page(api());
        let site = serve(move |_| answer("200 OK", "Content-Type: text/html\r\n", &page));
        let mut program = Program::start(
            Program::corscope(home.path())
                .args(["open", &format!("http://127.0.0.1:{site}/"), "--headless"])
                .args(["--format", "jsonl", "--browser", browser]),
        );
        program.document("the browser's start");
        // A fetch may be told again once it is known better.
        let mut told: Vec<Value> = Vec::new();
        let mut take = |document: Value| {
            if document["fetch"].is_null() {
                return told.len(); // none of CORS' business
            }
            let known = told.iter_mut().find(|it| it["fetch"] == document["fetch"]);
            match known {
                Some(known) => *known = document,
                None => told.push(document),
            }
            told.len()
        };
        while take(program.document("the next round")) < ROUNDS {}
        let ended = program.interrupt();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        for line in &ended.lines {
            take(serde_json::from_str(line).unwrap());
        }
        let number = |it: &Value| it["fetch"].as_u64().unwrap();
        told.sort_by_key(number);
        let in_words: Vec<String> = told
            .iter()
            .map(|it| {
                let root = it["verdict"]["root_cause"]["rule"].as_str();
                let legs = it["exchanges"].as_array().unwrap();
                let says = &legs.last().unwrap()["browser"]["cors_error"];
                let is_refused = if says.is_null() { "passed" } else { "refused" };
                format!(
                    "{} by the browser, {root:?}, {}",
                    is_refused, it["disagreement"]
                )
            })
            .collect();
        let wanted: Vec<String> = (0..ROUNDS)
            .map(|round| {
                let rule = is_refused(round);
                let said = if rule.is_some() { "refused" } else { "passed" };
                format!("{said} by the browser, {rule:?}, null")
            })
            .collect();
        assert_eq!(in_words, wanted, "{browser}");
    }
}
