//! The rules. Each group's `mod.rs` lists its own, the more specific before the more general: the
//! first that agrees explains a fault.

mod actual;
mod adjacent;
mod client;
mod origin_difference;
mod preflight;
mod preflight_answer;
mod redirect;
pub(crate) mod redirect_target;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::rule::{Explain, Finds, Observe, Rule};

/// All rules.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        adjacent::RULES,
        client::RULES,
        preflight::RULES,
        redirect::RULES,
        actual::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule with a code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

/// What the rules look at, ready to be looked up: a stream of verdicts asks for every one.
struct Index {
    by_cause: BTreeMap<&'static str, Vec<(&'static Rule, Explain)>>,
    observing: Vec<(&'static Rule, Observe)>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        by_cause: BTreeMap::new(),
        observing: Vec::new(),
    };
    for rule in all() {
        if let Finds::Faults(causes, explain) | Finds::Both(causes, explain, _) = rule.finds {
            for cause in causes {
                index
                    .by_cause
                    .entry(cause)
                    .or_default()
                    .push((rule, explain));
            }
        }
        if let Finds::Observation(observe) | Finds::Both(_, _, observe) = rule.finds {
            index.observing.push((rule, observe));
        }
    }
    index
});

/// The rules that may explain faults of a cause, the more specific first.
pub(crate) fn explaining(cause: &str) -> &'static [(&'static Rule, Explain)] {
    INDEX.by_cause.get(cause).map_or(&[], Vec::as_slice)
}

/// The rules that find what refuses nothing by itself.
pub(crate) fn observing() -> &'static [(&'static Rule, Observe)] {
    &INDEX.observing
}
