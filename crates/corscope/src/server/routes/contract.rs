//! `POST /api/contract`: a scenario as the contract that `corscope test` takes.

use axum::response::Response;
use corscope_capture::redact::is_secret_header;
use corscope_diagnose::contract::{
    ContractProblem, ExpectedOutcome, NewCase, VERSION_LINE, case_text, contract_from_toml,
    usual_outcome,
};
use corscope_diagnose::scenario::Scenario;
use serde::{Deserialize, Serialize};

use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// A scenario that is to be a contract.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct ContractOrder {
    scenario: Scenario,
    /// What must hold; by default what the scenario comes to now.
    #[serde(default)]
    expect: Option<ExpectedOutcome>,
    /// Whether its answers stay, so that no server is asked.
    #[serde(default)]
    keeps_answers: bool,
    /// Whether a request with an unsafe method is really sent at each run.
    #[serde(default)]
    sends: bool,
}

/// A contract.
#[derive(Serialize)]
pub(in crate::server) struct WrittenContract {
    /// The file's text.
    toml: String,
    /// What is expected, as it was asked for.
    expect: ExpectedOutcome,
    /// What the scenario comes to now.
    usual: ExpectedOutcome,
    /// The environment variables that hold its secrets.
    variables: Vec<String>,
}

pub(super) async fn write(Asked(order): Asked<ContractOrder>) -> Result<Response, Fault> {
    let usual = usual_outcome(&order.scenario)?;
    let expect = order.expect.unwrap_or(usual);
    let case = case_text(&NewCase {
        scenario: &order.scenario,
        outcome: expect,
        keeps_answers: order.keeps_answers,
        sends: order.sends,
        is_secret: &is_secret_header,
    })?;
    let toml = format!("{VERSION_LINE}\n{case}");
    // What is saved can be tested, or is refused here.
    let contract = contract_from_toml(toml.as_bytes(), None).map_err(refused)?;
    let mut variables: Vec<String> = contract
        .cases
        .iter()
        .flat_map(corscope_diagnose::contract::Case::variables)
        .collect();
    variables.dedup();
    Ok(json(&WrittenContract {
        toml,
        expect,
        usual,
        variables,
    }))
}

fn refused(problems: Vec<ContractProblem>) -> Fault {
    let first = problems.into_iter().next();
    let (at, message) = first.map(|it| (it.at, it.message)).unwrap_or_default();
    let at = at.trim_start_matches("case[0].").to_owned();
    let mend = "change this answer, then save the contract";
    Fault::input("no-contract", at, message, mend)
}
