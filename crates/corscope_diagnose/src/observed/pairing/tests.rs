use corscope_fetch::Browser;
use corscope_fetch::exchange::{ConnectionFacts, ObservedRequest, ObservedResponse, Timing};

use super::super::scenario;
use super::*;

const PAGE: &str = "https://app.test";

/// One exchange of a table: when, what, and what came back.
fn exchange(
    id: u64,
    started: u64,
    line: &str,
    headers: &[(&str, &str)],
    answer: Option<(u16, &[(&str, &str)])>,
) -> Arc<Exchange> {
    let (method, url) = line.split_once(' ').unwrap();
    Arc::new(Exchange {
        id,
        started,
        request: ObservedRequest {
            method: method.to_owned(),
            url: url.to_owned(),
            header_list: headers.iter().copied().collect(),
            ..ObservedRequest::default()
        },
        response: answer.map(|(status, headers)| ObservedResponse {
            status,
            header_list: headers.iter().copied().collect(),
            ..ObservedResponse::default()
        }),
        timing: Timing {
            total: Some(100),
            ..Timing::default()
        },
        connection: ConnectionFacts {
            client: 1,
            ..ConnectionFacts::default()
        },
        ended: true,
        ..Exchange::default()
    })
}

fn preflight(id: u64, started: u64, method: &str, answer: &[(&str, &str)]) -> Arc<Exchange> {
    let headers = [
        ("Origin", PAGE),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "x-a"),
    ];
    let answer = Some((204, answer));
    exchange(
        id,
        started,
        "OPTIONS https://api.test/items",
        &headers,
        answer,
    )
}

fn put(id: u64, started: u64, answer: &[(&str, &str)]) -> Arc<Exchange> {
    let headers = [("Origin", PAGE), ("X-A", "1"), ("User-Agent", "x")];
    let answer = Some((200, answer));
    exchange(id, started, "PUT https://api.test/items", &headers, answer)
}

const PASS: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "PUT"),
    ("Access-Control-Allow-Headers", "x-a"),
];
const ACAO: [(&str, &str); 2] = [
    ("Access-Control-Allow-Origin", PAGE),
    ("Access-Control-Allow-Credentials", "true"),
];

fn fetches(exchanges: impl IntoIterator<Item = Arc<Exchange>>) -> Vec<Arc<ObservedFetch>> {
    let mut pairing = Pairing::new();
    for exchange in exchanges {
        pairing.observe(exchange);
    }
    pairing.finish()
}

fn ids(fetch: &Arc<ObservedFetch>) -> Vec<u64> {
    fetch.exchanges().map(|exchange| exchange.id).collect()
}

#[test]
fn a_preflight_and_its_request_are_one_fetch_in_either_order() {
    let live = [preflight(1, 0, "PUT", &PASS), put(2, 200, &ACAO)];
    let listed = [put(2, 0, &ACAO), preflight(1, 10, "PUT", &PASS)];
    for exchanges in [live, listed] {
        let fetches = fetches(exchanges);
        assert_eq!(fetches.len(), 1);
        assert_eq!(ids(&fetches[0]), [1, 2]);
        let judged = judge(&fetches[0], Browser::Chromium).unwrap();
        assert_eq!(judged.standing, Standing::Allowed);
        assert!(!judged.assumed_preflight);
        assert_eq!(
            judged.scenario.request.headers,
            [("X-A".into(), "1".into())]
        );
    }
}

#[test]
fn a_request_that_was_never_sent_may_be_listed_without_its_origin() {
    let provisional = exchange(
        1,
        0,
        "PUT https://api.test/items",
        &[
            ("Referer", "https://app.test/"),
            ("Sec-Fetch-Mode", "cors"),
            ("X-A", "1"),
        ],
        None,
    );
    let fetches = fetches([provisional, preflight(2, 10, "PUT", &ACAO)]);
    assert_eq!(fetches.len(), 1);
    let judged = judge(&fetches[0], Browser::Chromium).unwrap();
    let fault = judged.play.verdict.blocked_by().unwrap();
    assert_eq!(fault.cause.name(), "acam_method_missing");
}

#[test]
fn requests_go_out_in_the_order_of_their_preflights() {
    let fetches = fetches([
        preflight(1, 0, "PUT", &PASS),
        preflight(2, 5, "PUT", &PASS),
        put(3, 200, &ACAO),
        put(4, 210, &[]),
    ]);
    assert_eq!(
        fetches.iter().map(ids).collect::<Vec<_>>(),
        [[1, 3], [2, 4]]
    );
}

