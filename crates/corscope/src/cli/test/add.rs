//! `corscope test FILE --add SCENARIO`: a scenario becomes a case. It is put behind what the file
//! has, so that comments and order stay as they are.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use corscope_capture::redact::is_secret_header;
use corscope_diagnose::contract::{
    ContractProblem, ExpectedOutcome, NewCase, VERSION_LINE, case_text, contract_from_toml,
    usual_outcome,
};
use corscope_diagnose::scenario::{
    CredentialsDocument, Scenario, ScenarioError, scenario_from_json, scenario_from_toml,
};

use super::{TestArgs, read, reading};
use crate::cli::output::{self, ALLOWED, BAD_INPUT, FAILED, fail};

/// How many cases of one name are told apart by a number.
const MOST_NAMESAKES: usize = 1000;

pub(super) fn add(args: &TestArgs, scenario: &Path) -> ExitCode {
    let [file] = &args.files[..] else {
        return fail(
            BAD_INPUT,
            "--add: name the one contract that the case is added to",
        );
    };
    let text = match read::text_of(scenario) {
        Ok(text) => text,
        Err(error) => return reading(scenario, &error),
    };
    let is_json = text.trim_ascii_start().starts_with(b"{");
    let parse = if is_json {
        scenario_from_json
    } else {
        scenario_from_toml
    };
    let before = match read::text_of(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return reading(file, &error),
    };
    let scenario_name = scenario.display().to_string();
    let added = parse(&text)
        .map_err(|error| format!("{scenario_name}: {error}"))
        .and_then(|scenario| addition(args, &before, scenario, &scenario_name, file));
    let (name, added) = match added {
        Ok(added) => added,
        Err(message) => return fail(BAD_INPUT, &message),
    };
    if let Err(error) = append(file, &added) {
        return fail(FAILED, &format!("{}: {error}", file.display()));
    }
    let said = format!(
        "{}: added {name:?}\n\n{}",
        file.display(),
        added.trim_start()
    );
    match output::print(&said) {
        Ok(()) => ExitCode::from(ALLOWED),
        Err(error) => fail(FAILED, &format!("standard output: {error}")),
    }
}

fn append(file: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    file.write_all(text.as_bytes())
}

/// The case's name, and the text that is put behind the file's.
fn addition(
    args: &TestArgs,
    before: &[u8],
    mut scenario: Scenario,
    scenario_name: &str,
    file: &Path,
) -> Result<(String, String), String> {
    let in_scenario = |error: ScenarioError| format!("{scenario_name}: {error}");
    let file = file.display().to_string();
    let is_new = before.trim_ascii().is_empty();
    let told = |problems: Vec<ContractProblem>| {
        let told: Vec<String> = problems.iter().map(|it| read::told(&file, it)).collect();
        told.join("\n          ")
    };
    let mut names = Vec::new();
    if !is_new {
        let cases = contract_from_toml(before, None).map_err(told)?.cases;
        names.extend(cases.into_iter().map(|case| case.name));
    }
    let outcome = match args.expect {
        Some(outcome) => ExpectedOutcome::from(outcome),
        None => usual_outcome(&scenario).map_err(in_scenario)?,
    };
    let wanted = scenario.request.credentials;
    for number in 1..MOST_NAMESAKES {
        let new = NewCase {
            scenario: &scenario,
            outcome,
            keeps_answers: args.keep_answers,
            sends: args.send,
            is_secret: &is_secret_header,
        };
        let case = case_text(&new).map_err(in_scenario)?;
        let mut added = String::new();
        if is_new {
            added.push_str(VERSION_LINE);
        } else if !before.ends_with(b"\n") {
            added.push('\n');
        }
        added.push('\n');
        added.push_str(&case);
        // What was written is read again: nothing is added that could not be tested.
        let mut whole = before.to_vec();
        whole.extend_from_slice(added.as_bytes());
        let only = [VERSION_LINE, &case].concat();
        let mut alone = contract_from_toml(only.as_bytes(), None)
            .map_err(told)?
            .cases;
        let Some(case) = alone.pop() else { break };
        if names.contains(&case.name) {
            let name = case.name.trim_end_matches(&format!(" ({number})"));
            scenario.id = Some(format!("{name} ({})", number + 1));
            continue;
        }
        let cases = contract_from_toml(&whole, None).map_err(told)?.cases;
        let read = cases.last().map(|case| case.scenario.request.credentials);
        if read == Some(wanted) || wanted.is_some() {
            return Ok((case.name, added));
        }
        // The contract's defaults would change what the scenario leaves to the browser.
        scenario.request.credentials = Some(CredentialsDocument::SameOrigin);
        return addition(args, before, scenario, scenario_name, Path::new(&file));
    }
    Err(format!("{file}: too many cases of one name"))
}
