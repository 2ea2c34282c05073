use corscope_fetch::exchange::{Hints, ObservedRequest};

use super::*;

fn event(request: u64, method: &str, stage: Stage) -> BrowserEvent {
    BrowserEvent {
        request,
        stage,
        time: 1_000,
        url: "https://api.test/x".to_owned(),
        method: method.to_owned(),
        is_preflight: method == "OPTIONS",
        page_url: Some("https://app.test/".to_owned()),
        ..BrowserEvent::default()
    }
}

fn refused(mut event: BrowserEvent) -> BrowserEvent {
    event.said.cors_error = Some("MissingAllowOriginHeader".to_owned());
    event
}

fn exchange(id: u64, method: &str) -> Exchange {
    let headers = [
        ("Origin", "https://app.test"),
        ("Access-Control-Request-Method", "PUT"),
    ];
    Exchange {
        id,
        started: 1_100,
        request: ObservedRequest {
            method: method.to_owned(),
            url: "https://api.test/x".to_owned(),
            header_list: headers.into_iter().collect(),
            ..ObservedRequest::default()
        },
        ..Exchange::default()
    }
}

#[test]
fn words_find_their_exchange_whichever_comes_first() {
    let mut words = Words::default();
    let mut seen = exchange(1, "GET");
    words.join(&mut seen);
    assert_eq!(seen.hints, Hints::default());
    assert_eq!(words.hear(event(7, "GET", Stage::Begun), 0), Some(1));
    words.fill(&mut seen);
    assert_eq!(seen.hints.page_url.as_deref(), Some("https://app.test/"));
    assert_eq!(seen.hints.browser, None);
    let better = words.hear(refused(event(7, "GET", Stage::Failed)), 0);
    assert_eq!(better, Some(1));
    words.fill(&mut seen);
    assert!(seen.hints.browser.unwrap().cors_error.is_some());
}

#[test]
fn what_the_preflight_stopped_speaks_for_the_preflight() {
    let mut words = Words::default();
    words.hear(event(7, "PUT", Stage::Begun), 0);
    let mut asks = event(8, "OPTIONS", Stage::Begun);
    asks.preflight_of = Some(7);
    words.hear(asks, 0);
    let mut seen = exchange(1, "OPTIONS");
    words.join(&mut seen);
    let better = words.hear(refused(event(7, "PUT", Stage::Failed)), 0);
    assert_eq!(better, Some(1));
    words.fill(&mut seen);
    assert!(seen.hints.browser.unwrap().cors_error.is_some());
    assert!(words.never_sent(u64::MAX).is_empty());
}

#[test]
fn a_request_that_never_went_out_is_told_once() {
    let mut words = Words::default();
    words.hear(refused(event(7, "GET", Stage::Failed)), 5);
    assert!(words.never_sent(6).is_empty());
    let told = words.never_sent(5 + PATIENCE + 1);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].failure.as_ref().unwrap().code, "never-sent");
    assert!(words.never_sent(u64::MAX).is_empty());
}

#[test]
fn a_good_end_is_the_last_word_of_some_browsers_only() {
    for (is_end_final, says) in [(true, true), (false, false)] {
        let mut words = Words::default();
        let mut finished = event(7, "GET", Stage::Finished);
        finished.is_end_final = is_end_final;
        words.hear(finished, 2_000);
        let mut seen = exchange(1, "GET");
        words.join(&mut seen);
        assert_eq!(seen.hints.browser.is_some(), says);
        words.fill_at_last(&mut seen);
        assert!(seen.hints.browser.is_some());
    }
}

#[test]
fn two_alike_requests_have_words_of_their_own() {
    let mut words = Words::default();
    words.hear(event(1, "GET", Stage::Begun), 0);
    let mut later = event(2, "GET", Stage::Begun);
    later.time = 5_000_000;
    words.hear(later, 0);
    let mut second = exchange(20, "GET");
    second.started = 5_000_100;
    words.join(&mut second);
    let mut first = exchange(10, "GET");
    words.join(&mut first);
    assert_eq!(words.hear(event(2, "GET", Stage::Finished), 0), Some(20));
    assert_eq!(words.hear(event(1, "GET", Stage::Finished), 0), Some(10));
}

