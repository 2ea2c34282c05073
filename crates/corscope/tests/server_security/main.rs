//! Who may talk to the web UI's server, and what it never says. Each promise has a test.

mod wire;

use std::io::{Read as _, Write as _};

use wire::{Reply, Server};

const SCENARIO: &str = r#"{"page":{"origin":"https://a.test"},"request":{"url":"https://b.test"}}"#;

fn names(reply: &Reply) -> Vec<&str> {
    reply
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect()
}

#[test]
fn the_token_is_in_the_fragment_and_is_exchanged_once() {
    let server = Server::start();
    let link = server.link();
    let (address, token) = link.split_once("/#token=").unwrap();
    assert_eq!(address, format!("http://{}", server.address()));
    assert_eq!(token.len(), 64, "256 bits");
    let body = format!(r#"{{"token":"{token}"}}"#);
    let first = server.post("/api/session", &body, &[]);
    assert_eq!(first.status, 204);
    let cookie = first.header("set-cookie").unwrap();
    let port = server.address().port();
    assert!(cookie.starts_with(&format!("corscope-{port}=")), "{cookie}");
    for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains(token));
    let again = server.post("/api/session", &body, &[]);
    assert_eq!((again.status, again.code()), (403, "token-used".to_owned()));
    assert!(again.header("set-cookie").is_none());
}

#[test]
fn each_run_has_a_token_of_its_own() {
    let token = || Server::start().link().split_once('#').unwrap().1.to_owned();
    assert_ne!(token(), token());
}

#[test]
fn nothing_is_answered_without_the_cookie() {
    let server = Server::start();
    for path in ["/api/program", "/api/rules", "/api/recipes", "/api/nothing"] {
        assert_eq!(server.get(path, &[]).status, 401, "{path}");
    }
    let simulate = server.post("/api/simulate", SCENARIO, &[]);
    assert_eq!(
        (simulate.status, simulate.code()),
        (401, "no-session".to_owned())
    );
    let port = server.address().port();
    for wrong in [
        format!("corscope-{port}={}", "0".repeat(64)),
        format!("corscope-{port}="),
        "corscope=1".to_owned(),
    ] {
        let reply = server.get("/api/program", &[("Cookie", &wrong)]);
        assert_eq!(reply.status, 401, "{wrong}");
    }
    let cookie = server.enter();
    assert_eq!(
        server.get("/api/program", &[("Cookie", &cookie)]).status,
        200
    );
}

#[test]
fn a_cookie_of_one_run_is_nothing_to_another() {
    let (one, other) = (Server::start(), Server::start());
    let cookie = one.enter();
    let value = cookie.split_once('=').unwrap().1;
    let renamed = format!("corscope-{}={value}", other.address().port());
    assert_eq!(
        other.get("/api/program", &[("Cookie", &renamed)]).status,
        401
    );
}

#[test]
fn a_rebound_name_is_refused_even_with_the_cookie() {
    let server = Server::start();
    let cookie = server.enter();
    let port = server.address().port();
    for host in [
        format!("attacker.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("127.0.0.1.nip.io:{port}"),
        format!("localhost.attacker.example:{port}"),
        format!("0.0.0.0:{port}"),
        String::new(),
    ] {
        for path in ["/", "/api/program"] {
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
            let reply = server.raw(&request);
            assert_eq!(reply.status, 421, "{host} {path}");
            assert!(!reply.body.contains("version"), "{host}");
        }
    }
    for request in [
        format!("GET / HTTP/1.0\r\nCookie: {cookie}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n"),
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
    ] {
        assert_eq!(server.raw(&request).status, 421, "{request}");
    }
    let named = format!("GET / HTTP/1.1\r\nHost: LocalHost:{port}\r\n\r\n");
    assert_ne!(server.raw(&named).status, 421);
}

#[test]
fn another_origin_is_refused_even_with_the_cookie() {
    let server = Server::start();
    let cookie = server.enter();
    let port = server.address().port();
    for origin in [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        "http://localhost:3000".to_owned(),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}.evil.example"),
        "http://127.0.0.1".to_owned(),
    ] {
        let headers = [("Cookie", &*cookie), ("Origin", &*origin)];
        let reply = server.post("/api/simulate", SCENARIO, &headers);
        assert_eq!(
            (reply.status, reply.code()),
            (403, "foreign-origin".to_owned()),
            "{origin}"
        );
    }
    let own = format!("http://127.0.0.1:{port}");
    let headers = [("Cookie", &*cookie), ("Origin", &*own)];
    assert_eq!(server.post("/api/simulate", SCENARIO, &headers).status, 200);
}

#[test]
fn a_page_of_another_port_is_refused_although_it_is_of_the_same_site() {
    let server = Server::start();
    let cookie = server.enter();
    for site in [
        "same-site",
        "cross-site",
        "same-origin, none",
        "SAME-ORIGIN",
        "",
    ] {
        let headers = [("Cookie", &*cookie), ("Sec-Fetch-Site", site)];
        assert_eq!(
            server.post("/api/simulate", SCENARIO, &headers).code(),
            "foreign-site"
        );
        assert_eq!(
            server.get("/api/program", &headers).code(),
            "foreign-site",
            "{site}"
        );
    }
    for site in ["same-origin", "none"] {
        let headers = [("Cookie", &*cookie), ("Sec-Fetch-Site", site)];
        assert_eq!(
            server.post("/api/simulate", SCENARIO, &headers).status,
            200,
            "{site}"
        );
    }
}

