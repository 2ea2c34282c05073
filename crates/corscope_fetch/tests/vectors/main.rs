//! The standard's rules, row by row: each row is a fetch by the `fetch` profile and names the item
//! of the checklist, or the web-platform-test, whose fact it holds. What a row leaves out is
//! filled in: page https://a.test, URL https://b.test/, method GET, and a server that allows
//! whatever is asked.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its rows must fail"
)]

mod play;
mod row;

use std::collections::{BTreeMap, BTreeSet};

use corscope_fetch::{PreflightCache, StepResult, steps};
use play::{play, run};
use row::Table;

macro_rules! tables {
    ($($name:ident),+ $(,)?) => {
        const TABLES: &[(&str, &str)] =
            &[$((stringify!($name), include_str!(concat!(stringify!($name), ".toml")))),+];

        $(
            #[test]
            fn $name() {
                check(stringify!($name));
            }
        )+
    };
}

tables![
    bad_ports,
    cors_check,
    credentials,
    elements,
    exposed_headers,
    forbidden_headers,
    header_guards,
    methods,
    other_layers,
    preflight,
    preflight_cache,
    preflight_status,
    redirects,
    redirects_with_userinfo,
    request,
    routing,
    safelist,
    star,
];

fn table(name: &str) -> Table {
    let (_, text) = TABLES.iter().find(|(known, _)| *known == name).unwrap();
    toml::from_str(text).unwrap_or_else(|error| panic!("{name}.toml: {error}"))
}

fn check(name: &str) {
    let mut wrong = Vec::new();
    let table = table(name);
    for (number, sequence) in table.sequences().enumerate() {
        wrong.extend(play(&sequence).map(|what| format!("{name}.toml row {}: {what}", number + 1)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Items of the checklist that no engine can show, each with its reason.
const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "29a",
        "re-building a navigation's request inside a service worker",
    ),
    (
        "30",
        "a request's window member; no profile but the standard's looks at it",
    ),
    ("39", "what the promise says; the outcome is the same"),
    ("40", "fetchLater()"),
    ("44", "synchronous XHR: the same checks"),
    ("78", "responses that a service worker made up"),
    ("80", "revalidation by an HTTP cache"),
    ("81", "an HTTP cache"),
    ("82a", "cookie storage"),
    ("83", "password prompts"),
    ("85", "timing, not the verdict"),
    ("88", "not in the standard"),
    ("89", "MIME types behind CORS"),
    (
        "113",
        "the page's origin is given serialized; Origin has its own tests",
    ),
    ("122", "CSS images load as fonts do"),
    ("123", "matching preloads"),
    ("124", "text tracks"),
    ("130", "manifests load as fonts do"),
    ("131", "SVG use and XSLT load as workers do"),
    ("132", "canvas taint, behind the verdict"),
    ("133", "the page is whoever asks"),
    ("138", "what to say, not what to decide"),
];

#[test]
fn every_item_has_a_row_or_a_reason() {
    let mut items: BTreeSet<String> = (1..=138).map(|item: u32| item.to_string()).collect();
    items.extend(["29a", "51a", "80a", "82a", "92a", "107a", "113a"].map(String::from));
    let mut shown = BTreeSet::new();
    for (name, _) in TABLES {
        for row in table(name).sequences().flatten() {
            for source in row.of.split(", ") {
                let is_wpt = source.starts_with("wpt ");
                assert!(
                    is_wpt || items.contains(source),
                    "{name}.toml: no item {source:?}"
                );
                shown.insert(source.to_owned());
            }
        }
    }
    for (item, _) in NOT_SHOWN {
        assert!(
            !shown.contains(*item),
            "item {item} has a row; strike it off the list"
        );
        shown.insert((*item).to_owned());
    }
    let missing: Vec<_> = items.difference(&shown).collect();
    assert!(missing.is_empty(), "no row names {missing:?}");
}

#[test]
fn tables_are_large_enough_to_mean_something() {
    let rows: usize = TABLES
        .iter()
        .map(|(name, _)| table(name).sequences().count())
        .sum();
    assert!(rows >= 500, "{rows}");
}

/// How each step can end: `p`assed, `f`ailed, `s`kipped.
const ENDS: &[(&str, &str)] = &[
    ("request url", "pf"),
    ("request mode", "pf"),
    ("request method", "pf"),
    ("request no-cors-method", "pf"),
    ("request headers", "pf"),
    ("request body", "pf"),
    ("http-network-or-cache-fetch keepalive", "f"),
    ("main-fetch bad-port", "pf"),
    ("main-fetch mixed-content", "pf"),
    ("main-fetch csp", "pf"),
    ("main-fetch upgrade", "p"),
    ("main-fetch route 1", "p"),
    ("main-fetch route 2", "f"),
    ("main-fetch route 3", "pf"),
    ("main-fetch route 4", "f"),
    ("main-fetch route 5", "p"),
    ("main-fetch route 6", "p"),
    ("local-network-access", "pf"),
    ("http-fetch preflight-cache", "ps"),
    ("cors-preflight-fetch 6", "pf"),
    ("cors-preflight-fetch 7", "pf"),
    ("cors-preflight-fetch 7.3", "pf"),
    ("cors-preflight-fetch 7.5", "pf"),
    ("cors-preflight-fetch 7.6", "pf"),
    ("cors-preflight-fetch 7.7", "pfs"),
    ("http-network-fetch", "pf"),
    ("cors-check 2", "f"),
    ("cors-check 3", "p"),
    ("cors-check 4", "pf"),
    ("cors-check 5", "p"),
    ("cors-check 7", "pf"),
    ("http-fetch corp", "pf"),
    ("http-fetch redirect-mode", "pf"),
    ("http-redirect-fetch location", "pf"),
    ("http-redirect-fetch scheme", "pf"),
    ("http-redirect-fetch count", "pf"),
    ("http-redirect-fetch credentials", "pf"),
    ("http-redirect-fetch body", "pf"),
    ("main-fetch filter", "p"),
    ("main-fetch integrity", "pf"),
];

#[test]
fn every_step_is_reached_with_each_of_its_ends() {
    let mut seen: BTreeMap<&str, BTreeSet<char>> = BTreeMap::new();
    for (name, _) in TABLES {
        for sequence in table(name).sequences() {
            let mut cache = PreflightCache::new();
            for row in &sequence {
                for entry in run(row, &mut cache).trace.unwrap_or_default() {
                    let end = match entry.result {
                        StepResult::Passed => 'p',
                        StepResult::Failed(_) => 'f',
                        StepResult::Skipped(_) => 's',
                    };
                    seen.entry(entry.step.id).or_default().insert(end);
                }
            }
        }
    }
    let expected: BTreeMap<&str, BTreeSet<char>> = ENDS
        .iter()
        .map(|(id, ends)| (*id, ends.chars().collect()))
        .collect();
    let known: BTreeSet<&str> = steps::ALL.iter().map(|step| step.id).collect();
    assert_eq!(
        known,
        expected.keys().copied().collect(),
        "the list above misses a step"
    );
    for (id, ends) in &expected {
        let found = seen.get(id).cloned().unwrap_or_default();
        assert_eq!(*ends, found, "how {id} ends");
    }
}
