//! Each action, alone; their order; how often they are done.

use std::io::{Read, Write};
use std::time::Duration;

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};

use super::{Ground, Interest, RequestDecision, ResponseDecision, Rewrite, RewriteDocument, Stage};

fn document(text: &str) -> RewriteDocument {
    toml::from_str(text).unwrap()
}

fn rewrite(text: &str) -> Rewrite {
    match document(text).build(&Ground::default()) {
        Ok(rewrite) => rewrite,
        Err(mistakes) => panic!("{text}: {mistakes:?}"),
    }
}

fn doing(actions: &str) -> Rewrite {
    rewrite(&format!("do = [{actions}]"))
}

fn body(text: &[u8]) -> ObservedBody {
    ObservedBody {
        bytes: text.to_vec(),
        len: text.len() as u64,
    }
}

fn request(method: &str) -> ObservedRequest {
    ObservedRequest {
        method: method.into(),
        url: "https://api.test/v1/items?page=2".into(),
        header_list: [
            ("Host", "api.test"),
            ("Origin", "https://app.test"),
            ("X-A", "1"),
            ("x-a", "2"),
        ]
        .into_iter()
        .collect(),
        body: body(b"name=old"),
        ..ObservedRequest::default()
    }
}

fn preflight() -> ObservedRequest {
    let mut request = request("OPTIONS");
    request
        .header_list
        .push("Access-Control-Request-Method", "PUT");
    request
}

fn response() -> ObservedResponse {
    ObservedResponse {
        status: 404,
        reason: b"Not Found".to_vec(),
        header_list: [
            ("Content-Type", "text/plain"),
            ("Access-Control-Allow-Origin", "*"),
            ("access-control-allow-origin", "https://b.test"),
            ("Content-Length", "9"),
        ]
        .into_iter()
        .collect(),
        body: body(b"not found"),
        ..ObservedResponse::default()
    }
}

fn lines(list: &HeaderList) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    list.iter()
        .map(|header| format!("{}: {}", text(header.name), text(header.trimmed())))
        .collect()
}

async fn asked(rewrite: &Rewrite) -> (RequestDecision, ObservedRequest) {
    let mut request = request("POST");
    let decision = rewrite.on_request(1, &mut request).await;
    (decision, request)
}

async fn answered(rewrite: &Rewrite) -> (ResponseDecision, ObservedResponse) {
    let mut response = response();
    let decision = rewrite.on_response(1, &request("GET"), &mut response).await;
    (decision, response)
}

#[tokio::test]
async fn request_heads_are_edited() {
    let origin = ["Host: api.test", "Origin: https://app.test"];
    for (action, wanted) in [
        (
            "{ set-request-header = { name = 'X-A', value = '3' } }",
            &["X-A: 3"][..],
        ),
        (
            "{ add-request-header = { name = 'X-B', value = '' } }",
            &["X-A: 1", "x-a: 2", "X-B: "],
        ),
        ("{ remove-request-header = 'x-A' }", &[]),
        (
            "{ replace-in-request-header = { name = 'x-a', pattern = '^(.)$', with = '<$1>' } }",
            &["X-A: <1>", "x-a: <2>"],
        ),
    ] {
        let rewrite = doing(action);
        assert!(rewrite.interest(&request("POST")).request, "{action}");
        let (decision, request) = asked(&rewrite).await;
        assert_eq!(decision, RequestDecision::Changed, "{action}");
        assert_eq!(lines(&request.header_list)[..2], origin);
        assert_eq!(lines(&request.header_list)[2..], *wanted, "{action}");
    }
}

#[tokio::test]
async fn response_heads_and_statuses_are_edited() {
    let rewrite = doing(
        "{ set-response-header = { name = 'Access-Control-Allow-Origin', value = 'https://a.test' } },
         { add-response-header = { name = 'Vary', value = 'Origin' } },
         { remove-response-header = 'Content-Type' },
         { set-status = 200 }",
    );
    let wanted = Interest {
        response: true,
        ..Interest::NONE
    };
    assert_eq!(rewrite.interest(&request("GET")), wanted);
    let (decision, response) = answered(&rewrite).await;
    assert_eq!(decision, ResponseDecision::Changed);
    assert_eq!((response.status, &response.reason[..]), (200, &b"OK"[..]));
    assert_eq!(
        lines(&response.header_list),
        [
            "Access-Control-Allow-Origin: https://a.test",
            "Content-Length: 9",
            "Vary: Origin"
        ]
    );
}

