//! What happened, step by step. Built only when it is asked for.

use crate::cause::Cause;
use crate::evidence::Evidence;
use crate::steps::Step;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// The fetch goes on.
    Passed,
    /// The fetch ends here with a cause.
    Failed(&'static str),
    /// The step did not apply; the text says why.
    Skipped(&'static str),
}

/// One step of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// The step.
    pub step: &'static Step,
    /// The leg it belongs to, if any was sent by then.
    pub leg: Option<usize>,
    /// How it ended.
    pub result: StepResult,
    /// Where that is seen.
    pub evidence: Vec<Evidence>,
}

/// A refusal: what, by which step, in which leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub cause: Cause,
    /// The step that said so.
    pub step: &'static Step,
    /// The leg it was seen in; `None` before anything was sent.
    pub leg: Option<usize>,
}

/// What the algorithms report to: it collects faults, and the trace when there is one.
#[derive(Debug, Default)]
pub struct Record {
    /// The faults so far; without `goes_on` at most one.
    pub faults: Vec<Fault>,
    /// The trace, if asked for.
    pub trace: Option<Vec<TraceEntry>>,
    /// Whether to go on after a fault, to find those behind it.
    pub goes_on: bool,
    /// The leg being judged.
    pub leg: Option<usize>,
}

impl Record {
    /// Notes that a step passed; `evidence` is made only for a trace.
    pub fn pass(&mut self, step: &'static Step, evidence: impl FnOnce(usize) -> Vec<Evidence>) {
        let leg = self.leg;
        if let Some(trace) = &mut self.trace {
            let evidence = leg.map(evidence).unwrap_or_default();
            trace.push(TraceEntry {
                step,
                leg,
                result: StepResult::Passed,
                evidence,
            });
        }
    }

    /// Notes that a step did not apply.
    pub fn skip(&mut self, step: &'static Step, why: &'static str) {
        let leg = self.leg;
        if let Some(trace) = &mut self.trace {
            trace.push(TraceEntry {
                step,
                leg,
                result: StepResult::Skipped(why),
                evidence: vec![],
            });
        }
    }

    /// Notes a fault. Whether to go on looking for more is the answer.
    pub fn fault(
        &mut self,
        step: &'static Step,
        cause: Cause,
        evidence: impl FnOnce(usize) -> Vec<Evidence>,
    ) -> bool {
        let leg = self.leg;
        if let Some(trace) = &mut self.trace {
            let evidence = leg.map(evidence).unwrap_or_default();
            trace.push(TraceEntry {
                step,
                leg,
                result: StepResult::Failed(cause.name()),
                evidence,
            });
        }
        self.faults.push(Fault { cause, step, leg });
        self.goes_on
    }
}
