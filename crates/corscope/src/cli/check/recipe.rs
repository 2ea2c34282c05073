//! The configuration that a check prints: for the stack that the answers betray, or the one asked for.

use corscope_diagnose::recipe::{Prescribed, Prescription, prescribe};
use corscope_diagnose::{Diagnostic, Sight};
use corscope_fetch::policy::Finding;
use serde_json::{Value, json};

use super::Checked;
use crate::cli::recipe::entry;

/// What is said about recipes.
pub(super) enum Advice {
    /// Nothing: nothing is blocked, or no header helps.
    None,
    /// A recipe.
    Recipe(Box<Prescription>),
    /// Why there is none, and what to run.
    Hint(String),
}

/// Finds what to say for one browser's verdict.
pub(super) fn advice(sight: &Sight<'_>, diagnostics: &[Diagnostic], checked: &Checked) -> Advice {
    match prescribe(sight, diagnostics, checked.stack) {
        None => Advice::None,
        Some(Prescribed::Recipe(prescription)) => Advice::Recipe(prescription),
        Some(Prescribed::NoStack) => Advice::Hint(
            "No stack known: `--stack NAME` adds its configuration (`corscope recipe --list`)"
                .to_owned(),
        ),
        Some(Prescribed::Refused(recipe, findings)) => Advice::Hint(format!(
            "No configuration for {} is printed, since its policy would be refused: {}.",
            recipe.title,
            reason(&findings)
        )),
    }
}

fn reason(findings: &[Finding]) -> String {
    let refused = findings
        .iter()
        .filter(|finding| finding.kind.is_wrong() || finding.kind.is_unsafe())
        .map(|finding| format!("{}; {}", finding.problem, finding.mend));
    refused.collect::<Vec<_>>().join(". ")
}

/// The advice for the live document.
pub(super) fn document(advice: &Advice, again: &[String]) -> Option<Value> {
    let prescription = match advice {
        Advice::None => return None,
        Advice::Hint(hint) => return Some(json!({ "stack": null, "hint": hint })),
        Advice::Recipe(prescription) => prescription,
    };
    let recipe = prescription.recipe;
    let layers: Vec<Value> = prescription
        .layers
        .iter()
        .map(|layer| {
            json!({
                "stack": layer.recipe.stack,
                "header": layer.name,
                "value": layer.value,
                "on": layer.place,
                "at_fault": layer.at_fault,
            })
        })
        .collect();
    let mut document = entry(recipe);
    let more = json!({
        "asked": prescription.is_asked,
        "layers": layers,
        "reasons": prescription.reasons(),
        "policy": prescription.policy,
        "place": recipe.place,
        "code": prescription.rendered.code,
        "limits": prescription.rendered.limits,
        "pitfalls": recipe.pitfalls,
        "verify": again.join(" "),
    });
    if let (Value::Object(document), Value::Object(more)) = (&mut document, more) {
        document.extend(more);
    }
    Some(document)
}
