//! Which lines of a head are written anew, and that no other is.

use std::io::Write;

use crate::raw::*;
use crate::running::{PATIENCE, config, policy, request, run};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn a_request_reaches_the_server_as_its_own_page_would_send_it() {
    let (server, heads) = answer_each(OK);
    let gateway = run(config(format!("{server}/v1")));
    let lines = [
        "hOsT: localhost:8379",
        "X-b:\t1 ",
        "origin: https://app.test",
        "REFERER: https://app.test/page?x#y",
        "Sec-Fetch-Site: cross-site",
        "Proxy-Connection: keep-alive",
        "x-B:  2",
    ];
    ask(&gateway, request("GET /a?b=%20c", &lines));
    let head = heads.recv_timeout(PATIENCE).unwrap().1;
    let hop = head.find("Corscope-Hop: ").unwrap();
    assert_eq!(
        head[..hop],
        format!(
            "GET /v1/a?b=%20c HTTP/1.1\r\nhOsT: {server}\r\nX-b:\t1 \r\n\
             origin: http://{server}\r\nREFERER: http://{server}/page?x#y\r\n\
             Sec-Fetch-Site: same-origin\r\nx-B:  2\r\nConnection: close\r\n"
        )
    );
    let exchange = gateway.ended();
    assert_eq!(exchange.request.url, "http://localhost:8379/a?b=%20c");
    assert_eq!(exchange.origin().unwrap(), "https://app.test");
    assert_eq!(exchange.modified.unwrap().by, ["gateway"]);
}

#[test]
fn a_stranger_does_not_speak_in_the_servers_name() {
    let (server, heads) = answer_each(OK);
    let gateway = run(config(server));
    let lines = [
        "Origin: https://evil.test",
        "Referer: https://evil.test/x",
        "Sec-Fetch-Site: cross-site",
    ];
    ask(&gateway, request("POST /", &lines));
    let head = heads.recv_timeout(PATIENCE).unwrap().1;
    for line in lines {
        assert!(head.contains(line), "{head}");
    }
}

#[test]
fn the_clients_host_can_be_kept() {
    let (server, heads) = answer_each(OK);
    let mut config = config(server);
    config.keep_host = true;
    let gateway = run(config);
    ask(&gateway, request("GET /", &[]));
    assert!(
        heads
            .recv()
            .unwrap()
            .1
            .contains("\r\nHost: localhost:8379\r\n")
    );
}

#[test]
fn the_servers_cors_headers_are_replaced_and_all_else_stays() {
    let (server, _) = answer_each(
        "HTTP/1.1 200 Very  Fine\r\nX-a: 1\r\naccess-control-allow-origin: https://prod.test\r\n\
         Access-Control-Allow-Origin : *\r\nAccess-Control-Allow-Headers: a,\r\n b\r\nVary: Accept\r\n\
         x-A:2 \r\nACCESS-CONTROL-MAX-AGE: 600\r\nContent-Length: 2\r\n\r\nok",
    );
    let gateway = run(config(server));
    let answer = ask(&gateway, request("GET /", &["Origin: https://app.test"]));
    assert_eq!(
        answer,
        "HTTP/1.1 200 Very  Fine\r\nX-a: 1\r\nVary: Accept\r\nx-A:2 \r\nContent-Length: 2\r\n\
         Access-Control-Allow-Origin: https://app.test\r\nAccess-Control-Expose-Headers: *\r\n\
         Vary: Origin\r\n\r\nok"
    );
    let exchange = gateway.ended();
    let shown = exchange.response.unwrap();
    let acao = shown
        .header_list
        .get("Access-Control-Allow-Origin")
        .unwrap();
    assert_eq!(&*acao, b"https://app.test");
    assert_eq!(shown.body.bytes, b"ok");
    let before = exchange.modified.unwrap().response.unwrap();
    assert!(before.header_list.contains("Access-Control-Max-Age"));
}

#[test]
fn odd_heads_get_the_headers_too() {
    for (bytes, body) in [
        (
            "HTTP/1.1 200 OK\nVary: a, ORIGIN\nContent-Length: 2\n\nok",
            "ok",
        ),
        ("HTTP/1.0 200\r\n\r\nold", "old"),
        ("HTTP/1.1 200 OK\r\nA: 1", ""),
        ("HTTP/1.1 200 OK", ""),
    ] {
        let gateway = run(config(answer(bytes)));
        let answer = ask(&gateway, request("GET /", &["Origin: https://app.test"]));
        let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains("Access-Control-Allow-Origin: https://app.test"),
            "{answer}"
        );
        assert_eq!(rest, body, "{answer}");
        let varies = head.matches("Vary: ").count();
        assert_eq!(varies, 1, "{answer}");
    }
}

