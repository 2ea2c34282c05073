//! Requests that never went out, as exchanges of their own.

use corscope_fetch::exchange::{Exchange, Failure, Hints, HttpVersion, ObservedRequest, Side};
use corscope_fetch::{HeaderList, Mode};
use url::Url;

use crate::browser::BrowserEvent;

/// An exchange, without a number yet, that stands for a request which the browser did not let out.
pub(super) fn unsent(event: &BrowserEvent) -> Option<Exchange> {
    let page = event
        .page_url
        .as_deref()
        .and_then(|it| Url::parse(it).ok())?;
    let is_navigation = event.mode == Some(Mode::Navigate);
    let is_http = event.url.starts_with("http") || event.url.starts_with("ws");
    if is_navigation || !is_http {
        return None;
    }
    let mut header_list = HeaderList::new();
    header_list.push("Origin", page.origin().ascii_serialization());
    let reason = event.blocked_reason.as_deref().unwrap_or("its own rules");
    let net_error = event.said.net_error.clone();
    Some(Exchange {
        started: event.time,
        request: ObservedRequest {
            method: event.method.clone(),
            url: event.url.clone(),
            version: HttpVersion::Http11,
            header_list,
            ..ObservedRequest::default()
        },
        failure: Some(Failure {
            code: "never-sent".into(),
            net_error: net_error.map(Into::into),
            side: Side::Client,
            message: format!("the browser did not send it, because of {reason}"),
        }),
        hints: Hints {
            api: event.api,
            mode: event.mode,
            credentials: event.credentials,
            page_url: event.page_url.clone(),
            browser: Some(Box::new(event.said.clone())),
            ..Hints::default()
        },
        ended: true,
        ..Exchange::default()
    })
}
