//! The outcome in words.

use corscope_fetch::cause::Phase;
use corscope_fetch::{Api, Browser, Outcome, ResponseType};

use super::facts::status_words;
use super::report::Report;

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
    /// The page, as it stands in the sentence.
    pub(super) page: String,
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
    let url = match sight.whole().first_url() {
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
            let phase = fault.map(|fault| fault.cause.phase());
            let is_sent = verdict.legs.iter().any(|leg| !leg.request.preflight);
            let (word, before) = match phase {
                Some(Phase::Network) => {
                    let before = format!("for {page}, {browser} would get no usable answer to");
                    ("FAILED", before)
                }
                _ if is_sent => ("BLOCKED", format!("{browser} would not let {page} {read}")),
                _ => ("BLOCKED", format!("{browser} would not let {page} send")),
            };
            (Tone::Bad, word, before, String::new())
        }
    };
    Said {
        tone,
        word,
        before,
        page: page.to_owned(),
        target: target(report),
        after,
    }
}
