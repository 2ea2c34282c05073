use corscope_fetch::same_site::is_same_site;
use corscope_fetch::{Evidence, Part};
use url::Url;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "cookie-samesite-blocked",
    Adjacent,
    Refusal,
    "cookie_samesite_blocked.md",
    "the cookie's SameSite keeps it from requests of other sites",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.readable()?;
    let cookies = sight.scenario.map_or(&[][..], |scenario| &scenario.cookies);
    if cookies.is_empty() && response.status != 401 {
        return None;
    }
    let url = sight.first_url()?;
    if !sight.includes_credentials() || !sight.is_cross_origin() {
        return None;
    }
    let page = sight.page_origin();
    if is_same_site(&sight.client().origin, url) {
        return None;
    }
    let blocked = cookies.iter().find(|cookie| {
        let is_of_target = Url::parse(&cookie.set_by).is_ok_and(|it| it.host() == url.host());
        is_of_target && !travels(&cookie.attributes)
    });
    let is_told = blocked.is_some();
    if !is_told {
        let sends_token = sight
            .init()
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if !cookies.is_empty() || sends_token || response.header_list.contains("www-authenticate") {
            return None;
        }
    }
    let name = blocked
        .and_then(|it| it.attributes.split('=').next())
        .unwrap_or_default()
        .trim();
    let headline = match is_told {
        true => format!(
            "cookie `{name}` is not sent: it has no `SameSite=None; Secure`, and `{page}` is another site"
        ),
        false => format!(
            "status 401 although credentials are included: cookies without `SameSite=None; Secure` are not sent from `{page}`, another site"
        ),
    };
    let confidence = if is_told {
        Confidence::Certain
    } else {
        Confidence::Possible
    };
    let found = Explanation::new(Who::Server, headline)
        .confidence(confidence)
        .note("CORS allows the request; whether a cookie travels, the cookie itself decides.")
        .note("Without `SameSite` browsers take it for `Lax`: sent by links, not by scripts of other sites.")
        .narrow(Who::Server, "set the cookie with `SameSite=None; Secure`, over https")
        .manual(Who::Server, "serve page and API under one site, such as `app.` and `api.` of one domain")
        .manual(Who::Client, "use a token in `Authorization` in place of the cookie");
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}

/// Whether a cookie goes along with a request that a script of another site makes.
fn travels(attributes: &str) -> bool {
    let mut none = false;
    let mut secure = false;
    for attribute in attributes.split(';').skip(1) {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let is = |wanted: &str| name.trim().eq_ignore_ascii_case(wanted);
        none |= is("samesite") && value.trim().eq_ignore_ascii_case("none");
        secure |= is("secure");
    }
    none && secure
}
