//! A redirect is known before what follows from it can be.

use std::io::Write;

use corscope_wire::proxy::Event;

use crate::raw::*;
use crate::running::plain;

#[test]
fn a_redirect_is_told_before_the_client_can_follow_it() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        for answer in [
            "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 2\r\n\r\nxx",
            "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 200 OK\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
        ] {
            read_head(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let mut client = connect(&proxy);
    let mut told = Vec::new();
    for length in [2, 0, 0] {
        let request = format!("GET http://{server}/a HTTP/1.1\r\nHost: {server}\r\n\r\n");
        client.write_all(request.as_bytes()).unwrap();
        read_head(&mut client);
        read_exactly(&mut client, length);
    }
    for _ in 0..4 {
        told.push(match proxy.event() {
            Event::Progress(exchange) => (false, exchange.response.as_ref().unwrap().status),
            Event::Ended(exchange) => (true, exchange.response.as_ref().unwrap().status),
            Event::Message(message) => panic!("{message:?}"),
        });
    }
    assert_eq!(told, [(false, 302), (true, 302), (true, 304), (true, 200)]);
}
