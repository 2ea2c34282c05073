//! `${NAME}` in the values of request headers: a token comes from the environment, so that it need
//! not stand in the file.

use std::ops::Range;

use corscope_fetch::safelist::SAFELISTED_BY_VALUE;

use super::{Case, ContractProblem};

/// A value that came from the environment. Nothing that is printed may hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret")
    }
}

/// A request's headers with every placeholder replaced.
#[derive(Clone, Debug)]
pub struct FilledHeaders {
    /// The headers, in their order.
    pub headers: Vec<(String, String)>,
    /// What was put in.
    pub secrets: Vec<Secret>,
}

impl Case {
    /// The environment variables that its headers need.
    pub fn variables(&self) -> Vec<String> {
        let values = self.scenario.request.headers.iter().map(|(_, value)| value);
        values
            .filter_map(|value| placeholders(value).ok())
            .flatten()
            .map(|(_, name)| name)
            .collect()
    }

    /// The request's headers with every placeholder replaced. `of` is the environment.
    ///
    /// # Errors
    /// One for each name that is not set, or whose value cannot stand in a header.
    pub fn filled_headers(
        &self,
        of: &dyn Fn(&str) -> Option<String>,
    ) -> Result<FilledHeaders, Vec<ContractProblem>> {
        let (mut secrets, mut problems) = (Vec::new(), Vec::new());
        let mut headers = self.scenario.request.headers.clone();
        for (index, (header, value)) in headers.iter_mut().enumerate() {
            let found = placeholders(value).unwrap_or_default();
            for (range, name) in found.into_iter().rev() {
                match of(&name).filter(|given| !given.is_empty()) {
                    Some(given) if is_header_value(&given) => {
                        value.replace_range(range, &given);
                        secrets.push(Secret(given));
                    }
                    given => {
                        let why = match given {
                            // The value itself is not shown: it is a secret.
                            Some(_) => "holds a line break or another character that no header may",
                            None => "is not set, or empty",
                        };
                        let message = format!(
                            "the environment variable {name} {why}; {header} of case {:?} needs it",
                            self.name
                        );
                        let at = format!("request.headers[{index}]");
                        let problem = ContractProblem::new("unset-variable", at, message);
                        problems.push(problem.position(Some(self.position)));
                    }
                }
            }
        }
        match problems.is_empty() {
            true => Ok(FilledHeaders { headers, secrets }),
            false => Err(problems),
        }
    }
}

/// The headers as they may be shown: placeholders as they are written, secrets left out.
pub fn shown_headers(
    headers: &[(String, String)],
    is_secret: &dyn Fn(&str) -> bool,
) -> Vec<(String, String)> {
    let shown = |(name, value): &(String, String)| {
        // A placeholder alone, as writers of contracts do it, tells nothing.
        let is_told = placeholders(value).is_ok_and(|found| {
            let whole = found.first().map(|(range, _)| range.clone());
            whole == Some(0..value.len())
        });
        let value = match is_secret(name) && !is_told {
            true => "(redacted)",
            false => value,
        };
        (name.clone(), value.to_owned())
    };
    headers.iter().map(shown).collect()
}

fn is_header_value(text: &str) -> bool {
    text.chars()
        .all(|letter| letter == '\t' || (!letter.is_control() && u32::from(letter) <= 0xFF))
}

/// What is wrong with placeholders, before anything is put in.
pub(super) fn faults(headers: &[(String, String)]) -> Vec<ContractProblem> {
    let mut found = Vec::new();
    for (index, (name, value)) in headers.iter().enumerate() {
        let at = format!("request.headers[{index}]");
        match placeholders(value) {
            Err(()) => {
                let message = format!(
                    "`${{` in {name} begins no placeholder: write ${{NAME}} with letters, digits \
                     and _, as environment variables are named"
                );
                found.push(ContractProblem::new("invalid-placeholder", at, message));
            }
            Ok(used) if !used.is_empty() && is_safelisted(name) => {
                let message = format!(
                    "the value of {name} decides whether there is a preflight: write it out instead \
                     of a placeholder"
                );
                found.push(ContractProblem::new("invalid-placeholder", at, message));
            }
            Ok(_) => {}
        }
    }
    found
}

/// Whether a request-header's bytes decide whether there is a preflight: they must be written out, so
/// that the same contract means the same everywhere.
fn is_safelisted(name: &str) -> bool {
    SAFELISTED_BY_VALUE
        .iter()
        .any(|it| it.eq_ignore_ascii_case(name))
}

/// Every `${NAME}` in a value, in order; an error where one is begun and is none.
fn placeholders(value: &str) -> Result<Vec<(Range<usize>, String)>, ()> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = value[from..].find("${").map(|at| from + at) {
        let end = start + value[start..].find('}').ok_or(())?;
        let name = &value[start + 2..end];
        let is_name = name
            .bytes()
            .all(|it| it.is_ascii_alphanumeric() || it == b'_')
            && name.starts_with(|first: char| !first.is_ascii_digit());
        if !is_name {
            return Err(());
        }
        found.push((start..end + 1, name.to_owned()));
        from = end + 1;
    }
    Ok(found)
}
