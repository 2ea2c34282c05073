use corscope_fetch::forbidden::is_forbidden_request_header;
use corscope_fetch::{Evidence, Mode};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "no-cors-strips-headers",
    Client,
    Risk,
    "no_cors_strips_headers.md",
    "mode no-cors drops request headers without a word",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let request = sight.whole().request.as_ref()?;
    if request.dropped.is_empty() {
        return None;
    }

    if request.mode != Mode::NoCors {
        return None;
    }
    let mut names = String::new();
    for header in request
        .dropped
        .iter()
        .filter(|it| !is_forbidden_request_header(it.name, it.value))
    {
        let name = String::from_utf8_lossy(header.name);
        names.push_str(if names.is_empty() { "`" } else { ", `" });
        names.push_str(&name);
        names.push('`');
    }
    if names.is_empty() {
        return None;
    }
    let mut found = Explanation::new(
        Who::Client,
        format!("mode `no-cors` drops {names} from the request"),
    )
    .note("The server gets the request without, and may take the body for plain text.")
    .narrow(
        Who::Client,
        "leave `mode: \"no-cors\"` out, and let the server allow the header with CORS",
    );
    if request.dropped.contains("content-type") {
        found = found.manual(
            Who::Client,
            "or send the body as a form, which needs no consent",
        );
    }
    Some((found, Vec::new()))
}
