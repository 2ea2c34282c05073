use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Api, Evidence, Fault};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::network_kind::error_name;
use crate::sight::{NetworkKind, Sight, Signs, line_of, text};

rule!(
    "orb-blocked",
    Adjacent,
    Refusal,
    "orb_blocked.md",
    "the browser keeps data out of elements that expect scripts or images",
    Finds::Both(&["network_error"], explain, observe)
);

fn explain(_: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if NetworkKind::of_fault(fault)? != NetworkKind::OpaqueResponseBlocking {
        return None;
    }
    Some(with_remedies(Explanation::new(
        Who::Client,
        format!(
            "opaque response blocking kept the response from the page: `{}`",
            error_name(fault)
        ),
    )))
}

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let api = sight.api();
    if !matches!(api, Api::Img | Api::Script | Api::Style | Api::Media)
        || *sight.outcome() != Outcome::Opaque
    {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    let kind = text(response, "content-type")?;
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_nosniff = Signs(response).header_says("x-content-type-options", "nosniff");
    let is_data = DATA.iter().any(|data| essence.eq_ignore_ascii_case(data));
    let is_text = is_nosniff && essence.eq_ignore_ascii_case("text/plain");
    let fits = match api {
        Api::Script | Api::Img => is_data || is_text,
        _ => is_nosniff && is_data,
    };
    if !fits {
        return None;
    }
    let found = Explanation::new(
        Who::Client,
        format!("`Content-Type` is `{kind}`, which an element of another origin's page cannot use"),
    )
    .confidence(Confidence::Likely);
    Some((with_remedies(found), line_of(leg, response, "content-type")))
}

fn with_remedies(found: Explanation) -> Explanation {
    found
        .note("Opaque response blocking (ORB) keeps data out of elements for images, scripts and media.")
        .narrow(Who::Client, "check the URL: often an error page or a login page comes in place of the file")
        .narrow(Who::Client, "fetch data with `fetch()` and CORS, not with an element")
        .narrow(Who::Server, "send the file with its true `Content-Type`")
}

/// Types that no element can use.
const DATA: [&str; 5] = [
    "text/html",
    "application/json",
    "text/json",
    "text/xml",
    "application/xml",
];
