//! What holds for every fetch, whoever asks and whatever comes back.

use std::sync::Arc;

use corscope_fetch::request_init::{Body, BodyType, CacheMode, CrossOrigin, RedirectMode};
use corscope_fetch::{
    Answer, Api, Browser, Client, CredentialsMode, Fetch, HeaderList, Mode, NetworkFailure, Next,
    Options, Origin, Outcome, PreflightCache, RequestInit, Response, SentRequest, StepResult,
    Verdict,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// One whole case: who asks what of whom, and everything that comes back.
#[derive(Clone, Debug)]
struct Case {
    page: &'static str,
    csp: Option<&'static str>,
    browser: Browser,
    init: RequestInit,
    answers: Vec<Answer>,
}

const ORIGINS: [&str; 4] = [
    "https://a.test",
    "https://b.test",
    "http://localhost:8000",
    "null",
];

const URLS: [&str; 14] = [
    "https://a.test/",
    "https://b.test/x?q#f",
    "https://c.test/",
    "http://localhost:8000/",
    "http://b.test/",
    "https://u:p@b.test/",
    "https://u:p@a.test/",
    "https://b.test:6000/",
    "data:,x",
    "data:x",
    "blob:https://a.test/1",
    "file:///x",
    "wss://b.test/",
    "http://",
];

fn values() -> impl Strategy<Value = String> {
    prop_oneof![
        select(
            &[
                "*",
                "https://a.test",
                "https://b.test",
                "null",
                "true",
                "True",
                "",
                "PUT, patch",
                "x-a,*",
                "x y",
                "600",
                "0",
                "-1",
                "same-origin",
                "text/plain",
                "application/json",
                "bytes=0-9",
                "é",
                "authorization, x-a, content-type",
                "https://c.test/",
                "/2",
                "data:,x",
                "https://u:p@b.test/",
            ][..]
        )
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ]
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => select(&[
            "Access-Control-Allow-Origin", "access-control-allow-origin",
            "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
            "Access-Control-Allow-Headers", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
            "Location", "ETag", "Set-Cookie", "Content-Type", "Cross-Origin-Resource-Policy",
        ][..]).prop_map(str::to_owned),
        1 => "[ -~]{0,6}",
    ]
}

fn answers() -> impl Strategy<Value = Answer> {
    let headers = prop::collection::vec((names(), values()), 0..8);
    let status = select(
        &[
            200, 200, 200, 204, 301, 302, 303, 304, 307, 308, 401, 404, 407, 500,
        ][..],
    );
    prop_oneof![
        9 => (status, headers).prop_map(|(status, headers)| {
            let list: HeaderList = headers.into_iter().collect();
            Answer::Response(Arc::new(Response::new(status, list)))
        }),
        1 => Just(Answer::Failure(NetworkFailure { error: "".into(), closed: true })),
    ]
}

fn inits() -> impl Strategy<Value = RequestInit> {
    let api = select(
        &[
            Api::Fetch,
            Api::Fetch,
            Api::Fetch,
            Api::Xhr,
            Api::Xhr,
            Api::Img,
            Api::Script,
            Api::Module,
            Api::Style,
            Api::Font,
            Api::Media,
            Api::EventSource,
            Api::Beacon,
            Api::WebSocket,
            Api::Worker,
            Api::Canvas,
            Api::Iframe,
        ][..],
    );
    let method = select(
        &[
            "", "GET", "get", "HEAD", "POST", "PUT", "patch", "PATCH", "DELETE", "*", "TRACE",
            "G ET",
        ][..],
    );
    let header = (
        select(
            &[
                "Accept",
                "Content-Type",
                "X-A",
                "x-a",
                "Authorization",
                "Range",
                "Origin",
                "DPR",
                "User-Agent",
                "X-HTTP-Method",
                "*",
                "x y",
                "",
            ][..],
        ),
        values(),
    );
    let body = (
        select(
            &[
                BodyType::String,
                BodyType::Blob,
                BodyType::ArrayBuffer,
                BodyType::FormData,
                BodyType::UrlSearchParams,
                BodyType::Stream,
            ][..],
        ),
        option::of(values()),
        prop_oneof![9 => Just(1_usize), 1 => Just(70_000)],
    );
    let modes = (
        option::of(select(
            &[Mode::Cors, Mode::NoCors, Mode::SameOrigin, Mode::Navigate][..],
        )),
        option::of(select(
            &[
                CredentialsMode::Omit,
                CredentialsMode::SameOrigin,
                CredentialsMode::Include,
            ][..],
        )),
        select(
            &[
                RedirectMode::Follow,
                RedirectMode::Follow,
                RedirectMode::Error,
                RedirectMode::Manual,
            ][..],
        ),
        select(
            &[
                CacheMode::Default,
                CacheMode::Default,
                CacheMode::NoStore,
                CacheMode::Reload,
                CacheMode::NoCache,
                CacheMode::OnlyIfCached,
            ][..],
        ),
        option::of(select(
            &[CrossOrigin::Anonymous, CrossOrigin::UseCredentials][..],
        )),
    );
    let rest = (
        any::<bool>(),
        any::<bool>(),
        select(&["", "", "", "md5-x", "sha256-AAAA"][..]),
    );
    (
        api,
        method,
        select(&URLS[..]),
        prop::collection::vec(header, 0..4),
        option::of(body),
        modes,
        rest,
    )
        .prop_map(
            |(api, method, url, headers, body, modes, rest)| RequestInit {
                api,
                method: method.to_owned(),
                url: url.to_owned(),
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
                mode: modes.0,
                credentials: modes.1,
                redirect: modes.2,
                cache: modes.3,
                crossorigin: modes.4,
                integrity: rest.2.to_owned(),
                keepalive: rest.0,
                upload_listener: rest.1,
                body: body.map(|(kind, content_type, length)| Body {
                    kind,
                    data: "x".repeat(length),
                    content_type,
                }),
            },
        )
}

