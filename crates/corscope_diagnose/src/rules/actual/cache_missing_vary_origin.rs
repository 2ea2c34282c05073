use corscope_fetch::Fault;

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::origins::parts;
use crate::sight::probes::allows;
use crate::sight::{Sight, Signs};

rule!(
    "cache-missing-vary-origin",
    Actual,
    Refusal,
    "cache_missing_vary_origin.md",
    "a cache handed out an answer made for somebody else",
    Finds::Faults(&["acao_missing", "acao_mismatch"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let response = sight.response(fault)?;
    let signs = Signs(response);
    if !sight.on_actual(fault) || signs.varies_on_origin() {
        return None;
    }
    let origin = sight.wanted_origin(fault);
    let got = sight.header(fault, "access-control-allow-origin");
    if got.as_deref().is_some_and(|got| parts(got).is_none()) {
        return None;
    }
    let busted = sight
        .cache_busting_probe(fault)
        .map(|probe| allows(&probe.headers.0, origin));
    let cache = signs.cache();
    let prior = sight.prior_without_origin(fault).is_some();
    let confidence = match (busted, cache, prior) {
        (Some(true), _, _) => Confidence::Certain,
        (Some(false), _, _) => return None,
        (None, Some(_), true) => Confidence::Certain,
        (None, Some(_), false) if got.is_some() => Confidence::Likely,
        (None, None, true) => Confidence::Likely,
        (None, Some(_), false) => Confidence::Possible,
        (None, None, false) if response.status == 304 => Confidence::Likely,
        (None, None, false) => return None,
    };
    let what = match &got {
        Some(got) => format!("an answer for `{got}`"),
        None => "an answer without CORS headers".to_owned(),
    };
    let shown = cache.map(|name| format!(" (`{name}`)")).unwrap_or_default();
    let mut found = Explanation::new(
        Who::Server,
        format!("a cache{shown} handed out {what}, since no `Vary: Origin` keeps answers apart; wanted `{origin}`"),
    )
    .confidence(confidence);
    if prior {
        found = found.note(
            "The same URL was loaded before without `Origin`, for instance by an element \
                            without `crossorigin`.",
        );
    }
    if confidence != Confidence::Certain {
        found = found.note(
            "The same URL with a made-up query (`?x=1`) gets past the cache, and settles it.",
        );
    }
    Some(
        found
            .narrow(
                Who::Server,
                "answer `Vary: Origin` always, also to requests without `Origin`, and then empty the caches",
            )
            .widens(
                Who::Server,
                "answer `Access-Control-Allow-Origin: *` to everybody, if the file is public",
            )
            .narrow(Who::Proxy, "make `Origin` a part of the CDN's cache key, and purge the URL")
            .manual(
                Who::Client,
                "load the URL in one way only: `crossorigin` on every element that uses it",
            ),
    )
}
