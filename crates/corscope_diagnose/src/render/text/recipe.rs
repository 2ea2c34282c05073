//! The configuration that mends it. Its code stands at the line's start and is never broken, so that
//! it can be copied.

use super::palette::Style;
use super::sheet::Sheet;
use crate::render::printable;
use crate::render::report::{RecipeNote, Report};

/// The recipe, why this one, and how to verify it.
pub(super) fn recipe(sheet: &mut Sheet, report: &Report<'_>) {
    let Some(RecipeNote {
        prescription,
        verify,
    }) = report.recipe
    else {
        return;
    };
    let recipe = prescription.recipe;
    sheet.heading(&format!("Recipe for {}", recipe.title), recipe.stack);
    let indent = [(Style::Plain, "  ")];
    for reason in prescription.reasons() {
        sheet.prose(&indent, "  ", Style::Plain, &reason);
    }
    for (word, text) in [
        ("  file   ", recipe.file),
        ("  place  ", recipe.place),
        ("  state  ", recipe.assurance.words()),
    ] {
        sheet.prose(&[(Style::Dim, word)], "         ", Style::Plain, text);
    }
    sheet.blank();
    for line in prescription.rendered.code.trim_end().lines() {
        // Tabs are part of the language.
        let pieces: Vec<String> = line.split('\t').map(|piece| sheet.safe(piece)).collect();
        sheet.line(&[(Style::Code, &pieces.join("\t"))]);
    }
    sheet.blank();
    bullets(
        sheet,
        "What it does otherwise than the policy says:",
        prescription.rendered.limits.iter().map(String::as_str),
    );
    let pitfalls = recipe.pitfalls.iter().copied();
    bullets(sheet, "Pitfalls there:", pitfalls);
    sheet.blank();
    sheet.prose(&indent, "  ", Style::Plain, "Then verify it:");
    for line in command_lines(sheet, verify) {
        sheet.line(&[(Style::Code, &line)]);
    }
}

fn bullets<'t>(sheet: &mut Sheet, title: &str, texts: impl Iterator<Item = &'t str>) {
    let mut texts = texts.peekable();
    if texts.peek().is_none() {
        return;
    }
    sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Plain, title);
    for text in texts {
        sheet.prose(&[(Style::Plain, "  - ")], "    ", Style::Plain, text);
    }
    sheet.blank();
}

/// A command over several lines, as a shell reads them.
fn command_lines(sheet: &Sheet, words: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        let word = sheet.safe(word);
        let room = sheet.width - 2;
        match lines.last_mut() {
            Some(line) if printable::width(line) + 1 + printable::width(&word) <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("      {word}"));
            }
            None => lines.push(format!("    {word}")),
        }
    }
    lines
}
