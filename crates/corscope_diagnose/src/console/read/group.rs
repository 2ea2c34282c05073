//! The lines of one failure become one message.

use corscope_fetch::Browser;

use super::draft::{Draft, Role, draft};
use super::message::{ConsoleMessage, Effect, MessageLeg};
use super::rules_out::rules_out;
use super::scan::Part;

/// How many messages back a line can belong.
const REACH: usize = 6;

/// Lines that go together although neither is a companion of the other.
const ALLIES: [(&str, &str); 4] = [
    (
        "CORSExternalRedirectNotAllowed",
        "CORSPreflightDidNotSucceed3",
    ),
    (
        "CORSExternalRedirectNotAllowed",
        "CORSAllowOriginNotMatchingOrigin",
    ),
    ("CORSExternalRedirectNotAllowed", "CORSMissingAllowOrigin2"),
    (
        "CORSExternalRedirectNotAllowed",
        "CORSNotSupportingCredentials",
    ),
];

/// Groups the lines.
pub(super) fn messages(parts: Vec<Part>) -> Vec<ConsoleMessage> {
    let mut drafts: Vec<Draft> = Vec::new();
    for part in parts {
        let draft = draft(part);
        let recent = drafts.len().saturating_sub(REACH);
        let home = drafts[recent..]
            .iter()
            .rposition(|other| belongs(&draft, other))
            .map(|index| recent + index);
        match home {
            Some(index) => merge(&mut drafts[index], draft),
            None => drafts.push(draft),
        }
    }
    let known: Vec<Browser> = drafts.iter().filter_map(|it| it.message.browser).collect();
    let only = known
        .first()
        .filter(|first| known.iter().all(|it| it == *first));
    drafts
        .into_iter()
        .map(|mut draft| {
            if draft.message.browser.is_none()
                && let Some(only) = only
                && draft.message.browsers.contains(only)
            {
                draft.message.browser = Some(*only);
            }
            finish(draft)
        })
        .collect()
}

/// Whether a line belongs to a message that came before it.
fn belongs(line: &Draft, other: &Draft) -> bool {
    let (mine, theirs) = (&line.message, &other.message);
    if is_same(mine, theirs) {
        return true;
    }
    let browsers = mine.browsers.is_empty()
        || theirs.browsers.is_empty()
        || mine.browsers.iter().any(|it| theirs.browsers.contains(it));
    let urls = match (&mine.url, &theirs.url) {
        (Some(mine), Some(theirs)) => mine == theirs,
        _ => true,
    };
    if !browsers || !urls || !(mine.is_blocking() || line.role == Role::Symptom) {
        return mine.not_cors.is_some() && mine.not_cors == theirs.not_cors && browsers && urls;
    }
    if !(theirs.is_blocking() || other.role == Role::Symptom) {
        return mine.not_cors.is_some() && mine.not_cors == theirs.not_cors;
    }
    let repeats = |draft: &Draft| other.codes.contains(&draft.codes[0]);
    let shares_url = mine.url.is_some() && mine.url == theirs.url;
    match (line.role, other.role) {
        (Role::Symptom, _) => !repeats(line) || !shares_url,
        (_, Role::Symptom) => true,
        (Role::Companion, Role::Reason) => !repeats(line) && (shares_url || is_webkit(other)),
        // The reason of a companion that came first.
        (Role::Reason, Role::Companion) => shares_url || is_webkit(other),
        (Role::Companion, Role::Companion) => !repeats(line) && is_webkit(other),
        (Role::Reason, Role::Reason) => {
            let allied = |left: &str, right: &str| {
                ALLIES.contains(&(left, right)) || ALLIES.contains(&(right, left))
            };
            let code = line.codes[0];
            let is_named_again = mine.partial && mine.url.is_none() && is_name_of(code, other);
            is_named_again
                || (shares_url && other.codes.iter().any(|theirs| allied(code, theirs)))
                || (mine.not_cors.is_some() && mine.not_cors == theirs.not_cors)
                || is_reason_again(mine, theirs)
        }
    }
}

