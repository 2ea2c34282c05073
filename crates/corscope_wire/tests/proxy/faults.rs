//! What fails is answered where it can be, and told in every case.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::time::Duration;

use corscope_fetch::exchange::Side;
use corscope_wire::proxy::{Event, Limits, ProxyConfig};

use crate::raw::*;
use crate::running::{plain, run};

fn limited(change: impl FnOnce(&mut Limits)) -> ProxyConfig {
    let mut config = ProxyConfig::default();
    change(&mut config.limits);
    config
}

#[test]
fn a_server_that_is_not_there_is_answered_for() {
    let proxy = plain();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = closed.local_addr().unwrap();
    drop(closed);
    let request = format!(
        "GET http://{server}/ HTTP/1.1\r\nHost: a\r\nOrigin: https://app.test\r\nConnection: close\r\n\r\n"
    );
    let answer = ask(&proxy, request);
    for wanted in [
        "HTTP/1.1 502 Bad Gateway\r\n",
        "X-Corscope-Error: connection-refused\r\n",
        "Access-Control-Allow-Origin: https://app.test\r\n",
        "Vary: Origin\r\n",
        "\"next\":\"is the server running",
    ] {
        assert!(answer.contains(wanted), "{wanted} in {answer}");
    }
    let failure = proxy.ended().failure.unwrap();
    assert_eq!(failure.code, "connection-refused");
    assert_eq!(failure.side, Side::Server);
    assert_eq!(
        failure.net_error.as_deref(),
        Some("net::ERR_CONNECTION_REFUSED")
    );
    // A person gets a page.
    let request = format!(
        "GET http://{server}/ HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\nConnection: close\r\n\r\n"
    );
    let page = ask(&proxy, request);
    assert!(
        page.contains("text/html") && page.contains("<p>What to do: "),
        "{page}"
    );
}

#[test]
fn each_way_a_server_fails_has_its_own_name() {
    let table: [(&[u8], &str); 4] = [
        (b"", "empty-response"),
        (b"SSH-2.0-OpenSSH\r\n", "invalid-response"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "invalid-response"),
        (b"HTT", "invalid-response"),
    ];
    let proxy = plain();
    for (bytes, code) in table {
        let answer = ask(&proxy, get(answer(bytes)));
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert_eq!(proxy.ended().failure.unwrap().code, code);
    }
    let reset = serve(|_, stream| {
        let mut byte = [0];
        let _ = stream.peek(&mut byte);
    });
    ask(&proxy, get(reset));
    assert_eq!(proxy.ended().failure.unwrap().code, "connection-reset");
    let unknown =
        "GET http://no-such-host.invalid/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    ask(&proxy, unknown);
    let failure = proxy.ended().failure.unwrap();
    assert!(failure.code.starts_with("dns-"), "{failure:?}");
}

#[test]
fn a_server_that_dies_in_the_midst_of_a_body_is_seen_by_the_client_too() {
    let proxy = plain();
    let table = [
        ("Content-Length: 9\r\n\r\nabc", "body-cut-off"),
        ("Transfer-Encoding: chunked\r\n\r\n9\r\nabc", "body-cut-off"),
        ("Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "bad-chunk"),
    ];
    for (rest, code) in table {
        let bytes = format!("HTTP/1.1 200 OK\r\n{rest}");
        assert_eq!(ask(&proxy, get(answer(bytes.clone()))), bytes);
        let exchange = proxy.ended();
        assert_eq!(exchange.failure.unwrap().code, code);
        assert_eq!(exchange.response.unwrap().status, 200);
    }
}

#[test]
fn a_reset_in_a_body_without_length_is_passed_on_as_one() {
    let proxy = plain();
    let server = serve(|_, mut stream| {
        let mut some = [0; 8];
        stream.read_exact(&mut some).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nabc").unwrap();
        // Closing with a part of the request unread makes the system send RST.
        std::thread::sleep(Duration::from_millis(50));
    });
    let mut client = connect(&proxy);
    client.write_all(get(server).as_bytes()).unwrap();
    let mut rest = Vec::new();
    assert!(client.read_to_end(&mut rest).is_err());
    let failure = proxy.ended().failure.unwrap();
    assert_eq!(failure.code, "connection-reset");
}

#[test]
fn a_client_that_goes_away_takes_the_request_along() {
    let proxy = plain();
    let (gone, ended) = std::sync::mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        // Ends only when the proxy closes.
        read_all(&mut stream);
        gone.lock().unwrap().send(()).unwrap();
    });
    let mut client = connect(&proxy);
    client.write_all(get(server).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    drop(client);
    ended.recv_timeout(crate::running::PATIENCE).unwrap();
    let failure = proxy.ended().failure.unwrap();
    assert_eq!(
        (failure.code.as_ref(), failure.side),
        ("client-closed", Side::Client)
    );
}

#[test]
fn slow_and_silent_ones_are_not_waited_for_for_ever() {
    let proxy = run(limited(|limits| {
        limits.head_time = Duration::from_millis(150);
        limits.idle = Duration::from_millis(150);
        limits.silence = Duration::from_millis(300);
    }));
    // Nothing at all: closed without a word.
    assert_eq!(ask(&proxy, ""), "");
    // Half a head: told so.
    let answer = ask(&proxy, "GET http://a.test/ HTTP/1.1\r\nHost:");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(proxy.ended().failure.unwrap().code, "client-timeout");
    // A server that says nothing.
    let silent = serve(|_, mut stream| {
        read_all(&mut stream);
    });
    let answer = ask(&proxy, get(silent));
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    assert_eq!(proxy.ended().failure.unwrap().code, "response-timeout");
}

