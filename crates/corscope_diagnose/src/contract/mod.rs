//! The contract document: what a server must keep to, as requests with expectations. What a case
//! asks is a scenario, read by the scenario's own types; a contract adds what is expected of it.

mod document;
mod expectation;
mod faults;
mod judge;
mod placeholder;
mod problem;
mod read;
mod write;

pub use document::{Case, Contract};
pub use expectation::{Expectation, ExpectedOutcome};
pub use judge::{Broken, Unreached, broken, said_outcome, unreached};
pub use placeholder::{FilledHeaders, Secret, shown_headers};
pub use problem::ContractProblem;
pub use read::contract_from_toml;
pub use write::{NewCase, VERSION_LINE, case_text, usual_outcome};
