//! Holding, deciding, running out of time, going away.

use std::sync::Arc;
use std::time::Duration;

use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};

use super::{
    Breakpoint, BreakpointDocument, Ground, HoldError, HoldOutcome, Holds, RequestDecision,
    Resolution, ResponseDecision, Stage,
};

fn breakpoint(text: &str, holds: &Arc<Holds>) -> Arc<Breakpoint> {
    let document: BreakpointDocument = toml::from_str(text).unwrap();
    Arc::new(document.build(&Ground::default(), holds).ok().unwrap())
}

fn request() -> ObservedRequest {
    ObservedRequest {
        method: "POST".into(),
        url: "https://api.test/".into(),
        header_list: [("Host", "api.test")].into_iter().collect(),
        ..ObservedRequest::default()
    }
}

fn response() -> ObservedResponse {
    ObservedResponse {
        status: 500,
        header_list: [("Content-Length", "2"), ("bad name", "x")]
            .into_iter()
            .collect(),
        body: ObservedBody {
            bytes: b"no".to_vec(),
            len: 2,
        },
        ..ObservedResponse::default()
    }
}

type Asked = tokio::task::JoinHandle<(RequestDecision, ObservedRequest)>;
type Answered = tokio::task::JoinHandle<(ResponseDecision, ObservedResponse)>;

/// Holds a request; gives the hold's number once it waits.
async fn hold_request(breakpoint: &Arc<Breakpoint>, holds: &Holds) -> (Asked, u64) {
    let mut changes = holds.changes();
    let breakpoint = Arc::clone(breakpoint);
    let task = tokio::spawn(async move {
        let mut request = request();
        let decision = breakpoint.on_request(9, &mut request).await;
        (decision, request)
    });
    changes.changed().await.unwrap();
    (task, holds.list().last().unwrap().id)
}

async fn hold_response(breakpoint: &Arc<Breakpoint>, holds: &Holds) -> (Answered, u64) {
    let mut changes = holds.changes();
    let breakpoint = Arc::clone(breakpoint);
    let task = tokio::spawn(async move {
        let mut response = response();
        let decision = breakpoint.on_response(9, &request(), &mut response).await;
        (decision, response)
    });
    changes.changed().await.unwrap();
    (task, holds.list().last().unwrap().id)
}

#[tokio::test]
async fn a_held_request_is_edited_answered_closed_or_let_go() {
    let holds = Arc::new(Holds::default());
    let stop = breakpoint("on = ['request']", &holds);
    assert!(stop.interest(&request()).request_body);
    let edited = ObservedRequest {
        method: "PUT".into(),
        ..request()
    };
    let answer = ObservedResponse {
        status: 200,
        ..ObservedResponse::default()
    };
    for (resolution, decision, outcome) in [
        (
            Resolution::Request(Box::new(edited)),
            RequestDecision::Changed,
            HoldOutcome::Edited,
        ),
        (
            Resolution::Request(Box::new(request())),
            RequestDecision::Pass,
            HoldOutcome::WentOn,
        ),
        (
            Resolution::Answer(Box::new(answer.clone())),
            RequestDecision::Answer(Box::new(answer)),
            HoldOutcome::Answered,
        ),
        (
            Resolution::Close,
            RequestDecision::Close,
            HoldOutcome::Closed,
        ),
        (Resolution::GoOn, RequestDecision::Pass, HoldOutcome::WentOn),
    ] {
        let (task, id) = hold_request(&stop, &holds).await;
        let held = holds.get(id).unwrap();
        assert_eq!((held.exchange, &held.request), (9, &request()));
        assert!(held.until > held.since);
        holds.resolve(id, resolution).unwrap();
        let (got, request) = task.await.unwrap();
        assert_eq!(got, decision);
        assert_eq!(request.method == "PUT", got == RequestDecision::Changed);
        assert_eq!(holds.outcome(id), Some(outcome));
        assert!(holds.list().is_empty());
        let again = holds.resolve(id, Resolution::GoOn);
        assert_eq!(again, Err(HoldError::NotHeld(Some(outcome))));
    }
    assert_eq!(stop.matches(), 5);
    assert_eq!(stop.noted(9), "breakpoint");
}

#[tokio::test]
async fn a_held_response_is_edited_and_checked() {
    let holds = Arc::new(Holds::default());
    let stop = breakpoint("", &holds);
    let (task, id) = hold_response(&stop, &holds).await;
    let edited = |change: fn(&mut ObservedResponse)| {
        let mut response = response();
        change(&mut response);
        holds.resolve(id, Resolution::Response(Box::new(response)))
    };
    for (change, at) in [
        (
            (|it| it.header_list.push("X", "a\r\nSet-Cookie: b=1")) as fn(&mut ObservedResponse),
            "headers[2]",
        ),
        (|it| it.header_list.push("X Y", ""), "headers[2]"),
        (
            |it| it.header_list.set("Content-Length", "200"),
            "headers[0]",
        ),
        (
            |it| it.header_list.push("Transfer-Encoding", "chunked"),
            "headers[2]",
        ),
        (|it| it.status = 1000, "status"),
        (|it| it.status = 204, "body"),
        (|it| it.reason = b"a\nb".to_vec(), "reason"),
    ] {
        match edited(change) {
            Err(HoldError::Unsendable(mistakes)) => assert_eq!(mistakes[0].at, at),
            other => panic!("{at}: {other:?}"),
        }
    }
    let wrong = holds.resolve(id, Resolution::Request(Box::new(request())));
    assert_eq!(wrong, Err(HoldError::WrongDirection));
    // All that time it waits; lines that came malformed may go on as they came.
    edited(|it| it.status = 200).unwrap();
    let (decision, response) = task.await.unwrap();
    assert_eq!(
        (decision, response.status),
        (ResponseDecision::Changed, 200)
    );
}

