//! Every recorded row and sequence step agrees with the engine, or has a reasoned divergence.

use conformance::{Divergences, RECORDED, replay, replay_sequences};

#[test]
fn every_row_agrees_or_has_a_reason() {
    let divergences = Divergences::read().unwrap();
    for browser in RECORDED {
        let report = replay(browser).unwrap();
        let sequences = replay_sequences(browser).unwrap();
        assert!(
            report.rows >= 1500 && sequences.rows >= 200,
            "rows are missing for {browser}"
        );
        let mismatches: Vec<_> = report
            .mismatches
            .into_iter()
            .chain(sequences.mismatches)
            .collect();
        let verified = divergences.verify(browser, &mismatches);
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
    let report = replay(corscope_fetch::Browser::Chromium).unwrap();
    let without_one =
        divergences.verify(corscope_fetch::Browser::Chromium, &report.mismatches[1..]);
    assert_eq!(without_one.stale.len(), 1);
    let nothing = Divergences::default();
    let unexplained = nothing.verify(corscope_fetch::Browser::Chromium, &report.mismatches);
    assert_eq!(unexplained.unexplained.len(), report.mismatches.len());
}
