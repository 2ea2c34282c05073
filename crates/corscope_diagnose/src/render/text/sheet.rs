//! The sheet that a report is written on: it keeps to the width, and paints.

use super::TextOptions;
use super::palette::{Signs, Style, paint};
use super::wrap::wrap;
use crate::render::printable;

/// No report is narrower.
const NARROWEST: usize = 40;
/// Longer pieces of code in a sentence are shown by their ends.
const MOST_CODE_LINES: usize = 5;
/// A space at which no line is broken; foreign text cannot hold it.
const HOLD: &str = "\u{E000}";

/// Text under way.
pub(super) struct Sheet {
    out: String,
    pub(super) options: TextOptions,
    pub(super) signs: Signs,
    pub(super) width: usize,
}

impl Sheet {
    pub(super) fn new(options: TextOptions) -> Self {
        Self::onto(String::with_capacity(4096), options)
    }

    /// One that goes on below what is written already.
    pub(super) fn onto(out: String, options: TextOptions) -> Self {
        Self {
            out,
            options,
            signs: Signs::new(options),
            width: options.width.max(NARROWEST),
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// An empty line; never two, never at the start.
    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Foreign text, made safe.
    pub(super) fn safe(&self, text: &str) -> String {
        printable::text(text, self.options.unicode).into_owned()
    }

    /// One line of parts that fit; trailing spaces are left out.
    pub(super) fn line(&mut self, parts: &[(Style, &str)]) {
        if !self.options.color {
            let start = self.out.len();
            self.out.extend(parts.iter().map(|(_, text)| *text));
            self.end_line(start);
            return;
        }
        let mut parts: Vec<(Style, &str)> = parts.to_vec();
        while let Some((_, last)) = parts.last_mut() {
            *last = last.trim_end();
            if !last.is_empty() {
                break;
            }
            parts.pop();
        }
        for same in parts.chunk_by(|left, right| left.0 == right.0) {
            let text: String = same.iter().map(|(_, text)| *text).collect();
            paint(&mut self.out, self.options.color, same[0].0, &text);
        }
        self.out.push('\n');
    }

    /// Ends the line that began at `start`.
    fn end_line(&mut self, start: usize) {
        let len = start + self.out[start..].trim_end().len();
        self.out.truncate(len);
        self.out.push('\n');
    }

    /// A line with something short at its right end, or below it where it does not fit.
    pub(super) fn line_with_right(&mut self, left: &[(Style, &str)], right: &str) {
        let used: usize = left.iter().map(|(_, text)| printable::width(text)).sum();
        let right = self.safe(right);
        let wanted = printable::width(&right);
        if used + 2 + wanted <= self.width {
            let gap = " ".repeat(self.width - used - wanted);
            self.line(&[left, &[(Style::Plain, &gap), (Style::Dim, &right)]].concat());
        } else {
            self.line(left);
            let gap = " ".repeat(self.width.saturating_sub(wanted).max(2));
            self.verbatim(&[(Style::Plain, &gap)], &gap, Style::Dim, &right);
        }
    }

    /// Safe text, shown by its ends where it would take more than so many lines.
    pub(super) fn shortened(&self, text: &str, lines: usize) -> String {
        let text = self.safe(text);
        if self.options.verbose {
            return text;
        }
        printable::elide(&text, self.width * lines, self.options.unicode).into_owned()
    }

    /// A section's title.
    pub(super) fn heading(&mut self, title: &str, right: &str) {
        self.blank();
        let title = self.safe(title);
        self.line_with_right(&[(Style::Strong, &title)], right);
    }

    /// A paragraph: `lead` before the first line, `rest` before the others. What stands between
    /// backticks is painted as code.
    pub(super) fn prose(&mut self, lead: &[(Style, &str)], rest: &str, style: Style, text: &str) {
        self.paragraph(lead, rest, style, text, true);
    }

    /// A paragraph word for word: backticks are nothing special.
    pub(super) fn verbatim(
        &mut self,
        lead: &[(Style, &str)],
        rest: &str,
        style: Style,
        text: &str,
    ) {
        self.paragraph(lead, rest, style, text, false);
    }

    fn paragraph(
        &mut self,
        lead: &[(Style, &str)],
        rest: &str,
        style: Style,
        text: &str,
        has_code: bool,
    ) {
        let text = printable::text(text, self.options.unicode);
        let used: usize = lead.iter().map(|(_, text)| printable::width(text)).sum();
        let first_room = self.width.saturating_sub(used);
        if !has_code && printable::width(&text) <= first_room && !text.contains(HOLD) {
            // As most lines of a live view are.
            if self.options.color {
                self.line(&[lead, &[(style, &*text)]].concat());
            } else {
                let start = self.out.len();
                self.out.extend(lead.iter().map(|(_, text)| *text));
                self.out.push_str(&text);
                self.end_line(start);
            }
            return;
        }
        let rest_room = self.width.saturating_sub(printable::width(rest));
        let text = if has_code {
            self.held_together(&text, rest_room)
        } else {
            text.into_owned()
        };
        let mut in_code = false;
        for (index, line) in wrap(&text, first_room, rest_room, self.signs.continued)
            .iter()
            .enumerate()
        {
            let line = line.replace(HOLD, " ");
            let mut parts: Vec<(Style, &str)> = if index == 0 {
                lead.to_vec()
            } else {
                vec![(Style::Dim, rest)]
            };
            if has_code {
                push_with_code(&mut parts, &line, style, &mut in_code);
            } else {
                parts.push((style, &line));
            }
            self.line(&parts);
        }
    }

    /// Text whose code is broken only where it fits no line, and shortened where it fits not even
    /// some.
    fn held_together(&self, text: &str, room: usize) -> String {
        let mut out = String::with_capacity(text.len());
        for (index, piece) in text.split('`').enumerate() {
            let is_code = index % 2 == 1;
            if index > 0 {
                out.push('`');
            }
            if is_code && printable::width(piece) + 3 <= room {
                out.push_str(&piece.replace(' ', HOLD));
            } else if is_code && !self.options.verbose {
                let limit = self.width * MOST_CODE_LINES;
                out.push_str(&printable::elide(piece, limit, self.options.unicode));
            } else {
                out.push_str(piece);
            }
        }
        out
    }
}

fn push_with_code<'t>(
    parts: &mut Vec<(Style, &'t str)>,
    line: &'t str,
    style: Style,
    in_code: &mut bool,
) {
    for piece in line.split_inclusive('`') {
        let body = piece.strip_suffix('`').unwrap_or(piece);
        parts.push((if *in_code { Style::Code } else { style }, body));
        if body.len() < piece.len() {
            // The ticks stay: without colour they are all there is.
            parts.push((Style::Code, "`"));
            *in_code = !*in_code;
        }
    }
}
