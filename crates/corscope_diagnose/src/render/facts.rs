//! What the renderers for people say alike: the outcome in words, each leg's name and state, which
//! headers matter.

use std::borrow::Cow;
use std::time::Duration;

use corscope_fetch::cause::Phase;
use corscope_fetch::{Api, Browser, Fault, Leg, Outcome, Response, ResponseType};

use super::printable;
use super::report::{ExchangeNote, Report};
use crate::diagnostic::{Diagnostic, Severity, Who};

/// How an outcome feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Bad,
    Opaque,
    Unknown,
}

/// The outcome in words.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) tone: Tone,
    /// `BLOCKED`
    pub(super) word: &'static str,
    /// The sentence, up to the request's method and URL.
    pub(super) before: String,
    /// The request's method and URL.
    pub(super) target: String,
    /// What follows them; empty when nothing does.
    pub(super) after: String,
}

/// A browser's name in a sentence.
pub(super) const fn browser_name(browser: Browser) -> &'static str {
    match browser {
        Browser::Fetch => "the Fetch standard",
        Browser::Chromium => "Chromium",
        Browser::Firefox => "Firefox",
        Browser::WebKit => "WebKit",
    }
}

/// Who asks, as a script or a page's author names it.
pub(super) const fn api_name(api: Api) -> &'static str {
    match api {
        Api::Fetch => "fetch()",
        Api::Xhr => "XMLHttpRequest",
        Api::Img => "<img>",
        Api::Script => "<script>",
        Api::Module => "the module script",
        Api::Style => "the stylesheet",
        Api::Font => "the font",
        Api::Media => "the media element",
        Api::EventSource => "EventSource",
        Api::Beacon => "sendBeacon()",
        Api::WebSocket => "WebSocket",
        Api::Worker => "the worker",
        Api::Canvas => "the canvas",
        Api::Iframe => "<iframe>",
    }
}

/// The method and the URL that the script asked for.
pub(super) fn target(report: &Report<'_>) -> String {
    let sight = &report.sight;
    let url = match &sight.whole().first_url {
        Some(url) => url.as_str(),
        None => &sight.init().url,
    };
    let method = match (sight.method(), sight.init().api) {
        ("", Api::Beacon) => "POST",
        ("", _) => "GET",
        (method, _) => method,
    };
    format!("{method} {url}")
}

/// The outcome in words.
pub(super) fn outcome(report: &Report<'_>) -> Said {
    let sight = &report.sight;
    let verdict = &sight.play.verdict;
    let browser = browser_name(verdict.browser);
    let page = match sight.page_origin() {
        "null" => "a page of opaque origin (null)",
        origin => origin,
    };
    let read = match sight.init().api {
        Api::Fetch | Api::Xhr | Api::EventSource | Api::Canvas => "read",
        _ => "load",
    };
    let (tone, word, before, after) = match &verdict.outcome {
        Outcome::Readable {
            status,
            response_type,
            ..
        } => {
            let status = status_words(*status);
            let after = match response_type {
                ResponseType::Basic => format!("({status}; same origin, so CORS plays no part)"),
                _ => format!("({status})"),
            };
            let before = format!("{browser} would let {page} {read}");
            (Tone::Good, "ALLOWED", before, after)
        }
        Outcome::Opaque => {
            let before = format!("{browser} would let {page} send");
            let after = "(no-cors: a script sees nothing of the answer)".to_owned();
            (Tone::Opaque, "OPAQUE", before, after)
        }
        Outcome::OpaqueRedirect => {
            let before = format!("{browser} would let {page} send");
            let after = "(the redirect is not followed, and a script sees nothing of it)";
            (Tone::Opaque, "OPAQUE", before, after.to_owned())
        }
        Outcome::Incomplete(_) => {
            let before = format!("not enough is known: {browser} might let {page} {read}");
            (Tone::Unknown, "UNKNOWN", before, String::new())
        }
        Outcome::Throw => {
            let api = api_name(sight.init().api);
            let before = format!("{api} in {browser} would throw, for {page}, at");
            (Tone::Bad, "BLOCKED", before, String::new())
        }
        Outcome::Error => {
            let fault = verdict.blocked_by();
            let leg = fault.and_then(|fault| verdict.leg_of(fault));
            let phase = fault.map(|fault| fault.cause.phase());
            let (word, before) = match (phase, leg) {
                (Some(Phase::Network), _) => {
                    let before = format!("for {page}, {browser} would get no usable answer to");
                    ("FAILED", before)
                }
                (_, Some(leg)) if !leg.request.preflight => {
                    ("BLOCKED", format!("{browser} would not let {page} {read}"))
                }
                _ => ("BLOCKED", format!("{browser} would not let {page} send")),
            };
            (Tone::Bad, word, before, String::new())
        }
    };
    Said {
        tone,
        word,
        before,
        target: target(report),
        after,
    }
}

