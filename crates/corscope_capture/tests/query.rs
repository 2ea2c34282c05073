//! The filter language: what it finds, how it tells of mistakes, what it suggests.

use std::sync::Arc;

use corscope_capture::query::{KEYS, Query, complete};
use corscope_capture::row::{CorsOutcome, Judged, PreflightState, Row};
use corscope_capture::store::{BUDGET, Retention, Store};
use corscope_fetch::exchange::{Exchange, ObservedBody, ObservedRequest, ObservedResponse, Timing};

fn row() -> Row {
    Row {
        exchange: Arc::new(Exchange {
            id: 12,
            ended: true,
            request: ObservedRequest {
                method: "PUT".into(),
                url: "https://u@API.test:8443/v1/Items?q=shoes".into(),
                header_list: [("Origin", " https://app.test"), ("Cookie", "a=b")]
                    .into_iter()
                    .collect(),
                body: ObservedBody {
                    bytes: b"{\"name\":\"x y\"}".to_vec(),
                    len: 14,
                },
                ..ObservedRequest::default()
            },
            response: Some(ObservedResponse {
                status: 404,
                header_list: [("Vary", "Accept, Origin")].into_iter().collect(),
                body: ObservedBody {
                    bytes: Vec::new(),
                    len: 20_000,
                },
                ..ObservedResponse::default()
            }),
            timing: Timing {
                total: Some(150_000),
                ..Timing::default()
            },
            ..Exchange::default()
        }),
        judged: Judged {
            cors: CorsOutcome::Fail,
            reasons: vec!["acah-header-missing".into()],
            preflight: PreflightState::Missing,
            lna: Some("denied".into()),
        },
        ..Row::default()
    }
}

#[test]
fn each_key_finds_what_it_says() {
    let row = row();
    for (filter, wanted) in [
        ("", true),
        ("cors:fail", true),
        ("CORS:Fail", true),
        ("cors:ok", false),
        ("reason:acah-header-missing", true),
        ("reason:acah", true),
        ("reason:=acah", false),
        ("preflight:missing", true),
        ("preflight:cached", false),
        ("lna:denied", true),
        ("lna:any", true),
        ("origin:app.test", true),
        ("origin:=https://app.test", true),
        ("origin:=app.test", false),
        ("host:api.test", true),
        ("host:=api.test:8443", true),
        ("host:items", false),
        ("path:/v1/items", true),
        ("path:shoes", false),
        ("url:shoes", true),
        ("method:put", true),
        ("method:pu", false),
        ("status:404", true),
        ("status:>=400", true),
        ("status:>404", false),
        ("status:<405", true),
        ("status:4xx", true),
        ("status:5xx", false),
        ("status:400-403", false),
        ("header:vary", true),
        ("header:vary=origin", true),
        ("header:vary=cookie", false),
        ("header:x", false),
        ("body:\"x y\"", true),
        ("body:z", false),
        ("size:>10k", true),
        ("size:<1.5k", false),
        ("time:>100ms", true),
        ("time:>1s", false),
        ("time:150", true),
        ("id:12", true),
        ("is:error", false),
        ("is:cors", true),
        ("is:websocket", false),
        ("is:open", false),
        ("has:cookie", true),
        ("has:authorization", false),
        ("has:credentials", true),
        ("has:body", true),
        ("shoes", true),
        ("\"accept, origin\"", true),
        ("https://u@api", true),
        ("api.test:8443", true),
        ("sandals", false),
    ] {
        let query = Query::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(query.matches(&row), wanted, "{filter}");
    }
}

