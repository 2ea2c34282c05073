//! What the checks of one stack found, and what was known before.

use std::collections::BTreeMap;

use corscope_diagnose::recipe::Recipe;

/// A check that a stack cannot pass, and the pitfall, printed with the recipe, that says so.
pub(crate) struct Known {
    pub(crate) check: &'static str,
    pub(crate) pitfall: &'static str,
}

/// How often each check looked, and what it complained of.
#[derive(Default)]
pub(crate) struct Report {
    checks: BTreeMap<String, (usize, Vec<String>)>,
}

impl Report {
    pub(crate) fn add(&mut self, check: &str, looked: usize, complaints: Vec<String>) {
        let (all, before) = self.checks.entry(check.to_owned()).or_default();
        *all += looked;
        before.extend(complaints);
    }

    /// # Panics
    /// When a check failed that is not known to fail, or one that is known to fail did not; when
    /// there were fewer than `least` checks.
    pub(crate) fn finish(self, recipe: &Recipe, known: &[Known], least: usize) {
        let stack = recipe.stack;
        let count = (self.checks.values())
            .filter(|(looked, _)| *looked > 0)
            .count();
        assert!(count >= least, "{stack}: {count} checks, not {least}");
        let mut problems = Vec::new();
        for Known { check, pitfall } in known {
            let is_said = recipe.pitfalls.iter().any(|said| said.contains(pitfall));
            if !is_said {
                problems.push(format!("no pitfall says {pitfall:?}"));
            }
            if (self.checks.get(*check)).is_none_or(|(_, complaints)| complaints.is_empty()) {
                problems.push(format!("{check:?} is known to fail, and does not"));
            }
        }
        for (check, (looked, complaints)) in &self.checks {
            if complaints.is_empty() || known.iter().any(|known| known.check == check) {
                continue;
            }
            let some: Vec<_> = complaints.iter().take(4).map(String::as_str).collect();
            let some = some.join("\n    ");
            problems.push(format!(
                "{check}: {} of {looked}\n    {some}",
                complaints.len()
            ));
        }
        let all: usize = self.checks.values().map(|(looked, _)| looked).sum();
        println!("{stack}: {count} checks, which looked {all} times");
        assert!(problems.is_empty(), "{stack}:\n  {}", problems.join("\n  "));
    }
}
