//! Every cause is explained, every rule is what its file says, and all rules speak in one voice.
#![allow(
    clippy::expect_used,
    reason = "an example that cannot be read fails its test"
)]

use std::collections::BTreeSet;

use corscope_diagnose::diagnostic::Diagnostic;
use corscope_diagnose::rule::{Finds, Group, Rule};
use corscope_diagnose::rules::{all, by_code};
use corscope_diagnose::scenario::{Subject, play, scenario_from_json};
use corscope_diagnose::{Sight, diagnose};
use corscope_fetch::{Browser, Cause, PreflightCache};

/// The scenarios of a rule's page, each with its fence's words.
fn examples(rule: &'static Rule) -> Vec<(Vec<&'static str>, &'static str)> {
    let mut found = Vec::new();
    let mut rest = rule.docs;
    while let Some((_, fence)) = rest.split_once("\n```scenario ") {
        let (words, body) = fence.split_once('\n').expect("a fence has a body");
        let (json, after) = body.split_once("\n```").expect("a fence ends");
        found.push((words.split(' ').collect(), json));
        rest = after;
    }
    found
}

/// What is said about a scenario.
fn diagnosed(json: &str, browser: Browser) -> Vec<Diagnostic> {
    let scenario = scenario_from_json(json.as_bytes()).expect("a scenario");
    let subject = Subject::new(&scenario).expect("a playable scenario");
    let play = play(&subject, browser, &mut PreflightCache::new(), 0);
    let sight = Sight {
        subject: &subject,
        scenario: Some(&scenario),
        play: &play,
    };
    diagnose(&sight)
}

#[test]
fn every_cause_has_a_rule_and_no_rule_names_another_cause() {
    let mut explained = BTreeSet::new();
    for rule in all() {
        let (Finds::Faults(causes, _) | Finds::Both(causes, ..)) = rule.finds else {
            continue;
        };
        for cause in causes {
            assert!(
                Cause::NAMES.contains(cause),
                "{rule:?}: {cause} is no cause"
            );
            explained.insert(*cause);
        }
    }
    for cause in Cause::NAMES {
        assert!(explained.contains(cause), "{cause} has no rule");
    }
}

#[test]
fn codes_are_unique_and_are_the_names_of_their_files() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules");
    let mut codes = BTreeSet::new();
    for rule in all() {
        let code = rule.code;
        assert!(codes.insert(code), "{code} stands twice");
        assert!(
            code.split('-').all(|part| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            }),
            "{code} is not kebab-case"
        );
        let file = code.replace('-', "_");
        let page = format!("{root}/{}/{file}.md", rule.group.name());
        let page = std::fs::read_to_string(&page).unwrap_or_else(|_| panic!("no {page}"));
        assert_eq!(page, rule.docs, "{code} shows another rule's page");
        assert!(page.starts_with(&format!("# {code}\n")), "{code}");
    }
}

#[test]
fn every_file_is_a_listed_rule() {
    for group in Group::ALL {
        let folder = format!("{}/src/rules/{}", env!("CARGO_MANIFEST_DIR"), group.name());
        for entry in std::fs::read_dir(folder).expect("a folder for the group") {
            let name = entry.expect("an entry").file_name();
            let name = name.to_str().expect("a plain name");
            let Some(name) = name.strip_suffix(".rs").filter(|name| *name != "mod") else {
                continue;
            };
            let rule = by_code(&name.replace('_', "-"));
            assert!(
                rule.is_some_and(|rule| rule.group == group),
                "{name} is not listed in its group's mod.rs"
            );
        }
    }
}

#[test]
fn rules_speak_in_one_voice() {
    for rule in all() {
        let code = rule.code;
        assert!(!rule.summary.ends_with('.'), "{code}: {}", rule.summary);
        for (words, json) in examples(rule) {
            for it in &diagnosed(json, browser_of(&words)) {
                let said = &it.explanation;
                let (by, headline) = (it.rule.code, &said.headline);
                assert!(!headline.ends_with(['.', '!', ' ']), "{by}: {headline}");
                assert!(!headline.contains(['\n', '\t']), "{by}: {headline:?}");
                assert!(!headline.contains("  "), "{by}: {headline:?}");
                assert_eq!(headline.matches('`').count() % 2, 0, "{by}: {headline}");
                let first = headline.split(' ').next().unwrap_or_default();
                let is_name = first.len() > 1 && first.chars().all(|it| it.is_ascii_uppercase());
                assert!(
                    is_name || !first.starts_with(|it: char| it.is_uppercase()),
                    "{by}: {headline}"
                );
                for note in &said.notes {
                    assert!(note.ends_with(['.', '?', ':']), "{by}: {note}");
                    assert!(
                        !note.contains("  ") && !note.contains('\n'),
                        "{by}: {note:?}"
                    );
                }
                for remedy in &said.remedies {
                    let title = &remedy.title;
                    assert!(!title.ends_with('.'), "{by}: {title}");
                    assert!(
                        !title.contains("  ") && !title.contains('\n'),
                        "{by}: {title:?}"
                    );
                    assert_eq!(title.matches('`').count() % 2, 0, "{by}: {title}");
                }
            }
        }
    }
}

/// Whose rules an example is played by.
fn browser_of(words: &[&str]) -> Browser {
    let name = words.iter().find_map(|word| word.strip_prefix("browser="));
    let name = name.unwrap_or("chromium");
    Browser::ALL
        .into_iter()
        .find(|browser| browser.name() == name)
        .unwrap_or_else(|| panic!("{name} is no browser"))
}
