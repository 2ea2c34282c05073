//! What changes exchanges on their way: the rewrites and breakpoints in force, and "make it pass".

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use corscope_diagnose::observed::{Finding, Standing};
use corscope_diagnose::remedy::make_it_pass;
use corscope_wire::proxy::stages::{
    Ground, Mistake, Rewrites, RulesDocument, Stages, rules_from_toml,
};

use super::cors_check::EngineSays;
use super::rewrites;

/// How many failing fetches can be mended by their number.
const REMEMBERED: usize = 512;

/// The rule of an answer that a cache handed out.
const FROM_CACHE: &str = "cache-missing-vary-origin";

/// What is in force, and the failing fetches that can be mended.
pub struct Steering {
    ground: Ground,
    rewrites: Rewrites,
    /// By their numbers, which rise.
    failing: Mutex<BTreeMap<u64, Finding>>,
}

/// What was put in force so that a fetch passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// The rewrites, new ones and those that were there before.
    pub rewrites: Vec<MadeRewrite>,
    /// Whether more is let in than the page's own origin: fit for a proxy, not as a server's policy.
    pub widens: bool,
    /// Whether the answer that failed lies in the browser's own HTTP cache, where no proxy changes it.
    pub in_browser_cache: bool,
}

/// A rewrite that makes a leg pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeRewrite {
    /// Its identity.
    pub id: String,
    /// What it does, for people.
    pub name: String,
    /// Whether it was in force before.
    pub was_there: bool,
}

/// Why a fetch cannot be made to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotPass {
    /// No failing fetch of this number is remembered.
    NotSeen(u64),
    /// No change of what the server answers makes the browser let it pass.
    NoChangeHelps(u64),
    /// The rewrite that would do it is refused.
    Refused(Vec<Mistake>),
}

impl fmt::Display for CannotPass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSeen(number) => {
                write!(out, "#{number} is no failing request that was seen here")
            }
            Self::NoChangeHelps(number) => write!(
                out,
                "#{number} cannot be made to pass by changing what the server answers"
            ),
            Self::Refused(mistakes) => out.write_str(&listed("rewrite", mistakes)),
        }
    }
}

impl std::error::Error for CannotPass {}

impl Steering {
    /// Nothing in force yet but what the file `rules` says; `stages` holds what is put in force.
    ///
    /// # Errors
    /// When the rules file cannot be read or has mistakes: all of them, each with its place and mend.
    pub fn new(stages: Arc<Stages>, rules: Option<&Path>) -> Result<Self, String> {
        let directory = rules
            .and_then(Path::parent)
            .map_or_else(PathBuf::new, Path::to_owned);
        let ground = Ground {
            directory,
            cors_check: Some(Arc::new(EngineSays)),
        };
        let document = match rules {
            None => RulesDocument::default(),
            Some(path) => {
                let place = path.display();
                let text = std::fs::read(path).map_err(|error| format!("{place}: {error}"))?;
                rules_from_toml(&text, &ground).map_err(|it| listed(&place.to_string(), &it))?
            }
        };
        let rewrites = Rewrites::new(stages, ground.clone());
        rewrites
            .load(&document)
            .map_err(|it| listed("rules", &it))?;
        Ok(Self {
            ground,
            rewrites,
            failing: Mutex::default(),
        })
    }

    /// The rewrites and breakpoints.
    pub fn rewrites(&self) -> &Rewrites {
        &self.rewrites
    }

    /// Puts what a rules file says in place of all that is in force.
    ///
    /// # Errors
    /// All its mistakes, each with its place and mend; nothing is changed then.
    pub fn load(&self, toml: &[u8]) -> Result<(), Vec<Mistake>> {
        let document = rules_from_toml(toml, &self.ground)?;
        self.rewrites.load(&document)
    }

    /// Remembers a finding that may be mended; says whether it is one.
    pub fn note(&self, finding: &Finding) -> bool {
        let can_fail = matches!(
            finding.judged.standing,
            Standing::Blocked | Standing::DependsOnCredentials
        );
        if !can_fail {
            return false;
        }
        let number = finding.fetch.number;
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.insert(number, finding.clone());
        if failing.len() > REMEMBERED {
            failing.pop_first();
        }
        true
    }

    /// The failing fetch of this number.
    ///
    /// # Errors
    /// When none is remembered.
    pub fn failing(&self, number: u64) -> Result<Finding, CannotPass> {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let found = failing.get(&number).cloned();
        found.ok_or(CannotPass::NotSeen(number))
    }

    /// Makes a failing fetch pass from now on: puts in force the smallest rewrites of which the engine
    /// proves that they do it.
    ///
    /// # Errors
    /// When no change of the answers makes it pass.
    pub fn make_finding_pass(&self, finding: &Finding) -> Result<Passed, CannotPass> {
        let judged = &finding.judged;
        let change = make_it_pass(&judged.subject, &judged.play)
            .ok_or(CannotPass::NoChangeHelps(finding.fetch.number))?;
        let mut passed = Passed {
            widens: change.widens,
            in_browser_cache: finding.root_cause().map(|root| root.rule) == Some(FROM_CACHE),
            ..Passed::default()
        };
        for document in rewrites(&change) {
            let name = document.name.clone();
            // The same fetch may fail again before the page has tried anew.
            let known = self.rewrites.rewrites().into_iter();
            let known = known.map(|listed| listed.document);
            let there = known.filter(|it| it.enabled && it.name == name);
            let there = there.map(|it| it.id).next();
            let was_there = there.is_some();
            let id = match there {
                Some(id) => id,
                None => self
                    .rewrites
                    .put_rewrite(document)
                    .map_err(CannotPass::Refused)?,
            };
            passed.rewrites.push(MadeRewrite {
                id,
                name,
                was_there,
            });
        }
        Ok(passed)
    }
}

/// Mistakes, one a line, each with its place.
fn listed(place: &str, mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(|it| format!("{place}: {it}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::FROM_CACHE;

    #[test]
    fn the_rule_of_a_caches_answer_is_one() {
        assert!(corscope_diagnose::rules::by_code(FROM_CACHE).is_some());
    }
}
