//! Stages: rewrites and breakpoints take part in exchanges they want, and in no others.

use std::io::Write;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};
use corscope_wire::proxy::ProxyConfig;
use corscope_wire::proxy::stages::{
    Interest, RequestDecision, ResponseDecision, Stage, StageFuture, Stages,
};

use crate::raw::*;
use crate::running::{Running, run};

type OnRequest = dyn Fn(&mut ObservedRequest) -> RequestDecision + Send + Sync;
type OnResponse = dyn Fn(&mut ObservedResponse) -> ResponseDecision + Send + Sync;

pub(crate) struct Rewrite {
    interest: Interest,
    request: Box<OnRequest>,
    response: Box<OnResponse>,
}

impl Stage for Rewrite {
    fn name(&self) -> &str {
        "rewrite"
    }

    fn interest(&self, request: &ObservedRequest) -> Interest {
        if request.url.ends_with("/untouched") {
            return Interest::NONE;
        }
        self.interest
    }

    fn on_request<'a>(
        &'a self,
        _: u64,
        request: &'a mut ObservedRequest,
    ) -> StageFuture<'a, RequestDecision> {
        Box::pin(async move { (self.request)(request) })
    }

    fn on_response<'a>(
        &'a self,
        _: u64,
        _: &'a ObservedRequest,
        response: &'a mut ObservedResponse,
    ) -> StageFuture<'a, ResponseDecision> {
        Box::pin(async move { (self.response)(response) })
    }
}

fn with(stage: impl Stage) -> Running {
    run(ProxyConfig {
        stages: Arc::new(Stages::new(vec![Arc::new(stage)])),
        ..ProxyConfig::default()
    })
}

pub(crate) fn of_request(
    body: bool,
    change: impl Fn(&mut ObservedRequest) -> RequestDecision + Send + Sync + 'static,
) -> Rewrite {
    Rewrite {
        interest: Interest {
            request: true,
            request_body: body,
            ..Interest::NONE
        },
        request: Box::new(change),
        response: Box::new(|_| ResponseDecision::Pass),
    }
}

pub(crate) fn of_response(
    body: bool,
    change: impl Fn(&mut ObservedResponse) -> ResponseDecision + Send + Sync + 'static,
) -> Rewrite {
    Rewrite {
        interest: Interest {
            response: true,
            response_body: body,
            ..Interest::NONE
        },
        request: Box::new(|_| RequestDecision::Pass),
        response: Box::new(change),
    }
}

fn allow_all(response: &mut ObservedResponse) -> ResponseDecision {
    response
        .header_list
        .set("Access-Control-Allow-Origin", " *");
    ResponseDecision::Changed
}

#[test]
fn a_changed_response_keeps_spelling_order_and_body() {
    let proxy = with(of_response(false, allow_all));
    let server = answer(
        "HTTP/1.1 200 Fine\r\nx-B: 1\r\naccess-control-allow-origin: x\r\nX-b:2\r\n\
         Transfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\n\r\n",
    );
    assert_eq!(
        ask(&proxy, get(server)),
        "HTTP/1.1 200 Fine\r\nx-B: 1\r\nAccess-Control-Allow-Origin: *\r\nX-b: 2\r\n\
         Transfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\n\r\n"
    );
    let exchange = proxy.ended();
    let response = exchange.response.unwrap();
    assert_eq!(
        response
            .header_list
            .get("access-control-allow-origin")
            .unwrap(),
        &b"*"[..]
    );
    assert_eq!(response.body.bytes, b"ok");
    let modified = exchange.modified.unwrap();
    assert_eq!(modified.by, ["rewrite"]);
    let original = modified.response.unwrap();
    assert_eq!(
        original
            .header_list
            .get("access-control-allow-origin")
            .unwrap(),
        &b"x"[..]
    );
}

