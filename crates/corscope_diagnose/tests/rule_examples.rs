//! Every rule's page is its documentation and its test: the scenario that fails must be explained
//! by the rule, the one that works must not be, and what the rule says keeps the house style.

#![allow(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use corscope_diagnose::rule::{Finds, Group, Rule};
use corscope_diagnose::scenario::{Scenario, Subject, play, scenario_from_json};
use corscope_diagnose::{Diagnostic, Sight, diagnose, root_cause, rules};
use corscope_fetch::{Browser, Outcome, PreflightCache};

/// The headings of a page, in order, below its title.
const HEADINGS: [&str; 5] = [
    "What it means",
    "Why browsers do it",
    "Example",
    "How to fix it",
    "What not to do",
];

struct Page {
    path: PathBuf,
    group: &'static str,
    code: String,
    text: String,
}

fn pages() -> Vec<Page> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut pages = Vec::new();
    for group in Group::ALL {
        let mut paths: Vec<PathBuf> = fs::read_dir(rules.join(group.name()))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "md"))
            .collect();
        paths.sort();
        pages.extend(paths.into_iter().map(|path| {
            Page {
                group: group.name(),
                code: path
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('_', "-"),
                text: fs::read_to_string(&path).unwrap(),
                path,
            }
        }));
    }
    pages
}

fn rule(code: &str) -> Option<&'static Rule> {
    rules::by_code(code)
}

/// One fenced scenario of a page.
struct Example<'a> {
    fails: bool,
    browser: Browser,
    outcome: Option<&'a str>,
    json: String,
}

fn examples(text: &str) -> Result<Vec<Example<'_>>, String> {
    let mut examples = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let json: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let Some(info) = info.strip_prefix("scenario ") else {
            continue;
        };
        let mut words = info.split(' ');
        let mut example = Example {
            fails: match words.next() {
                Some("fails") => true,
                Some("works") => false,
                other => return Err(format!("```scenario {other:?}: write fails or works")),
            },
            browser: Browser::Chromium,
            outcome: None,
            json: with_bytes(json.join("\n")),
        };
        for word in words {
            match word.split_once('=') {
                Some(("browser", name)) => {
                    let known = Browser::ALL.into_iter().find(|it| it.name() == name);
                    example.browser = known.ok_or_else(|| format!("no browser {name}"))?;
                }
                Some(("outcome", outcome)) => example.outcome = Some(outcome),
                _ => return Err(format!("unknown word {word:?} after ```scenario")),
            }
        }
        examples.push(example);
    }
    Ok(examples)
}

/// A scenario with `{N bytes}` filled in: bodies that fail for their length would drown the page.
fn with_bytes(json: String) -> String {
    let Some((before, rest)) = json.split_once("\"{") else {
        return json;
    };
    match rest.split_once(" bytes}\"") {
        Some((count, after)) => match count.parse() {
            Ok(count) => format!("{before}\"{}\"{after}", "x".repeat(count)),
            Err(_) => json,
        },
        None => json,
    }
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Readable { .. } => "readable",
        Outcome::Opaque => "opaque",
        Outcome::OpaqueRedirect => "opaqueredirect",
        Outcome::Error => "error",
        Outcome::Throw => "throw",
        Outcome::Incomplete(_) => "incomplete",
    }
}

/// What a scenario comes to. Every fault must have found a rule that agrees to explain it.
fn judge(scenario: &Scenario, browser: Browser) -> (Vec<Diagnostic>, &'static str) {
    let subject = Subject::new(scenario).unwrap();
    let play = play(&subject, browser, &mut PreflightCache::new(), 0);
    let sight = Sight {
        subject: &subject,
        scenario: Some(scenario),
        play: &play,
    };
    for fault in sight.faults() {
        let is_explained = rules::all().any(|rule| match rule.finds {
            Finds::Faults(causes, explain) | Finds::Both(causes, explain, _) => {
                causes.contains(&fault.cause.name()) && explain(&sight, fault).is_some()
            }
            Finds::Observation(_) => false,
        });
        assert!(
            is_explained,
            "nothing explains {fault:?} of {:?}",
            scenario.id
        );
    }
    (diagnose(&sight), outcome_name(&play.verdict.outcome))
}

/// What is wrong with one example, a line each.
fn faults_of_example(rule: &Rule, example: &Example<'_>) -> Result<(), String> {
    let scenario = scenario_from_json(example.json.as_bytes())
        .map_err(|error| format!("{}: {}", error.at, error.message))?;
    let (diagnostics, outcome) = judge(&scenario, example.browser);
    let codes: Vec<&str> = diagnostics.iter().map(|it| it.rule.code).collect();
    let is_root = root_cause(&diagnostics).is_some_and(|root| root.rule == rule.code);
    let is_found = codes.contains(&rule.code);
    for diagnostic in &diagnostics {
        style(diagnostic)?;
        typesetting(diagnostic)?;
    }
    if example.fails {
        let is_enough = match rule.finds {
            Finds::Faults(..) => is_root,
            Finds::Observation(_) | Finds::Both(..) => is_found,
        };
        return match is_enough {
            true => Ok(()),
            false => Err(format!("the example that fails is {codes:?} ({outcome})")),
        };
    }
    let expected = example.outcome.map_or_else(
        || matches!(outcome, "readable" | "opaque"),
        |expected| expected == outcome,
    );
    if is_root || is_found || !expected {
        return Err(format!("the example that works is {codes:?} ({outcome})"));
    }
    Ok(())
}

