//! Cases of every kind: who asks what, and what comes back.

use std::sync::Arc;

use corscope_fetch::request_init::{Body, BodyType, CacheMode, CrossOrigin, RedirectMode};
use corscope_fetch::{
    Answer, Api, Browser, Client, CredentialsMode, Fetch, HeaderList, Mode, NetworkFailure, Next,
    Options, Origin, PreflightCache, RequestInit, Response, SentRequest, Verdict,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// One whole case: who asks what of whom, and everything that comes back.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) page: &'static str,
    pub(crate) csp: Option<&'static str>,
    pub(crate) browser: Browser,
    pub(crate) init: RequestInit,
    pub(crate) answers: Vec<Answer>,
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

pub(crate) fn cases() -> impl Strategy<Value = Case> {
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

    pub(crate) fn run(&self, options: Options, cache: &mut PreflightCache) -> Verdict {
        self.run_with(options, cache, |_, answer| answer)
    }

    pub(crate) fn run_with(
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
