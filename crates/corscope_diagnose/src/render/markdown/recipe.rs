//! The configuration that mends it.

use std::fmt::Write as _;

use super::escape::{fence, prose};
use crate::render::report::{RecipeNote, Report};

/// The recipe, why this one, and how to verify it.
pub(super) fn recipe(out: &mut String, report: &Report<'_>) {
    let Some(RecipeNote {
        prescription,
        verify,
    }) = report.recipe
    else {
        return;
    };
    let recipe = prescription.recipe;
    let _ = writeln!(out, "\n### Recipe for {}\n", prose(recipe.title));
    for reason in prescription.reasons() {
        let _ = writeln!(out, "{}\n", prose(&reason));
    }
    let _ = writeln!(out, "- file: {}", prose(recipe.file));
    let _ = writeln!(out, "- place: {}", prose(recipe.place));
    let state = recipe.assurance.words();
    let _ = writeln!(out, "- state: {state}\n");
    let code: Vec<String> = prescription
        .rendered
        .code
        .trim_end()
        .lines()
        .map(str::to_owned)
        .collect();
    let _ = writeln!(out, "{}", fence(recipe.language, &code));
    list(
        out,
        "What it does otherwise than the policy says",
        prescription.rendered.limits.iter().map(String::as_str),
    );
    list(out, "Pitfalls there", recipe.pitfalls.iter().copied());
    let command = [verify.join(" ")];
    let _ = write!(out, "Then verify it:\n\n{}", fence("sh", &command));
}

fn list<'t>(out: &mut String, title: &str, texts: impl Iterator<Item = &'t str>) {
    let mut texts = texts.peekable();
    if texts.peek().is_none() {
        return;
    }
    let _ = writeln!(out, "{title}:\n");
    for text in texts {
        let _ = writeln!(out, "- {}", prose(text));
    }
    out.push('\n');
}