#[test]
fn a_line_on_the_console_is_no_verdict_yet() {
    let mut words = Words::default();
    let mut warned = event(7, "GET", Stage::Answered);
    warned.said.console = vec!["blocked by CORS policy".to_owned()];
    words.hear(warned.clone(), 0);
    let mut seen = exchange(1, "GET");
    words.join(&mut seen);
    assert_eq!(seen.hints.browser, None);
    warned.stage = Stage::Failed;
    words.hear(refused(warned), 0);
    words.fill(&mut seen);
    assert!(seen.hints.browser.unwrap().cors_error.is_some());
}

#[test]
fn a_later_hop_that_its_preflight_stopped_is_no_request_of_its_own() {
    let mut words = Words::default();
    words.hear(event(1, "PUT", Stage::Begun), 0);
    words.join(&mut exchange(10, "PUT"));
    let mut hop = event(2, "PUT", Stage::Begun);
    hop.redirected_from = Some(1);
    hop.url = "https://api.test/y".to_owned();
    words.hear(hop.clone(), 0);
    let mut asks = event(3, "OPTIONS", Stage::Begun);
    asks.url.clone_from(&hop.url);
    asks.preflight_of = Some(1); // told before the redirect was
    words.hear(asks, 0);
    let mut preflight = exchange(11, "OPTIONS");
    preflight.request.url.clone_from(&hop.url);
    words.join(&mut preflight);
    hop.stage = Stage::Failed;
    assert_eq!(words.hear(refused(hop), 0), Some(11));
    words.fill(&mut preflight);
    assert!(preflight.hints.browser.unwrap().cors_error.is_some());
    assert!(words.never_sent(u64::MAX).is_empty());
}

#[test]
fn a_round_that_is_over_leaves_its_words_to_itself() {
    let mut words = Words::default();
    // The first try was stopped by its preflight; of the second the browser has not told yet.
    words.hear(refused(event(1, "PUT", Stage::Failed)), 500_000);
    let mut second = exchange(20, "PUT");
    second.started = 2_000_000;
    words.join(&mut second);
    assert_eq!(second.hints, Hints::default());
    let mut again = event(2, "PUT", Stage::Finished);
    again.time = 1_990_000;
    again.is_end_final = true;
    assert_eq!(words.hear(again, 2_100_000), Some(20));
    words.fill(&mut second);
    assert_eq!(second.hints.browser.unwrap().cors_error, None);
}

#[test]
fn a_round_whose_end_is_told_late_is_not_taken_for_the_next_one() {
    let mut words = Words::default();
    // Its preflight was refused, which the browser has not told yet.
    words.hear(event(1, "PUT", Stage::Begun), 1_000);
    let mut again = event(2, "PUT", Stage::Begun);
    again.time = 21_000;
    words.hear(again.clone(), 22_000);
    let mut second = exchange(20, "PUT");
    second.started = 23_000;
    words.join(&mut second);
    again.stage = Stage::Finished;
    assert_eq!(words.hear(again, 24_000), Some(20));
}

#[test]
fn an_exchange_from_before_is_not_taken_for_a_later_request() {
    let mut words = Words::default();
    let mut lost = exchange(10, "GET"); // of which the browser never told
    words.join(&mut lost);
    let mut later = event(2, "GET", Stage::Begun);
    later.time = 2_000_000;
    assert_eq!(words.hear(later, 2_000_000), None);
    let mut second = exchange(20, "GET");
    second.started = 2_000_050;
    words.join(&mut second);
    assert!(second.hints.page_url.is_some());
}

#[test]
fn requests_that_begin_together_go_out_in_their_order() {
    let mut words = Words::default();
    for request in 1..=3 {
        let mut begun = event(request, "GET", Stage::Begun);
        begun.time = 1_000 + request;
        words.hear(begun, 1_050);
    }
    for id in 10..13 {
        words.join(&mut exchange(id, "GET"));
    }
    for (request, id) in [(2, 11), (3, 12), (1, 10)] {
        let end = event(request, "GET", Stage::Finished);
        assert_eq!(words.hear(end, 2_000), Some(id));
    }
}
