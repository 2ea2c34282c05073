//! What lasts: WebSockets, event streams, uploads.

use std::io::Write;

use corscope_wire::gateway::App;
use corscope_wire::proxy::MessageKind;

use crate::raw::*;
use crate::running::{Running, config, request, run};

const AGREED: &str =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

fn upgrade(gateway: &Running, path: &str, origin: &str) -> std::net::TcpStream {
    let mut client = connect(gateway);
    write!(
        client,
        "GET {path} HTTP/1.1\r\nHost: localhost:8379\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
         Origin: {origin}\r\n\r\n"
    )
    .unwrap();
    client
}

/// Accepts a WebSocket of its own origin only, and echoes one frame.
fn strict_echo() -> std::net::SocketAddr {
    serve(|_, mut stream| {
        let head = text(&read_head(&mut stream));
        let host = head.split("Host: ").nth(1).unwrap().lines().next().unwrap();
        if !head.contains(&format!("\r\nOrigin: http://{host}\r\n")) {
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        stream.write_all(AGREED.as_bytes()).unwrap();
        let frame = read_exactly(&mut stream, 8);
        stream.write_all(b"\x81\x02hi").unwrap();
        assert_eq!(frame[..2], *b"\x81\x82");
        read_all(&mut stream);
    })
}

#[test]
fn a_websocket_opens_with_the_servers_own_origin() {
    let server = strict_echo();
    let mut with_app = config(server);
    with_app.mount = "/api".to_owned();
    with_app.app = Some(App::Server(format!("http://{server}").parse().unwrap()));
    for (config, path) in [(config(server), "/ws"), (with_app, "/hmr")] {
        let gateway = run(config);
        for origin in ["https://app.test", "http://localhost:8379"] {
            let mut client = upgrade(&gateway, path, origin);
            assert_eq!(text(&read_head(&mut client)), AGREED, "{origin}");
            client.write_all(b"\x81\x82\0\0\0\0hi").unwrap();
            assert_eq!(read_exactly(&mut client, 4), b"\x81\x02hi");
            drop(client);
            assert_eq!(gateway.message().kind, MessageKind::Text);
            assert_eq!(gateway.ended().response.unwrap().status, 101);
        }
    }
}

#[test]
fn a_websocket_of_a_stranger_is_refused() {
    let (server, heads) = answer_each(AGREED);
    let gateway = run(config(server));
    let mut client = upgrade(&gateway, "/ws", "https://evil.test");
    let answer = text(&read_all(&mut client));
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert!(
        answer.contains("X-Corscope-Error: origin-refused"),
        "{answer}"
    );
    assert!(heads.try_recv().is_err());
}

#[test]
fn events_pass_as_they_come() {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        for number in 0..3 {
            write!(stream, "id: {number}\ndata: x\n\n").unwrap();
            // The next one only after the page has this one.
            wait.lock().unwrap().recv().unwrap();
        }
    });
    let gateway = run(config(server));
    let mut client = connect(&gateway);
    let lines = ["Origin: https://app.test"];
    client
        .write_all(request("GET /", &lines).as_bytes())
        .unwrap();
    assert!(text(&read_head(&mut client)).contains("Access-Control-Allow-Origin"));
    for number in 0..3 {
        let event = text(&read_until(&mut client, b"\n\n"));
        assert_eq!(event, format!("id: {number}\ndata: x\n\n"));
        assert_eq!(gateway.message().kind, MessageKind::ServerSentEvent);
        go.send(()).unwrap();
    }
    assert_eq!(gateway.ended().failure, None);
}

#[test]
fn large_bodies_pass_both_ways() {
    let size = 3_000_000;
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        let body = read_exactly(&mut stream, size);
        let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
        let _ = stream.write_all(&body);
    });
    let gateway = run(config(server));
    let mut client = connect(&gateway);
    let body: Vec<u8> = (0..size as u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let length = format!("Content-Length: {size}");
    client
        .write_all(request("PUT /", &[&length]).as_bytes())
        .unwrap();
    client.write_all(&body).unwrap();
    read_head(&mut client);
    assert!(read_exactly(&mut client, size) == body);
    assert_eq!(gateway.ended().response.unwrap().body.len, size as u64);
}
