//! Foreign text in Markdown: it must stay text.

use crate::render::printable;

/// Longer pieces of code in a sentence are shown by their ends.
const MOST_CODE: usize = 600;

/// Text in which pairs of backticks mean code, as rules write it.
pub fn prose(text: &str) -> String {
    let text = printable::text(text, true);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = &*text;
    while let Some((before, inside)) = rest.split_once('`') {
        push_plain(&mut out, before);
        let Some((inside, after)) = inside.split_once('`') else {
            out.push_str("\\`");
            push_plain(&mut out, inside);
            return out;
        };
        out.push_str(&code(&printable::elide(inside, MOST_CODE, true)));
        rest = after;
    }
    push_plain(&mut out, rest);
    out
}

/// Text of which nothing is markup, mention, reference or formula.
fn push_plain(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(character);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // Nobody is called, no issue is linked.
            '@' | '#' => {
                out.push(character);
                out.push_str("<!-- -->");
            }
            _ => out.push(character),
        }
    }
}

/// A code span.
pub(super) fn code(text: &str) -> String {
    let text = printable::text(text, true);
    let ticks = "`".repeat(longest_run(&text) + 1);
    let touches = text.starts_with('`') || text.ends_with('`');
    let is_padded = text.starts_with(' ') && text.ends_with(' ') && !text.trim().is_empty();
    let space = if touches || is_padded { " " } else { "" };
    if text.is_empty() {
        return "*(empty)*".to_owned();
    }
    format!("{ticks}{space}{text}{space}{ticks}")
}

/// A code span in a table's cell, where a bar would end the cell.
pub fn code_in_cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A fenced block; its lines are safe already.
pub(super) fn fence(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max();
    let ticks = "`".repeat((longest.unwrap_or(0) + 1).max(3));
    let body = lines.join("\n");
    format!("{ticks}{language}\n{body}\n{ticks}\n")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|character| character != '`').map(str::len);
    runs.max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_cannot_become_markup() {
        assert_eq!(
            prose("<img onerror=x> **b** [a](javascript:1) @team #1 $x$ a|b"),
            "&lt;img onerror=x&gt; \\*\\*b\\*\\* \\[a\\](javascript:1) @<!-- -->team #<!-- -->1 \
             \\$x\\$ a\\|b"
        );
    }

    #[test]
    fn code_ends_where_it_ends() {
        assert_eq!(prose("is `a*b`, wanted `<c>`"), "is `a*b`, wanted `<c>`");
        assert_eq!(prose("an odd ` tick"), "an odd \\` tick");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code(""), "*(empty)*");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert_eq!(code_in_cell("a|b"), "`a\\|b`");
    }

    #[test]
    fn a_fence_is_longer_than_the_ticks_inside() {
        let text = fence("text", &["````".to_owned(), "x".to_owned()]);
        assert_eq!(text, "`````text\n````\nx\n`````\n");
    }
}