#[tokio::test]
async fn a_status_without_body_drops_the_body() {
    let rewrite = doing("{ set-status = 204 }");
    assert!(rewrite.interest(&request("GET")).response_body);
    let (_, response) = answered(&rewrite).await;
    assert_eq!((response.status, response.body.len), (204, 0));
    assert!(!response.header_list.contains("Content-Length"));
    // One that was not held whole cannot be dropped.
    let mut response = self::response();
    response.body.len = 1 << 30;
    rewrite.on_response(1, &request("GET"), &mut response).await;
    assert_eq!(response.status, 200);
    assert!(rewrite.last_miss().unwrap().contains("too large"));
}

#[tokio::test]
async fn what_changes_nothing_is_not_marked_as_changed() {
    let rewrite =
        doing("{ set-response-header = { name = 'content-type', value = 'text/plain' } }");
    assert_eq!(answered(&rewrite).await.0, ResponseDecision::Pass);
    assert_eq!(rewrite.matches(), 1);
}

#[tokio::test]
async fn bodies_are_replaced_and_searched() {
    let (decision, request) = asked(&doing(
        "{ replace-in-request-body = { pattern = 'name=(\\w+)', with = 'n=$1' } }",
    ))
    .await;
    assert_eq!(decision, RequestDecision::Changed);
    assert_eq!(request.body, body(b"n=old"));
    let (_, request) = asked(&doing("{ set-request-body = { text = 'x' } }")).await;
    assert_eq!(request.body, body(b"x"));
    let rewrite =
        doing("{ set-response-body = { text = '{}', content-type = 'application/json' } }");
    assert!(rewrite.interest(&self::request("GET")).response_body);
    let (_, response) = answered(&rewrite).await;
    assert_eq!(response.body, body(b"{}"));
    assert_eq!(
        lines(&response.header_list)[0],
        "Content-Type: application/json"
    );
}

#[tokio::test]
async fn a_coded_body_is_decoded_searched_and_coded_again() {
    let mut coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    coder.write_all(b"old old").unwrap();
    let mut response = response();
    response.body = body(&coder.finish().unwrap());
    response.header_list.push("Content-Encoding", "gzip");
    let rewrite = doing("{ replace-in-response-body = { pattern = 'old', with = 'new' } }");
    let decision = rewrite.on_response(1, &request("GET"), &mut response).await;
    assert_eq!(decision, ResponseDecision::Changed);
    let mut text = String::new();
    flate2::read::GzDecoder::new(&response.body.bytes[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "new new");
    assert_eq!(response.body.len, response.body.bytes.len() as u64);
    // What cannot be decoded is left alone, and said.
    let broken = body(b"\x1f\x8bnonsense");
    response.body = broken.clone();
    let decision = rewrite.on_response(2, &request("GET"), &mut response).await;
    assert_eq!((decision, response.body), (ResponseDecision::Pass, broken));
    assert!(rewrite.last_miss().unwrap().contains("cannot be decoded"));
}

#[tokio::test]
async fn streams_and_heads_keep_their_bodies() {
    let rewrite = doing("{ set-response-body = { text = 'x' } }");
    let mut events = request("GET");
    events.header_list.push("Accept", "text/event-stream");
    assert!(!rewrite.interest(&events).response_body);
    let mut response = response();
    assert_eq!(
        rewrite.on_response(1, &events, &mut response).await,
        ResponseDecision::Pass
    );
    assert_eq!(
        rewrite
            .on_response(2, &request("HEAD"), &mut response)
            .await,
        ResponseDecision::Pass
    );
}

#[tokio::test]
async fn requests_are_answered_without_the_server() {
    let rewrite = doing(
        "{ answer = { status = 201, readable = true,
           headers = [{ name = 'X-Id', value = '7' }],
           body = { text = 'made', content-type = 'text/plain' } } }",
    );
    let RequestDecision::Answer(answer) = asked(&rewrite).await.0 else {
        panic!("no answer");
    };
    assert_eq!((answer.status, &answer.body), (201, &body(b"made")));
    assert_eq!(
        lines(&answer.header_list),
        [
            "X-Id: 7",
            "Content-Type: text/plain",
            "Access-Control-Allow-Origin: https://app.test",
            "Access-Control-Allow-Credentials: true",
            "Access-Control-Expose-Headers: X-Id, Content-Type",
            "Vary: Origin",
            "Content-Length: 4",
        ]
    );
}

