//! Reading and writing rules files; every mistake is told at once, with its place and its mend.

use serde_path_to_error::Segment;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::document::RulesDocument;
use super::mistake::Mistake;
use super::rewrite::Ground;
use super::rewrites::check;

/// The longest rules file.
const LIMIT: usize = 1 << 20;

/// The most mistakes that are told of.
const MOST_MISTAKES: usize = 100;

/// Reads a rules file.
///
/// # Errors
/// All mistakes: of form and of meaning, in the order of the file.
pub fn rules_from_toml(text: &[u8], ground: &Ground) -> Result<RulesDocument, Vec<Mistake>> {
    let whole = |problem: String, mend: &str| vec![Mistake::new("rules file", problem, mend)];
    if text.len() > LIMIT {
        let problem = format!("longer than {} MiB", LIMIT >> 20);
        return Err(whole(problem, "write fewer rewrites"));
    }
    let text = str::from_utf8(text).map_err(|error| {
        let problem = format!("not UTF-8 at byte {}", error.valid_up_to());
        whole(problem, "save the file as UTF-8")
    })?;
    let syntax = |error: toml::de::Error| {
        let mut mistake = Mistake::new("rules file", error.message(), "write TOML");
        mistake.position = error.span().map(|span| position(text, span.start));
        vec![mistake]
    };
    let spans = DeTable::parse(text).map_err(syntax)?;
    let mut table: Table = toml::from_str(text).map_err(syntax)?;
    let mut removed = Vec::new();
    let mut mistakes = Vec::new();
    // What does not fit is noted and taken out, until the rest fits.
    let document = loop {
        let error = match serde_path_to_error::deserialize::<_, RulesDocument>(table.clone()) {
            Ok(document) => break document,
            Err(error) => error,
        };
        let path: Vec<Part> = error.path().iter().map_while(Part::of).collect();
        let original = original(&path, &removed);
        let mistake = of_form(&original, error.inner().message());
        if !is_hole(&mistakes, &mistake) {
            mistakes.push(mistake);
        }
        if mistakes.len() == MOST_MISTAKES || !take_out(&mut table, &path) {
            return Err(placed(mistakes, text, spans.get_ref()));
        }
        removed.push(original);
    };
    for mut mistake in check(&document, ground) {
        let path = original(&parse(&mistake.at), &removed);
        mistake.at = shown(&path);
        if !is_hole(&mistakes, &mistake) {
            mistakes.push(mistake);
        }
    }
    if mistakes.is_empty() {
        Ok(document)
    } else {
        Err(placed(mistakes, text, spans.get_ref()))
    }
}

/// Whether a mistake comes of what was taken out within its place, for a mistake of its own.
fn is_hole(found: &[Mistake], mistake: &Mistake) -> bool {
    found.iter().any(|other| {
        let rest = other.at.strip_prefix(&mistake.at);
        rest.is_some_and(|rest| rest.starts_with(['.', '[']))
    })
}

/// Writes a rules file.
///
/// # Errors
/// When a number in it is larger than TOML's.
pub fn rules_to_toml(document: &RulesDocument) -> Result<String, toml::ser::Error> {
    toml::to_string(document)
}

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Key(String),
    Index(usize),
}

impl Part {
    fn of(segment: &Segment) -> Option<Self> {
        match segment {
            Segment::Seq { index } => Some(Self::Index(*index)),
            Segment::Map { key } => Some(Self::Key(key.clone())),
            Segment::Enum { variant } => Some(Self::Key(variant.clone())),
            Segment::Unknown => None,
        }
    }
}

