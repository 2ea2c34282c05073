use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Confidence, Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_preflight, with_remedies};
use crate::sight::Sight;

rule!(
    "preflight-network-error",
    Preflight,
    Refusal,
    "preflight_network_error.md",
    "no answer to the preflight",
    Finds::Faults(&["network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = first_preflight(sight, fault)?;
    let Cause::NetworkError { failure } = &fault.cause else {
        return None;
    };
    let headline = match (failure.closed, &*failure.error) {
        (true, _) => "the connection was closed without an answer to the preflight".to_owned(),
        (false, "") => "no answer to the preflight".to_owned(),
        (false, error) => format!("no answer to the preflight: `{error}`"),
    };
    let found = Explanation::new(Who::Server, headline);
    let found = match another_method_is_answered(sight, leg) {
        true => found.note(
            "The same server does answer other requests: it, or something before it, drops \
             OPTIONS.",
        ),
        false => found.confidence(Confidence::Likely).note(
            "The console says CORS, but nothing came back at all. A GET to the same URL tells \
             whether only OPTIONS is dropped: if that fails, too, the server is down or not \
             reachable.",
        ),
    };
    Some(with_remedies(found, sight, leg))
}

/// Whether the server answered anything but OPTIONS: the request itself, or a probe.
fn another_method_is_answered(sight: &Sight<'_>, leg: &corscope_fetch::Leg) -> bool {
    let host = leg.request.url.host_str().unwrap_or_default();
    let probed = sight.scenario.is_some_and(|scenario| {
        let answered = |it: &crate::scenario::ProbeDocument| {
            it.status != 0 && it.method != "OPTIONS" && it.url.contains(host)
        };
        scenario.probes.iter().any(answered)
    });
    let is_answered =
        |it: &corscope_fetch::Leg| !it.request.preflight && it.hop == 0 && it.response().is_some();
    probed || sight.whole().legs.iter().any(is_answered)
}