/// Firefox's link to a message's page, or the name from the network panel, beside the message.
fn is_name_of(code: &str, other: &Draft) -> bool {
    let core = |code: &str| code.trim_end_matches(['2', '3']).to_owned();
    !code.is_empty() && other.codes.iter().any(|theirs| core(theirs) == core(code))
}

/// Safari prints a reason a second time, as what a resource failed with.
fn is_reason_again(mine: &ConsoleMessage, theirs: &ConsoleMessage) -> bool {
    mine.browser_code == theirs.browser_code
        && (mine.url.is_none() || theirs.url.is_none())
        && mine.browser == Some(Browser::WebKit)
        && mine.values == theirs.values
        && mine.page_origin == theirs.page_origin
        && (&mine.method, &mine.header) == (&theirs.method, &theirs.header)
}

fn is_webkit(draft: &Draft) -> bool {
    draft.message.browsers.contains(&Browser::WebKit)
}

/// Whether a line says nothing that a message does not say.
fn is_same(mine: &ConsoleMessage, theirs: &ConsoleMessage) -> bool {
    mine.url.is_some()
        && mine.browser_code == theirs.browser_code
        && mine.url == theirs.url
        && mine.page_origin == theirs.page_origin
        && mine.kind == theirs.kind
        && mine.header == theirs.header
        && (mine.method.is_none() || mine.method == theirs.method)
        && mine.effect == theirs.effect
        && mine
            .values
            .iter()
            .all(|value| theirs.values.contains(value))
}

/// Adds a line to a message.
fn merge(home: &mut Draft, line: Draft) {
    if is_same(&line.message, &home.message) {
        home.message.times += 1;
        // Only the first of a thousand is shown.
        return;
    }
    let (mut main, other) = if line.role > home.role
        || (line.role == home.role && is_more(&line.message, &home.message))
    {
        let line_first = line;
        let before = std::mem::replace(home, line_first);
        (home, before)
    } else {
        (home, line)
    };
    let message = &mut main.message;
    let more = other.message;
    message.url = message.url.take().or(more.url);
    message.initial_url = message.initial_url.take().or(more.initial_url);
    message.kind = message.kind.take().or(more.kind);
    message.method = message.method.take().or(more.method);
    message.header = message.header.take().or(more.header);
    message.page_origin = message.page_origin.take().or(more.page_origin);
    message.status = message.status.or(more.status);
    message.browser = message.browser.or(more.browser);
    if message.browsers.len() != 1 && more.browsers.len() == 1 {
        message.browsers = more.browsers;
    }
    for (name, value) in more.values {
        message.value(name, value);
    }
    message.span = message.span.start.min(more.span.start)..message.span.end.max(more.span.end);
    if message.lines.len() < 16 {
        message.lines.extend(more.lines);
    }
    if more.effect == Effect::Blocked && message.effect != Effect::Blocked {
        message.effect = Effect::Blocked;
    }
    if other.codes.contains(&"CORSExternalRedirectNotAllowed") {
        for cause in more.causes.iter().rev() {
            message.causes.retain(|mine| mine != cause);
            message.causes.insert(0, cause);
        }
        message.leg = MessageLeg::Preflight;
    }
    main.codes.extend(other.codes);
    let main = &mut main;
    main.codes.dedup();
}

/// Whether a message of the same role says more.
fn is_more(mine: &ConsoleMessage, theirs: &ConsoleMessage) -> bool {
    let weight = |message: &ConsoleMessage| {
        let is_general = message.browser_code == Some("CORSExternalRedirectNotAllowed")
            || message.browser_code == Some("WkNotAllowed");
        let blocks = message.effect == Effect::Blocked;
        (blocks, !message.partial, !is_general, message.url.is_some())
    };
    weight(mine) > weight(theirs)
}

