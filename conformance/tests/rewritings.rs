//! "Make it pass": for every recorded scenario that a change of answers can mend, in each browser, the
//! change that is found makes the engine let the fetch pass.

use std::collections::BTreeMap;

use corscope_diagnose::remedy::{Rewriting, make_it_pass};
use corscope_diagnose::scenario::{Play, Subject, play, scenario_from_json};
use corscope_fetch::cause::Phase;
use corscope_fetch::header_values::list_elements;
use corscope_fetch::{
    Answer, Browser, Cause, HeaderList, NetworkFailure, Outcome, PreflightCache, Response,
};

/// Causes on the response that lie with the page, or with where a redirect leads.
const BEYOND_ANSWERS: [&str; 13] = [
    "integrity_mismatch",
    "redirect_location_invalid",
    "redirect_loop",
    "redirect_mixed_content",
    "redirect_mode_error",
    "redirect_out_of_same_origin",
    "redirect_stream_body",
    "redirect_to_non_http_scheme",
    "redirect_url_has_credentials",
    "sri_without_crossorigin",
    "stream_upload_needs_http2",
    "unexpected_proxy_authentication",
    "network_error",
];

fn scenarios() -> impl Iterator<Item = (String, Subject)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.into_iter().map(|line| {
        let scenario = scenario_from_json(line.as_bytes()).unwrap();
        let subject = Subject::new(&scenario).unwrap();
        (scenario.id.unwrap_or_default(), subject)
    })
}

fn played(subject: &Subject, browser: Browser) -> Play {
    play(subject, browser, &mut PreflightCache::new(), 0)
}

fn is_passed(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Readable { .. } | Outcome::Opaque | Outcome::OpaqueRedirect
    )
}

/// Whether every fault, those behind the first included, lies with answers.
fn is_mendable(played: &Play) -> bool {
    let whole = played.survey.as_ref().unwrap_or(&played.verdict);
    let first_is_mendable = played
        .verdict
        .blocked_by()
        .is_some_and(|fault| matches!(fault.cause.phase(), Phase::Response | Phase::Network));
    first_is_mendable
        && whole.faults.iter().all(|fault| {
            let on_preflight = whole.leg_of(fault).is_some_and(|leg| leg.request.preflight);
            let of_network = matches!(
                fault.cause,
                Cause::NetworkError { .. } | Cause::UnexpectedProxyAuthentication
            );
            !BEYOND_ANSWERS.contains(&fault.cause.name()) || (of_network && on_preflight)
        })
}

/// What must hold of every rewriting.
fn check(id: &str, rewriting: &Rewriting, subject: &Subject, browser: Browser) {
    assert!(rewriting.proved, "{id}");
    let changed = rewriting.apply(subject);
    let after = played(&changed, browser);
    assert!(
        is_passed(&after.verdict.outcome),
        "{id} {browser:?} {rewriting:#?}"
    );
    assert_eq!(make_it_pass(&changed, &after), None, "{id}");
    for leg in &rewriting.legs {
        for (name, value) in leg.set.iter().chain(&leg.add) {
            let fine = |text: &str| !text.contains(['\r', '\n', '\0']);
            assert!(fine(name) && fine(value), "{id}");
        }
        let set = |name: &str| leg.set.iter().find(|(set, _)| set == name);
        if let Some((_, origin)) = set("Access-Control-Allow-Origin") {
            let is_wide = origin == "*" || origin == "null";
            assert!(rewriting.widens || !is_wide, "{id}");
            assert!(!rewriting.credentials || origin != "*", "{id}");
            if origin != "*" {
                let answer = match leg.preflight {
                    true => changed.preflights[leg.hop].as_ref().unwrap(),
                    false => &changed.responses[leg.hop],
                };
                let Answer::Response(response) = answer else {
                    panic!("{id}: a failure is left")
                };
                let varies = list_elements(&response.header_list, "vary")
                    .any(|it| it.token.eq_ignore_ascii_case(b"origin") || it.token == b"*");
                assert!(varies, "{id} {leg:?}");
            }
        }
        assert!(!leg.answer || leg.preflight, "{id}");
    }
}

