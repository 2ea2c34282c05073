//! Reading the contracts that are to be tested. Nothing is asked before everything is understood.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;

use corscope_diagnose::contract::{ContractProblem, contract_from_toml};
use corscope_diagnose::scenario::LINE_LIMIT;

use super::{Ready, TestArgs, reading};
use crate::cli::nearest::nearest;
use crate::cli::output::{BAD_INPUT, fail, tame};

/// Every case that is wanted, or the exit code.
pub(super) fn cases(args: &TestArgs) -> Result<Vec<Ready>, ExitCode> {
    let mut ready = Vec::new();
    let mut names = Vec::new();
    let mut problems = Vec::new();
    for file in &args.files {
        let text = text_of(file).map_err(|error| reading(file, &error))?;
        let name = file.display().to_string();
        let contract = match contract_from_toml(&text, args.base.as_ref()) {
            Ok(contract) => contract,
            Err(found) => {
                problems.extend(found.iter().map(|problem| told(&name, problem)));
                continue;
            }
        };
        for case in contract.cases {
            let is_wanted =
                args.cases.is_empty() || args.cases.iter().any(|part| case.name.contains(&**part));
            names.push(case.name.clone());
            if !is_wanted {
                continue;
            }
            match case.filled_headers(&|name| std::env::var(name).ok()) {
                Ok(filled) => ready.push(Ready {
                    file: name.clone(),
                    case,
                    filled,
                }),
                Err(found) => problems.extend(found.iter().map(|problem| told(&name, problem))),
            }
        }
    }
    if !problems.is_empty() {
        return Err(fail(BAD_INPUT, &problems.join("\n          ")));
    }
    if ready.is_empty() {
        return Err(fail(BAD_INPUT, &no_such_case(args, &names)));
    }
    Ok(ready)
}

/// Reads a file, as far as a contract may be long, and a byte more.
pub(super) fn text_of(file: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let limit = LINE_LIMIT as u64 + 1;
    File::open(file)?.take(limit).read_to_end(&mut text)?;
    Ok(text)
}

fn no_such_case(args: &TestArgs, names: &[String]) -> String {
    let wanted = args.cases.join(", ");
    let near = nearest(&wanted, names.iter().map(String::as_str), 3);
    let near = match near.is_empty() {
        true => names.iter().take(5).map(String::as_str).collect(),
        false => near,
    };
    format!(
        "--case {wanted}: no case is named so; there is {}",
        near.join(", ")
    )
}

/// A mistake with its place, and the name that may be meant.
pub(super) fn told(file: &str, problem: &ContractProblem) -> String {
    let place = match problem.position {
        Some((line, column)) => format!("{file}:{line}:{column}"),
        None => file.to_owned(),
    };
    let mut message = format!("{place}: {problem}");
    if let Some((word, known)) = &problem.unknown {
        let near = nearest(word, known.iter().map(String::as_str), 2);
        if !near.is_empty() {
            message.push_str(&format!("; did you mean `{}`?", near.join("` or `")));
        }
    }
    tame(&message)
}