/// What the lines tell only together.
fn finish(draft: Draft) -> ConsoleMessage {
    let Draft {
        mut message, codes, ..
    } = draft;
    let is_cors_check = message
        .causes
        .iter()
        .any(|cause| cause.starts_with("acao-") || cause.starts_with("acac-"));
    let is_redirect_status = matches!(message.status, Some(301 | 302 | 303 | 307 | 308));
    if message.leg == MessageLeg::Actual && is_cors_check {
        let failed_as_a_whole = codes
            .iter()
            .any(|code| code.starts_with("CORSDidNotSucceed"));
        (message.leg, message.or_legs) = match message.browser {
            _ if is_redirect_status => (MessageLeg::Redirect, vec![MessageLeg::Preflight]),
            // A preflight, and a redirect that is followed, fail on behalf of something else.
            Some(Browser::Firefox) if failed_as_a_whole => {
                (MessageLeg::Preflight, vec![MessageLeg::Redirect])
            }
            Some(Browser::Firefox) => (MessageLeg::Actual, Vec::new()),
            Some(Browser::WebKit) => {
                let others = vec![MessageLeg::Preflight, MessageLeg::Redirect];
                (MessageLeg::Actual, others)
            }
            _ => (MessageLeg::Actual, vec![MessageLeg::Redirect]),
        };
    }
    if codes == ["CORSExternalRedirectNotAllowed"] {
        message.or_legs = vec![MessageLeg::Redirect];
    }
    let value = message.fact("value").map(str::to_owned);
    if let Some(value) = value
        && message.causes.contains(&"acac-missing")
        && !value.is_empty()
    {
        message.causes.retain(|cause| *cause != "acac-missing");
    }
    exclude(&mut message);
    let included = [
        "acao-wildcard-with-credentials",
        "acac-missing",
        "acac-not-true",
    ];
    if message
        .causes
        .first()
        .is_some_and(|cause| included.contains(cause))
    {
        message.credentials = Some(true);
    }
    message.rules_out = rules_out(&message);
    message
}

/// Leaves out what the leg or the status excludes; the message's own cause stays.
fn exclude(message: &mut ConsoleMessage) {
    let may_be = |leg: MessageLeg| message.leg == leg || message.or_legs.contains(&leg);
    let (preflight, redirect) = (may_be(MessageLeg::Preflight), may_be(MessageLeg::Redirect));
    let (actual, unknown) = (may_be(MessageLeg::Actual), may_be(MessageLeg::Unknown));
    let status = message.status;
    let first = message.causes.first().copied();
    message.causes.retain(|cause| {
        let fits_leg = unknown
            || match *cause {
                "acao-missing-on-error-response"
                | "acao-missing-on-gateway-error"
                | "acao-only-on-preflight"
                | "redirect-to-login"
                | "blocked-by-waf-or-challenge"
                | "tunnel-interstitial" => actual || redirect,
                cause if cause.starts_with("preflight-") => preflight,
                _ => true,
            };
        let fits_status = status.is_none_or(|status| match *cause {
            "acao-missing-on-error-response" => status >= 400,
            "acao-missing-on-gateway-error" => (500..=504).contains(&status) || status == 403,
            "acao-only-on-preflight" => status < 400,
            "redirect-missing-acao" | "preflight-redirect" => (300..400).contains(&status),
            "redirect-to-login" => status < 400,
            "preflight-not-handled" => status == 404,
            "preflight-method-not-allowed" => matches!(status, 405 | 501),
            "preflight-requires-auth" => matches!(status, 401 | 407),
            "preflight-rejected-by-security" => status == 403,
            "preflight-origin-rejected" => matches!(status, 200..=299 | 400 | 403),
            "preflight-server-error" => status >= 500,
            _ => true,
        });
        Some(*cause) == first || (fits_leg && fits_status)
    });
}