#[test]
fn what_a_form_can_send_is_refused() {
    let server = Server::start();
    let cookie = server.enter();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "",
    ] {
        let headers = [("Cookie", &*cookie), ("Content-Type", kind)];
        let reply = server.post("/api/simulate", SCENARIO, &headers);
        assert_eq!(
            (reply.status, reply.code()),
            (415, "not-json".to_owned()),
            "{kind}"
        );
    }
    let entry = server.post("/api/session", "{}", &[("Content-Type", "text/plain")]);
    assert_eq!(entry.status, 415);
}

#[test]
fn no_response_carries_a_cors_header() {
    let server = Server::start();
    let cookie = server.enter();
    let own = format!("http://{}", server.address());
    let replies = [
        server.get("/", &[("Origin", &own)]),
        server.get("/api/program", &[("Cookie", &cookie), ("Origin", &own)]),
        server.get("/api/program", &[("Origin", "https://evil.example")]),
        server.post(
            "/api/simulate",
            SCENARIO,
            &[("Cookie", &cookie), ("Origin", &own)],
        ),
        server.raw(&format!(
            "OPTIONS /api/simulate HTTP/1.1\r\nHost: {}\r\nOrigin: {own}\r\nCookie: {cookie}\r\n\
             Content-Type: application/json\r\nAccess-Control-Request-Method: POST\r\n\r\n",
            server.address()
        )),
    ];
    for reply in replies {
        let found = names(&reply)
            .into_iter()
            .find(|name| name.starts_with("access-control-"));
        assert_eq!(found, None);
    }
}

#[test]
fn every_response_is_locked_down() {
    let server = Server::start();
    let cookie = server.enter();
    for reply in [
        server.get("/", &[]),
        server.get("/none.js", &[]),
        server.get("/api/program", &[]),
        server.get("/api/program", &[("Cookie", &cookie)]),
        server.raw("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
    ] {
        let csp = reply.header("content-security-policy").unwrap();
        assert!(csp.starts_with("default-src 'self'"), "{csp}");
        assert!(csp.contains("frame-ancestors 'none'"), "{csp}");
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
    }
    let reply = server.get("/api/program", &[("Cookie", &cookie)]);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn a_body_is_bounded() {
    let server = Server::start();
    let cookie = server.enter();
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(13 << 20));
    let reply = server.post("/api/input", &long, &[("Cookie", &cookie)]);
    assert_eq!((reply.status, reply.code()), (413, "too-long".to_owned()));
    // It goes on answering.
    assert_eq!(
        server.get("/api/program", &[("Cookie", &cookie)]).status,
        200
    );
}

#[test]
fn no_static_file_holds_a_secret() {
    let server = Server::start();
    let link = server.link();
    let token = link.split_once("token=").unwrap().1;
    let cookie = server.enter();
    let secret = cookie.split_once('=').unwrap().1;
    let index = server.get("/", &[]);
    let files = index
        .body
        .split('"')
        .filter(|it| it.starts_with("/assets/"));
    for path in std::iter::once("/").chain(files) {
        let reply = server.get(path, &[]);
        assert!(
            !reply.body.contains(token) && !reply.body.contains(secret),
            "{path}"
        );
    }
}

#[test]
fn it_listens_on_loopback_only() {
    assert!(Server::start().address().ip().is_loopback());
}

#[test]
fn a_check_never_asks_corscope_itself() {
    let server = Server::start();
    let cookie = server.enter();
    let port = server.address().port();
    for host in [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "127.1",
        "2130706433",
    ] {
        let scenario = format!(
            r#"{{"page":{{"origin":"https://a.test"}},"request":{{"url":"http://{host}:{port}/api/program"}}}}"#
        );
        let reply = server.post("/api/check", &scenario, &[("Cookie", &cookie)]);
        assert_eq!(
            (reply.status, reply.code()),
            (422, "own-address".to_owned()),
            "{host}"
        );
    }
}

#[test]
fn a_redirect_does_not_lead_a_check_to_corscope_itself() {
    let server = Server::start();
    let cookie = server.enter();
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    let own = server.address().port();
    std::thread::spawn(move || {
        for stream in elsewhere.incoming() {
            let mut stream = stream.unwrap();
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let _ = write!(
                stream,
                "HTTP/1.1 302 Found\r\nLocation: http://localhost:{own}/api/program\r\n\
                 Access-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    let scenario = format!(
        r#"{{"page":{{"origin":"https://a.test"}},"request":{{"url":"http://127.0.0.1:{port}/"}}}}"#
    );
    let reply = server.post("/api/check", &scenario, &[("Cookie", &cookie)]);
    assert_eq!(
        (reply.status, reply.code()),
        (422, "own-address".to_owned())
    );
}

#[test]
fn bad_input_is_answered_with_its_place() {
    let server = Server::start();
    let cookie = server.enter();
    let headers = [("Cookie", &*cookie)];
    for (path, body, at) in [
        (
            "/api/simulate",
            r#"{"page":{"origin":"x"},"request":{"url":"y"}}"#,
            "page.origin",
        ),
        (
            "/api/simulate",
            r#"{"page":{"origin":"null"},"request":{"url":"y","m":1}}"#,
            "request.m",
        ),
        (
            "/api/recipes/nginx",
            r#"{"policy":{"origins":1}}"#,
            "policy.origins",
        ),
        ("/api/session", r#"{"token":1}"#, "token"),
        ("/api/input", r#"{"text":"curl 'unclosed"}"#, "cURL command"),
    ] {
        let reply = server.post(path, body, &headers);
        let error = &reply.json()["error"];
        assert_eq!(reply.status, 422, "{path} {body}");
        let given = error["at"].as_str().unwrap_or_default();
        assert!(given.starts_with(at), "{path} {body}: {error}");
        assert!(!error["message"].as_str().unwrap_or_default().is_empty());
    }
}
