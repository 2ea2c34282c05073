//! Faults that look alike to the browser, and what tells them apart.

#![allow(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use corscope_diagnose::diagnostic::Who;
use corscope_diagnose::render::{Report, TextOptions, markdown, text};
use corscope_diagnose::scenario::{Subject, play, scenario_from_json};
use corscope_diagnose::{Diagnostic, Sight, diagnose, remedy, verdict_document};
use corscope_fetch::{Browser, PreflightCache};
use serde_json::{Value, json};

/// What is found in a scenario, and the report on it.
fn found(scenario: &Value) -> (Vec<Diagnostic>, String) {
    let scenario = scenario_from_json(scenario.to_string().as_bytes()).unwrap();
    let subject = Subject::new(&scenario).unwrap();
    let play = play(&subject, Browser::Chromium, &mut PreflightCache::new(), 0);
    let sight = Sight {
        subject: &subject,
        scenario: Some(&scenario),
        play: &play,
    };
    let mut found = diagnose(&sight);
    remedy::prove(&sight, &mut found);
    let document = verdict_document(None, &sight, &found);
    let report = Report::new(sight, &found, &document);
    let mut all = text(&report, TextOptions::default());
    all.push_str(&markdown(&report));
    all.push_str(&serde_json::to_string(&document.diagnostics).unwrap());
    drop(document);
    (found, all)
}

fn codes(found: &[Diagnostic]) -> Vec<&str> {
    found.iter().map(|it| it.rule.code).collect()
}

fn said(diagnostic: &Diagnostic) -> String {
    let explanation = &diagnostic.explanation;
    let titles = explanation.remedies.iter().map(|it| it.title.clone());
    let parts = [explanation.headline.clone()].into_iter();
    parts
        .chain(explanation.notes.clone())
        .chain(titles)
        .collect::<Vec<_>>()
        .join("\n")
}

fn asked(url: &str, responses: Value) -> Value {
    json!({
        "page": { "origin": "http://localhost:3000" },
        "request": { "url": url },
        "responses": responses,
    })
}

#[test]
fn plain_http_on_a_tls_port_is_no_matter_of_cors() {
    for words in [
        "<center>The plain HTTP request was sent to HTTPS port</center>",
        "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Bad Request\nThis combination of host and port requires TLS.",
    ] {
        let answer = json!({ "status": 400, "body": words });
        let mut scenario = asked("http://127.0.0.1:8443/items", json!([answer]));
        for headers in [json!([]), json!([["X-A", "1"]])] {
            scenario["request"]["headers"] = headers;
            scenario["preflight"] = answer.clone();
            let (found, _) = found(&scenario);
            assert_eq!(found[0].rule.code, "http-to-https-port", "{words}");
            let remedies = &found[0].explanation.remedies;
            assert_eq!(remedies.len(), 1, "{remedies:?}");
            assert_eq!(remedies[0].title, "ask `https://127.0.0.1:8443/items`");
            assert_eq!(remedies[0].who, Who::Client);
            let again = found
                .iter()
                .filter(|it| it.rule.code == "http-to-https-port");
            assert_eq!(again.count(), 1);
        }
    }
    // Another 400, and the same words over https, are something else.
    let (other, _) = found(&asked(
        "http://127.0.0.1/",
        json!([{ "status": 400, "body": "no" }]),
    ));
    assert_ne!(other[0].rule.code, "http-to-https-port");
}

#[test]
fn a_sibling_path_with_the_header_shows_what_is_left_out() {
    let probe = json!({
        "note": "the sibling path /", "method": "GET", "url": "http://127.0.0.1:8000/",
        "request_headers": [["Origin", "http://localhost:3000"]], "status": 404,
        "headers": [["Access-Control-Allow-Origin", "*"]],
    });
    for (server, hint) in [
        ("nginx/1.22.1", "repeat the outer `add_header` lines"),
        ("other", "let the CORS middleware stand before the routes"),
    ] {
        let answer = json!([{ "status": 200, "headers": [["Server", server]] }]);
        let mut scenario = asked("http://127.0.0.1:8000/api/items", answer);
        let (without, _) = found(&scenario);
        assert!(!said(&without[0]).contains("does have the header"));
        scenario["probes"] = json!([probe]);
        let (with, _) = found(&scenario);
        assert_eq!(with[0].rule.code, "acao-missing");
        let said = said(&with[0]);
        assert!(
            said.contains("`http://127.0.0.1:8000/` does have the header"),
            "{said}"
        );
        assert!(said.contains(hint), "{said}");
    }
}