/// What became of a leg of the whole fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The browser sends it.
    Sent,
    /// The browser does not: it stopped before.
    Behind,
    /// The browser does not: an earlier preflight still holds.
    Cached,
}

/// The state of each leg of the whole fetch.
pub(super) fn states(report: &Report<'_>) -> Vec<State> {
    let mut sent = report.sight.play.verdict.legs.iter().peekable();
    let states = report.sight.whole().legs.iter().map(|leg| {
        let is_sent = sent.peek().is_some_and(|sent| sent.request == leg.request);
        match is_sent {
            true => {
                sent.next();
                State::Sent
            }
            false if sent.peek().is_some() && leg.request.preflight => State::Cached,
            false => State::Behind,
        }
    });
    states.collect()
}

/// A leg's name for readers.
pub(super) fn leg_title(leg: &Leg) -> Cow<'static, str> {
    match (leg.request.preflight, leg.hop) {
        (true, 0) => "preflight".into(),
        (true, hop) => format!("preflight after redirect {hop}").into(),
        (false, 0) => "request".into(),
        (false, hop) => format!("request after redirect {hop}").into(),
    }
}

/// What went over the network for a leg, in a few words.
pub(super) fn exchange_words(note: &ExchangeNote, separator: &str) -> String {
    let duration = note.duration.map(duration_words);
    let parts = [note.remote.clone(), note.http_version.clone(), duration];
    parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(separator)
}

fn duration_words(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 10_000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

/// Whether a response header can matter to a reader who debugs CORS.
pub(super) fn matters(response: &Response, name: &[u8]) -> bool {
    const ALWAYS: &[&str] = &[
        "timing-allow-origin",
        "vary",
        "location",
        "www-authenticate",
        "proxy-authenticate",
        "age",
        "x-cache",
        "cf-cache-status",
        "content-type",
        "set-cookie",
        "allow",
        "cf-mitigated",
        "x-content-type-options",
    ];
    const ON_ERRORS: &[&str] = &[
        "server",
        "via",
        "x-amzn-errortype",
        "x-squid-error",
        "retry-after",
    ];
    let name = name.to_ascii_lowercase();
    let Ok(name) = str::from_utf8(&name) else {
        return false;
    };
    name.starts_with("access-control-")
        || name.starts_with("cross-origin-")
        || ALWAYS.contains(&name)
        || (response.status >= 400 && ON_ERRORS.contains(&name))
}

/// A header's value as it may be shown: secrets are no part of a CORS verdict.
pub(super) fn shown_value(name: &[u8], value: &[u8], with_secrets: bool) -> String {
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
    let value = printable::bytes(value.trim_ascii());
    if with_secrets {
        return value;
    }
    let hidden = |kept: &str, secret: &str| format!("{kept}[{} bytes not shown]", secret.len());
    if is("authorization") || is("proxy-authorization") {
        match value.split_once(' ') {
            Some((scheme, secret)) => hidden(&format!("{scheme} "), secret),
            None => hidden("", &value),
        }
    } else if is("cookie") {
        hidden("", &value)
    } else if is("set-cookie") {
        let (pair, attributes) = value.split_once(';').unwrap_or((&value, ""));
        let (name, secret) = pair.split_once('=').unwrap_or(("", pair));
        let shown = hidden(&format!("{name}="), secret);
        if attributes.is_empty() {
            shown
        } else {
            format!("{shown};{attributes}")
        }
    } else {
        value
    }
}

/// A status and its usual phrase.
pub(super) fn status_words(status: u16) -> String {
    let phrase = match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return status.to_string(),
    };
    format!("{status} {phrase}")
}

