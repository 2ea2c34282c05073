//! Remedies that are proved: each is applied to the fetch, the engine is run again for every
//! profile, and it is offered only where the outcome improves and nothing that worked breaks.

mod client;
mod exchange;
mod rewriting;
mod server;

use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Browser, PreflightCache};

pub use rewriting::{LegRewriting, Rewriting, make_it_pass};

use crate::diagnostic::{Applicability, Diagnostic, OWN_SERVER, Remedy, Who};
use crate::scenario::{Subject, play};
use crate::sight::Sight;

/// A change that may help, and the fetch after it.
struct Candidate {
    remedy: Remedy,
    subject: Subject,
}

/// The remedies that were proved, best first: fewest changes, narrowest, then by who must act.
pub fn remedies(sight: &Sight<'_>) -> Vec<Remedy> {
    if sight.play.verdict.blocked_by().is_none() {
        return Vec::new();
    }
    let before = Browser::ALL.map(|browser| worth(sight.subject, browser));
    let mut candidates = server::candidates(sight);
    candidates.extend(client::candidates(sight));
    let browser = sight.play.verdict.browser;
    candidates
        .into_iter()
        .filter(|candidate| {
            Browser::ALL.into_iter().zip(before).all(|(each, before)| {
                let after = worth(&candidate.subject, each);
                after >= before && (each != browser || after > before)
            })
        })
        .map(|candidate| Remedy {
            proved: true,
            ..candidate.remedy
        })
        .collect()
}

/// Puts the proved remedies before the advice of the rules, where they make the narrow advice
/// needless.
pub fn prove(sight: &Sight<'_>, diagnostics: &mut [Diagnostic]) {
    let Some(first) = diagnostics.iter_mut().find(|diagnostic| diagnostic.first) else {
        return;
    };
    if first.explanation.is_beyond_headers {
        return;
    }
    let mut proved = remedies(sight);
    if proved.is_empty() {
        return;
    }
    // Whose mistake it is should mend it: no server has to allow what a script should not send.
    let who = first.explanation.who;
    proved.sort_by_key(|remedy| remedy.who != who);
    // Proved header lines say the advice exactly, and a proved path says where it leads.
    let is_covered = |advice: &Remedy| {
        let proved_by = |who: Who| proved.iter().filter(move |remedy| remedy.who == who);
        match (advice.who, advice.applicability) {
            _ if advice.title == OWN_SERVER => proved_by(Who::Proxy).next().is_some(),
            (Who::Server, Applicability::Narrow) => proved_by(Who::Server).next().is_some(),
            (Who::Server, Applicability::Widens) => {
                proved_by(Who::Server).any(|it| it.applicability == Applicability::Widens)
            }
            _ => false,
        }
    };
    let mut leading = std::mem::take(&mut first.explanation.remedies);
    let mut advice = leading.split_off(first.explanation.leading);
    advice.retain(|advice| !is_covered(advice));
    first.explanation.remedies = leading.into_iter().chain(proved).chain(advice).collect();
}

/// How good an outcome is for the script: the more the better.
fn worth(subject: &Subject, browser: Browser) -> u8 {
    match play(subject, browser, &mut PreflightCache::new(), 0)
        .verdict
        .outcome
    {
        Outcome::Readable { .. } => 3,
        Outcome::Opaque | Outcome::OpaqueRedirect => 2,
        Outcome::Incomplete(_) => 1,
        Outcome::Error | Outcome::Throw => 0,
    }
}