fn shown(path: &[Part]) -> String {
    let mut text = String::new();
    for part in path {
        match part {
            Part::Key(key) if text.is_empty() => text.push_str(key),
            Part::Key(key) => text.extend([".", key]),
            Part::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

fn parse(text: &str) -> Vec<Part> {
    let mut path = Vec::new();
    for step in text.split('.') {
        let mut pieces = step.split('[');
        path.extend(pieces.next().map(|key| Part::Key(key.to_owned())));
        let index = |piece: &str| piece.strip_suffix(']')?.parse().ok().map(Part::Index);
        path.extend(pieces.filter_map(index));
    }
    path
}

/// The path in the file as it was before entries were taken out of its lists.
fn original(path: &[Part], removed: &[Vec<Part>]) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::with_capacity(path.len());
    for part in path {
        let part = match part {
            Part::Index(index) => {
                let is_gone = |at: usize| {
                    removed.iter().any(|gone| {
                        gone.split_last()
                            .is_some_and(|(last, list)| *last == Part::Index(at) && *list == found)
                    })
                };
                let left = (0..).filter(|at| !is_gone(*at)).nth(*index);
                Part::Index(left.unwrap_or(*index))
            }
            key => key.clone(),
        };
        found.push(part);
    }
    found
}

fn take_out(table: &mut Table, path: &[Part]) -> bool {
    let Some((Part::Key(first), rest)) = path.split_first() else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return table.remove(first).is_some();
    };
    let Some(mut value) = table.get_mut(first) else {
        return false;
    };
    for part in middle {
        let next = match part {
            Part::Key(key) => value.get_mut(key),
            Part::Index(index) => value.get_mut(*index),
        };
        match next {
            Some(next) => value = next,
            None => return false,
        }
    }
    match (value, last) {
        (Value::Table(table), Part::Key(key)) => table.remove(key).is_some(),
        (Value::Array(list), Part::Index(index)) if *index < list.len() => {
            list.remove(*index);
            true
        }
        _ => false,
    }
}

/// A mistake that the reader found, in our words.
fn of_form(path: &[Part], message: &str) -> Mistake {
    let message = message.trim();
    let (problem, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let problem = problem.trim_start_matches("invalid type: ");
    let problem = problem.trim_start_matches("invalid value: ");
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let wrong = problem.split('`').nth(1).unwrap_or_default();
    let near = names.iter().find(|name| is_near(name, wrong));
    let mend = match (near, expected) {
        (Some(name), _) => format!("write {name}"),
        (None, "") => "see the documentation of rules files".to_owned(),
        (None, "a boolean") => "write true or false".to_owned(),
        (None, "a sequence") => "write a list: [ … ]".to_owned(),
        (None, "a map") => "write a table: { … }".to_owned(),
        (None, "u16" | "u64" | "i64") => "write a whole number".to_owned(),
        (None, expected) => format!("wanted {expected}"),
    };
    let at = match path {
        [] => "rules file".to_owned(),
        path => shown(path),
    };
    Mistake::new(at, problem, mend)
}

/// Whether two names differ by at most two characters put in, left out or mistaken.
fn is_near(a: &str, b: &str) -> bool {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, right) in b.bytes().enumerate() {
            let cost = corner + usize::from(left != right);
            corner = row[j + 1];
            row[j + 1] = cost.min(corner + 1).min(row[j] + 1);
        }
    }
    !b.is_empty() && row[b.len()] <= 2
}

/// The mistakes with their lines, in the file's order.
fn placed(mut mistakes: Vec<Mistake>, text: &str, spans: &DeTable<'_>) -> Vec<Mistake> {
    for mistake in &mut mistakes {
        let offset = offset(&parse(&mistake.at), spans);
        mistake.position = mistake.position.or(offset.map(|at| position(text, at)));
    }
    mistakes.sort_by_key(|mistake| mistake.position);
    mistakes
}

/// Where a path leads, or as much of it as is there.
fn offset(path: &[Part], spans: &DeTable<'_>) -> Option<usize> {
    let (first, rest) = path.split_first()?;
    let Part::Key(first) = first else { return None };
    let (mut at, value) = in_table(spans, first)?;
    let mut value = value.into_inner();
    for part in rest {
        let next = match (&value, part) {
            (DeValue::Table(table), Part::Key(key)) => in_table(table, key),
            (DeValue::Array(list), Part::Index(index)) => {
                let found = list.get(*index).cloned();
                found.map(|value| (value.span().start, value))
            }
            _ => None,
        };
        let Some((start, found)) = next else { break };
        (at, value) = (start, found.into_inner());
    }
    Some(at)
}

fn in_table<'a>(table: &DeTable<'a>, key: &str) -> Option<(usize, Spanned<DeValue<'a>>)> {
    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    Some((name.span().start, value.clone()))
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}