#[tokio::test]
async fn a_body_that_was_not_held_whole_is_not_edited() {
    let holds = Arc::new(Holds::default());
    let held = super::Held {
        id: 0,
        exchange: 1,
        breakpoint: "b".into(),
        direction: super::Direction::Response,
        request: request(),
        response: Some(ObservedResponse {
            body: ObservedBody {
                bytes: vec![1],
                len: 2,
            },
            ..response()
        }),
        since: 0,
        until: 0,
    };
    let waiting = holds.wait(held.clone(), Duration::from_secs(5));
    let decide = async {
        let id = loop {
            match holds.list().first() {
                Some(held) => break held.id,
                None => tokio::task::yield_now().await,
            }
        };
        let edited = Box::new(response());
        let got = holds.resolve(id, Resolution::Response(edited));
        assert_eq!(got, Err(HoldError::BodyCutShort));
        holds.go_on_all();
    };
    tokio::join!(waiting, decide);
}

#[tokio::test(start_paused = true)]
async fn when_time_is_up_it_goes_on_or_closes_and_says_so() {
    let holds = Arc::new(Holds::default());
    for (then, decision, note) in [
        (
            "go-on",
            ResponseDecision::Delay(Duration::ZERO),
            "breakpoint slow: its time was up, went on unchanged",
        ),
        (
            "close",
            ResponseDecision::Close,
            "breakpoint slow: its time was up, closed",
        ),
    ] {
        let text = format!("name = 'slow'\nhold-seconds = 7\nthen = '{then}'");
        let stop = breakpoint(&text, &holds);
        let before = tokio::time::Instant::now();
        let (task, id) = hold_response(&stop, &holds).await;
        let (got, unchanged) = task.await.unwrap();
        assert_eq!(before.elapsed(), Duration::from_secs(7));
        assert_eq!((got, unchanged), (decision, response()));
        assert_eq!(stop.noted(9), note);
        assert_eq!(stop.noted(8), "breakpoint slow");
        assert_eq!(holds.outcome(id), Some(HoldOutcome::TimedOut));
        let late = holds.resolve(id, Resolution::Close).unwrap_err();
        assert_eq!(late.to_string(), "its time was up");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_waits_no_more() {
    let holds = Arc::new(Holds::default());
    let stop = breakpoint("on = ['request']", &holds);
    let (task, id) = hold_request(&stop, &holds).await;
    let mut changes = holds.changes();
    changes.mark_unchanged();
    task.abort();
    changes.changed().await.unwrap();
    assert!(holds.list().is_empty());
    assert_eq!(holds.outcome(id), Some(HoldOutcome::ClientGone));
    let late = holds.resolve(id, Resolution::GoOn).unwrap_err();
    assert_eq!(late.to_string(), "the client went away");
}

#[tokio::test]
async fn only_the_next_match_is_held() {
    let holds = Arc::new(Holds::default());
    let stop = breakpoint("on = ['request', 'response']\nnext = 1", &holds);
    let (task, id) = hold_request(&stop, &holds).await;
    assert!(!stop.interest(&request()).is_any());
    assert_eq!(
        stop.on_request(10, &mut request()).await,
        RequestDecision::Pass
    );
    holds.resolve(id, Resolution::GoOn).unwrap();
    task.await.unwrap();
    // The same exchange's response is held too.
    let (task, id) = hold_response(&stop, &holds).await;
    holds.resolve(id, Resolution::GoOn).unwrap();
    task.await.unwrap();
    let decision = stop.on_response(10, &request(), &mut response()).await;
    assert_eq!(decision, ResponseDecision::Pass);
}

#[tokio::test]
async fn only_so_many_wait() {
    let holds = Arc::new(Holds::new(1));
    let stop = breakpoint("on = ['request']", &holds);
    let (task, _) = hold_request(&stop, &holds).await;
    let decision = stop.on_request(10, &mut request()).await;
    assert_eq!(decision, RequestDecision::Delay(Duration::ZERO));
    assert!(stop.noted(10).contains("too many waited"));
    holds.go_on_all();
    task.await.unwrap();
}

#[test]
fn what_cannot_hold_is_refused() {
    for (text, at) in [
        ("on = []", "breakpoint.on"),
        (
            "on = ['request']\nmatch = { status = [500] }",
            "breakpoint.on",
        ),
        ("hold-seconds = 0", "breakpoint.hold-seconds"),
        ("hold-seconds = 86400", "breakpoint.hold-seconds"),
        ("next = 0", "breakpoint.next"),
    ] {
        let document: BreakpointDocument = toml::from_str(text).unwrap();
        let built = document.build(&Ground::default(), &Arc::default());
        assert_eq!(built.err().unwrap()[0].at, at, "{text}");
    }
}
