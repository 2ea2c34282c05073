//! Asking the engine about an observed fetch.

use std::sync::Arc;

use corscope_fetch::exchange::BrowserSaid;
use corscope_fetch::verdict::{Awaited, Outcome, Verdict};
use corscope_fetch::{Answer, Browser, CredentialsMode, HeaderList, PreflightCache, Response};
use url::Url;

use super::document::{SAYS_NOTHING, last_preflight, scenario_with};
use super::fetch::{Hop, ObservedFetch, PreflightSeen};
use crate::scenario::{CredentialsDocument, Play, Scenario, ScenarioError, Subject, play, play_at};

/// What is known of a fetch's credentials mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Somebody who knows has told, or the cookies show it.
    Known(CredentialsMode),
    /// `include` and `same-origin` would look alike.
    Unknown,
}

impl Credentials {
    pub(super) fn of(fetch: &ObservedFetch) -> Self {
        let known = fetch
            .exchanges()
            .find_map(|exchange| exchange.hints.credentials);
        if let Some(mode) = known {
            return Self::Known(mode);
        }
        let has_cookie = fetch
            .hops
            .iter()
            .filter_map(|hop| hop.actual.as_ref())
            .any(|actual| actual.request.header_list.contains("Cookie"));
        if has_cookie {
            Self::Known(CredentialsMode::Include)
        } else {
            Self::Unknown
        }
    }

    pub(super) fn document(self) -> CredentialsDocument {
        match self {
            Self::Known(CredentialsMode::Include) => CredentialsDocument::Include,
            Self::Known(CredentialsMode::Omit) => CredentialsDocument::Omit,
            Self::Known(CredentialsMode::SameOrigin) => CredentialsDocument::SameOrigin,
            Self::Unknown => CredentialsDocument::Unknown,
        }
    }

    pub(super) fn crossorigin(self) -> &'static str {
        match self {
            Self::Known(CredentialsMode::Include) => "use-credentials",
            _ => "anonymous",
        }
    }
}

/// How an observed fetch stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The page's script can read the response.
    Allowed,
    /// It gets an error.
    Blocked,
    /// It gets a response of which it can read nothing, as it asked for.
    Opaque,
    /// It is blocked if credentials are included and allowed if not, and nothing tells which.
    DependsOnCredentials,
    /// More must be seen first.
    Unknown,
}

impl Standing {
    /// Its name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Blocked => "blocked",
            Self::Opaque => "opaque",
            Self::DependsOnCredentials => "depends-on-credentials",
            Self::Unknown => "unknown",
        }
    }
}

/// An observed fetch, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The scenario that would cause it, without `id`.
    pub scenario: Scenario,
    /// The same for the engine, with all that was assumed.
    pub subject: Subject,
    /// What the browser makes of it.
    pub play: Play,
    /// How it stands.
    pub standing: Standing,
    /// What is known of its credentials mode, after what the browser did next.
    pub credentials: Credentials,
    /// The exchange by which the CORS-preflight cache knew that no preflight was needed.
    pub cached_preflight: Option<u64>,
    /// No preflight was seen though one is needed, and the request went out: the preflight must have
    /// passed before the capture began.
    pub assumed_preflight: bool,
    /// A name of Local Network Access' refusal that a proxy hides: without the proxy the browser would
    /// have stopped there.
    pub hidden_by_proxy: Option<&'static str>,
}

/// The browser that sent a fetch, by its `User-Agent`; Chromium where that says nothing.
pub fn user_agent_of(fetch: &ObservedFetch) -> Browser {
    let agent = fetch
        .exchanges()
        .find_map(|exchange| exchange.request.header_list.get("User-Agent"));
    let agent = agent.as_deref().map(String::from_utf8_lossy);
    match agent {
        Some(agent) if agent.contains("Firefox/") => Browser::Firefox,
        Some(agent) if agent.contains("Chrome/") || agent.contains("Chromium/") => {
            Browser::Chromium
        }
        Some(agent) if agent.contains("AppleWebKit/") => Browser::WebKit,
        _ => Browser::Chromium,
    }
}