#[test]
fn with_credentials_each_header_is_exposed_by_name() {
    let (server, _) = answer_each(
        "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Total: 3\r\nSet-Cookie: a=b\r\nETag: \"x\"\r\n\
         Content-Length: 0\r\n\r\n",
    );
    let mut config = config(server);
    config.policy = policy(&["https://app.test"], true);
    let gateway = run(config.clone());
    let page = ["Origin: https://app.test"];
    let answer = ask(&gateway, request("GET /", &page));
    assert!(
        answer.contains("\r\nAccess-Control-Expose-Headers: X-Total, ETag\r\n"),
        "{answer}"
    );
    config.policy.expose = vec!["X-Total".to_owned()];
    let gateway = run(config);
    let answer = ask(&gateway, request("GET /", &page));
    assert!(
        answer.contains("\r\nAccess-Control-Expose-Headers: X-Total\r\n"),
        "{answer}"
    );
}

#[test]
fn a_real_options_request_reaches_the_app() {
    let (server, heads) = answer_each("HTTP/1.1 204 No Content\r\nAllow: GET, PUT\r\n\r\n");
    let gateway = run(config(server));
    let page = "Origin: https://app.test";
    for lines in [&[][..], &[page], &["Access-Control-Request-Method: PUT"]] {
        let answer = ask(&gateway, request("OPTIONS /x", lines));
        assert!(answer.contains("\r\nAllow: GET, PUT\r\n"), "{answer}");
        assert!(
            heads
                .recv()
                .unwrap()
                .1
                .starts_with("OPTIONS /x HTTP/1.1\r\n")
        );
        assert_eq!(
            answer.contains("Access-Control-"),
            lines.contains(&page),
            "{answer}"
        );
    }
    ask(&gateway, request("OPTIONS *", &[]));
    assert!(
        heads
            .recv()
            .unwrap()
            .1
            .starts_with("OPTIONS * HTTP/1.1\r\n")
    );
}

#[test]
fn a_preflight_with_credentials_is_answered_by_name() {
    let mut config = config("127.0.0.1:1");
    config.policy = policy(&["https://app.test"], true);
    let gateway = run(config);
    let lines = [
        "Origin: http://localhost:5173",
        "Access-Control-Request-Method: PATCH",
        "Access-Control-Request-Headers: x-a,x-b",
    ];
    let answer = ask(&gateway, request("OPTIONS /", &lines));
    assert_eq!(
        answer,
        "HTTP/1.1 204 No Content\r\nVary: Origin\r\n\
         Access-Control-Allow-Origin: http://localhost:5173\r\n\
         Access-Control-Allow-Credentials: true\r\nAccess-Control-Allow-Methods: PATCH\r\n\
         Access-Control-Allow-Headers: x-a, x-b\r\nAccess-Control-Max-Age: 0\r\n\
         Vary: Access-Control-Request-Method, Access-Control-Request-Headers\r\n\
         Connection: close\r\n\r\n"
    );
}

#[test]
fn cookies_and_locations_become_the_gateways_own() {
    let server = serve(|_, mut stream| {
        let head = text(&read_head(&mut stream));
        let host = head.split("Host: ").nth(1).unwrap().lines().next().unwrap();
        let _ = write!(
            stream,
            "HTTP/1.1 302 Found\r\nSet-Cookie: a=b; Domain=.api.test; Path=/x; Secure; \
             SameSite=None\r\nset-cookie:c=d\r\nLOCATION: http://{host}/next?a#b\r\n\
             Content-Location: /here\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    });
    let mut config = config(server);
    config.mount = "/api/".to_owned();
    let gateway = run(config);
    let answer = ask(&gateway, request("GET /api/login", &[]));
    assert_eq!(
        answer,
        "HTTP/1.1 302 Found\r\nSet-Cookie: a=b; Path=/api/x; SameSite=Lax\r\nset-cookie:c=d\r\n\
         LOCATION: /api/next?a#b\r\nContent-Location: /api/here\r\nContent-Length: 0\r\n\
         Connection: close\r\nVary: Origin\r\n\r\n"
    );
}

#[test]
fn a_connection_carries_many_exchanges() {
    let (server, heads) = answer_each(OK);
    let gateway = run(config(server));
    let mut client = connect(&gateway);
    for number in 0..3 {
        let lines = "Host: localhost\r\nOrigin: https://app.test\r\n";
        write!(client, "GET /{number} HTTP/1.1\r\n{lines}\r\n").unwrap();
        let head = text(&read_head(&mut client));
        assert!(
            head.contains("Access-Control-Allow-Origin: https://app.test\r\n"),
            "{head}"
        );
        assert_eq!(read_exactly(&mut client, 2), b"ok");
        let preflight = "Access-Control-Request-Method: PUT\r\n";
        write!(
            client,
            "OPTIONS /{number} HTTP/1.1\r\n{lines}{preflight}\r\n"
        )
        .unwrap();
        assert!(text(&read_head(&mut client)).starts_with("HTTP/1.1 204 "));
        let (connection, head) = heads.recv_timeout(PATIENCE).unwrap();
        assert_eq!(connection, 0, "the connection to the server was not kept");
        assert!(head.starts_with(&format!("GET /{number} ")), "{head}");
    }
}