#[tokio::test]
async fn preflights_are_answered_by_a_policy_and_nothing_else_is() {
    let rewrite = doing(
        "{ answer-preflight = { policy = { origins = ['https://app.test'], methods = ['PUT'],
           credentials = true } } }",
    );
    assert_eq!(asked(&rewrite).await.0, RequestDecision::Pass);
    let RequestDecision::Answer(answer) = rewrite.on_request(1, &mut preflight()).await else {
        panic!("no answer");
    };
    assert_eq!(answer.status, 204);
    assert_eq!(
        lines(&answer.header_list),
        [
            "Vary: Origin",
            "Access-Control-Allow-Origin: https://app.test",
            "Access-Control-Allow-Credentials: true",
            "Access-Control-Allow-Methods: PUT",
            "Access-Control-Max-Age: 0",
        ]
    );
}

#[tokio::test]
async fn requests_are_sent_elsewhere() {
    for (action, url, host) in [
        (
            "to = 'http://localhost:3000'",
            "http://localhost:3000/v1/items?page=2",
            "localhost:3000",
        ),
        (
            "to = 'http://localhost/base/', strip = '/v1/'",
            "http://localhost/base/items?page=2",
            "localhost",
        ),
        (
            "to = 'https://b.test', keep-host = true",
            "https://b.test/v1/items?page=2",
            "api.test",
        ),
    ] {
        let (decision, request) = asked(&doing(&format!("{{ forward = {{ {action} }} }}"))).await;
        assert_eq!(decision, RequestDecision::Changed, "{action}");
        assert_eq!(request.url, url);
        assert_eq!(lines(&request.header_list)[0], format!("Host: {host}"));
    }
    let (decision, _) = asked(&doing(
        "{ forward = { to = 'http://b.test', strip = '/v' } }",
    ))
    .await;
    assert_eq!(decision, RequestDecision::Pass);
}

#[tokio::test(start_paused = true)]
async fn delays_are_waited_for() {
    let wait = Duration::from_millis(1500);
    let only = doing(
        "{ delay = { on = 'request', ms = 1000 } }, { delay = { on = 'request', ms = 500 } }",
    );
    assert_eq!(asked(&only).await.0, RequestDecision::Delay(wait));
    let only = doing("{ delay = { ms = 1500 } }");
    assert_eq!(answered(&only).await.0, ResponseDecision::Delay(wait));
    let before = tokio::time::Instant::now();
    let both = doing("{ delay = { ms = 1500 } }, { set-status = 500 }");
    assert_eq!(answered(&both).await.0, ResponseDecision::Changed);
    assert_eq!(before.elapsed(), wait);
}

#[tokio::test]
async fn connections_are_closed() {
    assert_eq!(
        asked(&doing("{ close = 'request' }")).await.0,
        RequestDecision::Close
    );
    assert_eq!(
        answered(&doing("{ close = 'response' }")).await.0,
        ResponseDecision::Close
    );
}

#[tokio::test]
async fn actions_are_done_in_order() {
    let rewrite = doing(
        "{ set-response-header = { name = 'X', value = 'a' } },
         { replace-in-response-header = { name = 'X', pattern = 'a', with = 'b' } },
         { add-response-header = { name = 'X', value = 'c' } }",
    );
    let (_, response) = answered(&rewrite).await;
    assert_eq!(lines(&response.header_list)[4..], ["X: b", "X: c"]);
}

#[tokio::test]
async fn only_the_next_matches_are_taken() {
    let rewrite = rewrite(
        "next = 2
         do = [{ set-request-header = { name = 'X', value = '1' } }, { set-status = 500 }]",
    );
    for exchange in 1..=3 {
        let is_taken = exchange <= 2;
        assert_eq!(rewrite.interest(&request("GET")).is_any(), is_taken);
        let decision = rewrite.on_request(exchange, &mut request("GET")).await;
        assert_eq!(decision == RequestDecision::Changed, is_taken);
    }
    // Their responses are taken too, and no others.
    for (exchange, is_taken) in [(3, false), (1, true), (2, true), (2, false)] {
        let mut response = response();
        let request = request("GET");
        let decision = rewrite.on_response(exchange, &request, &mut response).await;
        assert_eq!(
            decision == ResponseDecision::Changed,
            is_taken,
            "{exchange}"
        );
    }
    assert_eq!(rewrite.matches(), 2);
}

