//! Diagnosing: every fault is explained by the most specific rule that fits it, then what refuses
//! nothing is observed.

use corscope_fetch::evidence::{Evidence, Part};
use corscope_fetch::{Cause, Fault, Leg};

use crate::diagnostic::{Confidence, Diagnostic, Severity, Who};
use crate::rules::{explaining, observing, redirect_target::target};
use crate::sight::Sight;

/// The deciding fault, in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootCause {
    /// The rule's code.
    pub rule: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
    /// Who must change something.
    pub who: Who,
}

/// Finds everything that is wrong, the browser's own first refusal first.
pub fn diagnose(sight: &Sight<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for (index, fault) in sight.faults().iter().enumerate() {
        let Some(mut diagnostic) = explain(sight, fault) else {
            continue;
        };
        diagnostic.first = index == 0;
        let earlier = found.iter_mut().find(|earlier| {
            earlier.rule.code == diagnostic.rule.code
                && (earlier.leg_index == diagnostic.leg_index
                    || earlier.explanation == diagnostic.explanation)
        });
        match earlier {
            // One rule may explain several faults of a leg: a missing status and a missing header;
            // or one mistake that is felt on several legs: a redirect to a login, and that page.
            Some(earlier) => {
                for evidence in diagnostic.evidence {
                    if !earlier.evidence.contains(&evidence) {
                        earlier.evidence.push(evidence);
                    }
                }
            }
            None => found.push(diagnostic),
        }
    }
    for (rule, observe) in observing() {
        if found.iter().any(|it| it.rule.code == rule.code) {
            continue;
        }
        let Some((explanation, evidence)) = observe(sight) else {
            continue;
        };
        let leg_index = evidence.first().map(|evidence| evidence.leg);
        let leg = leg_index
            .and_then(|leg| sight.whole().legs.get(leg))
            .map_or("request", Leg::name);
        found.push(Diagnostic {
            rule,
            first: false,
            leg,
            leg_index,
            explanation,
            evidence,
            step: None,
            also_possible: Vec::new(),
        });
    }
    found
}

/// The root cause among diagnostics: the browser's own first refusal, or, where the browser
/// refuses nothing and still something keeps the script from its aim, the first such finding.
pub fn root_cause(diagnostics: &[Diagnostic]) -> Option<RootCause> {
    let deciding = diagnostics
        .iter()
        .find(|diagnostic| diagnostic.first)
        .or_else(|| {
            diagnostics
                .iter()
                .find(|it| it.rule.severity == Severity::Refusal)
        })?;
    Some(RootCause {
        rule: deciding.rule.code,
        confidence: deciding.explanation.confidence,
        who: deciding.explanation.who,
    })
}

/// More other causes than this are a list, and no help.
const MOST_POSSIBLE: usize = 2;

/// The most specific rule that fits explains a fault. Where it is not certain, the others that fit,
/// too, are named.
fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Diagnostic> {
    let mut rules = explaining(fault.cause.name()).iter();
    let (rule, explanation) =
        rules.find_map(|(rule, explain)| Some((*rule, explain(sight, fault)?)))?;
    let also_possible = if explanation.confidence == Confidence::Certain {
        Vec::new()
    } else {
        rules
            .filter(|(_, explain)| explain(sight, fault).is_some())
            .map(|(other, _)| *other)
            .take(MOST_POSSIBLE)
            .collect()
    };
    let evidence = evidence(sight, fault);
    // What a redirect asks for and the browser never sends is found at the redirect.
    let leg_index = match sight.leg(fault) {
        Some(_) => fault.leg,
        None => evidence.first().map(|evidence| evidence.leg),
    };
    let leg = leg_index.and_then(|index| sight.whole().legs.get(index));
    Some(Diagnostic {
        rule,
        first: false,
        leg: leg.map_or("request", Leg::name),
        leg_index,
        explanation,
        evidence,
        step: Some(fault.step),
        also_possible,
    })
}

/// Where a fault is seen.
fn evidence(sight: &Sight<'_>, fault: &Fault) -> Vec<Evidence> {
    let (Some(leg), Some(index)) = (sight.leg(fault), fault.leg) else {
        return redirect_at_fault(sight, fault);
    };
    let header = |name: &'static str| match leg.response() {
        Some(response) => Evidence::header(index, &response.header_list, name),
        None => Vec::new(),
    };
    match &fault.cause {
        Cause::AcaoMissing
        | Cause::AcaoMismatch
        | Cause::AcaoInvalidValue
        | Cause::AcaoMultipleValues
        | Cause::AcaoWildcardWithCredentials => header("access-control-allow-origin"),
        Cause::AcacMissing | Cause::AcacNotTrue => header("access-control-allow-credentials"),
        Cause::AcamMethodMissing { .. } => header("access-control-allow-methods"),
        Cause::AcahHeaderMissing { .. } => header("access-control-allow-headers"),
        Cause::AcamInvalidToken { invalid } | Cause::AcahInvalidToken { invalid } => {
            vec![Evidence::response(
                index,
                Part::Header(invalid.place.clone()),
            )]
        }
        Cause::PreflightStatusNotOk { .. }
        | Cause::UnexpectedProxyAuthentication
        | Cause::RedirectModeError
        | Cause::RedirectStreamBody => vec![Evidence::response(index, Part::Status)],
        Cause::PreflightRedirect { .. } => {
            let mut found = vec![Evidence::response(index, Part::Status)];
            found.extend(header("location"));
            found
        }
        Cause::RedirectLocationInvalid { place } => {
            vec![Evidence::response(index, Part::Header(place.clone()))]
        }
        Cause::RedirectLoop | Cause::RedirectToNonHttpScheme | Cause::RedirectUrlHasCredentials => {
            header("location")
        }
        Cause::CorpBlocked { .. } => header("cross-origin-resource-policy"),
        _ => Vec::new(),
    }
}

/// The `Location` that led to a request which was never sent: the fault is on no leg.
fn redirect_at_fault(sight: &Sight<'_>, fault: &Fault) -> Vec<Evidence> {
    let leads_to_http = |leg: &Leg| {
        let target = leg.response().and_then(|response| target(leg, response));
        target.is_some_and(|target| target.scheme() == "http")
    };
    let is_at_fault = |leg: &Leg| match fault.cause {
        Cause::RedirectMixedContent => leg.name() == "redirect" && leads_to_http(leg),
        Cause::RedirectOutOfSameOrigin => leg.name() == "redirect",
        _ => false,
    };
    let mut legs = sight.whole().legs.iter().enumerate();
    let found = match fault.cause {
        Cause::RedirectMixedContent => legs.find(|(_, leg)| is_at_fault(leg)),
        _ => legs.rfind(|(_, leg)| is_at_fault(leg)),
    };
    found
        .and_then(|(index, leg)| Some((index, leg.response()?)))
        .map(|(index, it)| Evidence::header(index, &it.header_list, "location"))
        .unwrap_or_default()
}
