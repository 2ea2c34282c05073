//! Findings as they may be shown to others.

use std::sync::Arc;

use corscope_capture::redact::Redactor;
use corscope_diagnose::observed::{Finding, ObservedFetch, PreflightSeen};
use corscope_fetch::Exchange;
use serde_json::Value;

/// The finding without its secrets. It is judged anew, so that nothing of what it was made of stays in
/// texts or documents; what decides a verdict is never redacted.
pub fn without_secrets(finding: &Finding) -> Finding {
    let mut fetch = ObservedFetch::clone(&finding.fetch);
    redact(&mut fetch);
    let fetch = Arc::new(fetch);
    let browser = finding.judged.play.verdict.browser;
    Finding::of(Arc::clone(&fetch), Some(browser)).unwrap_or_else(|_| Finding {
        fetch,
        ..finding.clone()
    })
}

fn redact(fetch: &mut ObservedFetch) {
    let hide = |exchange: &mut Arc<Exchange>| {
        *exchange = Arc::new(Redactor::default().exchange(exchange).exchange);
    };
    for hop in &mut fetch.hops {
        if let PreflightSeen::Exchange(exchange) | PreflightSeen::Cached(exchange) =
            &mut hop.preflight
        {
            hide(exchange);
        }
        if let Some(exchange) = &mut hop.actual {
            hide(exchange);
        }
    }
    if let Some(url) = &mut fetch.page_url {
        hide_in_url(url);
    }
}

/// Hides the secrets of a URL.
pub(super) fn hide_in_url(url: &mut String) {
    let mut value = Value::String(std::mem::take(url));
    Redactor::default().json(&mut value);
    if let Value::String(hidden) = value {
        *url = hidden;
    }
}