/// Response headers that came and that the script cannot read: lower case, sorted.
pub(super) fn hidden_headers(report: &Report<'_>) -> Vec<String> {
    let Some((_, response)) = report.sight.final_response() else {
        return Vec::new();
    };
    let visible = report.document.visible_headers;
    let mut names: Vec<String> = response
        .header_list
        .iter()
        .map(|header| printable::bytes(&header.name.to_ascii_lowercase()))
        .filter(|name| !visible.contains(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What would show hidden headers to the script, if anything would.
pub(super) fn why_hidden(hidden: &[String]) -> &'static str {
    let is_cookie = |name: &String| matches!(&**name, "set-cookie" | "set-cookie2");
    match (hidden.iter().any(is_cookie), hidden.iter().all(is_cookie)) {
        (_, true) => "no script may ever read it",
        (true, false) => "`Access-Control-Expose-Headers` would show them, but set-cookie never",
        (false, false) => "`Access-Control-Expose-Headers` would show them",
    }
}

/// Who must change something, in one word.
pub(super) const fn who_word(who: Who) -> &'static str {
    match who {
        Who::Client => "client",
        Who::Server => "server",
        Who::Proxy => "proxy",
        Who::Nobody => "nobody",
    }
}

/// How bad a finding is, in one word.
pub(super) const fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Refusal => "refusal",
        Severity::Risk => "risk",
        Severity::Waste => "waste",
        Severity::Note => "note",
    }
}

/// The findings in the order of the report.
pub(super) struct Findings<'a> {
    /// What decides.
    pub(super) first: Option<&'a Diagnostic>,
    /// What decides, where no rule explains it.
    pub(super) unexplained: Option<&'a Fault>,
    /// What waits behind it.
    pub(super) behind: Vec<&'a Diagnostic>,
    /// What refuses nothing.
    pub(super) also: Vec<&'a Diagnostic>,
}

/// Sorts a report's findings.
pub(super) fn findings<'a>(report: &Report<'a>) -> Findings<'a> {
    let all = report.diagnostics;
    let is_refusal = |it: &&Diagnostic| it.rule.severity == Severity::Refusal;
    let mut first = all.iter().find(|it| it.first);
    let blocked_by = report.sight.play.verdict.blocked_by();
    let unexplained = blocked_by.filter(|_| first.is_none());
    if blocked_by.is_none() {
        // Nothing is refused, and still something may keep the script from its aim.
        first = first.or_else(|| all.iter().find(is_refusal));
    }
    let rest = |it: &&Diagnostic| first.is_none_or(|first| !std::ptr::eq(first, *it));
    let (behind, mut also): (Vec<_>, Vec<_>) = all.iter().filter(rest).partition(is_refusal);
    also.sort_by_key(|it| it.rule.severity);
    Findings {
        first,
        unexplained,
        behind,
        also,
    }
}

/// Request headers that the browser keeps from the network, unless a finding already says so.
pub(super) fn dropped_headers(report: &Report<'_>) -> Vec<String> {
    let Some(request) = &report.sight.play.verdict.request else {
        return Vec::new();
    };
    if report
        .diagnostics
        .iter()
        .any(|it| it.rule.code == "forbidden-header-ignored")
    {
        return Vec::new();
    }
    request
        .dropped
        .iter()
        .map(|header| printable::bytes(header.name))
        .collect()
}

/// The standard that a section belongs to.
pub(super) fn standard_name(anchor: &str) -> &'static str {
    if anchor.starts_with("https://fetch.spec.whatwg.org/") {
        "The Fetch standard"
    } else if anchor.contains("/webappsec-csp/") {
        "Content Security Policy"
    } else if anchor.contains("/webappsec-mixed-content/") {
        "Mixed Content"
    } else if anchor.contains("/local-network-access/") {
        "Local Network Access"
    } else if anchor.contains("/webappsec-subresource-integrity/") {
        "Subresource Integrity"
    } else {
        "The standard"
    }
}

/// A header's name as people write it: `access-control-allow-origin` in title case.
pub(super) fn spelled(name: &str) -> String {
    let mut at_start = true;
    name.chars()
        .map(|character| {
            let shown = if at_start {
                character.to_ascii_uppercase()
            } else {
                character
            };
            at_start = character == '-';
            shown
        })
        .collect()
}
