//! Scenario documents, in JSON or TOML: an error that says where, or a play by every profile.

#![no_main]

use corscope_diagnose::scenario::{Subject, play, scenario_from_json, scenario_from_toml};
use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Browser, PreflightCache};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let read = if text.first() == Some(&b'{') {
        scenario_from_json
    } else {
        scenario_from_toml
    };
    let scenario = match read(text) {
        Ok(scenario) => scenario,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let subject = match Subject::new(&scenario) {
        Ok(subject) => subject,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    for browser in Browser::ALL {
        let played = play(&subject, browser, &mut PreflightCache::new(), 0);
        let is_blocked = matches!(played.verdict.outcome, Outcome::Error | Outcome::Throw);
        assert_eq!(played.survey.is_some(), is_blocked);
        if let Some(survey) = played.survey {
            assert_eq!(survey.faults.first(), played.verdict.faults.first());
        }
    }
});
