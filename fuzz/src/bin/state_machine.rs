//! Any request of any page, with any answers, by every profile: no panic, at most one fault, a
//! survey that begins with it, and nothing readable across origins without permission.

#![no_main]

use std::sync::Arc;

use corscope_fetch::client::EmbedderPolicy;
use corscope_fetch::local_network_access::Permission;
use corscope_fetch::request_init::{Body, BodyType, CacheMode, CrossOrigin, RedirectMode};
use corscope_fetch::{
    AddressSpace, Answer, Api, Browser, Client, CredentialsMode, Fetch, HeaderList, Mode,
    NetworkFailure, Next, Options, Origin, Outcome, PreflightCache, RequestInit, Response,
    StepResult, Verdict,
};
use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;

#[derive(Debug)]
struct Case {
    init: RequestInit,
    client: Client,
    target_space: Option<AddressSpace>,
    answers: Vec<Answer>,
}

fn text(input: &mut Unstructured<'_>, known: &[&str]) -> arbitrary::Result<String> {
    if input.ratio(3, 4)? {
        return Ok((*input.choose(known)?).to_owned());
    }
    let free: &str = input.arbitrary()?;
    Ok(free.chars().take(200).collect())
}

const URLS: [&str; 14] = [
    "https://a.test/",
    "https://b.test/x?q#f",
    "https://c.test/",
    "http://localhost:8000/",
    "http://192.168.0.1/",
    "http://b.test/",
    "https://u:p@b.test/",
    "https://u:p@a.test/",
    "https://b.test:6000/",
    "data:,x",
    "blob:https://a.test/1",
    "file:///x",
    "ws://b.test/",
    "/x",
];

const VALUES: [&str; 20] = [
    "*",
    "https://a.test",
    "null",
    "true",
    "",
    "PUT, patch",
    "x-a,*",
    "x y",
    "600",
    "0",
    "same-origin",
    "text/plain",
    "application/json",
    "text/plain;charset=\"x\"",
    "bytes=0-9",
    "é",
    "authorization",
    "cross-origin",
    "+8",
    "99999999999999999999",
];

const RESPONSE_NAMES: [&str; 10] = [
    "Access-Control-Allow-Origin",
    "access-control-allow-credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Location",
    "Set-Cookie",
    "Cross-Origin-Resource-Policy",
    "ETag",
];

