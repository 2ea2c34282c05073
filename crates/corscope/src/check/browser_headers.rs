//! The headers that Chromium adds on its own, in its order, around those of the engine.

use corscope_fetch::mixed_content::is_potentially_trustworthy;
use corscope_fetch::same_site::is_same_site;
use corscope_fetch::{Api, Browser, Client, HeaderList, Origin, SentRequest};
use url::Url;

/// What servers see as the browser. Our own name stands at the end, so that it can be told apart.
const USER_AGENT: &str = concat!(
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 ",
    "Safari/537.36 corscope/",
    env!("CARGO_PKG_VERSION")
);

/// The whole header list for a request of the engine. `Host` and `Content-Length` are the wire
/// client's.
pub(super) fn wire_headers(
    request: &SentRequest,
    api: Api,
    client: &Client,
    cookies: Option<&str>,
) -> HeaderList {
    let mut list = HeaderList::with_capacity(16, 1024);
    list.push("Connection", "keep-alive");
    if request.preflight {
        list.push("Accept", "*/*");
        copy(request, &mut list, |name| {
            name.starts_with("access-control-request-")
        });
        copy(request, &mut list, |name| name == "origin");
        list.push("User-Agent", USER_AGENT);
        list.push("Sec-Fetch-Mode", "cors");
        list.push("Sec-Fetch-Site", site(client, &request.url));
        list.push("Sec-Fetch-Dest", "empty");
        push_referrer(client, &request.url, &mut list);
    } else {
        list.push("User-Agent", USER_AGENT);
        copy(request, &mut list, |name| name != "origin");
        if !request.header_list.contains("accept") {
            list.push("Accept", accept(api));
        }
        copy(request, &mut list, |name| name == "origin");
        list.push("Sec-Fetch-Site", site(client, &request.url));
        list.push("Sec-Fetch-Mode", mode(api, request));
        list.push("Sec-Fetch-Dest", destination(api));
        push_referrer(client, &request.url, &mut list);
    }
    // A coded body could not be looked into, and nothing about CORS depends on it.
    list.push("Accept-Encoding", "identity");
    if !request.header_list.contains("accept-language") {
        list.push("Accept-Language", "en-US,en;q=0.9");
    }
    if let Some(cookies) = cookies.filter(|_| request.include_credentials) {
        list.push("Cookie", cookies);
    }
    if is_potentially_trustworthy(&request.url, Browser::Chromium.profile()) {
        return list;
    }
    // Browsers tell a site about its request only where nobody can listen.
    list.without(|header| header.name.starts_with(b"Sec-Fetch-"))
}

fn copy(request: &SentRequest, list: &mut HeaderList, wanted: impl Fn(&str) -> bool) {
    for header in request.header_list.iter() {
        let name = String::from_utf8_lossy(header.name).to_ascii_lowercase();
        if wanted(&name) {
            list.push(header.name, header.value);
        }
    }
}

const fn accept(api: Api) -> &'static str {
    match api {
        Api::Img | Api::Canvas => {
            "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
        }
        Api::Style => "text/css,*/*;q=0.1",
        Api::EventSource => "text/event-stream",
        Api::Iframe => "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        _ => "*/*",
    }
}

fn mode(api: Api, request: &SentRequest) -> &'static str {
    match api {
        Api::Iframe => "navigate",
        Api::WebSocket => "websocket",
        Api::Worker => "same-origin",
        Api::Fetch | Api::Xhr | Api::Module | Api::Font | Api::EventSource => "cors",
        _ if request.header_list.contains("origin") => "cors",
        _ => "no-cors",
    }
}

const fn destination(api: Api) -> &'static str {
    match api {
        Api::Img | Api::Canvas => "image",
        Api::Script | Api::Module => "script",
        Api::Style => "style",
        Api::Font => "font",
        Api::Media => "video",
        Api::Worker => "worker",
        Api::Iframe => "iframe",
        _ => "empty",
    }
}

/// The default referrer policy: the origin only, and nothing where security would be lost.
fn push_referrer(client: &Client, url: &Url, list: &mut HeaderList) {
    let Origin::Tuple(origin) = &client.origin else {
        return;
    };
    if origin.starts_with("https:") && url.scheme() == "http" {
        return;
    }
    let referrer = match &client.url {
        Some(page) if client.origin.is_same_as(url) => {
            let mut page = page.clone();
            page.set_fragment(None);
            page.into()
        }
        _ => format!("{origin}/"),
    };
    list.push("Referer", referrer);
}

/// `Sec-Fetch-Site`.
fn site(client: &Client, url: &Url) -> &'static str {
    if client.origin.is_same_as(url) {
        "same-origin"
    } else if is_same_site(&client.origin, url) {
        "same-site"
    } else {
        "cross-site"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_what_somebody_registered() {
        let client = Client::new(Origin::parse("https://alice.github.io").unwrap());
        for (url, expected) in [
            ("https://alice.github.io/x", "same-origin"),
            ("https://api.alice.github.io/", "same-site"),
            ("http://alice.github.io/", "cross-site"),
            ("https://bob.github.io/", "cross-site"),
        ] {
            assert_eq!(site(&client, &Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
