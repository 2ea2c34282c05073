//! Every recorded row and sequence step agrees with the engine, or has a reasoned divergence.

use conformance::{Divergences, Mismatch, RECORDED, replay, replay_live, replay_sequences};
use corscope_fetch::Browser;

fn mismatches(browser: Browser) -> Vec<Mismatch> {
    let report = replay(browser).unwrap();
    let live = replay_live(browser).unwrap();
    let sequences = replay_sequences(browser).unwrap();
    assert!(
        report.rows >= 1500 && live.rows >= 1000 && sequences.rows >= 200,
        "rows are missing for {browser}"
    );
    let reports = [report, live, sequences];
    reports
        .into_iter()
        .flat_map(|report| report.mismatches)
        .collect()
}

#[test]
fn every_row_agrees_or_has_a_reason() {
    let divergences = Divergences::read().unwrap();
    for browser in RECORDED {
        let verified = divergences.verify(browser, &mismatches(browser));
        assert!(
            verified.unexplained.is_empty(),
            "{:#?}",
            verified.unexplained
        );
        assert!(
            verified.stale.is_empty(),
            "these no longer differ: {:?}",
            verified.stale
        );
    }
}

#[test]
fn a_stale_entry_and_an_unexplained_row_are_both_found() {
    let divergences = Divergences::read().unwrap();
    let mismatches = mismatches(Browser::Firefox);
    let without_one = divergences.verify(Browser::Firefox, &mismatches[1..]);
    assert_eq!(without_one.stale.len(), 1);
    let nothing = Divergences::default();
    let unexplained = nothing.verify(Browser::Firefox, &mismatches);
    assert_eq!(unexplained.unexplained.len(), mismatches.len());
}