#[test]
fn a_refused_preflight_has_no_request() {
    let fetches = fetches([preflight(1, 0, "PUT", &ACAO)]);
    assert!(fetches[0].is_never_sent());
    let judged = judge(&fetches[0], Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Blocked);
    let fault = judged.play.verdict.blocked_by().unwrap();
    assert_eq!(fault.cause.name(), "acam_method_missing");
}

#[test]
fn a_request_belongs_to_the_preflight_that_passed() {
    let fetches = fetches([
        preflight(1, 0, "PUT", &[]),
        preflight(2, 500, "PUT", &PASS),
        put(3, 700, &ACAO),
    ]);
    let ids: Vec<Vec<u64>> = fetches.iter().map(ids).collect();
    assert_eq!(ids, [vec![1], vec![2, 3]]);
}

#[test]
fn another_method_or_origin_is_another_fetch() {
    let delete = preflight(1, 0, "DELETE", &PASS);
    assert_eq!(fetches([delete, put(2, 200, &ACAO)]).len(), 2);
}

#[test]
fn a_cached_preflight_is_named_while_it_holds() {
    let second = 1_000_000;
    for (wait, cached) in [(2, Some(1)), (7, None)] {
        let fetches = fetches([
            preflight(1, 0, "PUT", &PASS),
            put(2, 200, &ACAO),
            put(3, wait * second, &ACAO),
        ]);
        assert_eq!(fetches.len(), 2);
        let judged = judge(&fetches[1], Browser::Chromium).unwrap();
        assert_eq!(judged.standing, Standing::Allowed);
        assert_eq!(judged.cached_preflight, cached);
        assert_eq!(judged.assumed_preflight, cached.is_none());
    }
}

#[test]
fn a_redirect_is_one_fetch_and_taints_the_origin() {
    let redirect = exchange(
        1,
        0,
        "GET https://api.test/old",
        &[("Origin", PAGE)],
        Some((
            302,
            &[
                ("Access-Control-Allow-Origin", PAGE),
                ("Location", "https://other.test/new#part"),
            ],
        )),
    );
    let target = exchange(
        2,
        150,
        "GET https://other.test/new",
        &[("Origin", "null")],
        Some((200, &ACAO)),
    );
    let fetches = fetches([redirect, target]);
    assert_eq!(fetches.len(), 1);
    assert_eq!(fetches[0].page_origin, PAGE);
    let judged = judge(&fetches[0], Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Blocked);
    let fault = judged.play.verdict.blocked_by().unwrap();
    assert_eq!(fault.cause.name(), "acao_mismatch");
}

#[test]
fn a_same_origin_redirect_that_leaves_begins_the_fetch() {
    let own = exchange(
        1,
        0,
        "GET https://app.test/go",
        &[
            ("Sec-Fetch-Mode", "cors"),
            ("Sec-Fetch-Site", "same-origin"),
        ],
        Some((302, &[("Location", "https://api.test/x")])),
    );
    let target = exchange(
        2,
        150,
        "GET https://api.test/x",
        &[("Origin", PAGE)],
        Some((200, &[])),
    );
    let fetches = fetches([own, target]);
    assert_eq!(fetches.len(), 1);
    assert_eq!(ids(&fetches[0]), [1, 2]);
    assert_eq!(scenario(&fetches[0]).request.url, "https://app.test/go");
}

#[test]
fn what_cors_does_not_decide_is_left_aside() {
    let table = [
        (
            "GET https://app.test/",
            vec![("Sec-Fetch-Mode", "navigate"), ("Origin", PAGE)],
        ),
        ("POST https://app.test/x", vec![("Origin", PAGE)]),
        ("GET https://api.test/x", vec![]),
        ("GET not-a-url", vec![("Origin", PAGE)]),
    ];
    for (line, headers) in table {
        let mut pairing = Pairing::new();
        let one = exchange(1, 0, line, &headers, Some((200, &[])));
        assert_eq!(pairing.observe(one), None, "{line}");
    }
}

#[test]
fn credentials_are_inferred_or_both_are_judged() {
    let star = [("Access-Control-Allow-Origin", "*")];
    let get = |headers: &[(&str, &str)]| {
        let exchange = exchange(1, 0, "GET https://api.test/x", headers, Some((200, &star)));
        judge(&fetches([exchange])[0], Browser::Chromium)
            .unwrap()
            .standing
    };
    assert_eq!(
        get(&[("Origin", PAGE), ("Cookie", "a=1")]),
        Standing::Blocked
    );
    assert_eq!(get(&[("Origin", PAGE)]), Standing::DependsOnCredentials);
}

#[test]
fn a_request_after_a_preflight_that_forbids_credentials_had_none() {
    let star = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "PUT"),
        ("Access-Control-Allow-Headers", "x-a"),
    ];
    let fetches = fetches([preflight(1, 0, "PUT", &star), put(2, 200, &star)]);
    let judged = judge(&fetches[0], Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Allowed);
}

