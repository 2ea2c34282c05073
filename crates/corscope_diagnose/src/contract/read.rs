//! Reading contracts: every mistake with its line and column, all of them at once.

use std::collections::BTreeMap;
use std::ops::Range;

use corscope_fetch::Browser;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::faults::{faults, span_of};
use super::{Case, Contract, ContractProblem, Expectation};
use crate::scenario::{
    CredentialsDocument, LINE_LIMIT, PageDocument, Scenario, known_path, position,
};

/// More mistakes than these are no help.
const MOST_PROBLEMS: usize = 50;
/// What stands beside the cases.
const DOCUMENT_KEYS: [&str; 3] = ["version", "defaults", "case"];
/// What a case adds to a scenario.
const CASE_KEYS: [&str; 4] = ["name", "expect", "browsers", "send"];
/// What a case has of a scenario.
const SCENARIO_KEYS: [&str; 11] = [
    "page",
    "request",
    "preflight",
    "responses",
    "initiator_attributes",
    "reads",
    "network",
    "target_address_space",
    "cookies",
    "probes",
    "prior",
];

/// What holds for every case that does not say otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    page: Option<PageDocument>,
    credentials: Option<CredentialsDocument>,
    browsers: Option<Vec<Browser>>,
    /// What relative URLs of requests are relative to.
    base: Option<String>,
}

/// Reads a contract. With an origin to move to, cases that ask the real server ask that one: all
/// that aim at the document's `base`, or, where it names none, all.
///
/// # Errors
/// Everything that is wrong, and where.
pub fn contract_from_toml(
    text: &[u8],
    moved_to: Option<&Url>,
) -> Result<Contract, Vec<ContractProblem>> {
    let text = whole_text(text)?;
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reading = Reading {
        text,
        moved_to,
        problems: Vec::new(),
    };
    for error in errors.iter().take(MOST_PROBLEMS) {
        let problem = ContractProblem::new("invalid-toml", "", error.message());
        reading.tell(problem, error.span());
    }
    if !reading.problems.is_empty() {
        return Err(reading.problems);
    }
    let contract = reading.document(root.into_inner());
    match reading.problems.is_empty() {
        true => Ok(contract),
        false => {
            reading.problems.sort_by_key(|problem| problem.position);
            reading.problems.truncate(MOST_PROBLEMS);
            Err(reading.problems)
        }
    }
}

fn whole_text(text: &[u8]) -> Result<&str, Vec<ContractProblem>> {
    if text.len() > LINE_LIMIT {
        let message = format!("more than the {LINE_LIMIT} bytes that a contract may have");
        return Err(vec![ContractProblem::new("too-long", "", message)]);
    }
    str::from_utf8(text).map_err(|error| {
        let at = error.valid_up_to();
        let message = format!("not UTF-8 at byte {at}; save the file as UTF-8");
        vec![ContractProblem::new("not-utf8", "", message)]
    })
}

struct Reading<'t> {
    text: &'t str,
    moved_to: Option<&'t Url>,
    problems: Vec<ContractProblem>,
}

impl<'t> Reading<'t> {
    fn tell(&mut self, problem: ContractProblem, span: Option<Range<usize>>) {
        let position = span.map(|span| position(self.text, span.start));
        self.problems.push(problem.position(position));
    }

    fn document(&mut self, mut root: DeTable<'t>) -> Contract {
        self.refuse_unknown_keys(&root, "", &[&DOCUMENT_KEYS]);
        self.version(root.remove("version"));
        let defaults: Defaults = match root.remove("defaults") {
            Some(value) => self.value("defaults", value).unwrap_or_default(),
            None => Defaults::default(),
        };
        let base = defaults.base.as_ref().and_then(|base| self.base(base));
        let mut cases = Vec::new();
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for (index, value) in self
            .case_tables(root.remove("case"))
            .into_iter()
            .enumerate()
        {
            let at = format!("case[{index}]");
            let span = value.span();
            let Some(case) = self.case(&at, value, &defaults, base.as_ref()) else {
                continue;
            };
            if let Some(first) = names.insert(case.name.clone(), case.position.0) {
                let message = format!(
                    "another case is named {:?} (line {first}); a name tells one case from the others",
                    case.name
                );
                let problem = ContractProblem::new("repeated-name", format!("{at}.name"), message);
                self.tell(problem, Some(span));
            }
            cases.push(case);
        }
        Contract { cases }
    }

