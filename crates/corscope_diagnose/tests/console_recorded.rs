//! Every console line that three browsers were recorded to print is read back: browser, leg, cause.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a row that cannot be read fails its test, and the test prints what differs"
)]

use std::collections::BTreeMap;
use std::fs;

use corscope_diagnose::console::read::{ConsoleMessage, Effect, MessageLeg, read_console};
use corscope_diagnose::console::{Scene, account};
use corscope_diagnose::rule::{Finds, Rule};
use corscope_diagnose::rules::all;
use corscope_diagnose::scenario::{Scenario, Subject, play, scenario_from_json};
use corscope_fetch::{Browser, Cause, Leg, PreflightCache, Verdict};

const RECORDED: [Browser; 3] = [Browser::Chromium, Browser::Firefox, Browser::WebKit];

fn lines(name: &str) -> Vec<String> {
    let path = format!(
        "{}/../../conformance/{name}.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = fs::read_to_string(&path).expect("the recorded rows");
    text.lines().map(str::to_owned).collect()
}

fn scenarios() -> Vec<Scenario> {
    let read = |line: &String| scenario_from_json(line.as_bytes()).expect("a scenario");
    lines("scenarios").iter().map(read).collect()
}

/// The rules that explain a cause.
fn rules_of(cause: &Cause) -> Vec<&'static str> {
    let explains = |rule: &&'static Rule| match rule.finds {
        Finds::Faults(causes, _) | Finds::Both(causes, ..) => causes.contains(&cause.name()),
        Finds::Observation(_) => false,
    };
    all().filter(explains).map(|rule| rule.code).collect()
}

/// The code that has the cause's own name, or the rule that stands for it.
fn base(cause: &Cause) -> String {
    let kebab = cause.name().replace('_', "-");
    match rules_of(cause) {
        rules if rules.contains(&kebab.as_str()) => kebab,
        rules => rules.last().expect("a rule").to_string(),
    }
}

fn leg_fits(message: &ConsoleMessage, leg: Option<&Leg>) -> bool {
    let wanted = match leg.map(Leg::name) {
        Some("preflight") => MessageLeg::Preflight,
        Some("redirect") => MessageLeg::Redirect,
        Some(_) => MessageLeg::Actual,
        None => MessageLeg::Request,
    };
    message.leg == wanted
        || message.or_legs.contains(&wanted)
        || message.leg == MessageLeg::Unknown
        // What is refused because of where a redirect leads is refused before it is sent.
        || (message.leg == MessageLeg::Request && wanted == MessageLeg::Redirect)
}

/// What is wrong with what was read of a row's lines, if anything.
fn problem(browser: Browser, console: &[String], verdict: &Verdict) -> Option<String> {
    let messages = read_console(&console.join("\n"));
    for message in &messages {
        if message.browser != Some(browser) && !message.browsers.contains(&browser) {
            return Some(format!("another browser: {message:?}"));
        }
    }
    for line in console {
        if read_console(line).is_empty() {
            return Some(format!("not recognised: {line}"));
        }
    }
    let fault = verdict.blocked_by()?;
    let blocking: Vec<_> = messages
        .iter()
        .filter(|message| message.effect == Effect::Blocked)
        .collect();
    if blocking.is_empty() {
        return Some(format!("nothing blocks: {messages:?}"));
    }
    let base = base(&fault.cause);
    let fitting = blocking
        .iter()
        .find(|message| message.causes.contains(&base.as_str()));
    let Some(message) = fitting else {
        let found: Vec<_> = blocking
            .iter()
            .map(|it| (it.browser_code, &it.causes))
            .collect();
        return Some(format!("{base} is not among {found:?}"));
    };
    if !leg_fits(message, verdict.leg_of(fault)) {
        let leg = verdict.leg_of(fault).map(Leg::name);
        return Some(format!(
            "{leg:?} is not {:?} or {:?}",
            message.leg, message.or_legs
        ));
    }
    None
}

fn report(browser: Browser, rows: usize, problems: &BTreeMap<String, String>) {
    println!(
        "{browser}: {} of {rows} rows with lines agree",
        rows - problems.len()
    );
    for (row, problem) in problems.iter().take(12) {
        println!("  {row}: {problem}");
    }
    assert!(
        problems.is_empty(),
        "{browser}: {} rows differ",
        problems.len()
    );
}

#[test]
fn every_recorded_line_is_recognised() {
    let scenarios = scenarios();
    let mut failed = false;
    for browser in RECORDED {
        let mut problems = BTreeMap::new();
        let mut rows = 0;
        for (scenario, row) in scenarios.iter().zip(lines(browser.name())) {
            let row: serde_json::Value = serde_json::from_str(&row).expect("a row");
            let console: Vec<String> = row["console"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|line| line.as_str().map(str::to_owned))
                .collect();
            if console.is_empty() {
                continue;
            }
            rows += 1;
            let subject = Subject::new(scenario).expect("a playable scenario");
            let verdict = play(&subject, browser, &mut PreflightCache::new(), 0).verdict;
            let code = row["browser_code"].as_str();
            let read = read_console(&console.join("\n"));
            let has_code = |code: &str| read.iter().any(|it| it.browser_code == Some(code));
            let id = scenario.id.clone().unwrap_or_default();
            if let Some(code) = code.filter(|code| !has_code(code)) {
                problems.insert(id, format!("{code} is not in {read:?}"));
            } else if let Some(problem) = problem(browser, &console, &verdict) {
                problems.insert(id, format!("{problem}\n    {console:?}"));
            }
        }
        let result = std::panic::catch_unwind(|| report(browser, rows, &problems));
        failed |= result.is_err();
    }
    assert!(!failed);
}

#[test]
fn a_predicted_text_leads_back_to_its_cause() {
    let scenarios = scenarios();
    let mut failed = false;
    for browser in RECORDED {
        let mut problems = BTreeMap::new();
        let mut rows = 0;
        for scenario in &scenarios {
            let subject = Subject::new(scenario).expect("a playable scenario");
            let verdict = play(&subject, browser, &mut PreflightCache::new(), 0).verdict;
            let predicted = account(Scene {
                init: &subject.init,
                client: &subject.client,
                verdict: &verdict,
            });
            if predicted.lines.is_empty() || verdict.blocked_by().is_none() {
                continue;
            }
            // An exception, or a network error, leaves only what was printed before.
            let only_informs = |line: &String| {
                read_console(line)
                    .iter()
                    .all(|it| it.effect == Effect::Passed)
            };
            if predicted.lines.iter().all(only_informs) {
                continue;
            }
            rows += 1;
            if let Some(problem) = problem(browser, &predicted.lines, &verdict) {
                let id = scenario.id.clone().unwrap_or_default();
                problems.insert(id, format!("{problem}\n    {:?}", predicted.lines));
            }
        }
        let result = std::panic::catch_unwind(|| report(browser, rows, &problems));
        failed |= result.is_err();
    }
    assert!(!failed);
}
