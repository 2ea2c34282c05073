//! What is wrong in a rewrite or breakpoint, where, and how to mend it; and the checks of single
//! texts, which everything that writes heads shares.

use std::fmt;

use corscope_fetch::forbidden::is_token;
use regex::bytes::{Regex, RegexBuilder};

/// How much a compiled regular expression may take.
const REGEX_BYTES: usize = 1 << 20;

/// The longest regular expression, in bytes.
const REGEX_LENGTH: usize = 4096;

/// Header fields that say how a message is cut from its connection; one that lies would let a body be
/// read as the next message.
const FRAMING: [&str; 8] = [
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where: `rewrite[1].match.url-regex`.
    pub at: String,
    /// Line and column, counted from 1, where it came from a file.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub mend: String,
}

impl Mistake {
    /// A mistake without a position.
    pub(super) fn new(
        at: impl Into<String>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let tame = |text: String| text.chars().filter(|c| !c.is_control()).collect();
        Self {
            at: at.into(),
            position: None,
            problem: tame(problem.into()),
            mend: tame(mend.into()),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.position {
            write!(out, "line {line}, column {column}, ")?;
        }
        write!(out, "{}: {}; {}", self.at, self.problem, self.mend)
    }
}

/// Gathers mistakes, each with its place.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    pub(super) found: Vec<Mistake>,
}

impl Mistakes {
    pub(super) fn add(
        &mut self,
        at: impl Into<String>,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.found.push(Mistake::new(at, problem, mend));
    }

    /// Checks a header name that is to be written.
    pub(super) fn header_name(&mut self, at: &str, name: &str) {
        if let Err(problem) = check_header_name(name) {
            self.add(at, problem, "write a header's name, such as X-Foo");
        } else if FRAMING.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            let problem = format!("`{name}` says where messages end");
            self.add(at, problem, "leave it out: it is written to fit the body");
        }
    }

    /// Checks a header value that is to be written.
    pub(super) fn header_value(&mut self, at: &str, value: &str) {
        if let Err(problem) = check_header_value(value.as_bytes()) {
            let mend = "write it in one line, and further lines as headers of their own";
            self.add(at, problem, mend);
        }
    }

    /// Checks a final status.
    pub(super) fn status(&mut self, at: &str, status: u16) {
        if !(200..=599).contains(&status) {
            let problem = format!("{status} is no final status");
            self.add(at, problem, "write 200 to 599");
        }
    }

    /// Compiles a regular expression, whose search takes time linear in what is searched.
    pub(super) fn regex(&mut self, at: &str, pattern: &str) -> Option<Regex> {
        if pattern.len() > REGEX_LENGTH {
            let problem = format!("longer than {REGEX_LENGTH} bytes");
            self.add(at, problem, "write a shorter expression");
            return None;
        }
        let built = RegexBuilder::new(pattern)
            .size_limit(REGEX_BYTES)
            .dfa_size_limit(REGEX_BYTES)
            .build();
        match built {
            Ok(regex) => Some(regex),
            Err(regex::Error::CompiledTooBig(_)) => {
                let mend = "repeat less: every {n} writes its part out n times";
                self.add(at, "the expression grows too large", mend);
                None
            }
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default();
                let reason = reason.trim().trim_start_matches("error: ");
                let problem = format!("no regular expression: {reason}");
                self.add(at, problem, "escape . + ? ( [ { and their like with \\");
                None
            }
        }
    }
}

/// Whether `name` can stand before a header's colon.
pub(super) fn check_header_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        Err("a header's name is missing".to_owned())
    } else if is_token(name.as_bytes()) {
        Ok(())
    } else {
        Err(format!("{name:?} is no header name"))
    }
}

/// Whether `value` stays within its line: a CR or LF would begin another header, or the body.
pub(super) fn check_header_value(value: &[u8]) -> Result<(), String> {
    match value.iter().find(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        Some(b'\r' | b'\n') => Err("the value has a line break".to_owned()),
        Some(_) => Err("the value has a NUL".to_owned()),
        None => Ok(()),
    }
}