    fn version(&mut self, value: Option<Spanned<DeValue<'t>>>) {
        let message = match &value {
            Some(value) => match value.get_ref() {
                DeValue::Integer(version) if version.to_string() == "1" => return,
                DeValue::Integer(version) => format!(
                    "version {version} of contracts is not known to this corscope: write version = 1"
                ),
                _ => "the version is a number: write version = 1".to_owned(),
            },
            None => "a contract begins with its version: write version = 1".to_owned(),
        };
        let problem = ContractProblem::new("unknown-version", "version", message);
        self.tell(problem, value.map(|value| value.span()).or(Some(0..0)));
    }

    fn base(&mut self, text: &str) -> Option<Url> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
            _ => {
                let message = format!(
                    "{text:?} is no http(s) URL; write one such as \"https://api.example.com/\""
                );
                let problem = ContractProblem::new("invalid-url", "defaults.base", message);
                self.tell(problem, self.text.find(text).map(|at| at..at));
                None
            }
        }
    }

    /// The tables of `[[case]]`; a contract without any keeps nothing.
    fn case_tables(&mut self, value: Option<Spanned<DeValue<'t>>>) -> Vec<Spanned<DeValue<'t>>> {
        let span = value.as_ref().map(Spanned::span);
        match value.map(Spanned::into_inner) {
            Some(DeValue::Array(cases)) if !cases.is_empty() => return cases.into_iter().collect(),
            Some(DeValue::Table(_)) => {
                let message = "cases are a list: write [[case]], with two brackets";
                self.tell(ContractProblem::new("invalid-value", "case", message), span);
            }
            _ => {
                let message = "there is no case: a contract needs at least one [[case]]";
                self.tell(ContractProblem::new("no-case", "", message), Some(0..0));
            }
        }
        Vec::new()
    }

    fn case(
        &mut self,
        at: &str,
        value: Spanned<DeValue<'t>>,
        defaults: &Defaults,
        base: Option<&Url>,
    ) -> Option<Case> {
        let span = value.span();
        let DeValue::Table(mut table) = value.into_inner() else {
            let problem = ContractProblem::new("invalid-value", at, "a case is a table: [[case]]");
            self.tell(problem, Some(span));
            return None;
        };
        let before = self.problems.len();
        self.refuse_unknown_keys(&table, at, &[&CASE_KEYS, &SCENARIO_KEYS]);
        let whole = table.clone();
        let name = self.needed::<String>(
            at,
            "name",
            table.remove("name"),
            &span,
            "what it tests, such as name = \"the app may save an item\"",
        );
        let expect = self.needed::<Expectation>(
            at,
            "expect",
            table.remove("expect"),
            &span,
            "what must hold, such as expect = \"allowed\"",
        );
        let browsers = self.optional::<Vec<Browser>>(at, "browsers", table.remove("browsers"));
        let send = self.optional::<bool>(at, "send", table.remove("send"));
        let mut table: DeTable<'t> = table
            .into_iter()
            .filter(|(key, _)| SCENARIO_KEYS.contains(&key.get_ref().as_ref()))
            .collect();
        let has_page = table.contains_key("page");
        if !has_page {
            // Serde wants a page; the default one takes its place below.
            let page = Spanned::new(span.clone(), DeValue::Table(DeTable::new()));
            table.insert(Spanned::new(span.clone(), "page".into()), page);
        }
        let scenario = Spanned::new(span.clone(), DeValue::Table(table));
        let mut scenario: Scenario = self.value(at, scenario)?;
        if !has_page {
            scenario.page = defaults.page.clone().unwrap_or_default();
        }
        let request = &mut scenario.request;
        request.credentials = request.credentials.or(defaults.credentials);
        let mut case = Case {
            name: name.unwrap_or_default(),
            scenario,
            expect: expect.unwrap_or_default(),
            browsers: browsers
                .or_else(|| defaults.browsers.clone())
                .unwrap_or_else(|| Browser::ALL.to_vec()),
            send: send.unwrap_or_default(),
            position: position(self.text, span.start),
        };
        if self.problems.len() == before {
            self.aim(&mut case, base);
            for problem in faults(&case) {
                let span = span_of(&whole, &problem.at).unwrap_or_else(|| span.clone());
                let at = format!("{at}.{}", problem.at);
                self.tell(ContractProblem { at, ..problem }, Some(span));
            }
            // What the script is to read is also what it wants to read: that explains refusals.
            let reads = &mut case.scenario.reads;
            for name in &case.expect.readable_headers {
                if !reads.iter().any(|it| it.eq_ignore_ascii_case(name)) {
                    reads.push(name.clone());
                }
            }
        }
        Some(case)
    }

    /// Makes the request's URL the one that is asked.
    fn aim(&self, case: &mut Case, base: Option<&Url>) {
        let is_live = case.is_live();
        let url = &mut case.scenario.request.url;
        if let Some(base) = base
            && Url::parse(url) == Err(url::ParseError::RelativeUrlWithoutBase)
            && let Ok(whole) = base.join(url)
        {
            *url = whole.into();
        }
        let Some(moved_to) = self.moved_to.filter(|_| is_live) else {
            return;
        };
        let Ok(mut whole) = Url::parse(url) else {
            return;
        };
        if base.is_none_or(|base| base.origin() == whole.origin()) {
            // Between http and https none of these can fail.
            let moved = whole.set_scheme(moved_to.scheme()).is_ok()
                && whole.set_host(moved_to.host_str()).is_ok()
                && whole.set_port(moved_to.port()).is_ok();
            if moved {
                *url = whole.into();
            }
        }
    }

    fn refuse_unknown_keys(&mut self, table: &DeTable<'t>, at: &str, known: &[&[&str]]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if known.iter().any(|known| known.contains(&name)) {
                continue;
            }
            let at = match at {
                "" => name.to_owned(),
                at => format!("{at}.{name}"),
            };
            let known: Vec<&str> = known.concat();
            let message = format!(
                "unknown field `{name}`, expected one of `{}`",
                known.join("`, `")
            );
            let problem = ContractProblem::new("unknown-field", at, message).unknown(name, known);
            self.tell(problem, Some(key.span()));
        }
    }

    fn needed<T: DeserializeOwned>(
        &mut self,
        at: &str,
        name: &str,
        value: Option<Spanned<DeValue<'t>>>,
        case: &Range<usize>,
        what: &str,
    ) -> Option<T> {
        if value.is_none() {
            let message = format!("missing field `{name}`: a case says {what}");
            let problem = ContractProblem::new("missing-field", at, message);
            self.tell(problem, Some(case.clone()));
        }
        self.optional(at, name, value)
    }

    fn optional<T: DeserializeOwned>(
        &mut self,
        at: &str,
        name: &str,
        value: Option<Spanned<DeValue<'t>>>,
    ) -> Option<T> {
        value.and_then(|value| self.value(&format!("{at}.{name}"), value))
    }

    /// Reads a value by serde; a mistake is told.
    fn value<T: DeserializeOwned>(&mut self, at: &str, value: Spanned<DeValue<'t>>) -> Option<T> {
        let whole = value.span();
        let error = match serde_path_to_error::deserialize(value.into_deserializer()) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let path = known_path(error.path().to_string());
        let at = match path.is_empty() {
            true => at.to_owned(),
            false if path.starts_with('[') => format!("{at}{path}"),
            false => format!("{at}.{path}"),
        };
        let message = error.inner().message();
        let (code, unknown) = kind(message);
        let mut problem = ContractProblem::new(code, at, message);
        if let Some((word, known)) = unknown {
            problem = problem.unknown(word, known);
        }
        let span = error.inner().span().unwrap_or(whole);
        self.tell(problem, Some(span));
        None
    }
}

/// What kind of mistake serde tells of; of a word that it does not know, the word and those it knows.
fn kind(message: &str) -> (&'static str, Option<(&str, Vec<&str>)>) {
    let code = match message {
        it if it.starts_with("unknown field") => "unknown-field",
        it if it.starts_with("missing field") => "missing-field",
        _ => "invalid-value",
    };
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return (code, None);
    }
    let Some((head, known)) = message.rsplit_once("expected ") else {
        return (code, None);
    };
    let word = head.split('`').nth(1).unwrap_or_default();
    (
        code,
        Some((word, known.split('`').skip(1).step_by(2).collect())),
    )
}
