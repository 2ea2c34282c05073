//! What is wrong with a well-formed case.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use url::Url;

use super::{Case, ContractProblem, placeholder};
use crate::rules;
use crate::scenario::{CredentialsDocument, ScenarioError, Subject};

/// What cannot be meant, though it is well-formed; the places are within the case.
pub(super) fn faults(case: &Case) -> Vec<ContractProblem> {
    let mut found = Vec::new();
    let mut tell = |code, at: &str, message: String| {
        found.push(ContractProblem::new(code, at, message));
    };
    if case.name.trim().is_empty() || case.name.contains(char::is_control) {
        let message = "a name is one line of text that says what the case tests";
        tell("invalid-value", "name", message.to_owned());
    }
    if case.browsers.is_empty() {
        let message = "without a browser nothing is judged: leave the field out for all of them";
        tell("invalid-value", "browsers", message.to_owned());
    }
    if case.scenario.request.credentials == Some(CredentialsDocument::Unknown) {
        let message = "a contract needs one credentials mode: write \"include\", \"omit\" or \
                       \"same-origin\", or one case for each";
        tell("invalid-value", "request.credentials", message.to_owned());
    }
    if case.send && !case.is_live() {
        let message = "nothing is sent for a case that holds its answers: leave `send` out";
        tell("invalid-value", "send", message.to_owned());
    }
    for (name, why) in case.expect.contradictions() {
        tell("contradiction", &format!("expect.{name}"), why.to_owned());
    }
    match Subject::new(&case.scenario) {
        Ok(subject) if !is_http(&subject.init.url) => {
            let message = format!(
                "{:?} is no http(s) URL; write a whole one, or give [defaults] a `base`",
                case.scenario.request.url
            );
            tell("invalid-url", "request.url", message);
        }
        Ok(_) => {}
        Err(ScenarioError {
            code, at, message, ..
        }) => tell(code, &at, message),
    }
    if let Some(code) = &case.expect.rule
        && rules::by_code(code).is_none()
    {
        let message = format!("there is no rule `{code}` (corscope rules lists all)");
        let problem = ContractProblem::new("unknown-rule", "expect.rule", message);
        found.push(problem.unknown(code, rules::all().map(|rule| rule.code)));
    }
    found.extend(placeholder::faults(&case.scenario.request.headers));
    found
}

fn is_http(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Where the value at a path such as `request.headers[2]` stands, or what holds it.
pub(super) fn span_of(table: &DeTable<'_>, path: &str) -> Option<Range<usize>> {
    let mut steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    let mut value = table.get(steps.next()?)?;
    for step in steps {
        let inside = match (value.get_ref(), step.parse::<usize>()) {
            (DeValue::Array(list), Ok(index)) => list.get(index),
            (DeValue::Table(table), _) => table.get(step),
            _ => None,
        };
        match inside {
            Some(inside) => value = inside,
            None => break,
        }
    }
    Some(value.span())
}
