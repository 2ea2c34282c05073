//! `POST /api/policy/lint`, `POST /api/policy/answer`: a server's CORS policy.

use axum::response::Response;
use corscope_diagnose::scenario::RawHeaders;
use corscope_fetch::HeaderList;
use corscope_fetch::policy::{Finding, PolicyDocument, PolicyRequest};
use serde::{Deserialize, Serialize};

use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// Something wrong or unwise in a policy.
#[derive(Serialize)]
pub(in crate::server) struct FindingDocument {
    /// `error`, `unsafe` or `note`.
    level: &'static str,
    /// Its kind.
    code: &'static str,
    /// Where: `origins[1]`, `max-age`.
    at: String,
    /// What is wrong.
    problem: String,
    /// How to mend it.
    mend: String,
}

/// Findings as documents.
pub(super) fn documents(findings: &[Finding]) -> Vec<FindingDocument> {
    findings
        .iter()
        .map(|finding| FindingDocument {
            level: finding.kind.level(),
            code: finding.kind.code(),
            at: finding.at.clone(),
            problem: finding.problem.clone(),
            mend: finding.mend.clone(),
        })
        .collect()
}

pub(super) async fn lint(Asked(policy): Asked<PolicyDocument>) -> Response {
    json(&documents(&policy.lint()))
}

/// A request that a policy answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct PolicyQuestion {
    policy: PolicyDocument,
    /// The method on the wire.
    method: String,
    /// The header list on the wire.
    headers: RawHeaders,
}

/// What a policy answers.
#[derive(Serialize)]
pub(in crate::server) struct PolicyAnswer {
    /// The response's CORS headers; absent when the policy is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<RawHeaders>,
    /// What is wrong or unwise in the policy.
    findings: Vec<FindingDocument>,
}

pub(super) async fn answer(Asked(asked): Asked<PolicyQuestion>) -> Result<Response, Fault> {
    let headers: Option<HeaderList> = asked.policy.build(false).ok().map(|policy| {
        policy.answer(PolicyRequest {
            method: &asked.method,
            header_list: &asked.headers.0,
        })
    });
    Ok(json(&PolicyAnswer {
        headers: headers.map(RawHeaders),
        findings: documents(&asked.policy.lint()),
    }))
}
