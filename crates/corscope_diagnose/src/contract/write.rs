//! Writing a case down, as people would: what is usual is left out, and secrets become placeholders.
//! A case is text that is put behind what a file has, so that nothing of that file is lost.

use corscope_fetch::verdict::Outcome;
use corscope_fetch::{Browser, PreflightCache};
use toml::{Table, Value};

use super::ExpectedOutcome;
use crate::scenario::{RequestDocument, Scenario, ScenarioError, Subject, play};
use crate::secrets::masked;

/// How a new contract begins.
pub const VERSION_LINE: &str = "version = 1\n";

/// A scenario that becomes a case.
pub struct NewCase<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What must hold.
    pub outcome: ExpectedOutcome,
    /// Whether the answers stay; otherwise the real server is asked.
    pub keeps_answers: bool,
    /// Whether a request with an unsafe method is really sent.
    pub sends: bool,
    /// Whether a header's value is a secret, by its name.
    pub is_secret: &'a dyn Fn(&str) -> bool,
}

/// What a scenario comes to now, in all browsers: the usual thing to expect of it.
///
/// # Errors
/// When the scenario's values cannot be meant.
pub fn usual_outcome(scenario: &Scenario) -> Result<ExpectedOutcome, ScenarioError> {
    let subject = Subject::new(scenario)?;
    let outcomes = Browser::ALL.map(|browser| {
        play(&subject, browser, &mut PreflightCache::new(), 0)
            .verdict
            .outcome
    });
    let all = |is: &dyn Fn(&Outcome) -> bool| outcomes.iter().all(is);
    Ok(
        if all(&|it| matches!(it, Outcome::Error | Outcome::Throw)) {
            ExpectedOutcome::Blocked
        } else if all(&|it| matches!(it, Outcome::Opaque | Outcome::OpaqueRedirect)) {
            ExpectedOutcome::Opaque
        } else {
            ExpectedOutcome::Allowed
        },
    )
}

/// Writes a case, from `[[case]]` on.
///
/// # Errors
/// When the scenario's values cannot be meant.
pub fn case_text(new: &NewCase<'_>) -> Result<String, ScenarioError> {
    let subject = Subject::new(new.scenario)?;
    let method = subject.init.method.to_ascii_uppercase();
    let is_live = !new.keeps_answers;
    let is_unsent = is_live && !new.sends && !matches!(&*method, "GET" | "HEAD" | "");
    let mut comment = String::new();
    let mut outcome = new.outcome;
    if is_unsent && outcome == ExpectedOutcome::Allowed && is_preflighted(&subject) {
        outcome = ExpectedOutcome::PreflightAllowed;
        comment = format!(
            "# {method} itself is not sent, since it may change something: its preflight is tested.\n\
             # With send = true and expect = \"allowed\" it is sent at each run.\n"
        );
    } else if is_unsent && outcome != ExpectedOutcome::PreflightAllowed {
        comment = format!(
            "# {method} may change something. If it has to be sent for an answer: send = true\n"
        );
    }
    let name = new.scenario.id.clone().filter(|id| !id.trim().is_empty());
    let name = name.unwrap_or_else(|| name_of(&subject, &method, outcome));
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    let mut out = format!("{comment}[[case]]\n");
    line(&mut out, "name", &Value::String(name));
    line(
        &mut out,
        "expect",
        &Value::String(outcome.name().to_owned()),
    );
    if new.sends && is_live && !matches!(&*method, "GET" | "HEAD" | "") {
        line(&mut out, "send", &Value::Boolean(true));
    }
    let scenario = without_secrets(new);
    let mut table = tabled(&scenario)?;
    table.remove("id");
    let page = taken(&mut table, "page");
    let mut request = taken(&mut table, "request");
    let usual = tabled(&RequestDocument::default())?;
    request.retain(|key, value| key == "url" || usual.get(key) != Some(value));
    let preflight = taken(&mut table, "preflight");
    let responses = table.remove("responses");
    for (key, value) in &table {
        line(&mut out, key, value);
    }
    section(&mut out, "[case.page]", page, &["url", "origin"]);
    let order = ["api", "method", "url", "headers", "credentials", "mode"];
    section(&mut out, "[case.request]", request, &order);
    section(&mut out, "[case.preflight]", preflight, &ANSWER);
    for response in responses
        .and_then(|it| it.as_array().cloned())
        .into_iter()
        .flatten()
    {
        if let Value::Table(response) = response {
            section(&mut out, "[[case.responses]]", response, &ANSWER);
        }
    }
    Ok(out)
}

const ANSWER: [&str; 4] = ["status", "headers", "body", "preflight"];

fn is_preflighted(subject: &Subject) -> bool {
    let played = play(subject, Browser::Fetch, &mut PreflightCache::new(), 0);
    played.verdict.legs.iter().any(|leg| leg.request.preflight)
}

fn name_of(subject: &Subject, method: &str, outcome: ExpectedOutcome) -> String {
    let method = if method.is_empty() { "GET" } else { method };
    let page = subject.client.origin.serialized();
    let url = masked(&subject.init.url);
    let must = match outcome {
        ExpectedOutcome::Allowed => "is allowed",
        ExpectedOutcome::Blocked => "stays blocked",
        ExpectedOutcome::Opaque => "is opaque",
        ExpectedOutcome::PreflightAllowed => "passes its preflight",
    };
    format!("{method} {url} from {page} {must}")
}

/// The scenario as it is written.
fn without_secrets(new: &NewCase<'_>) -> Scenario {
    let mut scenario = new.scenario.clone();
    if !new.keeps_answers {
        scenario.preflight = None;
        scenario.responses = Vec::new();
        scenario.network = None;
        scenario.probes = Vec::new();
    }
    for (name, value) in &mut scenario.request.headers {
        if (new.is_secret)(name) && !value.contains("${") {
            *value = placeholder(name, value);
        }
    }
    let url = &mut scenario.request.url;
    *url = masked(url).into_owned();
    scenario
}

/// A secret's place in the file: the name of a variable, behind the scheme where there is one.
fn placeholder(header: &str, value: &str) -> String {
    let name: String = match header.to_ascii_lowercase().as_str() {
        "authorization" => "API_TOKEN".to_owned(),
        header => header
            .chars()
            .map(|letter| match letter.is_ascii_alphanumeric() {
                true => letter.to_ascii_uppercase(),
                false => '_',
            })
            .collect(),
    };
    match value.trim().split_once(' ') {
        Some((scheme, _)) if header.eq_ignore_ascii_case("authorization") => {
            format!("{scheme} ${{{name}}}")
        }
        _ => format!("${{{name}}}"),
    }
}

fn tabled<T: serde::Serialize>(document: &T) -> Result<Table, ScenarioError> {
    // Numbers over 2^63 are all that TOML cannot hold.
    Table::try_from(document)
        .map_err(|error| ScenarioError::new("invalid-value", "", error.to_string()))
}

fn taken(table: &mut Table, key: &str) -> Table {
    match table.remove(key) {
        Some(Value::Table(inside)) => inside,
        _ => Table::new(),
    }
}

/// A table under its heading, the more telling first; nothing where it is empty.
fn section(out: &mut String, heading: &str, mut table: Table, order: &[&str]) {
    if table.is_empty() {
        return;
    }
    out.push_str(&format!("\n{heading}\n"));
    for key in order {
        if let Some(value) = table.remove(*key) {
            line(out, key, &value);
        }
    }
    for (key, value) in &table {
        line(out, key, value);
    }
}

fn line(out: &mut String, key: &str, value: &Value) {
    out.push_str(&format!("{key} = {value}\n"));
}
