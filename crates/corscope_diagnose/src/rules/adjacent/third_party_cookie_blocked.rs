use corscope_fetch::same_site::is_same_site;
use corscope_fetch::{Evidence, Part};
use url::Url;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "third-party-cookie-blocked",
    Adjacent,
    Refusal,
    "third_party_cookie_blocked.md",
    "the browser keeps third-party cookies back",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let scenario = sight.scenario?;
    if scenario.cookies.is_empty() || !sight.includes_credentials() || !sight.is_cross_origin() {
        return None;
    }
    let (leg, response) = sight.readable()?;
    if !matches!(response.status, 401 | 403) {
        return None;
    }
    let url = sight.first_url()?;
    if is_same_site(&sight.client().origin, url) {
        return None;
    }
    let has = |attributes: &str, wanted: &str| {
        attributes
            .split(';')
            .skip(1)
            .any(|it| it.replace(' ', "").eq_ignore_ascii_case(wanted))
    };
    let cookie = scenario.cookies.iter().find(|cookie| {
        Url::parse(&cookie.set_by).is_ok_and(|it| it.host() == url.host())
            && has(&cookie.attributes, "samesite=none")
            && has(&cookie.attributes, "secure")
    })?;
    let name = cookie
        .attributes
        .split('=')
        .next()
        .unwrap_or_default()
        .trim();
    let is_partitioned = has(&cookie.attributes, "partitioned");
    let mut found = Explanation::new(
        Who::Server,
        format!("cookie `{name}` may travel, and status {} shows that it did not: browsers keep third-party cookies back", response.status),
    )
    .confidence(Confidence::Likely)
    .note("Safari and Firefox block or separate cookies of other sites, Chrome where the user says so.");
    if is_partitioned {
        found = found.note("The cookie is partitioned: it exists once for each site, so a login elsewhere does not count here.");
    } else {
        found = found.narrow(
            Who::Server,
            "add `Partitioned`, if the login is made from this very page",
        );
    }
    Some((
        found
            .manual(
                Who::Server,
                "serve page and API under one site, such as `app.` and `api.` of one domain",
            )
            .manual(
                Who::Client,
                "use a token in `Authorization` in place of the cookie",
            ),
        vec![Evidence::response(leg, Part::Status)],
    ))
}
