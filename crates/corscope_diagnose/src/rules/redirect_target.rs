//! Where a redirect leads, and what its URL says about it.

use corscope_fetch::{Fault, Leg, Response};
use url::Url;

use crate::diagnostic::{Explanation, Who};
use crate::sight::{Sight, text};

/// The URL that a redirect leads to; `None` when it does not parse.
pub(crate) fn target(leg: &Leg, response: &Response) -> Option<Url> {
    leg.request.url.join(&text(response, "location")?).ok()
}

/// The redirect that a fault is on.
pub(super) fn redirect<'a>(sight: &Sight<'a>, fault: &Fault) -> Option<(&'a Leg, &'a Response)> {
    let leg = sight.leg(fault).filter(|leg| leg.name() == "redirect")?;
    leg.response().map(|response| (leg, response.as_ref()))
}

/// The first redirect to plain http.
pub(super) fn redirect_to_http<'a>(sight: &Sight<'a>) -> Option<(&'a Leg, Url)> {
    let mut redirects = sight
        .whole()
        .legs
        .iter()
        .filter(|leg| leg.name() == "redirect");
    redirects.find_map(|leg| {
        let target = target(leg, leg.response()?)?;
        (target.scheme() == "http").then_some((leg, target))
    })
}

/// With the remedy that the script asks for a redirect's target at once.
pub(super) fn with_direct_request(
    found: Explanation,
    leg: &Leg,
    response: &Response,
) -> Explanation {
    match target(leg, response) {
        Some(target) => found.manual(
            Who::Client,
            format!("ask for `{target}` at once, if it allows the page itself"),
        ),
        None => found,
    }
}

/// The redirect that led to a leg: its leg and its response.
pub(super) fn redirect_before<'a>(sight: &Sight<'a>, leg: &Leg) -> Option<(&'a Leg, &'a Response)> {
    let hop = leg.hop.checked_sub(1)?;
    let before = sight
        .whole()
        .legs
        .iter()
        .find(|it| it.hop == hop && !it.request.preflight)?;
    before
        .response()
        .map(|response| (before, response.as_ref()))
}

/// Whether a URL is most likely that of a login.
pub(super) fn looks_like_login(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.split('.').any(is_login_word)
        || url.path_segments().is_some_and(|mut segments| {
            segments.any(|segment| is_login_word(segment.split('.').next().unwrap_or_default()))
        })
        || url.query().is_some_and(|query| {
            query.split('&').any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                is_return_parameter(name, value)
            })
        })
}

/// Words for a login, as a whole label of a host or a whole segment of a path.
fn is_login_word(word: &str) -> bool {
    [
        "login",
        "log-in",
        "log_in",
        "signin",
        "sign-in",
        "sign_in",
        "logon",
        "authorize",
        "authenticate",
        "auth",
        "oauth",
        "oauth2",
        "openid-connect",
        "sso",
        "saml",
        "saml2",
        "adfs",
        "cas",
        "idp",
        "accounts",
        "cloudflareaccess",
        "okta",
        "auth0",
        "microsoftonline",
    ]
    .iter()
    .any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether a query parameter says where to return to after a login.
fn is_return_parameter(name: &str, value: &str) -> bool {
    match name {
        "SAMLRequest" | "redirect_uri" => true,
        "next" | "rd" | "return_to" | "returnTo" | "returnUrl" | "ReturnUrl" | "continue" => {
            let value = value.to_ascii_lowercase();
            ["/", "%2f", "http"]
                .iter()
                .any(|start| value.starts_with(start))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_known_by_host_path_or_query() {
        let login = |url: &str| looks_like_login(&Url::parse(url).unwrap());
        for url in [
            "https://a.example/login?next=%2Fitems",
            "https://a.example/Account/Login.aspx",
            "https://login.microsoftonline.com/common/x",
            "https://idp.example/oauth2/authorize?client_id=1",
            "https://a.example/start?rd=https://b.example",
        ] {
            assert!(login(url), "{url}");
        }
        for url in [
            "https://a.example/items?next=abc",
            "https://authors.example/loginfo",
            "https://cdn.example/castle.png",
        ] {
            assert!(!login(url), "{url}");
        }
    }
}
