//! Playing a row.

use std::sync::Arc;

use corscope_fetch::request_init::{Body, CrossOrigin};
use corscope_fetch::verdict::{Awaited, Outcome, ResponseType};
use corscope_fetch::{
    Answer, Client, Fetch, HeaderList, NetworkFailure, Next, Options, Origin, PreflightCache,
    RequestInit, Response, SentRequest, Verdict,
};

use crate::row::{Lines, Row};

impl Row {
    fn init(&self) -> RequestInit {
        let headers = self.headers.iter().map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (
                name.to_owned(),
                value.strip_prefix(' ').unwrap_or(value).to_owned(),
            )
        });
        RequestInit {
            api: self.api,
            method: self.method.clone(),
            url: self.url.clone(),
            headers: headers.collect(),
            mode: self.mode,
            credentials: self.credentials,
            redirect: self.redirect,
            cache: self.cache,
            integrity: self.integrity.clone(),
            keepalive: self.keepalive,
            body: self.body.map(|kind| Body {
                kind,
                data: "x".repeat(self.body_len),
                content_type: self.blob.clone(),
            }),
            upload_listener: self.upload_listener,
            crossorigin: self.crossorigin.as_deref().map(|value| match value {
                "use-credentials" => CrossOrigin::UseCredentials,
                _ => CrossOrigin::Anonymous,
            }),
        }
    }

    fn client(&self) -> Client {
        Client {
            url: self.page_url.as_ref().map(|url| url.parse().unwrap()),
            csp: self.csp.clone(),
            embedder_policy: self.coep,
            address_space: self.space,
            local_network_permission: self.permission,
            ..Client::new(Origin::parse(&self.page).unwrap())
        }
    }

    /// What the row's server answers; `None` where the row says nothing of it.
    fn answer(&self, request: &SentRequest, hop: usize) -> Option<Answer> {
        if request.preflight && self.pf_fails {
            return Some(Answer::Failure(NetworkFailure {
                error: "net::ERR_CONNECTION_REFUSED".into(),
                closed: false,
            }));
        }
        let mut list = HeaderList::new();
        let mut status = if request.preflight {
            self.pf_status
        } else {
            self.status
        };
        if request.preflight {
            generous(
                &mut list,
                request,
                [&self.pf_acao, &self.pf_acac, &self.acam, &self.acah],
            );
            push(
                &mut list,
                "Access-Control-Max-Age",
                self.max_age.as_ref(),
                || None,
            );
        } else if self.responses.is_empty() {
            generous(&mut list, request, [&self.acao, &self.acac, &None, &None]);
            push(
                &mut list,
                "Access-Control-Expose-Headers",
                self.aceh.as_ref(),
                || None,
            );
            push_lines(&mut list, &self.more);
        } else {
            let (first, lines) = self.responses.get(hop)?.split_first()?;
            status = first.parse().unwrap();
            if lines.iter().any(|line| line == "+cors") {
                generous(&mut list, request, [&self.acao, &self.acac, &None, &None]);
            }
            push_lines(&mut list, lines.iter().filter(|line| *line != "+cors"));
        }
        Some(Answer::Response(Arc::new(Response::new(status, list))))
    }
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|it| u8::try_from(u32::from(it)).unwrap())
        .collect()
}

fn push_lines<'a>(list: &mut HeaderList, lines: impl IntoIterator<Item = &'a String>) {
    for line in lines {
        let (name, value) = line.split_once(':').unwrap();
        list.push(name, latin1(value));
    }
}

fn push(
    list: &mut HeaderList,
    name: &str,
    given: Option<&Lines>,
    otherwise: impl Fn() -> Option<String>,
) {
    match given {
        Some(Lines::One(value)) => list.push(name, latin1(value)),
        Some(Lines::Many(values)) => values.iter().for_each(|it| list.push(name, latin1(it))),
        None => {
            if let Some(value) = otherwise() {
                list.push(name, value);
            }
        }
    }
}

/// The headers of a server that allows what is asked, where the row does not say otherwise.
fn generous(list: &mut HeaderList, request: &SentRequest, given: [&Option<Lines>; 4]) {
    let [acao, acac, acam, acah] = given.map(Option::as_ref);
    let echo = |name| {
        let value = request.header_list.get(name)?;
        Some(String::from_utf8_lossy(&value).into_owned())
    };
    let prefix = "Access-Control-Allow";
    push(list, &format!("{prefix}-Origin"), acao, || echo("origin"));
    push(list, &format!("{prefix}-Credentials"), acac, || {
        Some("true".to_owned())
    });
    push(list, &format!("{prefix}-Methods"), acam, || {
        echo("access-control-request-method")
    });
    push(list, &format!("{prefix}-Headers"), acah, || {
        echo("access-control-request-headers")
    });
}