#[test]
fn nginx_leaves_errors_out_without_always() {
    let probe = json!({
        "note": "the sibling path /", "method": "GET", "url": "http://127.0.0.1:8000/",
        "request_headers": [], "status": 200, "headers": [["Access-Control-Allow-Origin", "*"]],
    });
    let answer = json!([{ "status": 404, "headers": [["Server", "nginx"]] }]);
    let mut scenario = asked("http://127.0.0.1:8000/api/items", answer);
    scenario["probes"] = json!([probe]);
    let (found, _) = found(&scenario);
    assert_eq!(found[0].rule.code, "acao-missing-on-error-response");
    assert!(
        said(&found[0]).contains("end in `always`"),
        "{}",
        said(&found[0])
    );
}

#[test]
fn a_preflight_alone_redirected_is_not_called_every_method() {
    let base = json!({
        "page": { "origin": "https://app.example" },
        "request": { "method": "PUT", "url": "https://api.example/items" },
        "preflight": { "status": 302, "headers": [["Location", "https://elsewhere.example/x"]] },
    });
    for (status, word) in [
        (Some(200), "GET is answered 200 there"),
        (Some(302), "every method alike"),
        (None, "Something redirects before"),
    ] {
        let mut scenario = base.clone();
        if let Some(status) = status {
            scenario["probes"] = json!([{
                "note": "the same path with GET", "method": "GET",
                "url": "https://api.example/items", "request_headers": [],
                "status": status, "headers": [],
            }]);
        }
        let (found, _) = found(&scenario);
        assert_eq!(found[0].rule.code, "preflight-redirect");
        let said = said(&found[0]);
        assert!(said.contains(word), "{said}");
        assert_eq!(said.contains("at once"), status != Some(200), "{said}");
    }
}

#[test]
fn a_gateways_error_is_named_once() {
    for (status, expected) in [
        (502, vec!["acao-missing-on-gateway-error"]),
        (504, vec!["acao-missing-on-gateway-error"]),
        (
            500,
            vec!["acao-missing-on-error-response", "server-error-5xx"],
        ),
    ] {
        let (found, _) = found(&asked(
            "https://api.example/",
            json!([{ "status": status }]),
        ));
        assert_eq!(codes(&found), expected, "{status}");
    }
    let readable = json!([{ "status": 502, "headers": [["Access-Control-Allow-Origin", "*"]] }]);
    let (found, _) = found(&asked("https://api.example/", readable));
    assert!(codes(&found).contains(&"server-error-5xx"));
}

#[test]
fn a_redirect_to_a_login_is_told_once() {
    let hops = json!([
        { "status": 302, "headers": [["Location", "https://login.example/signin"]] },
        { "status": 200, "headers": [["Content-Type", "text/html"]] },
    ]);
    let mut scenario = asked("https://api.example/items", hops);
    scenario["request"]["headers"] = json!([["X-A", "1"]]);
    scenario["preflight"] = json!({ "status": 204 });
    let (found, _) = found(&scenario);
    let logins = codes(&found)
        .into_iter()
        .filter(|it| *it == "redirect-to-login");
    assert_eq!(logins.count(), 1, "{:?}", codes(&found));
}