fn cases() -> impl Strategy<Value = Case> {
    (
        select(&ORIGINS[..]),
        option::weighted(
            0.1,
            select(
                &[
                    "connect-src 'self'",
                    "upgrade-insecure-requests",
                    "default-src *",
                ][..],
            ),
        ),
        select(&Browser::ALL[..]),
        inits(),
        prop::collection::vec(answers(), 0..6),
    )
        .prop_map(|(page, csp, browser, init, answers)| Case {
            page,
            csp,
            browser,
            init,
            answers,
        })
}

impl Case {
    fn client(&self) -> Client {
        Client {
            csp: self.csp.map(str::to_owned),
            ..Client::new(Origin::parse(self.page).unwrap())
        }
    }

    fn run(&self, options: Options, cache: &mut PreflightCache) -> Verdict {
        self.run_with(options, cache, |_, answer| answer)
    }

    fn run_with(
        &self,
        options: Options,
        cache: &mut PreflightCache,
        change: impl Fn(&SentRequest, Answer) -> Answer,
    ) -> Verdict {
        let client = self.client();
        let mut fetch = Fetch::new(&self.init, &client, self.browser.profile(), options);
        let mut next = fetch.start(cache, 0);
        for answer in &self.answers {
            let Some(sent) = fetch.outgoing().filter(|_| next == Next::Send) else {
                break;
            };
            next = fetch.receive(change(sent, answer.clone()), cache, 0);
        }
        if next == Next::Done {
            assert_eq!(fetch.outgoing(), None);
        }
        fetch.finish()
    }
}

const STRICT: Options = Options {
    trace: false,
    survey: false,
    target_space: None,
};
const TRACED: Options = Options {
    trace: true,
    survey: false,
    target_space: None,
};
const SURVEY: Options = Options {
    trace: true,
    survey: true,
    target_space: None,
};

fn is_blocked(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Error | Outcome::Throw)
}