#[test]
fn a_stale_connection_is_replaced_once_and_unseen() {
    let proxy = plain();
    let server = serve(|number, mut stream| {
        read_head(&mut stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .unwrap();
        if number == 0 {
            read_head(&mut stream);
        }
    });
    let mut client = connect(&proxy);
    for _ in 0..2 {
        write!(
            client,
            "POST http://{server}/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
        )
        .unwrap();
        let head = read_head(&mut client);
        assert!(head.starts_with(b"HTTP/1.1 200"), "{}", text(&head));
        assert_eq!(read_exactly(&mut client, 2), b"ok");
    }
    let (first, second) = (proxy.ended(), proxy.ended());
    assert_ne!(first.connection.server, second.connection.server);
    assert_eq!((second.failure, second.connection.reused), (None, false));
}

#[test]
fn a_connection_is_left_to_the_next_client() {
    let proxy = plain();
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    for _ in 0..2 {
        let mut client = connect(&proxy);
        write!(client, "GET http://{server}/ HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        read_until(&mut client, b"ok");
        client.shutdown(Shutdown::Both).unwrap();
        assert_eq!(heads.recv().unwrap().0, 0);
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!proxy.ended().connection.reused);
    assert!(proxy.ended().connection.reused);
}

#[test]
fn a_long_exchange_is_told_of_while_it_lasts() {
    let proxy = plain();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let server = serve(move |_, mut stream| {
        read_head(&mut stream);
        wait.lock().unwrap().recv().unwrap();
        stream
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
    });
    let mut client = connect(&proxy);
    client.write_all(get(server).as_bytes()).unwrap();
    let Event::Progress(exchange) = proxy.event() else {
        panic!("not told of");
    };
    assert!(!exchange.ended && exchange.response.is_none());
    go.send(()).unwrap();
    read_all(&mut client);
    assert_eq!(proxy.ended().id, exchange.id);
}

#[test]
fn the_proxy_never_dials_itself_however_it_is_named() {
    let proxy = plain();
    let port = proxy.address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.1.2.3",
    ] {
        let answer = ask(
            &proxy,
            format!("GET http://{host}:{port}/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        );
        assert!(
            answer.contains("X-Corscope-Error: own-listener"),
            "{host} {answer}"
        );
        assert_eq!(proxy.ended().failure.unwrap().code, "own-listener");
    }
}

#[test]
fn other_listeners_of_the_program_are_never_dialled_either() {
    let config = ProxyConfig::default();
    let control = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = control.local_addr().unwrap();
    config.own.register(address);
    let proxy = run(config);
    let answer = ask(&proxy, get(address));
    assert!(answer.starts_with("HTTP/1.1 508 "), "{answer}");
}

#[test]
fn an_exchange_that_is_cut_off_by_the_end_of_the_program_is_told_of() {
    let proxy = run(limited(|limits| limits.drain = Duration::from_millis(50)));
    let silent = serve(|_, mut stream| {
        read_all(&mut stream);
    });
    let mut client = connect(&proxy);
    client.write_all(get(silent).as_bytes()).unwrap();
    assert!(matches!(proxy.event(), Event::Progress(_)));
    let events = proxy.stop();
    let [Event::Ended(exchange)] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(exchange.failure.as_ref().unwrap().code, "stopped");
}

#[test]
fn a_proxy_open_to_other_machines_needs_credentials() {
    let config = ProxyConfig {
        listen: "0.0.0.0:0".parse().unwrap(),
        ..ProxyConfig::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    struct Deaf;
    impl corscope_wire::proxy::Observer for Deaf {
        fn observe(&self, _: Event) {}
    }
    let bound = runtime.block_on(corscope_wire::proxy::Proxy::bind(
        config.clone(),
        std::sync::Arc::new(Deaf),
    ));
    assert!(
        bound
            .err()
            .unwrap()
            .to_string()
            .contains("user and password")
    );
    let proxy = run(ProxyConfig {
        credentials: Some(corscope_wire::proxy::Credentials {
            user: "u".to_owned(),
            password: "p".to_owned(),
        }),
        ..ProxyConfig::default()
    });
    let (server, _) = answer_each("HTTP/1.1 204 No Content\r\n\r\n");
    let refused = ask(&proxy, get(server));
    assert!(refused.starts_with("HTTP/1.1 407 ") && refused.contains("Proxy-Authenticate: Basic"));
    let shown = get(server).replace("Host:", "Proxy-Authorization: Basic dTpw\r\nHost:");
    assert!(ask(&proxy, shown).starts_with("HTTP/1.1 204 "));
}

#[test]
fn with_capture_off_nothing_is_told() {
    let proxy = run(ProxyConfig {
        capture: None,
        ..ProxyConfig::default()
    });
    let (server, _) = answer_each("HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(ask(&proxy, get(server)), "HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(proxy.stop(), []);
}

#[test]
fn many_idle_connections_do_not_hinder_the_next() {
    let proxy = plain();
    let idle: Vec<_> = (0..1200)
        .map_while(|_| std::net::TcpStream::connect(proxy.address).ok())
        .collect();
    let (server, _) = answer_each("HTTP/1.1 204 No Content\r\n\r\n");
    assert!(ask(&proxy, get(server)).starts_with("HTTP/1.1 204 "));
    drop(idle);
}