const REQUEST_NAMES: [&str; 10] = [
    "Accept",
    "Content-Type",
    "X-A",
    "x-a",
    "Authorization",
    "Range",
    "DPR",
    "User-Agent",
    "X-HTTP-Method",
    "*",
];

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let kind = *input.choose(&[
            Api::Fetch,
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
        ])?;
        let mut headers = Vec::new();
        for _ in 0..input.int_in_range(0..=4)? {
            headers.push((text(input, &REQUEST_NAMES)?, text(input, &VALUES)?));
        }
        let body = if input.ratio(1, 3)? {
            Some(Body {
                kind: *input.choose(&[
                    BodyType::String,
                    BodyType::Blob,
                    BodyType::ArrayBuffer,
                    BodyType::FormData,
                    BodyType::UrlSearchParams,
                    BodyType::Stream,
                ])?,
                data: "x".repeat(*input.choose(&[0, 1, 65_537])?),
                content_type: if input.arbitrary()? {
                    Some(text(input, &VALUES)?)
                } else {
                    None
                },
            })
        } else {
            None
        };
        let init = RequestInit {
            api: kind,
            method: text(
                input,
                &[
                    "", "GET", "head", "POST", "PUT", "patch", "DELETE", "*", "TRACE",
                ],
            )?,
            url: text(input, &URLS)?,
            headers,
            mode: *input.choose(&[
                None,
                None,
                Some(Mode::Cors),
                Some(Mode::NoCors),
                Some(Mode::SameOrigin),
                Some(Mode::Navigate),
                Some(Mode::WebSocket),
            ])?,
            credentials: *input.choose(&[
                None,
                Some(CredentialsMode::Omit),
                Some(CredentialsMode::SameOrigin),
                Some(CredentialsMode::Include),
            ])?,
            redirect: *input.choose(&[
                RedirectMode::Follow,
                RedirectMode::Follow,
                RedirectMode::Error,
                RedirectMode::Manual,
            ])?,
            cache: *input.choose(&[
                CacheMode::Default,
                CacheMode::NoStore,
                CacheMode::Reload,
                CacheMode::NoCache,
                CacheMode::ForceCache,
                CacheMode::OnlyIfCached,
            ])?,
            integrity: text(input, &["", "", "md5-x", "sha256-AAAA"])?,
            keepalive: input.arbitrary()?,
            body,
            upload_listener: input.arbitrary()?,
            crossorigin: *input.choose(&[
                None,
                Some(CrossOrigin::Anonymous),
                Some(CrossOrigin::UseCredentials),
            ])?,
        };
        let origin = *input.choose(&["https://a.test", "http://localhost:8000", "null"])?;
        let spaces = [None, Some(AddressSpace::Local), Some(AddressSpace::Public)];
        let client = Client {
            csp: if input.ratio(1, 4)? {
                Some(text(
                    input,
                    &["connect-src 'self'", "upgrade-insecure-requests", "*, ;"],
                )?)
            } else {
                None
            },
            address_space: *input.choose(&spaces)?,
            embedder_policy: *input.choose(&[
                EmbedderPolicy::UnsafeNone,
                EmbedderPolicy::RequireCorp,
                EmbedderPolicy::Credentialless,
            ])?,
            local_network_permission: *input.choose(&[
                None,
                Some(Permission::Granted),
                Some(Permission::Denied),
                Some(Permission::Prompt),
            ])?,
            ..Client::new(Origin::parse(origin).unwrap())
        };
        let mut answers = Vec::new();
        for _ in 0..input.int_in_range(0..=24)? {
            if input.ratio(1, 16)? {
                answers.push(Answer::Failure(NetworkFailure {
                    error: "".into(),
                    closed: true,
                }));
                continue;
            }
            let status = *input.choose(&[200, 200, 204, 301, 302, 303, 304, 307, 308, 404, 407])?;
            let mut list = HeaderList::new();
            for _ in 0..input.int_in_range(0..=6)? {
                let name = text(input, &RESPONSE_NAMES)?;
                let is_location = name == "Location";
                list.push(
                    name,
                    text(input, if is_location { &URLS } else { &VALUES })?,
                );
            }
            answers.push(Answer::Response(Arc::new(Response::new(status, list))));
        }
        Ok(Self {
            init,
            client,
            target_space: *input.choose(&spaces)?,
            answers,
        })
    }
}

fn run(
    case: &Case,
    browser: Browser,
    survey: bool,
    trace: bool,
    cache: &mut PreflightCache,
) -> Verdict {
    let options = Options {
        trace,
        survey,
        target_space: case.target_space,
    };
    let mut fetch = Fetch::new(&case.init, &case.client, browser.profile(), options);
    let mut next = fetch.start(cache, 0);
    for (now, answer) in (0..).zip(&case.answers) {
        if next == Next::Done {
            assert!(fetch.outgoing().is_none());
            break;
        }
        assert!(fetch.outgoing().is_some());
        next = fetch.receive(answer.clone(), cache, now);
    }
    fetch.finish()
}

fuzz_target!(|case: Case| {
    for browser in Browser::ALL {
        let mut cache = PreflightCache::new();
        let strict = run(&case, browser, false, false, &mut cache);
        // Again, from whatever is cached now.
        let _ = run(&case, browser, false, false, &mut cache);
        let is_blocked = matches!(strict.outcome, Outcome::Error | Outcome::Throw);
        assert_eq!(strict.faults.len(), usize::from(is_blocked), "{strict:?}");

        let traced = run(&case, browser, false, true, &mut PreflightCache::new());
        assert_eq!(
            (&strict.outcome, &strict.legs),
            (&traced.outcome, &traced.legs)
        );
        let trace = traced.trace.unwrap();
        let failed = trace
            .iter()
            .filter(|it| matches!(it.result, StepResult::Failed(_)));
        assert_eq!(failed.count(), strict.faults.len());

        let mut untouched = PreflightCache::new();
        let survey = run(&case, browser, true, true, &mut untouched);
        assert!(untouched.is_empty());
        assert_eq!(survey.faults.first(), strict.faults.first(), "{browser}");

        if let Outcome::Readable { .. } = strict.outcome
            && !matches!(case.init.api, Api::Iframe | Api::WebSocket)
            && let Some(leg) = strict.legs.last()
            && !strict
                .legs
                .iter()
                .all(|leg| case.client.origin.is_same_as(&leg.request.url))
        {
            assert!(leg.checked_origin.is_some(), "{strict:?}");
            let response = leg.response().unwrap();
            assert!(
                response.header_list.contains("access-control-allow-origin"),
                "{strict:?}"
            );
        }
    }
});
