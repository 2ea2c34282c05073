//! Bodies pass as they come, however large, whoever ends first.

use std::io::{Read, Write};
use std::sync::mpsc;

use crate::raw::*;
use crate::running::plain;

const LARGE: usize = 20 << 20;

#[test]
fn large_bodies_pass_both_ways_and_a_bounded_copy_is_kept() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        read_head(&mut stream);
        let body = read_exactly(&mut stream, LARGE);
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n").unwrap();
        stream.write_all(&body).unwrap();
    });
    let mut client = connect(&proxy);
    let body: Vec<u8> = (0..LARGE).map(|place| (place / 7) as u8).collect();
    write!(
        client,
        "POST http://{server}/ HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n"
    )
    .unwrap();
    client.write_all(&body).unwrap();
    read_head(&mut client);
    assert!(read_exactly(&mut client, LARGE) == body);
    let exchange = proxy.ended();
    let response = exchange.response.unwrap();
    assert_eq!(exchange.request.body.len, LARGE as u64);
    assert_eq!(response.body.len, LARGE as u64);
    assert_eq!(exchange.request.body.bytes, body[..64 * 1024]);
    assert_eq!(response.body.bytes, body[..64 * 1024]);
}

#[test]
fn pieces_pass_at_once() {
    let proxy = plain();
    let (go, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .unwrap();
        for _ in 0..3 {
            stream.write_all(b"1\r\nx\r\n").unwrap();
            wait.lock().unwrap().recv().unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let mut client = connect(&proxy);
    client.write_all(get(server).as_bytes()).unwrap();
    read_head(&mut client);
    for _ in 0..3 {
        assert_eq!(read_exactly(&mut client, 6), b"1\r\nx\r\n");
        go.send(()).unwrap();
    }
    assert_eq!(read_all(&mut client), b"0\r\n\r\n");
    assert_eq!(proxy.ended().response.unwrap().body.bytes, b"xxx");
}

#[test]
fn a_client_that_expects_100_gets_it_from_the_server() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        let body = read_exactly(&mut stream, 4);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
            .unwrap();
        stream.write_all(&body).unwrap();
    });
    let mut client = connect(&proxy);
    write!(
        client,
        "POST http://{server}/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    .unwrap();
    assert_eq!(read_head(&mut client), b"HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(b"body").unwrap();
    read_head(&mut client);
    assert_eq!(read_exactly(&mut client, 4), b"body");
    let exchange = proxy.ended();
    assert_eq!(exchange.response.unwrap().informational[0].0, 100);
    assert_eq!(exchange.request.body.bytes, b"body");
}

#[test]
fn an_answer_that_comes_before_the_request_ends_is_not_lost() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        read_head(&mut stream);
        stream
            .write_all(
                b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
            )
            .unwrap();
    });
    let mut client = connect(&proxy);
    write!(
        client,
        "POST http://{server}/ HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n"
    )
    .unwrap();
    let mut writer = client.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        let piece = [b'x'; 64 * 1024];
        for _ in 0..LARGE / piece.len() {
            if writer.write_all(&piece).is_err() {
                return;
            }
        }
    });
    let mut answer = [0; 22];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413 Too Large");
    sending.join().unwrap();
    assert_eq!(proxy.ended().response.unwrap().status, 413);
}

#[test]
fn answers_without_body_leave_the_connection_in_step() {
    let proxy = plain();
    let table = [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        (
            "GET",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        ),
    ];
    for (method, bytes) in table {
        let (server, _) = answer_each(bytes);
        let mut client = connect(&proxy);
        for _ in 0..2 {
            write!(
                client,
                "{method} http://{server}/ HTTP/1.1\r\nHost: a\r\n\r\n"
            )
            .unwrap();
            assert_eq!(text(&read_exactly(&mut client, bytes.len())), bytes);
            assert_eq!(proxy.ended().failure, None);
        }
    }
}

#[test]
fn a_chunked_request_passes_as_it_is() {
    let proxy = plain();
    let (bodies, seen) = mpsc::channel();
    let bodies = std::sync::Mutex::new(bodies);
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        let body = read_until(&mut stream, b"\r\n\r\n");
        bodies.lock().unwrap().send(text(&body)).unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .unwrap();
    });
    let mut client = connect(&proxy);
    write!(
        client,
        "POST http://{server}/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\n"
    )
    .unwrap();
    client.write_all(b"abc\r\n0").unwrap();
    client.write_all(b"00\r\nX-T: 1\r\n\r\n").unwrap();
    read_head(&mut client);
    assert_eq!(
        seen.recv().unwrap(),
        "3;a=b\r\nabc\r\n000\r\nX-T: 1\r\n\r\n"
    );
    assert_eq!(proxy.ended().request.body.bytes, b"abc");
}