/// Judges `fetch` by one profile's rules.
///
/// # Errors
/// When something in it cannot be meant: a page whose origin is none, a URL that does not parse.
pub fn judge(fetch: &ObservedFetch, browser: Browser) -> Result<Judged, ScenarioError> {
    let mut credentials = Credentials::of(fetch);
    let scenario = scenario_with(fetch, credentials);
    let mut subject = Subject::new(&scenario)?;
    if is_denied_local_network(fetch) {
        // No proxy stood between: the browser knew where the page came from.
        subject.client.address_space = fetch.page_space;
    }
    subject.guesses_no_preflight = true;
    if let Some((hop, answer)) = last_preflight(fetch) {
        subject.preflights.resize(hop + 1, None);
        subject.preflights[hop] = Some(answer);
    }
    let mut run = Run {
        fetch,
        // All plays ask for the same.
        url: Url::parse(&subject.init.url).ok().map(Arc::new),
        browser,
        cached_preflight: None,
        assumed_preflight: false,
    };
    let mut play = run.play(&mut subject)?;
    let mut standing = standing(fetch, &play.verdict);
    if credentials == Credentials::Unknown {
        let included = subject.init.credentials;
        let preflights = subject.preflights.clone();
        subject.init.credentials = Some(CredentialsMode::SameOrigin);
        let other = run.play(&mut subject)?;
        let other_standing = self::standing(fetch, &other.verdict);
        let differs = standing != other_standing;
        let mut is_without = false;
        if !differs || is_sent_in_spite(fetch, &play.verdict) {
            // The script's default is the likelier of two that end alike; and a request that follows a
            // preflight which forbids credentials had none.
            if differs {
                credentials = Credentials::Known(CredentialsMode::SameOrigin);
            }
            is_without = true;
        } else if standing == Standing::Blocked {
            match browser_says(fetch) {
                Some(true) => credentials = Credentials::Known(CredentialsMode::Include),
                Some(false) => {
                    credentials = Credentials::Known(CredentialsMode::SameOrigin);
                    is_without = true;
                }
                None if other_standing == Standing::Allowed => {
                    standing = Standing::DependsOnCredentials;
                }
                // More is to come, which will tell.
                None => is_without = true,
            }
        }
        if is_without {
            (play, standing) = (other, other_standing);
        } else {
            subject.init.credentials = included;
            subject.preflights = preflights;
        }
        subject.credentials_unknown = credentials == Credentials::Unknown;
    }
    let hidden_by_proxy = hidden_by_proxy(fetch, &subject, browser, &play.verdict);
    Ok(Judged {
        scenario,
        play,
        standing,
        credentials,
        cached_preflight: run.cached_preflight,
        assumed_preflight: run.assumed_preflight,
        hidden_by_proxy,
        subject,
    })
}

/// One judgement under way.
struct Run<'a> {
    fetch: &'a ObservedFetch,
    /// What is asked for; `None` where that is no URL.
    url: Option<Arc<Url>>,
    browser: Browser,
    cached_preflight: Option<u64>,
    assumed_preflight: bool,
}

impl Run<'_> {
    /// Plays `subject`, with the cache's help and the assumption where they are needed.
    fn play(&mut self, subject: &mut Subject) -> Result<Play, ScenarioError> {
        let first = self.play_with(subject, &mut PreflightCache::new(), 0);
        let Some(hop) = self.fetch.hops.first().filter(|_| wants_preflight(&first)) else {
            return Ok(first);
        };
        if let (PreflightSeen::Cached(preflight), Some(actual)) = (&hop.preflight, &hop.actual) {
            let learnt = ObservedFetch {
                number: preflight.id,
                hops: vec![Hop {
                    preflight: PreflightSeen::Exchange(preflight.clone()),
                    actual: None,
                }],
                ..self.fetch.clone()
            };
            let mut learning = Subject::new(&scenario_with(&learnt, Credentials::of(self.fetch)))?;
            learning.init.credentials = subject.init.credentials;
            let mut cache = PreflightCache::new();
            let end = preflight.started + preflight.timing.total.unwrap_or(0);
            play(&learning, self.browser, &mut cache, end / 1000);
            let cached = self.play_with(subject, &mut cache, actual.started / 1000);
            if !wants_preflight(&cached) {
                self.cached_preflight = Some(preflight.id);
                return Ok(cached);
            }
        }
        let went_out = hop
            .actual
            .as_ref()
            .is_some_and(|actual| actual.response.is_some());
        if !went_out {
            return Ok(first);
        }
        self.assumed_preflight = true;
        if subject.preflights.is_empty() {
            subject.preflights.push(None);
        }
        subject.preflights[0] = Some(passing_preflight(subject));
        Ok(self.play_with(subject, &mut PreflightCache::new(), 0))
    }

    fn play_with(&self, subject: &Subject, cache: &mut PreflightCache, now: u64) -> Play {
        play_at(self.url.as_ref(), subject, self.browser, cache, now)
    }
}