#[tokio::test]
async fn a_group_cannot_bring_in_a_line_break() {
    let rewrite =
        doing("{ replace-in-response-header = { name = 'X', pattern = 'a', with = 'b$0' } }");
    let mut response = response();
    response.header_list.push("X", "a\r\nSet-Cookie: a=1");
    let decision = rewrite.on_response(1, &request("GET"), &mut response).await;
    assert_eq!(decision, ResponseDecision::Pass);
}

#[test]
fn what_cannot_be_done_is_refused() {
    for (text, wanted) in [
        ("do = []", "rewrite.do: it does nothing"),
        ("next = 0\ndo = ['nothing']", ""),
        (
            "do = [{ set-response-header = { name = 'X', value = \"a\\r\\nSet-Cookie: b\" } }]",
            "rewrite.do[0].set-response-header.value: the value has a line break",
        ),
        (
            "do = [{ add-request-header = { name = 'X', value = \"a\\u0000\" } }]",
            "rewrite.do[0].add-request-header.value: the value has a NUL",
        ),
        (
            "do = [{ set-request-header = { name = 'X: y', value = '' } }]",
            "rewrite.do[0].set-request-header.name: \"X: y\" is no header name",
        ),
        (
            "do = [{ set-response-header = { name = 'Content-Length', value = '3' } }]",
            "rewrite.do[0].set-response-header.name: `Content-Length` says where messages end",
        ),
        (
            "do = [{ remove-response-header = 'transfer-encoding' }]",
            "rewrite.do[0].remove-response-header: `transfer-encoding` says where messages end",
        ),
        (
            "do = [{ replace-in-response-body = { pattern = '(x{999}){999}', with = '' } }]",
            "rewrite.do[0].replace-in-response-body.pattern: the expression grows too large",
        ),
        (
            "match = { status = [404] }\ndo = [{ close = 'request' }]",
            "rewrite.do[0]: the request is gone",
        ),
        (
            "match = { cors-fails = true }\ndo = [{ set-status = 200 }]",
            "rewrite.match.cors-fails: nobody here can tell",
        ),
        (
            "do = [{ answer = {} }, { set-status = 200 }]",
            "rewrite.do[1]: the exchange has ended",
        ),
        (
            "do = [{ set-status = 101 }]",
            "rewrite.do[0].set-status: 101 is no final status",
        ),
        (
            "do = [{ answer = { status = 204, body = { text = 'x' } } }]",
            "rewrite.do[0].answer.body: a response with status 204 has no body",
        ),
        (
            "do = [{ forward = { to = 'localhost:3000' } }]",
            "rewrite.do[0].forward.to: neither http nor https",
        ),
        (
            "do = [{ forward = { to = 'http://u:p@b.test' } }]",
            "rewrite.do[0].forward.to: a user or password",
        ),
        (
            "do = [{ map-folder = { folder = 'no/such' } }]",
            "rewrite.do[0].map-folder.folder: there is no folder no/such",
        ),
        (
            "do = [{ answer-preflight = { policy = { origins = ['*'], credentials = true } } }]",
            "rewrite.do[0].answer-preflight.policy.origins[0]: * with credentials",
        ),
        (
            "do = [{ delay = { ms = 0 } }]",
            "rewrite.do[0].delay.ms: 0 ms is no delay",
        ),
    ] {
        let Ok(document) = toml::from_str::<RewriteDocument>(text) else {
            assert_eq!(wanted, "", "{text}");
            continue;
        };
        let mistakes = document.build(&Ground::default()).err().unwrap_or_default();
        assert_eq!(mistakes.len(), 1, "{text}: {mistakes:?}");
        assert!(
            mistakes[0].to_string().starts_with(wanted),
            "{}",
            mistakes[0]
        );
        assert!(!mistakes[0].to_string().contains('\r'));
    }
}
