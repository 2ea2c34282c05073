//! Contracts: mistakes with their places, or cases that every profile judges, and that can be
//! written down and read again.

#![no_main]

use corscope_diagnose::contract::{
    Contract, ExpectedOutcome, NewCase, VERSION_LINE, broken, case_text, contract_from_toml,
    unreached,
};
use corscope_diagnose::scenario::{Subject, play};
use corscope_diagnose::{Sight, diagnose};
use corscope_fetch::PreflightCache;
use corscope_fetch::verdict::Outcome;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    match contract_from_toml(text, None) {
        Ok(contract) => judge(&contract),
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(!problem.message.is_empty());
                assert!(
                    problem
                        .position
                        .is_none_or(|(line, column)| line > 0 && column > 0)
                );
            }
        }
    }
});

fn judge(contract: &Contract) {
    for case in &contract.cases {
        let _ = case.filled_headers(&|_| Some("x".to_owned()));
        let Ok(subject) = Subject::new(&case.scenario) else {
            panic!("a case that was read cannot be meant");
        };
        for browser in &case.browsers {
            let played = play(&subject, *browser, &mut PreflightCache::new(), 0);
            let sight = Sight {
                subject: &subject,
                scenario: Some(&case.scenario),
                play: &played,
            };
            let broken = broken(case, &sight, &diagnose(&sight));
            let _ = unreached(&played);
            // What is not known is never kept.
            let is_known = !matches!(played.verdict.outcome, Outcome::Incomplete(_));
            let may_be_unknown = case.expect.outcome == ExpectedOutcome::PreflightAllowed;
            assert!(is_known || may_be_unknown || !broken.is_empty());
        }
        let written = case_text(&NewCase {
            scenario: &case.scenario,
            outcome: case.expect.outcome,
            keeps_answers: true,
            sends: false,
            is_secret: &|_| false,
        });
        if let Ok(written) = written {
            let text = format!("{VERSION_LINE}{written}");
            let read = contract_from_toml(text.as_bytes(), None);
            assert!(read.is_ok(), "{text}\n{read:?}");
        }
    }
}
