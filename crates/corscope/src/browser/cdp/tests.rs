//! Messages in every order and shape.

use corscope_fetch::{Api, Mode};
use serde_json::{Value, json};

use super::requests::Requests;
use crate::browser::{BrowserEvent, Stage};

fn begin(requests: &mut Requests, key: &str, url: &str, more: Value) -> Vec<BrowserEvent> {
    let mut params = json!({
        "requestId": key,
        "request": { "url": url, "method": "GET" },
        "documentURL": "http://a.example/",
        "type": "Fetch",
        "wallTime": 1_700_000_000.25,
        "initiator": { "type": "script" },
    });
    for (name, value) in more.as_object().unwrap() {
        params[name] = value.clone();
    }
    requests.take_in("Network.requestWillBeSent", &params)
}

fn wire(requests: &mut Requests, key: &str, headers: Value) -> Vec<BrowserEvent> {
    let params = json!({ "requestId": key, "headers": headers, "associatedCookies": [] });
    requests.take_in("Network.requestWillBeSentExtraInfo", &params)
}

#[test]
fn each_hop_of_a_redirect_is_told_apart() {
    let mut requests = Requests::default();
    begin(&mut requests, "1", "http://b.example/from", json!({}));
    // What went over the wire for the second hop may be told before the hop is.
    wire(&mut requests, "1", json!({ "Sec-Fetch-Mode": "cors" }));
    assert!(wire(&mut requests, "1", json!({ "Cookie": "a=b" })).is_empty());
    let hop = json!({ "redirectResponse": { "status": 302 } });
    let told = begin(&mut requests, "1", "http://c.example/to", hop);
    let [from, to, with_cookie] = &told[..] else {
        panic!("{told:#?}");
    };
    assert_eq!((from.stage, from.status), (Stage::Finished, Some(302)));
    assert_eq!((from.mode, from.credentials), (Some(Mode::Cors), None));
    assert_eq!(to.redirected_from, Some(from.request));
    assert!(with_cookie.credentials.is_some());
    let failed = json!({
        "requestId": "1",
        "errorText": "net::ERR_FAILED",
        "corsErrorStatus": { "corsError": "MissingAllowOriginHeader", "failedParameter": "" },
    });
    let told = requests.take_in("Network.loadingFailed", &failed);
    assert_eq!(told[0].request, to.request);
    assert_eq!(
        told[0].said.cors_error.as_deref(),
        Some("MissingAllowOriginHeader")
    );
    assert_eq!(told[0].said.failed_parameter, None);
    assert_eq!(told[0].time, 1_700_000_000_250_000);
}

#[test]
fn facts_before_their_request_wait_for_it() {
    let mut requests = Requests::default();
    let details = json!({
        "corsErrorStatus": { "corsError": "CorsDisabledScheme", "failedParameter": "x" },
        "isWarning": false,
        "request": { "requestId": "1" },
    });
    let issue =
        json!({ "issue": { "code": "CorsIssue", "details": { "corsIssueDetails": details } } });
    assert!(requests.take_in("Audits.issueAdded", &issue).is_empty());
    let received = json!({ "requestId": "1", "statusCode": 200 });
    let method = "Network.responseReceivedExtraInfo";
    assert!(requests.take_in(method, &received).is_empty());
    let told = begin(&mut requests, "1", "http://b.example/", json!({}));
    assert_eq!(told.last().unwrap().status, Some(200));
    let said = &told.last().unwrap().said;
    assert_eq!(said.cors_error.as_deref(), Some("CorsDisabledScheme"));
    assert_eq!(said.failed_parameter.as_deref(), Some("x"));
}

#[test]
fn the_browsers_own_surfaces_are_left_out() {
    let mut requests = Requests::default();
    let own = json!({ "documentURL": "chrome://new-tab-page/" });
    assert!(begin(&mut requests, "1", "https://example.com/", own).is_empty());
    assert!(begin(&mut requests, "2", "data:,x", json!({})).is_empty());
}

#[test]
fn a_websocket_is_a_request_too() {
    let mut requests = Requests::default();
    let created = json!({ "requestId": "s", "url": "ws://b.example/s" });
    let told = requests.take_in("Network.webSocketCreated", &created);
    assert_eq!(told[0].api, Some(Api::WebSocket));
    let error = json!({ "requestId": "s", "errorMessage": "net::ERR_CONNECTION_REFUSED" });
    let told = requests.take_in("Network.webSocketFrameError", &error);
    assert_eq!(told[0].stage, Stage::Failed);
    let net_error = told[0].said.net_error.as_deref();
    assert_eq!(net_error, Some("net::ERR_CONNECTION_REFUSED"));
}

#[test]
fn nothing_in_a_message_can_stop_the_watching() {
    let mut requests = Requests::default();
    for method in [
        "Network.requestWillBeSent",
        "Network.requestWillBeSentExtraInfo",
        "Network.responseReceived",
        "Network.responseReceivedExtraInfo",
        "Network.loadingFailed",
        "Network.webSocketCreated",
        "Audits.issueAdded",
        "Log.entryAdded",
        "Unheard.of",
    ] {
        for params in [
            json!(null),
            json!({}),
            json!({ "requestId": 7, "wallTime": -1e300 }),
        ] {
            requests.take_in(method, &params);
        }
    }
}