#[test]
fn who_is_not_wanted_or_not_changed_passes_byte_for_byte() {
    let odd = "HTTP/1.1 200 OK\r\nA : 1\r\nno colon\r\n\r\nbody";
    let proxy = with(of_response(true, |_| ResponseDecision::Pass));
    assert_eq!(ask(&proxy, get(answer(odd))), odd);
    assert_eq!(proxy.ended().modified, None);
    let proxy = with(of_response(true, allow_all));
    let server = answer(odd);
    let untouched = get(server).replace("/ HTTP", "/untouched HTTP");
    assert_eq!(ask(&proxy, untouched), odd);
}

#[test]
fn a_length_that_was_right_is_made_right_again() {
    let proxy = with(of_response(true, |response| {
        assert_eq!(response.body.bytes, b"hello");
        response.body.bytes = b"bye".to_vec();
        ResponseDecision::Changed
    }));
    let table = [
        (
            "Content-Length: 5\r\n\r\nhello",
            "Content-Length: 3\r\n\r\nbye",
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: 1\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nbye\r\n0\r\nT: 1\r\n\r\n",
        ),
        ("X: 1\r\n\r\nhello", "X: 1\r\n\r\nbye"),
    ];
    for (sent, wanted) in table {
        let server = answer(format!("HTTP/1.1 200 OK\r\n{sent}"));
        assert_eq!(
            ask(&proxy, get(server)),
            format!("HTTP/1.1 200 OK\r\n{wanted}")
        );
        assert_eq!(proxy.ended().response.unwrap().body.bytes, b"bye");
    }
}

#[test]
fn a_changed_request_goes_where_it_now_says() {
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let proxy = with(of_request(true, move |request| {
        request.url = format!("http://{server}/new?x");
        request.method = "PUT".to_owned();
        request.header_list.set("Origin", " https://other.test");
        request.body.bytes.extend_from_slice(b"!!");
        RequestDecision::Changed
    }));
    let mut client = connect(&proxy);
    write!(
        client,
        "POST http://nowhere.invalid/ HTTP/1.1\r\nHost: h\r\nORIGIN:x\r\nContent-Length: 3\r\n\
         Connection: close\r\n\r\nabc"
    )
    .unwrap();
    assert!(text(&read_until(&mut client, b"ok")).starts_with("HTTP/1.1 200 OK"));
    assert_eq!(
        heads.recv().unwrap().1,
        "PUT /new?x HTTP/1.1\r\nHost: h\r\nOrigin: https://other.test\r\nContent-Length: 5\r\n\
         Connection: close\r\n\r\n"
    );
    let exchange = proxy.ended();
    assert_eq!(exchange.request.body.bytes, b"abc!!");
    assert_eq!(exchange.modified.unwrap().request.unwrap().method, "POST");
}

#[test]
fn a_stage_can_answer_in_the_servers_place_and_close() {
    let proxy = with(of_request(false, |request| {
        if request.url.ends_with("/close") {
            return RequestDecision::Close;
        }
        RequestDecision::Answer(Box::new(ObservedResponse {
            status: 204,
            header_list: [("Access-Control-Allow-Origin", "*")].into_iter().collect(),
            ..ObservedResponse::default()
        }))
    }));
    let mut client = connect(&proxy);
    for _ in 0..2 {
        write!(
            client,
            "OPTIONS http://nowhere.invalid/ HTTP/1.1\r\nHost: h\r\n\r\n"
        )
        .unwrap();
        assert_eq!(
            text(&read_head(&mut client)),
            "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\n"
        );
        let exchange = proxy.ended();
        assert_eq!(exchange.response.unwrap().status, 204);
        assert_eq!(exchange.modified.unwrap().by, ["rewrite"]);
    }
    let close = "GET http://nowhere.invalid/close HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_eq!(ask(&proxy, close), "");
    assert_eq!(proxy.ended().failure.unwrap().code, "closed-by-stage");
}

