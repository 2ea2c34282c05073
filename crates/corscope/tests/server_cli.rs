//! `corscope serve` as a program: its link, its port, its exit codes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

fn serve(port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_corscope"))
        .args(["serve", "--port", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_port_in_use_is_exit_code_3_and_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = serve(port).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(&format!("port {port} is already in use")),
        "{said}"
    );
    assert!(said.contains("--port"), "{said}");
    assert!(
        output.stdout.is_empty(),
        "no link to a server that is not there"
    );
}

#[test]
fn the_link_is_printed_and_the_page_answers() {
    let mut server = serve(0);
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let link = lines
        .find_map(|line| Some(line.ok()?.trim().to_owned()).filter(|line| line.starts_with("http")))
        .unwrap();
    let (address, token) = link
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once("/#token="))
        .unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    // A build without the page says so; either way it is HTML, and knows no token.
    assert!(
        reply.starts_with("HTTP/1.1 200") || reply.starts_with("HTTP/1.1 503"),
        "{reply}"
    );
    assert!(reply.contains("<!doctype html>") && !reply.contains(token));
    server.kill().unwrap();
    let said = server.wait_with_output().unwrap().stderr;
    assert_eq!(String::from_utf8_lossy(&said), "");
}
