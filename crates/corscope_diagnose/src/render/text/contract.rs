//! A contract's cases in the terminal: a line where one is kept, and where not, what was expected
//! and what is.

use super::TextOptions;
use super::palette::Style;
use super::sheet::Sheet;
use crate::contract::Broken;
use crate::render::said::Tone;

/// A case, as it is told.
#[derive(Debug)]
pub struct CaseLine<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it came to, in a few words; stands at the right.
    pub told: &'a str,
    /// What is not kept, and where.
    pub broken: &'a [(&'a Broken, String)],
    /// Why nothing is known of it.
    pub error: Option<&'a str>,
    /// What should be known of how it was asked.
    pub notes: &'a [String],
}

/// Writes cases, one below the other.
pub fn contract_cases(heading: &str, cases: &[CaseLine<'_>], options: TextOptions) -> String {
    let mut sheet = Sheet::new(options);
    sheet.verbatim(&[], "", Style::Strong, heading);
    for case in cases {
        line(&mut sheet, case);
    }
    sheet.finish()
}

/// The heading of one case's report.
pub fn contract_heading(name: &str, options: TextOptions) -> String {
    let mut sheet = Sheet::new(options);
    let rule = if options.unicode { "── " } else { "-- " };
    sheet.verbatim(&[(Style::Dim, rule)], "   ", Style::Strong, name);
    sheet.finish()
}

fn line(sheet: &mut Sheet, case: &CaseLine<'_>) {
    let tone = match (case.error, case.broken) {
        (Some(_), _) => Tone::Unknown,
        (None, []) => Tone::Good,
        (None, _) => Tone::Bad,
    };
    let style = Style::of(tone);
    let lead = format!("  {} ", sheet.signs.of(tone));
    let rest = " ".repeat(lead.chars().count());
    if case.told.is_empty() || crate::render::printable::width(case.name) + rest.len() > sheet.width
    {
        sheet.verbatim(&[(style, &lead)], &rest, Style::Plain, case.name);
        if !case.told.is_empty() {
            sheet.verbatim(&[(Style::Plain, &rest)], &rest, Style::Dim, case.told);
        }
    } else {
        let name = sheet.safe(case.name);
        sheet.line_with_right(&[(style, &lead), (Style::Plain, &name)], case.told);
    }
    for (broken, place) in case.broken {
        let head = format!("{} {place}", broken.expectation);
        sheet.verbatim(&[(Style::Plain, &rest)], &rest, Style::Bad, &head);
        let deeper = format!("{rest}            ");
        let expected = format!("{rest}  expected  ");
        sheet.prose(
            &[(Style::Dim, &expected)],
            &deeper,
            Style::Plain,
            &broken.expected,
        );
        let actual = format!("{rest}  actual    ");
        sheet.prose(
            &[(Style::Dim, &actual)],
            &deeper,
            Style::Plain,
            &broken.actual,
        );
    }
    if let Some(error) = case.error {
        sheet.prose(&[(Style::Plain, &rest)], &rest, Style::Unknown, error);
    }
    for note in case.notes {
        sheet.prose(&[(Style::Plain, &rest)], &rest, Style::Dim, note);
    }
}
