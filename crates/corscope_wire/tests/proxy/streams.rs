//! WebSocket and event streams: passed as they are, told message by message.

use std::io::Write;

use corscope_fetch::exchange::Side;
use corscope_wire::proxy::{Event, MessageKind};

use crate::raw::*;
use crate::running::plain;
use crate::secure::tunnel;

const UPGRADE: &str = "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n\
                       Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                       Sec-WebSocket-Version: 13\r\nOrigin: https://app.test\r\n\
                       Sec-WebSocket-Protocol: a, b\r\n\r\n";

const AGREED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
                      Connection: Upgrade\r\nSec-WebSocket-Protocol: b\r\n\r\n";

#[test]
fn frames_pass_both_ways_and_messages_are_told() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        let head = text(&read_head(&mut stream));
        assert_eq!(head, UPGRADE);
        // The first message comes in one piece with the answer.
        stream
            .write_all(&[AGREED.as_bytes(), b"\x81\x02hi"].concat())
            .unwrap();
        let frame = read_exactly(&mut stream, 11);
        assert_eq!(frame, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        stream.write_all(b"\x88\x02\x03\xe8").unwrap();
        read_all(&mut stream);
    });
    let mut client = tunnel(&proxy, &server.to_string());
    client.write_all(UPGRADE.as_bytes()).unwrap();
    assert_eq!(text(&read_exactly(&mut client, AGREED.len())), AGREED);
    assert_eq!(read_exactly(&mut client, 4), b"\x81\x02hi");
    client
        .write_all(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")
        .unwrap();
    assert_eq!(read_exactly(&mut client, 4), b"\x88\x02\x03\xe8");
    drop(client);
    let Event::Progress(open) = proxy.event() else {
        panic!("an open WebSocket is told of at once");
    };
    assert_eq!(open.response.as_ref().unwrap().status, 101);
    let messages: Vec<_> = (0..3).map(|_| proxy.message()).collect();
    assert!(
        messages
            .iter()
            .all(|message| message.exchange == open.id && message.at > 0)
    );
    let told = |place: usize| {
        let message = &messages[place];
        (message.from, message.kind, text(&message.bytes))
    };
    assert_eq!(told(0), (Side::Server, MessageKind::Text, "hi".to_owned()));
    assert_eq!(
        told(1),
        (Side::Client, MessageKind::Text, "Hello".to_owned())
    );
    assert_eq!(
        (messages[2].from, messages[2].kind),
        (Side::Server, MessageKind::Close)
    );
    assert_eq!(proxy.ended().id, open.id);
}

#[test]
fn a_refused_websocket_shows_the_servers_own_answer() {
    let proxy = plain();
    let refusal = "HTTP/1.1 403 Forbidden\r\nX-Reason: origin\r\nContent-Length: 2\r\n\r\nno";
    let (server, _) = answer_each(refusal);
    let mut client = tunnel(&proxy, &server.to_string());
    client.write_all(UPGRADE.as_bytes()).unwrap();
    assert_eq!(text(&read_exactly(&mut client, refusal.len())), refusal);
    let exchange = proxy.ended();
    assert_eq!(exchange.response.unwrap().status, 403);
    assert_eq!(exchange.failure, None);
}

#[test]
fn other_upgrades_are_not_passed_on() {
    let proxy = plain();
    let (server, heads) = answer_each("HTTP/1.1 204 No Content\r\n\r\n");
    let mut client = connect(&proxy);
    write!(
        client,
        "GET http://{server}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n\
         Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n"
    )
    .unwrap();
    read_head(&mut client);
    assert_eq!(heads.recv().unwrap().1, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
}

#[test]
fn events_are_told_as_they_come() {
    let proxy = plain();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        stream
            .write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\
                  Transfer-Encoding: chunked\r\n\r\n",
            )
            .unwrap();
        for number in 0..2 {
            let event = format!("id: {number}\ndata: x\n\n");
            write!(stream, "{:x}\r\n{event}\r\n", event.len()).unwrap();
            wait.lock().unwrap().recv().unwrap();
        }
    });
    let mut client = connect(&proxy);
    client.write_all(get(server).as_bytes()).unwrap();
    for number in 0..2 {
        let message = proxy.message();
        assert_eq!(message.kind, MessageKind::ServerSentEvent);
        assert_eq!(text(&message.bytes), format!("id: {number}\ndata: x\n"));
        read_until(&mut client, b"data: x\n\n");
        go.send(()).unwrap();
    }
    let exchange = proxy.ended();
    // The server left without the last chunk.
    assert_eq!(exchange.failure.unwrap().code, "body-cut-off");
    assert_eq!(exchange.response.unwrap().body.len, 2 * 15);
}
