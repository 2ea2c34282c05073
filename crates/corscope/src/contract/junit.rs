//! JUnit's XML: each file is a suite, each case a test, broken ones failures.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{CaseRun, Standing};

/// The runs as one report.
///
/// # Errors
/// When it cannot be written.
pub fn junit(runs: &[CaseRun]) -> Result<String, SerializeError> {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    for run in runs {
        let suite = suites
            .entry(&run.file)
            .or_insert_with(|| TestSuite::new(run.file.as_str()));
        suite.add_test_case(test_case(run));
    }
    let mut report = Report::new("corscope test");
    report.set_time(runs.iter().map(|run| run.duration).sum());
    report.add_test_suites(suites.into_values().map(|mut suite| {
        let time = suite.test_cases.iter().filter_map(|case| case.time).sum();
        suite.set_time(time);
        suite
    }));
    report.to_string()
}

fn test_case(run: &CaseRun) -> TestCase {
    let mut status = match run.standing() {
        Standing::Kept => TestCaseStatus::success(),
        Standing::Broken => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Standing::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    match (&run.error, run.broken().first()) {
        (Some(error), _) => {
            status.set_type("server-not-reached");
            status.set_message(error.as_str());
        }
        (None, Some((first, _))) => {
            status.set_type(first.expectation);
            let message = format!("expected {}, is {}", first.expected, first.actual);
            status.set_message(message);
            status.set_description(told(run));
        }
        (None, None) => {}
    }
    let mut case = TestCase::new(run.case.name.as_str(), status);
    case.set_classname(run.file.as_str());
    case.set_time(run.duration);
    case.extra.insert("file".into(), run.file.as_str().into());
    case.extra
        .insert("line".into(), run.case.position.0.to_string().into());
    case
}

/// Everything that is broken, and why.
fn told(run: &CaseRun) -> String {
    let mut text = String::new();
    for (broken, browsers) in run.broken() {
        // A String takes every write.
        let _ = writeln!(
            text,
            "{} {}: expected {}, is {}",
            broken.expectation,
            run.where_broken(&browsers),
            broken.expected,
            broken.actual
        );
    }
    for line in super::sarif::reasons(run) {
        let _ = writeln!(text, "{line}");
    }
    text
}
