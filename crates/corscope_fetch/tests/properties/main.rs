//! What holds for every fetch, whoever asks and whatever comes back.
#![expect(
    clippy::unwrap_used,
    reason = "a property that cannot be set up must fail"
)]

mod cases;

use std::sync::Arc;

use cases::cases;
use corscope_fetch::{
    Answer, Api, Browser, HeaderList, Options, Origin, Outcome, PreflightCache, Response,
    SentRequest, StepResult, Verdict,
};
use proptest::prelude::*;

const STRICT: Options = Options {
    trace: false,
    survey: false,
    target_space: None,
};
const TRACED: Options = Options {
    trace: true,
    survey: false,
    target_space: None,
};
const SURVEY: Options = Options {
    trace: true,
    survey: true,
    target_space: None,
};

fn is_blocked(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Error | Outcome::Throw)
}

/// A server that allows what is asked; what else it says stays.
fn granting(sent: &SentRequest, answer: Answer) -> Answer {
    let Answer::Response(response) = answer else {
        return answer;
    };
    let grants = |header: corscope_fetch::Header<'_>| {
        ["Origin", "Credentials", "Methods", "Headers"]
            .iter()
            .any(|it| header.is(&format!("access-control-allow-{it}")))
    };
    let mut list = response.header_list.without(grants);
    for (name, asked) in [
        ("Access-Control-Allow-Origin", "origin"),
        (
            "Access-Control-Allow-Methods",
            "access-control-request-method",
        ),
        (
            "Access-Control-Allow-Headers",
            "access-control-request-headers",
        ),
    ] {
        if let Some(value) = sent.header_list.get(asked) {
            list.push(name, value);
        }
    }
    list.push("Access-Control-Allow-Credentials", "true");
    Answer::Response(Arc::new(Response {
        header_list: list,
        ..(*response).clone()
    }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fetch_is_blocked_exactly_by_one_fault(case in cases()) {
        let verdict = case.run(STRICT, &mut PreflightCache::new());
        prop_assert_eq!(usize::from(is_blocked(&verdict)), verdict.faults.len());
        prop_assert_eq!(is_blocked(&verdict), verdict.blocked_by().is_some());
        prop_assert_eq!(verdict.outcome == Outcome::Throw, verdict.request.is_none());
        for fault in &verdict.faults {
            prop_assert!(fault.leg.is_none_or(|leg| leg < verdict.legs.len()));
        }
    }

    #[test]
    fn the_same_input_gives_the_same_verdict_with_or_without_a_trace(case in cases()) {
        let (mut one_cache, mut other_cache) = (PreflightCache::new(), PreflightCache::new());
        let one = case.run(STRICT, &mut one_cache);
        let other = case.run(TRACED, &mut other_cache);
        prop_assert_eq!(&one.outcome, &other.outcome);
        prop_assert_eq!(&one.faults, &other.faults);
        prop_assert_eq!(&one.legs, &other.legs);
        prop_assert_eq!(format!("{one_cache:?}"), format!("{other_cache:?}"));
    }

    #[test]
    fn a_trace_ends_where_the_fetch_ends(case in cases()) {
        let verdict = case.run(TRACED, &mut PreflightCache::new());
        let trace = verdict.trace.as_ref().unwrap();
        let failed: Vec<_> =
            trace.iter().filter(|it| matches!(it.result, StepResult::Failed(_))).collect();
        prop_assert_eq!(failed.len(), verdict.faults.len());
        if let Some(fault) = verdict.blocked_by() {
            let last = trace.last().unwrap();
            prop_assert_eq!(&last.result, &StepResult::Failed(fault.cause.name()));
            prop_assert_eq!((last.step, last.leg), (fault.step, fault.leg));
        }
        for entry in trace {
            for evidence in &entry.evidence {
                prop_assert!(evidence.leg < verdict.legs.len());
            }
        }
    }

    #[test]
    fn a_survey_begins_with_the_fault_of_the_fetch_and_leaves_the_cache_alone(case in cases()) {
        let strict = case.run(STRICT, &mut PreflightCache::new());
        let mut cache = PreflightCache::new();
        let survey = case.run(SURVEY, &mut cache);
        prop_assert!(cache.is_empty());
        if is_blocked(&strict) {
            prop_assert_eq!(strict.faults.first(), survey.faults.first());
        } else {
            // A fetch that goes well has no faults; an incomplete one may yet meet one.
            prop_assert_eq!(&survey.faults, &vec![]);
        }
    }

    #[test]
    fn granting_more_never_blocks(case in cases()) {
        let before = case.run(STRICT, &mut PreflightCache::new());
        if let Outcome::Readable { .. } | Outcome::Opaque | Outcome::OpaqueRedirect = before.outcome {
            let after = case.run_with(STRICT, &mut PreflightCache::new(), granting);
            prop_assert_eq!(
                std::mem::discriminant(&before.outcome), std::mem::discriminant(&after.outcome)
            );
        }
    }

    #[test]
    fn nothing_is_readable_across_origins_without_permission(case in cases()) {
        let verdict = case.run(STRICT, &mut PreflightCache::new());
        let is_navigation = matches!(case.init.api, Api::Iframe | Api::WebSocket);
        if let Outcome::Readable { .. } = verdict.outcome
            && !is_navigation
            && let Some(leg) = verdict.legs.last()
        {
            let page = Origin::parse(case.page).unwrap();
            let response = leg.response();
            let allowed = response.and_then(|it| it.header_list.get("access-control-allow-origin"));
            let is_own = verdict.legs.iter().all(|leg| page.is_same_as(&leg.request.url));
            let allowed = allowed.as_deref();
            let passes = allowed == Some(b"*")
                || allowed == leg.checked_origin.as_deref().map(str::as_bytes)
                // Firefox joins without empty lines.
                || case.browser == Browser::Firefox && allowed.is_some();
            prop_assert!(is_own || passes, "{:?}", verdict.legs);
        }
    }

    #[test]
    fn a_header_list_keeps_what_is_put_in(
        headers in prop::collection::vec(("[a-cA-C]{1,2}", "[ -~\t]{0,6}"), 0..10),
        name in "[a-cA-C]{1,2}",
    ) {
        let mut list: HeaderList = headers.iter().map(|(name, value)| (name, value)).collect();
        let values: Vec<&[u8]> = headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(&name))
            .map(|(_, value)| value.trim_matches([' ', '\t']).as_bytes())
            .collect();
        let joined = (!values.is_empty()).then(|| values.join(&b", "[..]));
        prop_assert_eq!(list.get(&name).map(|it| it.into_owned()), joined);
        prop_assert_eq!(list.contains(&name), !values.is_empty());
        prop_assert_eq!(list.lines_named(&name).count(), values.len());
        let copy = list.with(&name, Some("9"));
        prop_assert_eq!(copy.len(), list.len() + 1);
        let (length, found) = (list.len(), values.len());
        list.set(&name, "1");
        prop_assert!(list.get(&name).as_deref() == Some(&b"1"[..]));
        prop_assert_eq!(list.len(), length + 1 - found);
    }
}
