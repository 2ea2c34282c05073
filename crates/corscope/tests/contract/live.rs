//! Cases that ask a real server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use corscope::demo::DemoServer;

use super::{Ended, tested};

async fn demo() -> DemoServer {
    DemoServer::start("127.0.0.1".parse().unwrap(), 0)
        .await
        .unwrap()
}

fn contract(base: &str, case: &str) -> String {
    format!(
        "version = 1\n[defaults]\nbase = '{base}'\npage.origin = 'http://localhost:3000'\n\
         [[case]]\nname = 'the case'\n{case}\n"
    )
}

/// The names of what is broken, in the first browser.
fn broken(ended: &Ended) -> Vec<String> {
    let document = ended.json();
    let broken = document["cases"][0]["browsers"][0]["broken"].as_array();
    let broken = broken.into_iter().flatten();
    broken
        .map(|it| it["expectation"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_expectation_is_kept_and_broken_by_a_real_server() {
    let server = demo().await;
    let base = server.places().here_origin();
    let put =
        "request = { method = 'PUT', url = '/healthy-preflight', headers = [['X-Foo', '1']] }\n";
    for (kept, breaks, name) in [
        (
            "request.url = '/healthy'\nexpect = 'allowed'",
            "request.url = '/acao-missing'\nexpect = 'allowed'",
            "outcome",
        ),
        (
            "request.url = '/acao-missing'\nexpect = 'blocked'",
            "request.url = '/healthy'\nexpect = 'blocked'",
            "outcome",
        ),
        (
            "request = { url = '/acao-missing', mode = 'no-cors' }\nexpect = 'opaque'",
            "request.url = '/acao-missing'\nexpect = 'opaque'",
            "outcome",
        ),
        (
            &format!("{put}expect = 'preflight-allowed'"),
            "request.url = '/healthy'\nexpect = 'preflight-allowed'",
            "outcome",
        ),
        (
            &format!("{put}send = true\nexpect = 'allowed'"),
            &format!("{put}expect = 'allowed'"),
            "outcome",
        ),
        (
            "request.url = '/acao-host-mismatch'\nexpect.rule = 'acao-host-mismatch'",
            "request.url = '/acao-missing'\nexpect.rule = 'acao-host-mismatch'",
            "rule",
        ),
        (
            "request.url = '/healthy-exposed-header'\nexpect.readable_headers = ['X-Total-Count']",
            "request.url = '/response-header-not-exposed'\nexpect.readable_headers = ['X-Total-Count']",
            "readable_headers",
        ),
        (
            "request.url = '/response-header-not-exposed'\nexpect.unreadable_headers = ['X-Total-Count']",
            "request.url = '/healthy-exposed-header'\nexpect.unreadable_headers = ['X-Total-Count']",
            "unreadable_headers",
        ),
        (
            &format!("{put}send = true\nexpect.preflight = true"),
            "request.url = '/healthy'\nexpect.preflight = true",
            "preflight",
        ),
        (
            "request.url = '/healthy'\nexpect.vary_origin = true",
            "request.url = '/cache-missing-vary-origin'\nexpect.vary_origin = true",
            "vary_origin",
        ),
        (
            "request.url = '/healthy'\nexpect.clean = true",
            "request.url = '/response-header-not-exposed'\nreads = ['X-Total-Count']\nexpect.clean = true",
            "clean",
        ),
        (
            &format!("{put}expect = {{ outcome = 'preflight-allowed', max_age_at_least = 5 }}"),
            &format!("{put}expect = {{ outcome = 'preflight-allowed', max_age_at_least = 86400 }}"),
            "max_age_at_least",
        ),
    ] {
        let ended = tested(&contract(&base, kept), &[]);
        assert_eq!(ended.code, Some(0), "{kept}: {ended:?}");
        assert_eq!(ended.json()["kept"], 1);
        let ended = tested(&contract(&base, breaks), &[]);
        assert_eq!(ended.code, Some(1), "{breaks}: {:?}", broken(&ended));
        assert!(
            broken(&ended).contains(&name.to_owned()),
            "{breaks}: {:?}",
            broken(&ended)
        );
    }
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_followed_and_the_page_decides() {
    let server = demo().await;
    let base = server.places().here_origin();
    for (case, code) in [
        ("request.url = '/healthy-redirect'\nexpect = 'allowed'", 0),
        (
            "request.url = '/redirect-missing-acao'\nexpect = 'blocked'",
            0,
        ),
        (
            "request.url = '/redirect-missing-acao'\nexpect = 'allowed'",
            1,
        ),
        // Of another page it stays blocked; `clean` and a single browser narrow it down.
        (
            "page.origin = 'https://evil.example'\nrequest.url = '/acao-host-mismatch'\nbrowsers = ['fetch']\nexpect = 'blocked'",
            0,
        ),
    ] {
        let ended = tested(&contract(&base, case), &[]);
        assert_eq!(ended.code, Some(code), "{case}: {ended:?}");
    }
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_judged_live_is_judged_the_same_by_its_answers() {
    // The verdict that is reported is made of the answers without secrets: it must be the live one.
    let server = demo().await;
    let places = *server.places();
    let base = places.here_origin();
    let mut text = format!(
        "version = 1\ndefaults.base = '{base}'\ndefaults.page.origin = 'http://localhost:3000'\n"
    );
    for endpoint in corscope::demo::catalogue::endpoints() {
        let args = endpoint.check_args(&places);
        if args[0].starts_with(&base) && !endpoint.slug.starts_with("slow") {
            let outcome = match endpoint.outcome {
                corscope::demo::Outcome::Readable => "allowed",
                corscope::demo::Outcome::Opaque => "opaque",
                _ => "blocked",
            };
            text.push_str(&format!(
                "[[case]]\nname = '{}'\nrequest.url = '{}'\nexpect = '{outcome}'\n",
                endpoint.slug, args[0]
            ));
        }
    }
    let ended = tested(&text, &["--max-time", "5", "--jobs", "8", "--send"]);
    let document = ended.json();
    let cases = document["cases"].as_array().unwrap();
    assert!(cases.len() > 40, "{}", cases.len());
    for case in cases {
        let error = case["error"].as_str().unwrap_or_default();
        assert!(!error.contains("secrets"), "{case}");
    }
    server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_keeps_nothing() {
    let server = demo().await;
    let places = *server.places();
    let closed = format!("http://{}", places.closed);
    let case = "request.url = '/x'\nexpect = 'blocked'";
    let put = "request = { method = 'PUT', url = '/x' }\nexpect = 'blocked'";
    for (base, case, says) in [
        (closed.as_str(), case, "GET http://127.0.0.1"),
        (&closed, put, "OPTIONS http://127.0.0.1"),
        (&closed, "request.url = '/x'\nexpect = 'allowed'", "refused"),
        ("http://nowhere.invalid", case, "nowhere.invalid"),
        (
            &places.here_origin(),
            "request.url = '/empty-response'\nexpect = 'blocked'",
            "closed",
        ),
        (
            &places.here_origin(),
            "request.url = '/connection-reset'\nexpect = 'blocked'",
            "GET",
        ),
        (
            &places.here_origin(),
            "request.url = '/invalid-http'\nexpect = 'blocked'",
            "GET",
        ),
        (
            &places.here_origin(),
            "request.url = '/acao-missing-on-gateway-error'\nexpect = 'blocked'",
            "answered 50",
        ),
    ] {
        let ended = tested(&contract(base, case), &["--max-time", "5"]);
        assert_eq!(ended.code, Some(3), "{case}: {ended:?}");
        let document = ended.json();
        assert_eq!(
            document["cases"][0]["kept"],
            serde_json::Value::Null,
            "{document}"
        );
        let error = document["cases"][0]["error"].as_str().unwrap();
        assert!(error.contains(says), "{case}: {error}");
    }
    // A crash is an answer: there is CORS middleware that refuses strangers with a 500.
    let ended = tested(
        &contract(
            &places.here_origin(),
            "request.url = '/acao-missing-on-error-response'\nexpect = 'blocked'",
        ),
        &[],
    );
    assert_eq!(ended.code, Some(0), "{ended:?}");
    server.shutdown().await;
}

/// A server that answers every request alike, and keeps what it was sent.
fn scripted(
    answer: &'static str,
    times: usize,
) -> (SocketAddr, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for _ in 0..times {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            let mut buffer = [0; 4096];
            while !head.windows(4).any(|it| it == b"\r\n\r\n") {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(read) => head.extend_from_slice(&buffer[..read]),
                }
            }
            seen.push(String::from_utf8_lossy(&head).into_owned());
            let _ = stream.write_all(answer.as_bytes());
        }
        seen
    });
    (address, thread)
}

#[test]
fn a_slow_server_is_waited_for_no_longer_than_was_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let begun = std::time::Instant::now();
    let case = "request.url = '/x'\nexpect = 'blocked'";
    let ended = tested(
        &contract(&format!("http://{address}"), case),
        &["-m", "0.5"],
    );
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn another_server_is_asked_and_cookies_go_as_the_browser_would_send_them() {
    let answer = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://app.test\r\n\
                  Access-Control-Allow-Credentials: true\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (address, thread) = scripted(answer, 1);
    let text = "version = 1\n[defaults]\nbase = 'https://api.example.com'\npage.origin = 'https://app.test'\n\
                [[case]]\nname = 'a'\nexpect = 'allowed'\nbrowsers = ['fetch', 'chromium', 'firefox']\n\
                request = { url = '/x', credentials = 'include', headers = [['Cookie', 'sid=1'], ['Accept', 'text/plain']] }\n";
    let ended = tested(text, &["--base", &format!("http://{address}")]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let seen = thread.join().unwrap();
    assert!(seen[0].starts_with("GET /x HTTP/1.1\r\n"), "{seen:?}");
    assert!(seen[0].contains("Cookie: sid=1\r\n"), "{seen:?}");
    assert!(!ended.out.contains("sid=1"), "{ended:?}");
}

#[test]
fn cases_are_chosen_by_their_names() {
    let one = |name: &str| {
        format!(
            "[[case]]\nname = '{name}'\npage.origin = 'https://a.test'\nrequest.url = 'https://b.test'\n\
             responses = [{{ status = 200 }}]\nexpect = 'blocked'\n"
        )
    };
    let text = format!(
        "version = 1\n{}{}{}",
        one("items are read"),
        one("items are saved"),
        one("users")
    );
    let ended = tested(&text, &["--case", "items"]);
    assert_eq!(ended.json()["kept"], 2, "{ended:?}");
    let ended = tested(&text, &["--case", "saved", "--case", "user"]);
    assert_eq!(ended.json()["kept"], 2, "{ended:?}");
    let ended = tested(&text, &["--case", "itmes are read"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("items are read"), "{ended:?}");
}

#[test]
fn a_gateway_that_allows_everybody_keeps_nothing_for_a_dead_server() {
    let answer = "HTTP/1.1 502 Bad Gateway\r\nAccess-Control-Allow-Origin: *\r\n\
                  Content-Length: 0\r\nConnection: close\r\n\r\n";
    let (address, thread) = scripted(answer, 1);
    let case = "request.url = '/x'\nbrowsers = ['chromium']\nexpect = 'allowed'";
    let ended = tested(&contract(&format!("http://{address}"), case), &[]);
    thread.join().unwrap();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.out.contains("answered 502"), "{ended:?}");
}

#[test]
fn what_the_browser_refuses_by_itself_says_nothing_of_the_server() {
    // Mixed content: no request goes out, so there is nothing that a server could keep.
    let page = "page.origin = 'https://evil.example'\nrequest.url = 'http://api.test/x'\n";
    let ended = tested(
        &contract("http://api.test", &format!("{page}expect = 'blocked'")),
        &[],
    );
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let document = ended.json();
    let error = document["cases"][0]["error"].as_str().unwrap();
    assert!(error.contains("expect.rule = \"mixed-content"), "{error}");
    let rule = error.split('"').nth(1).unwrap();
    let case = format!("{page}expect.rule = '{rule}'");
    let ended = tested(&contract("http://api.test", &case), &[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_that_is_not_there_is_remarked() {
    let server = demo().await;
    let base = server.places().here_origin();
    let case = "page.origin = 'https://evil.example'\nrequest.url = '/no/such/path'\n\
                browsers = ['chromium']\nexpect = 'blocked'";
    let ended = tested(&contract(&base, case), &[]);
    let document = ended.json();
    let note = document["cases"][0]["notes"][0].as_str();
    assert!(note.is_some_and(|it| it.contains("404")), "{ended:?}");
    server.shutdown().await;
}