#[test]
fn every_blocked_scenario_that_answers_can_mend_is_made_to_pass() {
    let mut mended = BTreeMap::new();
    let mut unmended = Vec::new();
    for (id, subject) in scenarios() {
        for browser in Browser::ALL {
            let before = played(&subject, browser);
            let Some(fault) = before.verdict.blocked_by() else {
                continue;
            };
            match make_it_pass(&subject, &before) {
                Some(rewriting) => {
                    check(&id, &rewriting, &subject, browser);
                    *mended.entry(browser.name()).or_insert(0) += 1;
                }
                None if is_mendable(&before) => {
                    unmended.push(format!("{id} {browser:?} {}", fault.cause.name()));
                }
                None => {}
            }
        }
    }
    assert!(unmended.is_empty(), "{} {unmended:#?}", unmended.len());
    assert!(mended.values().all(|count| *count > 500), "{mended:?}");
}

/// A credentialed PUT, of which nothing but what is given is known.
fn put(preflight: Option<Answer>) -> Subject {
    let document = br#"{
        "page": { "origin": "https://app.test" },
        "request": { "url": "https://api.test/items?page=2", "method": "PUT",
            "headers": [["X-Tag", "1"]], "credentials": "include" }
    }"#;
    let scenario = scenario_from_json(document).unwrap();
    let mut subject = Subject::new(&scenario).unwrap();
    subject.preflights = vec![preflight];
    subject
}

fn response(status: u16, headers: &[(&str, &str)]) -> Option<Answer> {
    let list: HeaderList = headers.iter().copied().collect();
    Some(Answer::Response(Response::new(status, list).into()))
}

#[test]
fn a_preflight_that_was_never_answered_properly_is_answered_without_the_server() {
    let failure = |error: &str, closed| {
        Some(Answer::Failure(NetworkFailure {
            error: error.into(),
            closed,
        }))
    };
    let right = [
        ("Access-Control-Allow-Origin", "https://app.test"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "X-Tag"),
    ];
    for preflight in [
        response(404, &[]),
        response(405, &right),
        response(500, &right[..2]),
        response(407, &[]),
        response(302, &[("Location", "https://api.test/login")]),
        failure("net::ERR_CONNECTION_REFUSED", false),
        failure("net::ERR_TIMED_OUT", false),
        failure("net::ERR_EMPTY_RESPONSE", true),
    ] {
        let subject = put(preflight.clone());
        for browser in Browser::ALL {
            let before = played(&subject, browser);
            let found = make_it_pass(&subject, &before).unwrap();
            check("put", &found, &subject, browser);
            let [first, second] = &found.legs[..] else {
                panic!("{preflight:?} {found:#?}")
            };
            assert!(first.preflight && first.answer && first.is_known);
            assert_eq!(
                (first.status, first.method.as_str()),
                (Some(204), "OPTIONS")
            );
            assert_eq!(first.asked_method.as_deref(), Some("PUT"));
            let mut set = first.set.clone();
            set.sort();
            let text = |(name, value): &(String, String)| format!("{name}: {value}").to_lowercase();
            let set: Vec<String> = set.iter().map(text).collect();
            assert_eq!(
                set,
                [
                    "access-control-allow-credentials: true",
                    "access-control-allow-headers: x-tag",
                    "access-control-allow-methods: put",
                    "access-control-allow-origin: https://app.test",
                    "vary: origin",
                ],
                "{preflight:?} {browser:?}"
            );
            // Nothing is known of the request itself: what it needs is set, whatever the server says.
            assert!(!second.preflight && !second.answer && !second.is_known);
            assert_eq!(second.set.len(), 2, "{second:?}");
            assert_eq!(second.add, [("Vary".to_owned(), "Origin".to_owned())]);
            assert!(!found.widens && found.credentials);
        }
    }
}

#[test]
fn doubled_headers_become_one() {
    let mut subject = put(None);
    subject.init.method = "GET".into();
    subject.init.headers.clear();
    subject.responses.extend(response(
        200,
        &[
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Origin", "https://app.test"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Vary", "Accept-Encoding"),
        ],
    ));
    let before = played(&subject, Browser::Chromium);
    let found = make_it_pass(&subject, &before).unwrap();
    check("doubled", &found, &subject, Browser::Chromium);
    let [leg] = &found.legs[..] else { panic!() };
    let origin = (
        "Access-Control-Allow-Origin".to_owned(),
        "https://app.test".to_owned(),
    );
    assert_eq!(leg.set, [origin]);
    assert_eq!(leg.add, [("Vary".to_owned(), "Origin".to_owned())]);
    assert_eq!(
        (leg.status, leg.is_known, &leg.remove[..]),
        (None, true, &[][..])
    );
}

#[test]
fn what_passes_needs_nothing() {
    let mut subject = put(None);
    subject.init.url = "https://app.test/own".into();
    subject.responses.extend(response(200, &[]));
    let before = played(&subject, Browser::Chromium);
    assert_eq!(make_it_pass(&subject, &before), None);
}
