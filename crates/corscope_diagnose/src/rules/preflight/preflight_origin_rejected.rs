use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{
    asked_method, asked_names, first_answer, has_cors_headers, wanted_origin, with_way_around,
};
use crate::sight::{Sight, Signs, lists};

rule!(
    "preflight-origin-rejected",
    Preflight,
    Refusal,
    "preflight_origin_rejected.md",
    "the server's CORS layer refuses the origin, the method or a header",
    Finds::Faults(&["acao_missing", "preflight_status_not_ok"], explain)
);

/// What CORS layers write when they refuse.
const WORDS: [&str; 9] = [
    "invalid cors request",
    "not allowed by cors",
    "disallowed cors",
    "corsresponse",
    "cors is not enabled for this bucket",
    "cors request rejected",
    "cors policy",
    "origin not allowed",
    "origin is not allowed",
];

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let (leg, response) = first_answer(sight, fault)?;
    let status = response.status;
    let may_be = response.is_ok() || status >= 400;
    if !may_be || has_cors_headers(response) {
        return None;
    }
    let signs = Signs(response);
    let varies = lists(response, "vary", "origin");
    let headline = if matches!(status, 400 | 403 | 500)
        && let Some(word) = signs.body_says(&WORDS)
    {
        format!("the server's CORS layer answered {status} (`{word}`) to the preflight")
    } else if status == 403 && signs.header_says("server", "amazons3") {
        "the bucket's CORS rules do not cover this preflight: it answered 403".to_owned()
    } else if varies && (status == 403 || response.is_ok()) {
        format!(
            "the preflight was answered {status} with `Vary: Origin`, and without any CORS header: \
             the server's CORS layer refuses it"
        )
    } else {
        return None;
    };
    let (origin, method, names) = (wanted_origin(leg), asked_method(leg), asked_names(leg));
    let mut list = format!("let the server's CORS list allow origin `{origin}`, method `{method}`");
    if !names.is_empty() {
        list.push_str(&format!(" and headers `{}`", names.replace(',', ", ")));
    }
    let found = Explanation::new(Who::Server, headline)
        .confidence(Confidence::Likely)
        .note(
            "Such a layer says no to the whole preflight and does not tell whether it was the \
             origin, the method or a header. Ask with each alone to find out: first the origin \
             with GET and no header, then the method, then the headers.",
        )
        .narrow(Who::Server, list);
    Some(with_way_around(found, sight, leg))
}