#[test]
fn terms_are_combined_as_one_reads_them() {
    let row = row();
    for (filter, wanted) in [
        ("cors:fail method:put", true),
        ("cors:fail and method:get", false),
        ("cors:ok or method:put", true),
        ("cors:ok or method:get", false),
        ("-cors:ok", true),
        ("not cors:fail", false),
        ("--cors:fail", true),
        ("not (cors:ok or method:get) shoes", true),
        ("cors:ok method:get or status:404", true),
        ("cors:ok (method:get or status:404)", false),
        ("\"or\" or shoes", true),
        ("-(cors:fail)", false),
        ("  ( ( shoes ) )  ", true),
    ] {
        assert_eq!(
            Query::parse(filter).unwrap().matches(&row),
            wanted,
            "{filter}"
        );
    }
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_was_meant() {
    for (filter, wrong, message, suggestion) in [
        (
            "cors:fail sttaus:404",
            "sttaus",
            "there is no key `sttaus`",
            Some("status"),
        ),
        (
            "orign:x",
            "orign",
            "there is no key `orign`",
            Some("origin"),
        ),
        (
            "frobnicate:x",
            "frobnicate",
            "there is no key `frobnicate`",
            None,
        ),
        (
            "cors:fial",
            "fial",
            "`cors:` takes `fail`, `ok`, `unknown`, `none`, not `fial`",
            Some("fail"),
        ),
        (
            "is:modifed",
            "modifed",
            "`is:` takes `websocket`, `modified`, `error`, `preflight`, `pinned`, `open`, `cors`, not `modifed`",
            Some("modified"),
        ),
        (
            "status:>=",
            ">=",
            "`status:` takes a number such as `>=400`, `200`, `4xx`, `5xx`, `300-399`, not `>=`",
            None,
        ),
        (
            "status:zxx",
            "zxx",
            "`status:` takes a number such as `>=400`, `200`, `4xx`, `5xx`, `300-399`, not `zxx`",
            None,
        ),
        (
            "é size:big",
            "big",
            "`size:` takes a number such as `>10k`, `<1k`, `>1m`, not `big`",
            None,
        ),
        ("host:", "host:", "`host:` needs a value", None),
        ("a \"b", "\"b", "the quote is not closed", Some("\"b\"")),
        ("(a", "(", "the parenthesis is not closed", None),
        ("a )", ")", "no parenthesis is open here", None),
        ("a or", "or", "`or` needs a condition on both sides", None),
        ("or a", "or", "`or` needs a condition on both sides", None),
        ("a not", "", "a condition is missing here", None),
        ("-)", ")", "a condition is missing before this", None),
    ] {
        let error = Query::parse(filter).unwrap_err();
        assert_eq!(&filter[error.span.clone()], wrong, "{filter}");
        assert_eq!(error.message, message, "{filter}");
        assert_eq!(error.suggestion.as_deref(), suggestion, "{filter}");
    }
    let deep = "(".repeat(100_000);
    assert_eq!(
        Query::parse(&deep).unwrap_err().message,
        "this is nested too deeply"
    );
}

#[test]
fn each_listed_value_is_understood() {
    for key in KEYS {
        for value in key.values {
            let filter = format!("{}:{value}", key.name);
            Query::parse(&filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        }
    }
}

#[test]
fn what_may_stand_at_the_cursor_is_told() {
    let texts = |filter: &str, cursor| -> Vec<String> {
        let found = complete(filter, cursor, &["acao-missing", "acah-header-missing"]);
        found
            .candidates
            .into_iter()
            .map(|candidate| candidate.text)
            .collect()
    };
    assert_eq!(texts("", 0).len(), KEYS.len());
    assert_eq!(texts("st", 2), ["status:"]);
    assert_eq!(texts("cors:fail -(pr", 14), ["preflight:"]);
    assert_eq!(texts("cors:", 5), ["fail", "ok", "unknown", "none"]);
    assert_eq!(texts("is:m host:x", 4), ["modified"]);
    assert_eq!(
        texts("reason:aca", 10),
        ["acao-missing", "acah-header-missing"]
    );
    assert_eq!(texts("é", 1).len(), KEYS.len());
    assert_eq!(complete("x -cors:f", 9, &[]).span, 8..9);
    assert!(texts("shoes", 5).is_empty() && texts("what:", 5).is_empty());
}

#[test]
fn the_same_filter_finds_the_same_rows_in_memory_and_in_the_file() {
    let folder = std::env::temp_dir().join(format!("corscope-query-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = Store::saving(&folder.join("a.db"), BUDGET, Retention::default()).unwrap();
    for id in 1..=200 {
        let mut row = row();
        let exchange = Arc::make_mut(&mut row.exchange);
        exchange.id = id;
        exchange.response.as_mut().unwrap().status = 200 + (id % 7 * 50) as u16;
        row.judged.cors = CorsOutcome::ALL[id as usize % 4];
        if id % 3 == 0 {
            exchange.response = None;
        }
        store.put_judged(row.exchange, row.judged);
    }
    assert!(store.flush(std::time::Duration::from_secs(30)));
    for filter in [
        "",
        "cors:fail",
        "status:>=400 cors:fail",
        "-status:>=400",
        "cors:ok or status:250",
        "id:<20 shoes",
        "is:error",
        "-has:response",
        "host:nowhere",
    ] {
        let query = Query::parse(filter).unwrap();
        let in_memory = store.search(&query, 150, 30);
        let saved = store.search_saved(&query, 150, 30).unwrap();
        let ids =
            |rows: &[Arc<Row>]| -> Vec<_> { rows.iter().map(|row| row.exchange.id).collect() };
        assert_eq!(ids(&in_memory), ids(&saved), "{filter}");
    }
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}
