//! What the gateway promises, one by one.

use std::sync::Arc;

use corscope_wire::OwnListeners;
use corscope_wire::gateway::{Gateway, GatewayConfig, GatewayError, Notice, Silent};

use crate::raw::*;
use crate::running::{config, policy, request, run};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const PAGE: &str = "Origin: https://app.test";

fn bind_error(config: GatewayConfig) -> GatewayError {
    struct Nobody;
    impl corscope_wire::proxy::Observer for Nobody {
        fn observe(&self, _: corscope_wire::proxy::Event) {}
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let bound = runtime.block_on(Gateway::bind(config, Arc::new(Nobody), Arc::new(Silent)));
    bound.err().unwrap()
}

#[test]
fn the_gateway_never_dials_its_own_listeners() {
    for spelling in [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        let own = Arc::new(OwnListeners::new());
        own.register("127.0.0.1:47113".parse().unwrap());
        let mut config = config(format!("{spelling}:47113"));
        config.wire.own = own;
        config.allow_private = true;
        let gateway = run(config);
        let answer = ask(&gateway, request("GET /", &[PAGE]));
        assert!(answer.starts_with("HTTP/1.1 508 "), "{spelling}: {answer}");
        assert!(
            answer.contains("X-Corscope-Error: own-listener"),
            "{answer}"
        );
    }
}

#[test]
fn a_gateway_that_leads_to_itself_by_another_one_ends_the_circle() {
    // The first leads to the second, and the second, whose port is known by then, to the first.
    let first = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = first.local_addr().unwrap();
    let second = run(config(address));
    drop(first);
    let mut back = config(second.address);
    back.wire.listen = address;
    let first = run(back);
    let answer = ask(&first, request("GET /", &[PAGE]));
    assert!(answer.starts_with("HTTP/1.1 508 "), "{answer}");
}

#[test]
fn targets_are_fixed_and_no_request_can_name_another() {
    let (other, heads) = answer_each(OK);
    let (server, _) = answer_each(OK);
    let gateway = run(config(server));
    for line in [
        format!("GET http://{other}/"),
        format!("CONNECT {other}"),
        "GET https://example.com/".to_owned(),
    ] {
        let answer = ask(&gateway, request(&line, &[PAGE]));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{line}: {answer}");
    }
    // A URL in the path is a path, and Host picks no target.
    let line = format!("GET /http://{other}/");
    let answer = ask(&gateway, request(&line, &[&format!("Host: {other}")]));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(heads.try_recv().is_err());
}

#[test]
fn private_link_local_and_metadata_addresses_are_refused_unless_named() {
    for address in [
        "10.255.255.1",
        "192.168.255.1",
        "169.254.1.1",
        "169.254.169.254",
        "::1",
        "fd00:ec2::254",
        "127.0.0.1",
    ] {
        let mut config = config("api.test:1");
        config.wire.resolve = vec![format!("api.test:1:{address}").parse().unwrap()];
        let gateway = run(config);
        let answer = ask(&gateway, request("GET /", &[PAGE]));
        assert!(answer.starts_with("HTTP/1.1 502 "), "{address}: {answer}");
        assert!(
            answer.contains("X-Corscope-Error: address-refused"),
            "{answer}"
        );
        assert!(
            matches!(&gateway.notices()[..], [Notice::AddressRefused { host, .. }] if host == "api.test")
        );
    }
    // A metadata service needs more than being named.
    let gateway = run(config("169.254.169.254"));
    let answer = ask(&gateway, request("GET /latest/meta-data/", &[PAGE]));
    assert!(
        answer.contains("X-Corscope-Error: address-refused"),
        "{answer}"
    );
}

#[test]
fn what_was_checked_is_what_is_dialled() {
    let (server, _) = answer_each(OK);
    let mut config = config(format!("api.test:{}", server.port()));
    let resolve = format!("api.test:{}:127.0.0.1,10.255.255.1", server.port());
    config.wire.resolve = vec![resolve.parse().unwrap()];
    let refused = run(config.clone());
    // One address that was not named spoils the name, whichever would be dialled first.
    let answer = ask(&refused, request("GET /", &[]));
    assert!(answer.contains("address-refused"), "{answer}");
    config.allow_private = true;
    let allowed = run(config);
    let answer = ask(&allowed, request("GET /", &[]));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let remote = allowed.ended().connection.remote_addr;
    assert_eq!(remote, Some(server));
}

#[test]
fn redirects_are_handed_to_the_page_and_never_followed() {
    let (metadata, heads) = answer_each(OK);
    let (server, _) = answer_each(format!(
        "HTTP/1.1 302 Found\r\nLocation: http://{metadata}/latest/\r\nContent-Length: 0\r\n\r\n"
    ));
    let gateway = run(config(server));
    let answer = ask(&gateway, request("GET /", &[PAGE]));
    assert!(answer.starts_with("HTTP/1.1 302 "), "{answer}");
    assert!(answer.contains(&format!("Location: http://{metadata}/latest/\r\n")));
    assert!(heads.try_recv().is_err());
}

#[test]
fn origins_of_this_machine_and_listed_ones_are_allowed_and_no_other() {
    let (server, _) = answer_each(OK);
    let gateway = run(config(server));
    for (origin, allowed) in [
        ("https://app.test", true),
        ("http://localhost:5173", true),
        ("http://127.0.0.1:3000", true),
        ("http://[::1]:3000", true),
        ("https://evil.test", false),
        ("http://app.test", false),
        ("https://app.test:8443", false),
        ("http://localhost.evil.test", false),
        ("null", false),
    ] {
        let answer = ask(&gateway, request("GET /", &[&format!("Origin: {origin}")]));
        let line = format!("\r\nAccess-Control-Allow-Origin: {origin}\r\n");
        assert_eq!(answer.contains(&line), allowed, "{origin}: {answer}");
        assert_eq!(
            answer.contains("Access-Control-"),
            allowed,
            "{origin}: {answer}"
        );
        let told = gateway.notices().contains(&Notice::OriginRefused {
            origin: origin.to_owned(),
        });
        assert_eq!(told, !allowed, "{origin}");
    }
}

#[test]
fn every_answer_varies_on_origin() {
    let server = answer_each(OK).0;
    let dead = "127.0.0.1:1".parse().unwrap();
    for server in [server, dead] {
        let gateway = run(config(server));
        for lines in [&[][..], &[PAGE], &["Origin: https://evil.test"]] {
            let answer = ask(&gateway, request("GET /", lines));
            assert_eq!(
                answer.matches("\r\nVary: Origin\r\n").count(),
                1,
                "{answer}"
            );
            let lines = [lines, &["Access-Control-Request-Method: PUT"]].concat();
            let answer = ask(&gateway, request("OPTIONS /", &lines));
            assert!(answer.contains("\r\nVary: Origin"), "{answer}");
        }
    }
}

#[test]
fn credentials_are_off_unless_asked() {
    let (server, _) = answer_each(
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Credentials: true\r\n\
                     Content-Length: 0\r\n\r\n",
    );
    for credentials in [false, true] {
        let mut config = config(server);
        config.policy = policy(&["https://app.test"], credentials);
        let gateway = run(config);
        let preflight = [PAGE, "Access-Control-Request-Method: PUT"];
        for (line, lines) in [("GET /", &preflight[..1]), ("OPTIONS /", &preflight)] {
            let answer = ask(&gateway, request(line, lines));
            let given = answer.contains("\r\nAccess-Control-Allow-Credentials: true\r\n");
            assert_eq!(given, credentials, "{answer}");
            // With credentials `*` would be a literal name.
            assert!(!credentials || !answer.contains('*'), "{answer}");
        }
    }
}

#[test]
fn a_wildcard_with_credentials_is_refused() {
    let mut config = config("127.0.0.1:1");
    config.policy = policy(&["*"], false);
    config.policy.credentials = true;
    assert!(matches!(
        bind_error(config),
        GatewayError::WildcardWithCredentials
    ));
}

#[test]
fn a_preflight_is_never_remembered() {
    let (server, heads) = answer_each(OK);
    // The policy says 600 seconds.
    let gateway = run(config(server));
    let lines = [
        PAGE,
        "Access-Control-Request-Method: PUT",
        "Access-Control-Request-Headers: x-a,content-type",
    ];
    let answer = ask(&gateway, request("OPTIONS /x", &lines));
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    assert!(
        answer.contains("\r\nAccess-Control-Max-Age: 0\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("\r\nAccess-Control-Allow-Methods: *\r\n"),
        "{answer}"
    );
    assert!(answer.contains("\r\nAccess-Control-Allow-Headers: *, Authorization\r\n"));
    assert!(heads.try_recv().is_err(), "the server was asked");
    assert_eq!(gateway.ended().response.unwrap().status, 204);
}

#[test]
fn a_name_that_is_not_the_gateways_gets_nothing() {
    let (server, heads) = answer_each(OK);
    let mut config = config(server);
    config.hosts = vec!["dev.test".parse().unwrap()];
    let gateway = run(config);
    for host in ["evil.test:8379", "localhost.evil.test", "x@localhost"] {
        let answer = ask(
            &gateway,
            request("GET /", &[&format!("Host: {host}"), PAGE]),
        );
        assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
        assert!(!answer.contains("Access-Control-"), "{answer}");
    }
    assert!(heads.try_recv().is_err());
    for host in [
        "localhost:1",
        "127.0.0.1",
        "[::1]:8379",
        "192.168.0.9:80",
        "dev.test:8379",
    ] {
        let answer = ask(&gateway, request("GET /", &[&format!("Host: {host}")]));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
    }
}
