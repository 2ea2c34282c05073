//! A trace's entries in words.

use corscope_fetch::{Part, StepResult, TraceEntry};

use super::report::Report;
use super::{facts, headers, printable};

/// How a step ended, in one word.
pub(super) const fn result(entry: &TraceEntry) -> &'static str {
    match entry.result {
        StepResult::Passed => "passed",
        StepResult::Failed(_) => "FAILED",
        StepResult::Skipped(_) => "skipped",
    }
}

/// What a step found, and where.
pub(super) fn place(report: &Report<'_>, entry: &TraceEntry) -> String {
    let legs = &report.sight.play.verdict.legs;
    let leg = entry.leg.and_then(|index| legs.get(index));
    let mut text = match entry.result {
        StepResult::Failed(cause) => cause.to_owned(),
        StepResult::Skipped(why) => why.to_owned(),
        StepResult::Passed => String::new(),
    };
    let seen = entry.evidence.first().and_then(|evidence| {
        let leg = legs.get(evidence.leg)?;
        match &evidence.part {
            Part::Status => leg
                .response()
                .map(|response| format!("status {}", response.status)),
            Part::Header(place) => {
                let header = leg.response()?.header_list.line(place.line)?;
                Some(printable::bytes(header.name))
            }
            Part::Absent(name) => Some(format!("no {}", headers::spelled(name))),
            Part::Method => Some(leg.request.method.to_string()),
            Part::Url => Some(leg.request.url.to_string()),
        }
    });
    let title = leg.map(|leg| facts::leg_title(leg).into_owned());
    for part in [seen, title].into_iter().flatten() {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&part);
    }
    text
}