/// The answer that any preflight of `subject` passes with.
fn passing_preflight(subject: &Subject) -> Answer {
    let mut list = HeaderList::new();
    let names: Vec<&str> = subject
        .init
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    list.push(
        "Access-Control-Allow-Origin",
        subject.client.origin.serialized(),
    );
    list.push("Access-Control-Allow-Credentials", "true");
    list.push("Access-Control-Allow-Methods", &subject.init.method);
    list.push("Access-Control-Allow-Headers", names.join(", "));
    Answer::Response(Response::new(204, list).into())
}

fn wants_preflight(play: &Play) -> bool {
    matches!(
        &play.verdict.outcome,
        Outcome::Incomplete(Awaited::Preflight)
    )
}

fn standing(fetch: &ObservedFetch, verdict: &Verdict) -> Standing {
    match &verdict.outcome {
        Outcome::Readable { .. } => Standing::Allowed,
        Outcome::Opaque | Outcome::OpaqueRedirect => Standing::Opaque,
        Outcome::Error | Outcome::Throw => Standing::Blocked,
        Outcome::Incomplete(_) if is_failed_by_browser(fetch) => Standing::Blocked,
        Outcome::Incomplete(_) => Standing::Unknown,
    }
}

/// Whether the browser failed the fetch without showing what came back.
fn is_failed_by_browser(fetch: &ObservedFetch) -> bool {
    fetch.exchanges().any(|exchange| {
        let said = exchange.hints.browser.as_ref();
        let is_told =
            said.is_some_and(|said| said.net_error.is_some() || said.cors_error.is_some());
        let is_failure = exchange.failure.as_ref().is_some_and(|failure| {
            let name = failure.net_error.as_ref().unwrap_or(&failure.code);
            SAYS_NOTHING.contains(&name.as_ref())
        });
        exchange.response.is_none() && (is_told || is_failure)
    })
}

/// Whether the request went out though its preflight, judged so, forbids it.
fn is_sent_in_spite(fetch: &ObservedFetch, verdict: &Verdict) -> bool {
    let is_stopped_at_preflight = matches!(verdict.outcome, Outcome::Error)
        && verdict.legs.last().is_some_and(|leg| leg.request.preflight);
    let hop = verdict
        .legs
        .iter()
        .filter(|leg| !leg.request.preflight)
        .count();
    is_stopped_at_preflight && fetch.hops.get(hop).is_some_and(|hop| hop.actual.is_some())
}

/// Whether the browser itself has said that CORS blocked it.
fn browser_says(fetch: &ObservedFetch) -> Option<bool> {
    let last = fetch.exchanges().last()?;
    last.hints.browser.as_deref().map(has_failed)
}

/// Whether a browser's words are those of a failure. That the page gave a request up is none.
pub(super) fn has_failed(said: &BrowserSaid) -> bool {
    let is_given_up = |name: &String| name.contains("ABORT");
    said.cors_error.is_some() || said.net_error.as_ref().is_some_and(|it| !is_given_up(it))
}

/// Whether the browser says that its Local Network Access check denied it.
fn is_denied_local_network(fetch: &ObservedFetch) -> bool {
    let denies = |said: &BrowserSaid| {
        let error = said.cors_error.as_ref();
        error.is_some_and(|it| it.contains("LocalNetwork"))
    };
    fetch
        .exchanges()
        .any(|exchange| exchange.hints.browser.as_deref().is_some_and(denies))
}

/// The refusal of Local Network Access that would come before all else were the browser not behind a
/// proxy, whose address it takes for the server's.
fn hidden_by_proxy(
    fetch: &ObservedFetch,
    subject: &Subject,
    browser: Browser,
    verdict: &Verdict,
) -> Option<&'static str> {
    let space = fetch.page_space?;
    if subject
        .options
        .target_space
        .is_none_or(|target| target >= space)
    {
        return None;
    }
    let mut direct = subject.clone();
    direct.client.address_space = Some(space);
    let played = play(&direct, browser, &mut PreflightCache::new(), 0);
    let cause = played.verdict.blocked_by()?.cause.name();
    let is_news = verdict
        .blocked_by()
        .is_none_or(|fault| fault.cause.name() != cause);
    is_news.then_some(cause)
}
