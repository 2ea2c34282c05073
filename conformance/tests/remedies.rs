//! For every recorded scenario that a server can help with, a proved server remedy is offered.

use corscope_diagnose::Sight;
use corscope_diagnose::diagnostic::Who;
use corscope_diagnose::remedy::remedies;
use corscope_diagnose::scenario::{Subject, play, scenario_from_json};
use corscope_fetch::{Browser, Origin, PreflightCache};

/// Causes that no response header can mend.
const BEYOND_HEADERS: [&str; 9] = [
    "network_error",
    "unexpected_proxy_authentication",
    "stream_upload_needs_http2",
    "redirect_mode_error",
    "redirect_location_invalid",
    "redirect_to_non_http_scheme",
    "redirect_url_has_credentials",
    "integrity_mismatch",
    "sri_without_crossorigin",
];

#[test]
fn every_blocked_scenario_that_a_server_can_mend_has_a_proved_server_remedy() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios.jsonl");
    let scenarios = std::fs::read_to_string(path).unwrap();
    let (mut helped, mut unhelped) = (0, Vec::new());
    for line in scenarios.lines() {
        let scenario = scenario_from_json(line.as_bytes()).unwrap();
        let subject = Subject::new(&scenario).unwrap();
        let played = play(&subject, Browser::Chromium, &mut PreflightCache::new(), 0);
        let sight = Sight {
            subject: &subject,
            scenario: Some(&scenario),
            play: &played,
        };
        let Some(fault) = played.verdict.blocked_by() else {
            continue;
        };
        let is_response = fault.cause.phase() == corscope_fetch::cause::Phase::Response;
        let beyond = |cause: &str| BEYOND_HEADERS.contains(&cause);
        let whole_is_mendable = sight
            .faults()
            .iter()
            .all(|fault| !beyond(fault.cause.name()));
        // A credentialed request whose origin is null, by its page or by its redirects, would need
        // `null` allowed, which lets every sandboxed frame in: no remedy is the right answer.
        let include = sight.includes_credentials();
        let is_null = subject.client.origin == Origin::Opaque
            || Browser::ALL.into_iter().any(|browser| {
                let played = play(&subject, browser, &mut PreflightCache::new(), 0);
                let whole = played.survey.as_ref().unwrap_or(&played.verdict);
                whole
                    .legs
                    .iter()
                    .any(|leg| leg.checked_origin.as_deref() == Some("null"))
            });
        if !is_response || !whole_is_mendable || (include && is_null) {
            continue;
        }
        let found = remedies(&sight);
        assert!(found.iter().all(|remedy| remedy.proved));
        if found.iter().any(|remedy| remedy.who == Who::Server) {
            helped += 1;
        } else {
            let names: Vec<_> = sight
                .faults()
                .iter()
                .map(|fault| fault.cause.name())
                .collect();
            unhelped.push(format!("{} {names:?}", scenario.id.unwrap_or_default()));
        }
    }
    println!(
        "{helped} of {} blocked scenarios that a server can help with have a proved server remedy",
        helped + unhelped.len()
    );
    assert!(helped > 500, "only {helped}");
    assert!(
        unhelped.is_empty(),
        "{} of {}: {unhelped:#?}",
        unhelped.len(),
        helped + unhelped.len()
    );
}