#[test]
fn a_later_state_replaces_the_earlier_one() {
    let mut pairing = Pairing::new();
    let headers = [("Origin", PAGE)];
    let begun = exchange(7, 0, "GET https://api.test/x", &headers, None);
    let ended = exchange(7, 0, "GET https://api.test/x", &headers, Some((200, &ACAO)));
    let place = pairing.observe(begun).unwrap();
    assert!(place.is_new);
    let judged = judge(pairing.fetch(7).unwrap(), Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Unknown);
    assert!(!pairing.observe(ended).unwrap().is_new);
    let judged = judge(pairing.fetch(7).unwrap(), Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Allowed);
}

#[test]
fn memory_is_bounded() {
    let mut pairing = Pairing::new();
    for id in 0..(OPEN_FETCHES as u64 + 50) {
        let line = format!("GET https://api.test/{id}");
        pairing.observe(exchange(
            id,
            id,
            &line,
            &[("Origin", PAGE)],
            Some((200, &[])),
        ));
    }
    assert_eq!(pairing.take_settled().len(), 50);
    assert_eq!(pairing.open.len(), OPEN_FETCHES);
    assert_eq!(pairing.awaited.len(), OPEN_FETCHES);
    assert_eq!(pairing.fetch_of.len(), OPEN_FETCHES);
}

#[test]
fn a_proxy_hides_local_network_access() {
    let at = |exchange: Arc<Exchange>, address: &str| {
        let mut exchange = Arc::unwrap_or_clone(exchange);
        exchange.connection.remote_addr = Some(address.parse().unwrap());
        Arc::new(exchange)
    };
    let page = exchange(
        1,
        0,
        "GET https://app.test/",
        &[
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ],
        Some((200, &[])),
    );
    let target = exchange(
        2,
        9,
        "GET https://api.test/x",
        &[("Origin", PAGE), ("Sec-Fetch-Dest", "empty")],
        Some((200, &ACAO)),
    );
    let fetches = fetches([at(page, "93.184.216.34:443"), at(target, "127.0.0.1:8443")]);
    let judged = judge(&fetches[0], Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Allowed);
    assert!(judged.hidden_by_proxy.is_some());
}

#[test]
fn a_listed_request_that_its_preflight_stopped_is_no_fetch_of_its_own() {
    let refusal = [("Access-Control-Allow-Origin", PAGE)];
    let never_sent = |id, started| {
        let mut exchange = Arc::unwrap_or_clone(put(id, started, &[]));
        exchange.response = None;
        Arc::new(exchange)
    };
    // Whether it began before its preflight, as browsers count, or after it.
    for started in [1_000, 1_020] {
        let fetches = fetches([preflight(1, 1_010, "PUT", &refusal), never_sent(2, started)]);
        assert_eq!(fetches.len(), 1, "{started}");
        let judged = judge(&fetches[0], Browser::Firefox).unwrap();
        assert_eq!(judged.standing, Standing::Blocked);
        assert!(judged.play.verdict.legs[0].request.preflight);
    }
    // One that went out has passed a preflight that was not seen.
    let two = fetches([preflight(1, 1_010, "PUT", &refusal), put(2, 1_020, &PASS)]);
    assert_eq!(two.len(), 2);
}

#[test]
fn what_the_browser_denied_by_address_is_judged_by_address() {
    let at = |exchange: Arc<Exchange>, address: &str| {
        let mut exchange = Arc::unwrap_or_clone(exchange);
        exchange.connection.remote_addr = Some(address.parse().unwrap());
        Arc::new(exchange)
    };
    let navigation = [
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    let page = exchange(1, 0, "GET https://app.test/", &navigation, Some((200, &[])));
    let asked = exchange(2, 9, "GET http://127.0.0.1:81/x", &[("Origin", PAGE)], None);
    let mut asked = Arc::unwrap_or_clone(asked);
    asked.hints.browser = Some(Box::new(corscope_fetch::exchange::BrowserSaid {
        cors_error: Some("LocalNetworkAccessPermissionDenied".to_owned()),
        ..Default::default()
    }));
    let fetches = fetches([at(page, "93.184.216.34:443"), Arc::new(asked)]);
    let judged = judge(&fetches[0], Browser::Chromium).unwrap();
    assert_eq!(judged.standing, Standing::Blocked);
    let cause = judged.play.verdict.blocked_by().unwrap().cause.name();
    assert!(cause.starts_with("lna"), "{cause}");
    assert_eq!(judged.hidden_by_proxy, None);
}
