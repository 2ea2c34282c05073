//! `corscope simulate` for people.

use corscope_diagnose::scenario::{Scenario, ScenarioError, Sequence};

use crate::simulate::Settings;

pub(super) fn scenario(
    _scenario: &Scenario,
    _settings: &Settings,
    _markdown: bool,
    _out: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    Ok(false)
}

pub(super) fn sequence(
    _sequence: &Sequence,
    _settings: &Settings,
    _out: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    Ok(false)
}