#[test]
fn passwords_in_urls_are_told_to_nobody() {
    for (mode, location) in [
        ("cors", "https://user:s3cr3t@b.example/x"),
        ("cors", "//user:s3cr3t@api.example/x"),
        ("same-origin", "https://user:s3cr3t@b.example/x"),
    ] {
        let hop = json!({ "status": 302, "headers": [["Location", location],
            ["Access-Control-Allow-Origin", "http://localhost:3000"]] });
        let mut scenario = asked("http://localhost:3000/items", json!([hop, hop]));
        scenario["request"]["mode"] = json!(mode);
        let (_, all) = found(&scenario);
        assert!(!all.contains("s3cr3t"), "{all}");
        assert!(all.contains("***@"), "{all}");
    }
    let mut preflight = asked("https://api.example/", json!([]));
    preflight["request"]["method"] = json!("PUT");
    preflight["preflight"] = json!({ "status": 302,
        "headers": [["Location", "https://user:s3cr3t@b.example/x"]] });
    let (_, all) = found(&preflight);
    assert!(!all.contains("s3cr3t"), "{all}");
}

#[test]
fn a_redirect_to_where_no_request_is_sent_is_shown() {
    for (mode, rule, location) in [
        ("cors", "redirect-mixed-content", "http://b.example/x"),
        (
            "same-origin",
            "redirect-out-of-same-origin",
            "https://b.example/x",
        ),
    ] {
        let hop = json!({ "status": 302, "headers": [["Location", location]] });
        let scenario = json!({
            "page": { "origin": "https://app.example" },
            "request": { "url": "https://app.example/items", "mode": mode },
            "responses": [hop],
        });
        let (found, all) = found(&scenario);
        assert_eq!(found[0].rule.code, rule);
        assert!(!found[0].evidence.is_empty(), "{rule}");
        assert!(
            all.contains(&format!("│ Location: {location}\n    │           ^")),
            "{all}"
        );
    }
}

fn possible(found: &[Diagnostic]) -> Vec<&str> {
    found[0].also_possible.iter().map(|it| it.code).collect()
}

#[test]
fn what_else_fits_is_named_where_the_cause_is_not_certain() {
    let url = "https://api.example.com/items";
    let refused = json!({
        "page": { "origin": "http://localhost:3000" },
        "request": { "url": url, "method": "PUT" },
        "preflight": { "status": 403, "headers": [] },
    });
    let aged = asked(url, json!([{ "status": 200, "headers": [["Age", "60"]] }]));
    let table = [
        (
            refused,
            "preflight-rejected-by-security",
            "preflight-acao-missing",
        ),
        (aged, "cache-missing-vary-origin", "acao-missing"),
    ];
    for (mut scenario, winner, other) in table {
        let (list, all) = found(&scenario);
        assert_eq!(list[0].rule.code, winner);
        assert!(possible(&list).contains(&other), "{:?}", possible(&list));
        assert!(all.contains("Also possible: "), "{all}");
        assert!(all.contains("tell them apart"), "{all}");
        let listed = serde_json::to_string(&possible(&list)).unwrap();
        assert!(
            all.contains(&format!("\"also_possible\":{listed}")),
            "{all}"
        );
        // Probes that were sent and left it open are not advised again.
        scenario["probes"] =
            json!([{ "note": "x", "method": "GET", "url": "https://other.example/" }]);
        assert!(!found(&scenario).1.contains("tell them apart"));
    }
    let certain = asked(url, json!([{ "status": 200, "headers": [] }]));
    assert_eq!(possible(&found(&certain).0), Vec::<&str>::new());
}

#[test]
fn what_fails_for_every_client_is_not_mended_by_forwarding() {
    let forwards = |scenario: &Value| {
        let (found, _) = found(scenario);
        let remedies = found.iter().flat_map(|it| &it.explanation.remedies);
        remedies
            .filter(|it| it.who == Who::Proxy && it.proved)
            .count()
    };
    let url = "http://api.example.com/items";
    let failing = |error: &str, during: &str, method: &str| {
        json!({
            "page": { "origin": "http://localhost:3000" },
            "request": { "url": url, "method": method },
            "network": { "error": error, "during": during },
        })
    };
    for error in [
        "net::ERR_CONNECTION_REFUSED",
        "net::ERR_NAME_NOT_RESOLVED",
        "net::ERR_CERT_AUTHORITY_INVALID",
    ] {
        assert_eq!(forwards(&failing(error, "actual", "GET")), 0, "{error}");
        assert_eq!(forwards(&failing(error, "preflight", "PUT")), 0, "{error}");
    }
    for error in [
        "net::ERR_INVALID_HTTP_RESPONSE",
        "net::ERR_RESPONSE_HEADERS_TOO_BIG",
        "net::ERR_TIMED_OUT",
        "net::ERR_EMPTY_RESPONSE",
    ] {
        assert_eq!(forwards(&failing(error, "actual", "GET")), 0, "{error}");
    }
    // A server may drop OPTIONS alone, and what the browser forbids binds no server.
    let dropped = failing("net::ERR_EMPTY_RESPONSE", "preflight", "PUT");
    assert_eq!(forwards(&dropped), 1);
    assert_eq!(forwards(&asked(url, json!([{ "status": 200 }]))), 1);
}