#[test]
fn a_stage_with_a_body_answers_with_its_length() {
    let proxy = with(of_request(true, |request| {
        RequestDecision::Answer(Box::new(ObservedResponse {
            status: 200,
            body: ObservedBody {
                bytes: request.body.bytes.clone(),
                len: 0,
            },
            ..ObservedResponse::default()
        }))
    }));
    let answer = ask(
        &proxy,
        "POST http://a.invalid/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    );
    assert_eq!(
        answer,
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    );
}

/// Holds each request until told to let go; notes when nobody waits any more.
struct Hold {
    arrived: Mutex<mpsc::Sender<u64>>,
    dropped: Arc<Mutex<mpsc::Sender<()>>>,
}

struct Waiting(Arc<Mutex<mpsc::Sender<()>>>);

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.0.lock().unwrap().send(());
    }
}

impl Stage for Hold {
    fn name(&self) -> &str {
        "breakpoint"
    }

    fn interest(&self, _: &ObservedRequest) -> Interest {
        Interest {
            request: true,
            ..Interest::NONE
        }
    }

    fn on_request<'a>(
        &'a self,
        exchange: u64,
        _: &'a mut ObservedRequest,
    ) -> StageFuture<'a, RequestDecision> {
        Box::pin(async move {
            let _waiting = Waiting(Arc::clone(&self.dropped));
            self.arrived.lock().unwrap().send(exchange).unwrap();
            std::future::pending().await
        })
    }
}

#[test]
fn a_breakpoint_learns_that_the_client_has_gone() {
    let (arrived, at) = mpsc::channel();
    let (dropped, gone) = mpsc::channel();
    let proxy = with(Hold {
        arrived: Mutex::new(arrived),
        dropped: Arc::new(Mutex::new(dropped)),
    });
    let mut client = connect(&proxy);
    client
        .write_all(b"GET http://a.invalid/ HTTP/1.1\r\nHost: h\r\n\r\n")
        .unwrap();
    let id = at.recv_timeout(crate::running::PATIENCE).unwrap();
    drop(client);
    gone.recv_timeout(crate::running::PATIENCE).unwrap();
    let exchange = proxy.ended();
    assert_eq!(exchange.id, id);
    assert_eq!(exchange.failure.unwrap().code, "client-closed");
}

#[test]
fn a_delay_is_noted_as_time_blocked() {
    let span = Duration::from_millis(30);
    let proxy = with(of_request(false, move |_| RequestDecision::Delay(span)));
    ask(&proxy, get(answer("HTTP/1.1 204 No Content\r\n\r\n")));
    assert!(proxy.ended().timing.blocked.unwrap() >= 30_000);
}

#[test]
fn a_body_too_large_to_hold_passes_unchanged() {
    let mut config = ProxyConfig {
        stages: Arc::new(Stages::new(vec![Arc::new(of_response(true, |response| {
            assert!(!response.body.is_whole());
            response.body.bytes = b"ignored".to_vec();
            response.header_list.push("X", " 1");
            ResponseDecision::Changed
        }))])),
        ..ProxyConfig::default()
    };
    config.limits.held_body = 1000;
    let proxy = run(config);
    let body = "y".repeat(100_000);
    let server = answer(format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{body}"
    ));
    let answer = ask(&proxy, get(server));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nX: 1\r\n\r\ny"));
    assert!(answer.ends_with(&body));
}

#[test]
fn a_held_body_that_breaks_is_told_in_words() {
    let proxy = with(of_response(true, allow_all));
    let table = [
        ("Content-Length: 9\r\n\r\nabc", "body-cut-off"),
        ("Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "bad-chunk"),
    ];
    for (rest, code) in table {
        let server = answer(format!("HTTP/1.1 200 OK\r\n{rest}"));
        let answer = ask(&proxy, get(server));
        assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
        assert!(answer.contains(code), "{answer}");
        let exchange = proxy.ended();
        assert_eq!(exchange.failure.unwrap().code, code);
        assert_eq!(exchange.response.unwrap().status, 200);
    }
}