/// Plays rows that share one preflight cache; what is wrong, if anything.
pub(crate) fn play(rows: &[Row]) -> Option<String> {
    let mut cache = PreflightCache::new();
    rows.iter().find_map(|row| {
        let wrong = play_one(row, &mut cache)?;
        Some(format!("(of {}) {wrong}", row.of))
    })
}

/// Plays one row, with its trace.
pub(crate) fn run(row: &Row, cache: &mut PreflightCache) -> Verdict {
    let (init, client) = (row.init(), row.client());
    let options = Options {
        target_space: row.target_space,
        trace: true,
        survey: false,
    };
    let mut fetch = Fetch::new(&init, &client, row.browser.profile(), options);
    let mut next = fetch.start(cache, row.at);
    while next == Next::Send {
        let Some(answer) = fetch
            .outgoing()
            .and_then(|sent| row.answer(sent, fetch.hop()))
        else {
            break;
        };
        next = fetch.receive(answer, cache, row.at);
    }
    fetch.finish()
}

fn play_one(row: &Row, cache: &mut PreflightCache) -> Option<String> {
    let verdict = run(row, cache);
    let (found, visible) = match &verdict.outcome {
        Outcome::Readable {
            status,
            response_type,
            visible_headers,
        } => {
            let kind = match response_type {
                ResponseType::Cors => "cors",
                _ => "basic",
            };
            (
                format!("{kind} {status}"),
                visible_headers.iter().map(ToString::to_string).collect(),
            )
        }
        Outcome::Opaque => ("opaque".to_owned(), vec![]),
        Outcome::OpaqueRedirect => ("opaqueredirect".to_owned(), vec![]),
        Outcome::Error | Outcome::Throw => {
            let kind = if verdict.outcome == Outcome::Error {
                "error"
            } else {
                "throw"
            };
            let cause = verdict
                .blocked_by()
                .map_or("without a cause", |it| it.cause.name());
            (format!("{kind} {cause}"), vec![])
        }
        Outcome::Incomplete(awaited) => {
            let awaited = match awaited {
                Awaited::Preflight => "preflight",
                Awaited::Response => "response",
                Awaited::Permission => "permission",
            };
            (format!("awaits {awaited}"), vec![])
        }
    };
    let asked: Vec<_> = verdict
        .legs
        .iter()
        .map(|leg| &leg.request)
        .filter(|it| it.preflight)
        .collect();
    let sent: Vec<_> = verdict
        .legs
        .iter()
        .map(|leg| &leg.request)
        .filter(|it| !it.preflight)
        .collect();
    let text = |request: &&SentRequest, name: &str| {
        let value = request.header_list.get(name);
        value.map(|it| it.iter().copied().map(char::from).collect::<String>())
    };
    let origins = |requests: &[&SentRequest]| -> Vec<String> {
        requests
            .iter()
            .map(|it| text(it, "origin").unwrap_or("-".to_owned()))
            .collect()
    };
    let of_last_asked = |name: &str| {
        asked
            .last()
            .and_then(|it| text(it, name))
            .unwrap_or_default()
    };
    let carries: Option<Vec<String>> = sent.last().map(|request| {
        let lines = request
            .header_list
            .iter()
            .filter(|header| !header.is("origin"));
        lines
            .map(|header| format!("{header:?}").to_lowercase())
            .collect()
    });

    let differs = |what: &str, expected: String, found: String| {
        (expected != found).then(|| format!("{what}: expected {expected}, found {found}"))
    };
    let show = |it: &Vec<String>| it.join(" | ");
    differs("outcome", row.expect.clone(), found)
        .or_else(|| {
            differs(
                "preflights",
                row.preflights?.to_string(),
                asked.len().to_string(),
            )
        })
        .or_else(|| {
            differs(
                "sent",
                row.sent?.to_string(),
                verdict.legs.len().to_string(),
            )
        })
        .or_else(|| {
            differs(
                "method asked",
                row.acrm.clone()?,
                of_last_asked("access-control-request-method"),
            )
        })
        .or_else(|| {
            let asked = of_last_asked("access-control-request-headers");
            differs("headers asked", row.acrh.clone()?, asked)
        })
        .or_else(|| {
            differs(
                "origins",
                show(row.origins.as_ref()?),
                show(&origins(&sent)),
            )
        })
        .or_else(|| {
            let expected = row.preflight_origins.as_ref()?;
            differs("preflight origins", show(expected), show(&origins(&asked)))
        })
        .or_else(|| differs("carries", show(row.carries.as_ref()?), show(&carries?)))
        .or_else(|| {
            let found = sent.last()?.method.to_string();
            differs("last method", row.last_method.clone()?, found)
        })
        .or_else(|| {
            differs(
                "cookies",
                row.cookies?.to_string(),
                sent.last()?.include_credentials.to_string(),
            )
        })
        .or_else(|| differs("visible", show(row.visible.as_ref()?), show(&visible)))
}
