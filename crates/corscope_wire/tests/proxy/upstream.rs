//! Proxies behind this one, and circles through them.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use corscope_wire::proxy::ProxyConfig;

use crate::raw::*;
use crate::running::{Running, run};
use crate::secure::{get_in, tunnel};

fn behind(proxy: &str) -> Running {
    let mut config = ProxyConfig::default();
    config.upstream_proxies.http = Some(proxy.parse().unwrap());
    config.upstream_proxies.https = Some(proxy.parse().unwrap());
    config.upstream_proxies.no_proxy = vec!["localhost".parse().unwrap()];
    run(config)
}

#[test]
fn a_plain_request_keeps_its_whole_url_for_an_upstream_proxy() {
    let (server, heads) = answer_each("HTTP/1.1 204 No Content\r\n\r\n");
    let proxy = behind(&format!("http://u:p@{server}"));
    let url = "http://[2001:db8::1]:8080/x";
    ask(
        &proxy,
        format!("GET {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    );
    let head = heads.recv().unwrap().1;
    let start = format!(
        "GET {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Proxy-Authorization: Basic dTpw\r\nCorscope-Hop: "
    );
    assert!(head.starts_with(&start), "{head}");
    let exchange = proxy.ended();
    assert_eq!(exchange.request.url, url);
    assert_eq!(
        exchange.connection.upstream_proxy.unwrap(),
        server.to_string()
    );
}

#[test]
fn hosts_that_need_no_proxy_are_reached_without() {
    let proxy = behind("http://127.0.0.1:9");
    let (server, _) = answer_each("HTTP/1.1 204 No Content\r\n\r\n");
    let request = get(server).replace("127.0.0.1", "localhost");
    assert!(ask(&proxy, request).starts_with("HTTP/1.1 204 "));
}

#[test]
fn a_tunnel_goes_through_a_tunnel() {
    let upstream = serve(|_, mut stream| {
        let head = text(&read_head(&mut stream));
        assert!(head.starts_with("CONNECT [2001:db8::1]:9 HTTP/1.1\r\nHost: [2001:db8::1]:9\r\n"));
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let said = read_exactly(&mut stream, 4);
        stream.write_all(&said).unwrap();
    });
    let proxy = behind(&format!("http://{upstream}"));
    let mut stream = tunnel(&proxy, "[2001:db8::1]:9");
    stream.write_all(b"\x00abc").unwrap();
    assert_eq!(read_exactly(&mut stream, 4), b"\x00abc");
}

#[test]
fn an_upstream_proxy_that_is_not_there_is_named() {
    let proxy = behind("http://127.0.0.1:9");
    let request = "GET http://a.test/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert!(ask(&proxy, request).contains("X-Corscope-Error: proxy-unreachable\r\n"));
}

#[test]
fn a_request_that_goes_in_a_circle_is_stopped() {
    let back: Arc<OnceLock<std::net::SocketAddr>> = Arc::default();
    let to = Arc::clone(&back);
    // A proxy that sends everything back to where it came from.
    let circle = serve(move |_, mut stream| {
        let head = read_head(&mut stream);
        let mut again = TcpStream::connect(to.get().unwrap()).unwrap();
        again.write_all(&head).unwrap();
        let answer = read_all(&mut again);
        let _ = stream.write_all(&answer);
    });
    let proxy = behind(&format!("http://{circle}"));
    back.set(proxy.address).unwrap();
    let request = "GET http://a.test/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = ask(&proxy, request);
    assert!(answer.starts_with("HTTP/1.1 508 "), "{answer}");
    assert!(answer.contains("--upstream-proxy"), "{answer}");
}

#[test]
fn names_are_resolved_as_the_user_said() {
    let (server, _) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let port = server.port();
    let proxy = run(ProxyConfig {
        resolve: vec![format!("api.test:{port}:127.0.0.1").parse().unwrap()],
        ..ProxyConfig::default()
    });
    let mut stream = tunnel(&proxy, &format!("api.test:{port}"));
    assert_eq!(get_in(&mut stream, "/"), "ok");
    assert_eq!(proxy.ended().connection.remote_addr, Some(server));
}