/// The house style of what a rule says.
fn style(diagnostic: &Diagnostic) -> Result<(), String> {
    let code = diagnostic.rule.code;
    let headline = &diagnostic.explanation.headline;
    let starts_low = |text: &str| text.starts_with(|it: char| it.is_lowercase());
    if !(starts_low(headline) || headline.starts_with(['`', '"'])) || headline.ends_with('.') {
        return Err(format!("{code}: headline {headline:?}"));
    }
    for remedy in &diagnostic.explanation.remedies {
        if !starts_low(&remedy.title) || remedy.title.ends_with('.') {
            return Err(format!("{code}: remedy {:?}", remedy.title));
        }
    }
    for note in &diagnostic.explanation.notes {
        let starts = note.starts_with(|it: char| it.is_uppercase() || it.is_numeric() || it == '`');
        let is_name = note.starts_with("nginx");
        if !(starts || is_name) || !note.ends_with(['.', '!', '?']) {
            return Err(format!("{code}: note {note:?}"));
        }
    }
    Ok(())
}

/// Whether a rule's own words have their spaces and backticks right. What comes from a header may
/// hold anything, so this is for examples only.
fn typesetting(diagnostic: &Diagnostic) -> Result<(), String> {
    let code = diagnostic.rule.code;
    let headline = &diagnostic.explanation.headline;
    let texts = diagnostic.explanation.notes.iter().chain([headline]);
    let titles = diagnostic.explanation.remedies.iter().map(|it| &it.title);
    for text in texts.chain(titles) {
        if text.contains("  ") || text.matches('`').count() % 2 == 1 {
            return Err(format!("{code}: two spaces or a lone backtick in {text:?}"));
        }
    }
    Ok(())
}

fn faults_of_page(page: &Page) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(rule) = rule(&page.code) else {
        return vec!["has no rule of this code".to_owned()];
    };
    if rule.docs != page.text {
        faults.push("is not the page of the rule of this code".to_owned());
    }
    if rule.group.name() != page.group {
        faults.push(format!(
            "stands in {}, its rule in {}",
            page.group,
            rule.group.name()
        ));
    }
    let mut lines = page.text.lines();
    if lines.next().and_then(|line| line.strip_prefix("# ")) != Some(&page.code) {
        faults.push(format!("does not start with `# {}`", page.code));
    }
    let summary = lines.find(|line| !line.is_empty()).unwrap_or_default();
    if summary.starts_with('#') {
        faults.push("has no line below its title that says what it is".to_owned());
    }
    let headings: Vec<&str> = page
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    if headings != HEADINGS {
        faults.push(format!("has the headings {headings:?}"));
    }
    match examples(&page.text) {
        Err(fault) => faults.push(fault),
        Ok(examples) => {
            for fails in [true, false] {
                if !examples.iter().any(|it| it.fails == fails) {
                    faults.push(format!(
                        "has no ```scenario {}",
                        if fails { "fails" } else { "works" }
                    ));
                }
            }
            let judged = examples
                .iter()
                .filter_map(|it| faults_of_example(rule, it).err());
            faults.extend(judged);
        }
    }
    faults
}

#[test]
fn every_page_holds_what_it_says() {
    let mut report = String::new();
    for page in pages() {
        for fault in faults_of_page(&page) {
            let name = page.path.file_name().unwrap().to_string_lossy();
            let _ = writeln!(report, "{}/{name}: {fault}", page.group);
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn every_rule_has_a_page_and_a_code_of_its_own() {
    let pages = pages();
    let mut codes: Vec<&str> = rules::all().map(|rule| rule.code).collect();
    for code in &codes {
        assert!(
            pages.iter().any(|page| page.code == *code),
            "{code} has no page"
        );
    }
    codes.sort_unstable();
    let count = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), count, "two rules have the same code");
    for rule in rules::all() {
        let summary = rule.summary;
        let first = summary.split(' ').next().unwrap_or_default();
        let is_low = summary.starts_with(|it: char| it.is_lowercase() || it.is_numeric());
        let is_name = first.contains('-') || !first.contains(|it: char| it.is_lowercase());
        assert!(
            (is_low || is_name) && !summary.ends_with('.'),
            "{}: summary {summary:?}",
            rule.code
        );
    }
}

#[test]
fn every_cause_is_explained_by_some_rule() {
    for cause in corscope_fetch::Cause::NAMES {
        let explains = rules::all().any(|rule| match rule.finds {
            Finds::Faults(causes, _) | Finds::Both(causes, _, _) => causes.contains(cause),
            Finds::Observation(_) => false,
        });
        assert!(explains, "no rule explains {cause}");
    }
}

#[test]
fn every_cause_that_a_rule_names_exists() {
    for rule in rules::all() {
        let (Finds::Faults(causes, _) | Finds::Both(causes, _, _)) = rule.finds else {
            continue;
        };
        for cause in causes {
            assert!(
                corscope_fetch::Cause::NAMES.contains(cause),
                "{} names {cause}, which is no cause",
                rule.code
            );
        }
    }
}

/// The recorded scenarios hold every mixture of faults that their generator could think of.
#[test]
fn every_fault_of_the_recorded_scenarios_is_explained_in_style() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/scenarios.jsonl");
    for line in fs::read_to_string(path).unwrap().lines() {
        let scenario = scenario_from_json(line.as_bytes()).unwrap();
        for browser in Browser::ALL {
            let id = scenario.id.as_deref().unwrap_or_default();
            let (diagnostics, outcome) = judge(&scenario, browser);
            for diagnostic in &diagnostics {
                let checked = style(diagnostic);
                assert_eq!(checked, Ok(()), "{id} in {browser}");
            }
            let is_refused = matches!(outcome, "error" | "throw");
            let is_explained = diagnostics.iter().any(|it| it.first);
            assert_eq!(is_explained, is_refused, "{id} in {browser}: {outcome}");
        }
    }
}
