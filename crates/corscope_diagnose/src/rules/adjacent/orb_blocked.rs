use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Api, Evidence};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{NetworkKind, Sight, Signs, line_of, text};

rule!(
    "orb-blocked",
    Adjacent,
    Refusal,
    "orb_blocked.md",
    "the browser keeps data out of elements that expect scripts or images",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let is_named = sight
        .faults()
        .iter()
        .any(|fault| NetworkKind::of_fault(fault) == Some(NetworkKind::OpaqueResponseBlocking));
    let element = matches!(
        sight.api(),
        Api::Img | Api::Script | Api::Style | Api::Media
    );
    let (leg, kind) = match sight.final_response() {
        _ if is_named => (None, None),
        Some((leg, response)) if element && *sight.outcome() == Outcome::Opaque => {
            let kind = text(response, "content-type")?;
            let essence = kind.split(';').next().unwrap_or_default().trim();
            let is_data = [
                "text/html",
                "application/json",
                "text/json",
                "text/xml",
                "application/xml",
            ]
            .iter()
            .any(|data| essence.eq_ignore_ascii_case(data));
            let nosniff = Signs(response).header_says("x-content-type-options", "nosniff");
            let is_plain = nosniff && essence.eq_ignore_ascii_case("text/plain");
            if !(is_data || is_plain)
                || (sight.api() != Api::Script && sight.api() != Api::Img && !nosniff)
            {
                return None;
            }
            (Some(leg), Some(kind))
        }
        _ => return None,
    };
    let headline = match &kind {
        Some(kind) => format!(
            "`Content-Type` is `{kind}`, which an element of another origin's page cannot use"
        ),
        None => "opaque response blocking kept the response from the page".to_owned(),
    };
    let confidence = if is_named {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    let found = Explanation::new(Who::Client, headline)
        .confidence(confidence)
        .note("This is opaque response blocking (ORB): data is kept out of elements for images, scripts and media.")
        .narrow(Who::Client, "check the URL: often an error page or a login page comes in place of the file")
        .narrow(Who::Client, "fetch data with `fetch()` and CORS, not with an element")
        .narrow(Who::Server, "send the file with its true `Content-Type`");
    let evidence = match (leg, sight.final_response()) {
        (Some(leg), Some((_, response))) => line_of(leg, response, "content-type"),
        _ => Vec::new(),
    };
    Some((found, evidence))
}
