//! The signs by which exchanges are known to belong together.

use std::borrow::Cow;
use std::sync::Arc;

use corscope_fetch::exchange::Exchange;
use url::Url;

use super::super::fetch::{Hop, ObservedFetch, PreflightSeen};
use super::super::web_origin::origin_of;

/// How long after a redirect its target may be asked for, in microseconds.
pub(super) const REDIRECT_WINDOW: u64 = 60_000_000;

/// How long after a preflight its request may be sent: a page that is paused in a debugger waits.
const PREFLIGHT_WINDOW: u64 = 600_000_000;

pub(super) fn preflighted(exchange: Arc<Exchange>) -> Hop {
    Hop {
        preflight: PreflightSeen::Exchange(exchange),
        actual: None,
    }
}

pub(super) fn plain(exchange: Arc<Exchange>) -> Hop {
    Hop {
        preflight: PreflightSeen::None,
        actual: Some(exchange),
    }
}

pub(super) fn header(exchange: &Exchange, name: &str) -> String {
    let value = exchange.request.header_list.get(name).unwrap_or_default();
    String::from_utf8_lossy(&value).into_owned()
}

pub(super) fn url_origin(url: &str) -> Cow<'_, str> {
    origin_of(url).unwrap_or_default()
}

/// Where a redirect leads, without fragment.
pub(in super::super) fn redirect_target(exchange: &Exchange) -> Option<String> {
    let response = exchange.response.as_ref()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.header_list.get("Location")?;
    let base = Url::parse(&exchange.request.url).ok()?;
    let mut target = base.join(str::from_utf8(&location).ok()?).ok()?;
    target.set_fragment(None);
    Some(target.into())
}

/// Whether `exchange` is what the preflight at `hop` asked for.
pub(super) fn is_asked_for(fetch: &ObservedFetch, hop: usize, exchange: &Exchange) -> bool {
    let Some(preflight) = fetch.hops.get(hop).and_then(|hop| hop.preflight.sent()) else {
        return false;
    };
    let (asked_by, sent_by) = (header(preflight, "Origin"), header(exchange, "Origin"));
    // Behind a redirect Firefox asks as the page and sends as `null`.
    let is_tainted = hop > 0 && sent_by == "null";
    // A HAR may list a request that never went out without its Origin.
    (asked_by == sent_by || is_tainted || sent_by.is_empty())
        && header(preflight, "Access-Control-Request-Method") == exchange.request.method
        && (within(preflight, exchange, PREFLIGHT_WINDOW) || precedes(exchange, preflight))
}

/// Whether `exchange` follows from the redirect before `hop`, to which nothing followed yet.
pub(super) fn follows(fetch: &ObservedFetch, hop: usize, exchange: &Exchange) -> bool {
    fetch.hops.len() == hop
        && fetch
            .last_actual()
            .is_some_and(|redirect| within(redirect, exchange, REDIRECT_WINDOW))
}

/// Whether `later` began after `earlier`, and not too long after its end.
pub(super) fn within(earlier: &Exchange, later: &Exchange, window: u64) -> bool {
    let end = earlier.started + earlier.timing.total.unwrap_or(0);
    later.started >= earlier.started && later.started <= end.saturating_add(window)
}

/// Whether a preflight that is listed later belongs to `actual`: browsers count a request's time from
/// before its preflight.
pub(super) fn precedes(actual: &Exchange, preflight: &Exchange) -> bool {
    let end = actual.started + actual.timing.total.unwrap_or(0);
    preflight.started >= actual.started && preflight.started <= end.max(actual.started + 1)
}