#[test]
fn an_error_that_cors_hides_is_mended_before_the_headers() {
    let first = |answer: Value| {
        let (found, _) = found(&asked("http://api.example.com/", json!([answer])));
        found[0].explanation.remedies.clone()
    };
    let crashed = first(json!({ "status": 500 }));
    assert!(!crashed[0].proved && crashed[0].title.contains("log"));
    assert!(crashed[1].proved);
    let gateway = first(json!({ "status": 502, "headers": [["Server", " awselb/2.0"]] }));
    assert!(!gateway[0].proved && gateway[0].title.contains("application"));
    // What is not the server's own answer is not worth reading.
    for header in [
        ["ngrok-error-code", " ERR_NGROK_6024"],
        ["cf-mitigated", " challenge"],
    ] {
        let remedies = first(json!({ "status": 403, "headers": [header] }));
        assert!(!remedies.is_empty());
        assert!(remedies.iter().all(|it| !it.proved), "{header:?}");
    }
}

#[test]
fn a_circle_of_redirects_is_not_left_by_asking_within_it() {
    let url = "http://api.example.com/items";
    let hop = json!({
        "status": 302,
        "headers": [["Access-Control-Allow-Origin", " *"], ["Location", " /items"]],
    });
    let (found, _) = found(&asked(url, json!(vec![hop; 21])));
    assert_eq!(codes(&found)[0], "redirect-loop");
    let remedies = &found[0].explanation.remedies;
    assert!(!remedies.is_empty());
    assert!(remedies.iter().all(|it| !it.proved));
}

#[test]
fn what_a_redirect_asks_for_in_vain_is_found_at_the_redirect() {
    let to = |location: &str| {
        json!([{
            "status": 302,
            "headers": [["Access-Control-Allow-Origin", " *"], ["Location", location]],
        }])
    };
    let mut mixed = asked("https://api.example.com/", to(" http://api.example.com/"));
    mixed["page"]["origin"] = json!("https://app.example.com");
    let mut leaving = asked("http://localhost:3000/", to(" http://api.example.com/"));
    leaving["request"]["mode"] = json!("same-origin");
    for (scenario, rule) in [
        (mixed, "redirect-mixed-content"),
        (leaving, "redirect-out-of-same-origin"),
    ] {
        let (found, _) = found(&scenario);
        assert_eq!(found[0].rule.code, rule);
        assert_eq!(found[0].leg, "redirect", "{rule}");
        assert!(!found[0].evidence.is_empty(), "{rule}");
    }
    // Before anything was sent there is no redirect.
    let mut never = asked("http://api.example.com/", json!([{ "status": 200 }]));
    never["request"]["mode"] = json!("same-origin");
    assert_eq!(found(&never).0[0].leg, "request");
}

#[test]
fn a_scripts_mistake_is_mended_in_the_script_first() {
    let allowed = json!([["Access-Control-Allow-Origin", " http://localhost:3000"]]);
    let answer = json!({ "status": 200, "headers": allowed });
    let mut scenario = asked("http://api.example.com/", json!([answer]));
    scenario["preflight"] = answer;
    scenario["request"]["headers"] = json!([["Access-Control-Allow-Origin", "*"]]);
    let (found, _) = found(&scenario);
    assert_eq!(codes(&found)[0], "client-sends-cors-response-header");
    let remedies = &found[0].explanation.remedies;
    assert!(remedies[0].who == Who::Client && remedies[0].proved);
    assert!(remedies.iter().any(|it| it.who == Who::Server && it.proved));
}
