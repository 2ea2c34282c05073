//! What the page can change.

use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Answer, Api, Cause, CredentialsMode, Fault, Leg, Mode, Origin};
use url::Url;

use super::Candidate;
use crate::diagnostic::{Applicability, Remedy, Who};
use crate::scenario::Subject;
use crate::sight::{NetworkKind, Sight};

/// Headers that pages send without need, or that tools add.
const DISPENSABLE: [&str; 20] = [
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "baggage",
    "cache-control",
    "expires",
    "if-modified-since",
    "newrelic",
    "pragma",
    "request-id",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-datadog-parent-id",
    "x-datadog-trace-id",
    "x-requested-with",
];

/// Every change on the page that may help; which of them do is proved later.
pub(super) fn candidates(sight: &Sight<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    found.extend(without_credentials(sight));
    found.extend(without_dispensable_headers(sight));
    found.extend(method_in_capitals(sight));
    found.extend(final_url(sight));
    found.extend(without_crossorigin(sight));
    found.extend(through_own_origin(sight));
    found
}

fn candidate(applicability: Applicability, title: String, subject: Subject) -> Candidate {
    Candidate {
        remedy: Remedy::new(Who::Client, applicability, title),
        subject,
    }
}

fn without_credentials(sight: &Sight<'_>) -> Option<Candidate> {
    if !sight.includes_credentials()
        || !matches!(sight.init().api, Api::Fetch | Api::Xhr | Api::EventSource)
    {
        return None;
    }
    let mut subject = sight.subject.clone();
    subject.init.credentials = Some(CredentialsMode::SameOrigin);
    let how = match sight.init().api {
        Api::Fetch => "leave out `credentials: 'include'`",
        _ => "leave `withCredentials` off",
    };
    let title = format!("{how}, if the request needs no cookies");
    Some(candidate(Applicability::Narrow, title, subject))
}

fn without_dispensable_headers(sight: &Sight<'_>) -> Option<Candidate> {
    let init = sight.init();
    let bodyless = init.body.is_none() && matches!(sight.method(), "GET" | "HEAD");
    let is_dispensable = |name: &str| {
        DISPENSABLE.iter().any(|it| it.eq_ignore_ascii_case(name))
            || (bodyless && name.eq_ignore_ascii_case("content-type"))
    };
    let is_at_fault = |name: &str| {
        sight.faults().iter().any(|fault| {
            matches!(&fault.cause, Cause::AcahHeaderMissing { name: missing } if missing.eq_ignore_ascii_case(name.as_bytes()))
        })
    };
    let dropped: Vec<&str> = init
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| is_dispensable(name) && is_at_fault(name))
        .collect();
    if dropped.is_empty() {
        return None;
    }
    let mut subject = sight.subject.clone();
    subject
        .init
        .headers
        .retain(|(name, _)| !dropped.contains(&name.as_str()));
    let names: Vec<String> = dropped.iter().map(|name| format!("`{name}`")).collect();
    let title = format!(
        "do not send {}, which this request does not need",
        names.join(", ")
    );
    Some(candidate(Applicability::Narrow, title, subject))
}

fn method_in_capitals(sight: &Sight<'_>) -> Option<Candidate> {
    let method = sight.method();
    let capitals = method.to_ascii_uppercase();
    if capitals == method {
        return None;
    }
    let mut subject = sight.subject.clone();
    subject.init.method.clone_from(&capitals);
    let title = format!("write the method in capitals: `{capitals}`, not `{method}`");
    Some(candidate(Applicability::Narrow, title, subject))
}

