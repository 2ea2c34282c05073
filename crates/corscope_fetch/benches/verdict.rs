//! How fast a verdict is reached, without a trace. "built" starts from a request that is built
//! already, so that only the fetch is measured; the others start from what a script says, URL and
//! all.
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up must fail"
)]

use std::hint::black_box;
use std::sync::Arc;

use corscope_fetch::request::Request;
use corscope_fetch::request_init::{Body, BodyType};
use corscope_fetch::{
    Answer, Browser, Client, Fetch, HeaderList, Mode, Next, Options, Origin, Outcome,
    PreflightCache, RequestInit, Response, Verdict,
};
use criterion::{Criterion, criterion_group, criterion_main};

struct Case {
    name: &'static str,
    init: RequestInit,
    preflight: Answer,
    responses: Vec<Answer>,
    readable: bool,
}

fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
    let list: HeaderList = headers.iter().copied().collect();
    Answer::Response(Arc::new(Response::new(status, list)))
}

const ALLOWED: [(&str, &str); 2] = [
    ("Access-Control-Allow-Origin", "https://app.example"),
    ("Vary", "Origin"),
];

fn cases() -> Vec<Case> {
    let get = RequestInit {
        url: "https://api.example/items?page=1".to_owned(),
        method: "GET".to_owned(),
        ..RequestInit::default()
    };
    let ok = [
        ("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
        ("Content-Type", "application/json"),
        ("Content-Length", "27"),
        ("Access-Control-Allow-Origin", "https://app.example"),
        ("Vary", "Origin"),
    ];
    let preflight = answer(
        204,
        &[
            ("Date", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("Access-Control-Allow-Origin", "https://app.example"),
            ("Access-Control-Allow-Methods", "GET, PUT, DELETE"),
            ("Access-Control-Allow-Headers", "content-type, x-foo"),
            ("Access-Control-Max-Age", "0"),
            ("Vary", "Origin"),
        ],
    );
    let stored_preflight = answer(
        204,
        &[
            ("Access-Control-Allow-Origin", "https://app.example"),
            ("Access-Control-Allow-Methods", "GET, PUT, DELETE"),
            ("Access-Control-Allow-Headers", "content-type, x-foo"),
            ("Access-Control-Max-Age", "600"),
        ],
    );
    let put = RequestInit {
        url: "https://api.example/items/1".to_owned(),
        method: "PUT".to_owned(),
        headers: vec![
            ("X-Foo".to_owned(), "1".to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ],
        body: Some(Body {
            kind: BodyType::String,
            data: "{\"a\":1}".to_owned(),
            content_type: None,
        }),
        ..RequestInit::default()
    };
    let to = |location| {
        let mut headers = ALLOWED.to_vec();
        headers.push(("Location", location));
        answer(302, &headers)
    };
    vec![
        Case {
            name: "preflighted",
            init: put.clone(),
            preflight: preflight.clone(),
            responses: vec![answer(200, &ok)],
            readable: true,
        },
        Case {
            name: "preflighted_and_stored",
            init: put.clone(),
            preflight: stored_preflight,
            responses: vec![answer(200, &ok)],
            readable: true,
        },
        Case {
            name: "simple",
            init: get.clone(),
            preflight: preflight.clone(),
            responses: vec![answer(200, &ok)],
            readable: true,
        },
        Case {
            name: "redirected",
            init: get.clone(),
            preflight: preflight.clone(),
            responses: vec![to("/items?page=2"), to("/items?page=3"), answer(200, &ok)],
            readable: true,
        },
        Case {
            name: "blocked",
            init: put,
            preflight: answer(404, &[("Content-Type", "text/html")]),
            responses: vec![],
            readable: false,
        },
        Case {
            name: "blocked_early",
            init: RequestInit {
                mode: Some(Mode::SameOrigin),
                ..get
            },
            preflight,
            responses: vec![],
            readable: false,
        },
    ]
}

fn drive(mut fetch: Fetch<'_>, case: &Case) -> Verdict {
    let mut cache = PreflightCache::new();
    let mut next = fetch.start(&mut cache, 0);
    while next == Next::Send {
        let preflight = fetch.outgoing().is_some_and(|request| request.preflight);
        let answer = if preflight {
            &case.preflight
        } else {
            &case.responses[fetch.hop()]
        };
        next = fetch.receive(answer.clone(), &mut cache, 0);
    }
    fetch.finish()
}

fn verdicts(criterion: &mut Criterion) {
    let client = Client::new(Origin::parse("https://app.example").unwrap());
    let user_agent = Browser::Chromium.profile();
    let options = Options::default();
    for case in cases() {
        let from_init = || drive(Fetch::new(&case.init, &client, user_agent, options), &case);
        let readable = matches!(from_init().outcome, Outcome::Readable { .. });
        assert_eq!(readable, case.readable, "{}", case.name);
        criterion.bench_function(&format!("{} from init", case.name), |bench| {
            bench.iter(|| black_box(from_init()));
        });
        let request = Request::build(&case.init, user_agent).unwrap();
        criterion.bench_function(&format!("{} built", case.name), |bench| {
            bench.iter_batched(
                || request.clone(),
                |request| {
                    let fetch = Fetch::of(request, &client, user_agent, options);
                    black_box(drive(fetch, &case))
                },
                criterion::BatchSize::SmallInput,
            );
        });
    }
}

criterion_group!(benches, verdicts);
criterion_main!(benches);
