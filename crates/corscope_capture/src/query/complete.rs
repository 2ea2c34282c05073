use std::ops::Range;

use super::term::KEYS;

/// What may stand at a place of a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Which bytes a candidate takes the place of.
    pub span: Range<usize>,
    /// What may stand there, the best first.
    pub candidates: Vec<Candidate>,
}

/// A text that may stand at a place of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The text.
    pub text: String,
    /// What it means, in a few words; empty for values.
    pub about: String,
}

/// What may stand at `cursor`, a byte of the filter. `reasons` are the codes of all rules.
pub fn complete(filter: &str, cursor: usize, reasons: &[&str]) -> Completion {
    let mut cursor = cursor.min(filter.len());
    while !filter.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = &filter[..cursor];
    let start = before
        .rfind(|letter: char| letter.is_whitespace() || letter == '(')
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
    let word = before[start..].trim_start_matches('-');
    let start = cursor - word.len();
    let Some((name, value)) = word.split_once(':') else {
        let lower = word.to_ascii_lowercase();
        let keys = KEYS.iter().filter(|key| key.name.starts_with(&lower));
        let candidates = keys.map(|key| Candidate {
            text: format!("{}:", key.name),
            about: key.about.into(),
        });
        return Completion {
            span: start..cursor,
            candidates: candidates.collect(),
        };
    };
    let lower = value.to_ascii_lowercase();
    let key = KEYS.iter().find(|key| key.name.eq_ignore_ascii_case(name));
    let values = match key {
        Some(key) if key.name == "reason" => reasons,
        Some(key) => key.values,
        None => &[],
    };
    let fits = |candidate: &&&str| {
        let candidate = candidate.to_ascii_lowercase();
        candidate.starts_with(&lower) && candidate != lower
    };
    let candidates = values.iter().filter(fits).map(|value| Candidate {
        text: (*value).to_owned(),
        about: String::new(),
    });
    Completion {
        span: cursor - value.len()..cursor,
        candidates: candidates.collect(),
    }
}