/// A server that allows what is asked; what else it says stays.
fn granting(sent: &SentRequest, answer: Answer) -> Answer {
    let Answer::Response(response) = answer else {
        return answer;
    };
    let grants = |header: corscope_fetch::Header<'_>| {
        ["Origin", "Credentials", "Methods", "Headers"]
            .iter()
            .any(|it| header.is(&format!("access-control-allow-{it}")))
    };
    let mut list = response.header_list.without(grants);
    for (name, asked) in [
        ("Access-Control-Allow-Origin", "origin"),
        (
            "Access-Control-Allow-Methods",
            "access-control-request-method",
        ),
        (
            "Access-Control-Allow-Headers",
            "access-control-request-headers",
        ),
    ] {
        if let Some(value) = sent.header_list.get(asked) {
            list.push(name, value);
        }
    }
    list.push("Access-Control-Allow-Credentials", "true");
    Answer::Response(Arc::new(Response {
        header_list: list,
        ..(*response).clone()
    }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fetch_is_blocked_exactly_by_one_fault(case in cases()) {
        let verdict = case.run(STRICT, &mut PreflightCache::new());
        prop_assert_eq!(usize::from(is_blocked(&verdict)), verdict.faults.len());
        prop_assert_eq!(is_blocked(&verdict), verdict.blocked_by().is_some());
        prop_assert_eq!(verdict.outcome == Outcome::Throw, verdict.request.is_none());
        for fault in &verdict.faults {
            prop_assert!(fault.leg.is_none_or(|leg| leg < verdict.legs.len()));
        }
    }

    #[test]
    fn the_same_input_gives_the_same_verdict_with_or_without_a_trace(case in cases()) {
        let (mut one_cache, mut other_cache) = (PreflightCache::new(), PreflightCache::new());
        let one = case.run(STRICT, &mut one_cache);
        let other = case.run(TRACED, &mut other_cache);
        prop_assert_eq!(&one.outcome, &other.outcome);
        prop_assert_eq!(&one.faults, &other.faults);
        prop_assert_eq!(&one.legs, &other.legs);
        prop_assert_eq!(format!("{one_cache:?}"), format!("{other_cache:?}"));
    }

    #[test]
    fn a_trace_ends_where_the_fetch_ends(case in cases()) {
        let verdict = case.run(TRACED, &mut PreflightCache::new());
        let trace = verdict.trace.as_ref().unwrap();
        let failed: Vec<_> =
            trace.iter().filter(|it| matches!(it.result, StepResult::Failed(_))).collect();
        prop_assert_eq!(failed.len(), verdict.faults.len());
        if let Some(fault) = verdict.blocked_by() {
            let last = trace.last().unwrap();
            prop_assert_eq!(&last.result, &StepResult::Failed(fault.cause.name()));
            prop_assert_eq!((last.step, last.leg), (fault.step, fault.leg));
        }
        for entry in trace {
            for evidence in &entry.evidence {
                prop_assert!(evidence.leg < verdict.legs.len());
            }
        }
    }

    #[test]
    fn a_survey_begins_with_the_fault_of_the_fetch_and_leaves_the_cache_alone(case in cases()) {
        let strict = case.run(STRICT, &mut PreflightCache::new());
        let mut cache = PreflightCache::new();
        let survey = case.run(SURVEY, &mut cache);
        prop_assert!(cache.is_empty());
        if is_blocked(&strict) {
            prop_assert_eq!(strict.faults.first(), survey.faults.first());
        } else {
            // A fetch that goes well has no faults; an incomplete one may yet meet one.
            prop_assert_eq!(&survey.faults, &vec![]);
        }
    }

    #[test]
    fn granting_more_never_blocks(case in cases()) {
        let before = case.run(STRICT, &mut PreflightCache::new());
        if let Outcome::Readable { .. } | Outcome::Opaque | Outcome::OpaqueRedirect = before.outcome {
            let after = case.run_with(STRICT, &mut PreflightCache::new(), granting);
            prop_assert_eq!(
                std::mem::discriminant(&before.outcome), std::mem::discriminant(&after.outcome)
            );
        }
    }

    #[test]
    fn nothing_is_readable_across_origins_without_permission(case in cases()) {
        let verdict = case.run(STRICT, &mut PreflightCache::new());
        let is_navigation = matches!(case.init.api, Api::Iframe | Api::WebSocket);
        if let Outcome::Readable { .. } = verdict.outcome
            && !is_navigation
            && let Some(leg) = verdict.legs.last()
        {
            let page = Origin::parse(case.page).unwrap();
            let response = leg.response();
            let allowed = response.and_then(|it| it.header_list.get("access-control-allow-origin"));
            let is_own = verdict.legs.iter().all(|leg| page.is_same_as(&leg.request.url));
            let allowed = allowed.as_deref();
            let passes = allowed == Some(b"*")
                || allowed == leg.checked_origin.as_deref().map(str::as_bytes)
                // Firefox joins without empty lines.
                || case.browser == Browser::Firefox && allowed.is_some();
            prop_assert!(is_own || passes, "{:?}", verdict.legs);
        }
    }

    #[test]
    fn a_header_list_keeps_what_is_put_in(
        headers in prop::collection::vec(("[a-cA-C]{1,2}", "[ -~\t]{0,6}"), 0..10),
        name in "[a-cA-C]{1,2}",
    ) {
        let mut list: HeaderList = headers.iter().map(|(name, value)| (name, value)).collect();
        let values: Vec<&[u8]> = headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(&name))
            .map(|(_, value)| value.trim_matches([' ', '\t']).as_bytes())
            .collect();
        let joined = (!values.is_empty()).then(|| values.join(&b", "[..]));
        prop_assert_eq!(list.get(&name).map(|it| it.into_owned()), joined);
        prop_assert_eq!(list.contains(&name), !values.is_empty());
        prop_assert_eq!(list.lines_named(&name).count(), values.len());
        let copy = list.with(&name, Some("9"));
        prop_assert_eq!(copy.len(), list.len() + 1);
        let (length, found) = (list.len(), values.len());
        list.set(&name, "1");
        prop_assert!(list.get(&name).as_deref() == Some(&b"1"[..]));
        prop_assert_eq!(list.len(), length + 1 - found);
    }
}