/// Asking at once where the redirects lead.
fn final_url(sight: &Sight<'_>) -> Option<Candidate> {
    let last = sight
        .whole()
        .legs
        .iter()
        .rev()
        .find(|leg| !leg.request.preflight)?;
    let leads_on = |leg: &Leg| {
        leg.response()
            .is_some_and(|response| response.has_redirect_status())
    };
    if last.hop == 0 || leads_on(last) {
        return None;
    }
    let mut subject = sight.subject.clone();
    subject.init.url = last.request.url.to_string();
    let at_hop = |answers: &[Answer]| answers.get(last.hop).cloned();
    subject.responses = at_hop(&subject.responses).into_iter().collect();
    subject.preflights = subject.preflights.iter().skip(last.hop).cloned().collect();
    let title = format!(
        "ask for {} at once, instead of being redirected there",
        last.request.url
    );
    Some(candidate(Applicability::Narrow, title, subject))
}

fn without_crossorigin(sight: &Sight<'_>) -> Option<Candidate> {
    let is_element = matches!(
        sight.init().api,
        Api::Img | Api::Script | Api::Style | Api::Media
    );
    if !is_element || sight.init().crossorigin.is_none() {
        return None;
    }
    let mut subject = sight.subject.clone();
    subject.init.crossorigin = None;
    let title =
        "leave the `crossorigin` attribute out: it loads, and scripts cannot read it".to_owned();
    Some(candidate(Applicability::Narrow, title, subject))
}

/// The way that always works for one's own pages: a path on the page's own origin.
fn through_own_origin(sight: &Sight<'_>) -> Option<Candidate> {
    let Origin::Tuple(origin) = &sight.client().origin else {
        return None;
    };
    let target = Url::parse(&sight.init().url).ok()?;
    let is_http = matches!(target.scheme(), "http" | "https") && origin.starts_with("http");
    if !is_http || matches!(sight.play.verdict.outcome, Outcome::Throw) || fails_for_all(sight) {
        return None;
    }
    let mut own = Url::parse(origin).ok()?;
    own.set_path(target.path());
    own.set_query(target.query());
    let mut subject = sight.subject.clone();
    subject.init.url = own.to_string();
    subject.init.mode = subject.init.mode.map(|_| Mode::Cors);
    // Your own server follows the redirects, and answers with what it got at the end.
    let answer = sight.subject.responses.iter().rev().find(
        |answer| matches!(answer, Answer::Response(response) if !response.has_redirect_status()),
    );
    let answer = answer.cloned().unwrap_or_else(|| {
        Answer::Response(
            corscope_fetch::Response::new(200, corscope_fetch::HeaderList::new()).into(),
        )
    });
    subject.responses = vec![answer];
    let title = format!(
        "let your own server forward {own} to {}, so that the request stays on the page's origin",
        target.origin().ascii_serialization()
    );
    let mut found = candidate(Applicability::Manual, title, subject);
    found.remedy.who = Who::Proxy;
    Some(found)
}

/// Whether the server would fail another server as it fails the browser: then forwarding mends
/// nothing.
fn fails_for_all(sight: &Sight<'_>) -> bool {
    sight.faults().iter().any(|fault| match &fault.cause {
        Cause::RedirectLoop
        | Cause::RedirectLocationInvalid { .. }
        | Cause::RedirectToNonHttpScheme => true,
        _ => is_without_answer(sight, fault),
    })
}

/// Whether nobody gets an answer. A preflight that got none may be the only request that gets none.
fn is_without_answer(sight: &Sight<'_>, fault: &Fault) -> bool {
    match NetworkKind::of_fault(fault) {
        None
        | Some(
            NetworkKind::BlockedByClient
            | NetworkKind::LocalNetworkAccess
            | NetworkKind::OpaqueResponseBlocking
            | NetworkKind::ContentSecurityPolicy
            | NetworkKind::ResourcePolicy,
        ) => false,
        Some(
            NetworkKind::Reset
            | NetworkKind::Empty
            | NetworkKind::InvalidResponse
            | NetworkKind::HeadTooLarge
            | NetworkKind::HeadTimedOut
            | NetworkKind::Unknown,
        ) => sight.leg(fault).is_none_or(|leg| leg.name() != "preflight"),
        Some(_) => true,
    }
}
