//! Which observed exchanges a browser's CORS rules have a say in.

use std::borrow::Cow;

use corscope_fetch::exchange::Exchange;
use corscope_fetch::request_init::{Api, Mode};

use super::web_origin::origin_of;

/// What an exchange is to CORS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relevance {
    /// A CORS-preflight request.
    Preflight {
        /// The origin that asks.
        origin: String,
    },
    /// A request of a page for another origin.
    Request {
        /// The page's origin, as far as it is known; `null` after a redirect that taints it.
        origin: String,
    },
    /// Nothing that CORS decides: same-origin, a navigation, not a browser's.
    Aside,
}

/// Says what `exchange` is to CORS. `None` as the page's URL where it is not known.
pub fn relevance(exchange: &Exchange) -> Relevance {
    let list = &exchange.request.header_list;
    let header = |name: &str| {
        list.get(name)
            .map(|value| String::from_utf8_lossy(&value).into_owned())
    };
    let origin = header("Origin");
    if exchange.is_preflight() {
        return Relevance::Preflight {
            origin: origin.unwrap_or_default(),
        };
    }
    let mode = header("Sec-Fetch-Mode");
    let is_navigation = mode.as_deref() == Some("navigate")
        || exchange.hints.mode == Some(Mode::Navigate)
        || exchange.request.method == "CONNECT";
    if is_navigation {
        return Relevance::Aside;
    }
    let Some(own) = origin_of(&exchange.request.url) else {
        return Relevance::Aside;
    };
    // A WebSocket's handshake has the scheme of its page in Origin; its own is another one.
    let own_for_pages = match own.strip_prefix("ws") {
        Some(rest) => Cow::Owned(format!("http{rest}")),
        None => own,
    };
    if let Some(origin) = origin {
        return if origin == own_for_pages {
            Relevance::Aside
        } else {
            Relevance::Request { origin }
        };
    }
    // Without Origin: what loads across origins without CORS, and what a HAR lists incompletely.
    let site = header("Sec-Fetch-Site");
    let crosses = matches!(site.as_deref(), Some("cross-site" | "same-site"));
    let is_subresource = mode.is_some() || exchange.hints.api.is_some();
    let page = page_of(exchange).filter(|page| *page != own_for_pages);
    match page {
        Some(origin) if crosses || is_subresource => Relevance::Request { origin },
        _ => Relevance::Aside,
    }
}

/// The origin of the page, by whoever knows it.
fn page_of(exchange: &Exchange) -> Option<String> {
    let list = &exchange.request.header_list;
    let known = exchange.hints.page_url.clone().or_else(|| {
        let referer = list.get("Referer")?;
        Some(String::from_utf8_lossy(&referer).into_owned())
    })?;
    let origin = origin_of(&known)?;
    (origin != "null").then(|| origin.into_owned())
}

/// Who asked, as far as the request shows.
pub(super) fn api_of(exchange: &Exchange) -> Api {
    if let Some(api) = exchange.hints.api {
        return api;
    }
    let list = &exchange.request.header_list;
    let is = |name: &str, wanted: &[u8]| {
        list.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case(wanted))
    };
    if is("Upgrade", b"websocket") {
        return Api::WebSocket;
    }
    let destination = list.get("Sec-Fetch-Dest").unwrap_or_default();
    match &*destination {
        b"image" => Api::Img,
        b"script" if is("Sec-Fetch-Mode", b"cors") => Api::Module,
        b"script" => Api::Script,
        b"style" => Api::Style,
        b"font" => Api::Font,
        b"audio" | b"video" | b"track" => Api::Media,
        b"worker" | b"sharedworker" => Api::Worker,
        _ if is("Accept", b"text/event-stream") => Api::EventSource,
        _ => Api::Fetch,
    }
}

/// The mode, as far as the request shows.
pub(super) fn mode_of(exchange: &Exchange) -> Option<Mode> {
    if exchange.hints.mode.is_some() {
        return exchange.hints.mode;
    }
    match &*exchange.request.header_list.get("Sec-Fetch-Mode")? {
        b"cors" => Some(Mode::Cors),
        b"no-cors" => Some(Mode::NoCors),
        b"same-origin" => Some(Mode::SameOrigin),
        _ => None,
    }
}
