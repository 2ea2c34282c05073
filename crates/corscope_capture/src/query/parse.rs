use std::ops::Range;

use super::term::{Comparison, HAS, IS, KEYS, Key, Part, Term, Text};
use super::{Expr, QueryError};
use crate::row::{CorsOutcome, PreflightState};

/// Parentheses deeper than this are refused.
const DEPTH: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Minus,
    /// A word, with the place of the colon that ends its key, and whether it was all in quotes.
    Word {
        text: String,
        colon: Option<usize>,
        quoted: bool,
    },
}

pub(super) fn parse(text: &str) -> Result<Expr, QueryError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
        end: text.len(),
    };
    let expr = parser.any_of()?;
    match parser.tokens.get(parser.next) {
        None => Ok(expr),
        Some((_, span)) => Err(wrong(span.clone(), "no parenthesis is open here")),
    }
}

fn wrong(span: Range<usize>, message: impl Into<String>) -> QueryError {
    QueryError {
        span,
        message: message.into(),
        suggestion: None,
    }
}

fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, QueryError> {
    let mut tokens = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some(&(start, letter)) = letters.peek() {
        let single = match letter {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '-' => Some(Token::Minus),
            _ => None,
        };
        if letter.is_whitespace() {
            letters.next();
            continue;
        }
        if let Some(single) = single {
            letters.next();
            tokens.push((single, start..start + 1));
            continue;
        }
        let (mut word, mut colon) = (String::new(), None);
        let (mut quotes, mut bare, mut end) = (0, false, start);
        while let Some(&(at, letter)) = letters.peek() {
            if letter.is_whitespace() || letter == ')' {
                break;
            }
            letters.next();
            end = at + letter.len_utf8();
            match letter {
                '"' => {
                    quotes += 1;
                    let mut closed = false;
                    while let Some((at, letter)) = letters.next() {
                        end = at + letter.len_utf8();
                        match letter {
                            '"' => {
                                closed = true;
                                break;
                            }
                            '\\' => word.extend(letters.next().map(|(_, letter)| letter)),
                            letter => word.push(letter),
                        }
                    }
                    if !closed {
                        let mut error = wrong(at..text.len(), "the quote is not closed");
                        error.suggestion = Some(format!("{}\"", &text[at..]));
                        return Err(error);
                    }
                }
                ':' if colon.is_none() && quotes == 0 => {
                    colon = Some(word.len());
                    word.push(':');
                }
                letter => {
                    bare = true;
                    word.push(letter);
                }
            }
        }
        let quoted = quotes > 0 && !bare && colon.is_none();
        let token = Token::Word {
            text: word,
            colon,
            quoted,
        };
        tokens.push((token, start..end));
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    next: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek_word(&self, wanted: &str) -> bool {
        matches!(self.tokens.get(self.next),
            Some((Token::Word { text, quoted: false, .. }, _)) if text.eq_ignore_ascii_case(wanted))
    }

    fn any_of(&mut self) -> Result<Expr, QueryError> {
        let mut choices = vec![self.all_of()?];
        while self.peek_word("or") {
            let span = self.tokens[self.next].1.clone();
            self.next += 1;
            let choice = self.all_of()?;
            if [choices.last(), Some(&choice)].contains(&Some(&Expr::And(Vec::new()))) {
                return Err(wrong(span, "`or` needs a condition on both sides"));
            }
            choices.push(choice);
        }
        Ok(match choices.len() {
            1 => choices.remove(0),
            _ => Expr::Or(choices),
        })
    }

    fn all_of(&mut self) -> Result<Expr, QueryError> {
        let mut terms = Vec::new();
        while let Some((token, _)) = self.tokens.get(self.next) {
            if *token == Token::Close || self.peek_word("or") {
                break;
            }
            if self.peek_word("and") {
                self.next += 1;
                continue;
            }
            terms.push(self.one()?);
        }
        Ok(match terms.len() {
            1 => terms.remove(0),
            _ => Expr::And(terms),
        })
    }

    fn one(&mut self) -> Result<Expr, QueryError> {
        let Some((token, span)) = self.tokens.get(self.next).cloned() else {
            return Err(wrong(self.end..self.end, "a condition is missing here"));
        };
        let negated = token == Token::Minus || self.peek_word("not");
        self.next += 1;
        if self.depth == DEPTH {
            return Err(wrong(span, "this is nested too deeply"));
        }
        self.depth += 1;
        let expr = match token {
            _ if negated => Expr::Not(Box::new(self.one()?)),
            Token::Open => {
                let inner = self.any_of()?;
                match self.tokens.get(self.next) {
                    Some((Token::Close, _)) => self.next += 1,
                    _ => return Err(wrong(span, "the parenthesis is not closed")),
                }
                inner
            }
            Token::Word {
                text,
                colon,
                quoted,
            } => Expr::Term(term(&text, colon.filter(|_| !quoted), span)?),
            Token::Minus | Token::Close => {
                return Err(wrong(span, "a condition is missing before this"));
            }
        };
        self.depth -= 1;
        Ok(expr)
    }
}

fn term(word: &str, colon: Option<usize>, span: Range<usize>) -> Result<Term, QueryError> {
    let Some(colon) = colon else {
        return Ok(Term::Free(text(word)));
    };
    let (name, value) = (&word[..colon], &word[colon + 1..]);
    let lower = name.to_ascii_lowercase();
    let Some(key) = KEYS.iter().find(|key| key.name == lower) else {
        let meant = nearest(&lower, KEYS.iter().map(|key| key.name));
        // A URL, or a host with its port.
        let port = !value.is_empty() && value.bytes().all(|it| it.is_ascii_digit() || it == b'/');
        if value.starts_with("//") || (port && meant.is_none()) {
            return Ok(Term::Free(text(word)));
        }
        let place = span.start..span.start + colon;
        let mut error = wrong(place, format!("there is no key `{name}`"));
        error.suggestion = meant.map(str::to_owned);
        return Err(error);
    };
    // Quotes shift what follows; the key itself holds none.
    let place = span.start + colon + 1..span.end;
    if value.is_empty() {
        return Err(wrong(span, format!("`{name}:` needs a value")));
    }
    of_key(key, value, place)
}

fn of_key(key: &Key, value: &str, place: Range<usize>) -> Result<Term, QueryError> {
    let lower = value.to_ascii_lowercase();
    let unknown = || {
        let mut error = wrong(
            place.clone(),
            format!(
                "`{}:` takes `{}`, not `{value}`",
                key.name,
                key.values.join("`, `")
            ),
        );
        error.suggestion = nearest(&lower, key.values.iter().copied()).map(str::to_owned);
        error
    };
    let number = |units: &[(&str, u64)]| {
        comparison(&lower, units).ok_or_else(|| {
            let examples = key.values.join("`, `");
            let message = format!(
                "`{}:` takes a number such as `{examples}`, not `{value}`",
                key.name
            );
            wrong(place.clone(), message)
        })
    };
    let flag = |flags: &[(&str, super::Flag)]| {
        let flag = flags.iter().find(|(name, _)| *name == lower);
        flag.map(|(_, flag)| Term::Flag(*flag)).ok_or_else(unknown)
    };
    Ok(match key.name {
        "cors" => {
            let mut outcomes = CorsOutcome::ALL.into_iter();
            let outcome = outcomes.find(|outcome| outcome.as_str() == lower);
            Term::Cors(outcome.ok_or_else(unknown)?)
        }
        "preflight" => {
            let mut states = PreflightState::ALL.into_iter();
            let state = states.find(|state| state.as_str() == lower);
            Term::Preflight(state.ok_or_else(unknown)?)
        }
        "reason" => Term::Reason(text(value)),
        "lna" => Term::Lna(if lower == "any" {
            Text::default()
        } else {
            text(value)
        }),
        "origin" => Term::Part(Part::Origin, text(value)),
        "host" => Term::Part(Part::Host, text(value)),
        "path" => Term::Part(Part::Path, text(value)),
        "url" => Term::Part(Part::Url, text(value)),
        "method" => Term::Part(
            Part::Method,
            Text {
                whole: true,
                ..text(value)
            },
        ),
        "header" => match lower.split_once('=') {
            Some((name, value)) => Term::Header(name.to_owned(), Some(text(value))),
            None => Term::Header(lower, None),
        },
        "body" => Term::Body(text(value)),
        "status" => Term::Status(match lower.strip_suffix("xx") {
            Some(class) if class.len() == 1 => {
                let class: u64 = class
                    .parse()
                    .map_err(|_| number(&[]).err().unwrap_or_else(unknown))?;
                Comparison {
                    min: class * 100,
                    max: class * 100 + 99,
                }
            }
            _ => number(&[])?,
        }),
        "size" => Term::Size(number(&[
            ("kb", 1_000),
            ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("k", 1_000),
            ("m", 1_000_000),
            ("g", 1_000_000_000),
            ("b", 1),
        ])?),
        "time" => Term::Time(number(&[
            ("ms", 1_000),
            ("us", 1),
            ("µs", 1),
            ("s", 1_000_000),
            ("", 1_000),
        ])?),
        "id" => Term::Id(number(&[])?),
        "is" => flag(&IS)?,
        "has" => flag(&HAS)?,
        _ => return Err(unknown()),
    })
}

fn text(value: &str) -> Text {
    let whole = value.strip_prefix('=').filter(|rest| !rest.is_empty());
    Text {
        text: whole.unwrap_or(value).to_ascii_lowercase(),
        whole: whole.is_some(),
    }
}

/// `5`, `>5`, `<=5`, `3-5`, each with a unit.
fn comparison(value: &str, units: &[(&str, u64)]) -> Option<Comparison> {
    let number = |text: &str| -> Option<u64> {
        let unit = units.iter().find(|(unit, _)| text.ends_with(unit));
        let (digits, unit) = match unit {
            Some((suffix, unit)) => (text.strip_suffix(suffix)?, *unit),
            None => (text, 1),
        };
        if !digits.starts_with(|it: char| it.is_ascii_digit()) {
            return None;
        }
        match digits.parse::<u64>() {
            Ok(number) => number.checked_mul(unit),
            Err(_) => {
                let number = digits.parse::<f64>().ok().filter(|it| it.is_finite())?;
                Some((number * unit as f64) as u64)
            }
        }
    };
    let most = u64::MAX;
    let (min, max) = if let Some(rest) = value.strip_prefix(">=") {
        (number(rest)?, most)
    } else if let Some(rest) = value.strip_prefix("<=") {
        (0, number(rest)?)
    } else if let Some(rest) = value.strip_prefix('>') {
        (number(rest)?.checked_add(1)?, most)
    } else if let Some(rest) = value.strip_prefix('<') {
        (0, number(rest)?.checked_sub(1)?)
    } else if let Some((from, to)) = value.split_once('-') {
        (number(from)?, number(to)?)
    } else {
        let number = number(value.strip_prefix('=').unwrap_or(value))?;
        (number, number)
    };
    Some(Comparison { min, max })
}

/// The name that is nearest to a mistyped one, if one is near.
fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wrong.chars().count() / 3).max(1);
    names
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be changed, added, left out, or swapped with the next one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
