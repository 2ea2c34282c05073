//! A rule's page.

use corscope_diagnose::rule::Rule;
use serde_json::json;

use super::Format;
use super::prose::{bold, wrapped};
use crate::cli::output::width;

/// The whole page.
pub(super) fn page(rule: &Rule, format: Format) -> String {
    match format {
        Format::Text => text(rule.docs),
        Format::Markdown => rule.docs.to_owned(),
        Format::Json => {
            let page = json!({
                "code": rule.code,
                "group": rule.group.name(),
                "severity": rule.severity,
                "summary": rule.summary,
                "page": rule.docs,
            });
            serde_json::to_string_pretty(&page).unwrap_or_default() + "\n"
        }
    }
}

/// The first paragraph of what the rule means.
pub(super) fn meaning(rule: &Rule) -> String {
    let (_, after) = rule
        .docs
        .split_once("## What it means\n")
        .unwrap_or(("", rule.docs));
    let paragraph = after.trim_start().split("\n\n").next().unwrap_or_default();
    plain(&paragraph.replace('\n', " "))
}

/// Markdown for a terminal.
fn text(docs: &str) -> String {
    let width = width();
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut bullet = "";
    let flush = |out: &mut String, paragraph: &mut String, bullet: &mut &str| {
        if !paragraph.is_empty() {
            let rest = " ".repeat(bullet.len());
            out.push_str(&wrapped(bullet, &rest, &plain(paragraph), width));
        }
        paragraph.clear();
        *bullet = "";
    };
    let mut in_code = false;
    for line in docs.lines() {
        if let Some(fence) = line.strip_prefix("```") {
            flush(&mut out, &mut paragraph, &mut bullet);
            in_code = !in_code;
            if in_code && let Some(words) = fence.strip_prefix("scenario ") {
                let what = match words.split(' ').next() {
                    Some("fails") => "This fails:",
                    Some("works") => "This works:",
                    _ => "For example:",
                };
                out.push_str(&format!("{what}\n\n"));
            }
            continue;
        }
        if in_code {
            out.push_str(&format!("    {line}\n"));
        } else if let Some(title) = line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            flush(&mut out, &mut paragraph, &mut bullet);
            out.push_str(&bold(title));
            out.push('\n');
        } else if let Some(item) = line.strip_prefix("- ") {
            flush(&mut out, &mut paragraph, &mut bullet);
            bullet = "- ";
            paragraph.push_str(item);
        } else if line.trim().is_empty() {
            flush(&mut out, &mut paragraph, &mut bullet);
            if !out.ends_with("\n\n") {
                out.push('\n');
            }
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(&mut out, &mut paragraph, &mut bullet);
    out
}

/// Without Markdown's bold marks; backticks stay, as they set code apart.
pub(super) fn plain(text: &str) -> String {
    text.replace("**", "")
}

#[cfg(test)]
mod tests {
    use corscope_diagnose::rules::all;

    use super::*;

    #[test]
    fn every_page_fits_a_terminal() {
        for rule in all() {
            let shown = page(rule, Format::Text);
            assert!(shown.starts_with(rule.code), "{}", rule.code);
            assert!(!shown.contains("```") && !shown.contains("**"), "{shown}");
            // Examples are shown as they are.
            let prose = shown.lines().filter(|line| !line.starts_with("    "));
            for line in prose {
                assert!(line.chars().count() <= 100, "{}: {line}", rule.code);
            }
            assert!(!meaning(rule).is_empty(), "{}", rule.code);
        }
    }
}
