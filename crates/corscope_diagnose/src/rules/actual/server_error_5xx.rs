use corscope_fetch::{Cause, Evidence, Part};

use super::acao_missing_on_gateway_error;
use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "server-error-5xx",
    Actual,
    Note,
    "server_error_5xx.md",
    "the server failed",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let (leg, response) = sight.final_response()?;
    let status = response.status;
    if !(500..600).contains(&status) || !sight.is_cross_origin() {
        return None;
    }
    // The gateway's own error is named where the browser stops at it.
    let is_told = sight.faults().iter().any(|fault| {
        fault.leg == Some(leg)
            && fault.cause == Cause::AcaoMissing
            && acao_missing_on_gateway_error::is_of_gateway(response)
    });
    if is_told {
        return None;
    }
    let found = Explanation::new(
        Who::Server,
        format!("the server failed with status {status}"),
    )
    .note("CORS is not the reason for it, and may hide it from the script.")
    .narrow(
        Who::Server,
        "find the fault in the server's log and mend it",
    );
    Some((found, vec![Evidence::response(leg, Part::Status)]))
}
