//! Every message template of the table, filled in, is recognised with all its facts.
#![allow(
    clippy::expect_used,
    reason = "a table that cannot be read fails its test"
)]

use std::collections::BTreeMap;

use corscope_diagnose::console::read::{ConsoleMessage, read_console};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    tails: BTreeMap<String, Vec<String>>,
    frame: Vec<Frame>,
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Frame {
    browsers: Vec<String>,
    text: String,
    between: String,
    #[serde(default)]
    lead: String,
    #[serde(default)]
    preflight: bool,
    leg: Option<String>,
    #[serde(default)]
    starts: Vec<String>,
    sets: Vec<String>,
}

#[derive(Deserialize)]
struct Group {
    browsers: Vec<String>,
    set: Option<String>,
    messages: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    framed: bool,
    code: String,
    preflight: Option<String>,
    leg: Option<String>,
    not_cors: Option<String>,
    text: String,
}

fn table() -> Table {
    toml::from_str(include_str!("../src/console/messages.toml")).expect("a table")
}

/// What a fact is filled in with.
fn sample(name: &str) -> &'static str {
    match name {
        "kind" => "fetch",
        "url" => "https://api.example.com:8443/it's/items.json?a=1&b=(2)",
        "initial_url" => "https://api.example.com/old",
        "location" => "https://login.example.com/?next=/",
        "page" | "referrer" => "https://app.example.com/page",
        "origin" => "https://app.example.com",
        "target_origin" => "https://cdn.example.com",
        "status" => "405",
        "port" => "6000",
        "method" | "verb" => "PATCH",
        "header" => "x-request-id",
        "space" | "target" => "local",
        "error" => "net::ERR_CONNECTION_REFUSED",
        "net_error" => "ERR_CONNECTION_RESET",
        "err" => "NAME_NOT_RESOLVED",
        "mime" => "text/html",
        "value" => "http://localhost:3000/, *",
        "schemes" => "chrome, data, http, https",
        "directive" => "connect-src 'self' https://x.example",
        "reason" => "NotSameOrigin",
        "algorithm" => "SHA-256",
        "hash" => "LPJNul+wowNmNDsqxbninhsWHlwfpNJecwQzYpOLmCQ=",
        "content_kind" => "XMLHttpRequest endpoint",
        _ => "Some text, 12",
    }
}

/// A fact that ends a message is a word when it is no sentence.
fn sample_at_end(name: &str, rest: &str) -> &'static str {
    let ends = rest
        .trim_matches(|it: char| ".\"”)'’".contains(it))
        .is_empty();
    match name {
        "text" | "value" if ends => "wordy",
        "kind" if ends => "RequestMode",
        _ => sample(name),
    }
}

/// All ways to fill a text in: with each form of its optional parts, and without.
fn filled(table: &Table, text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let Some((before, after)) = text.split_once('{') else {
        return vec![(text.to_owned(), BTreeMap::new())];
    };
    let (name, after) = after.split_once('}').expect("a name ends");
    let rests = filled(table, after);
    let mut all = Vec::new();
    match table.tails.get(name) {
        Some(forms) => {
            let mut options = vec![(String::new(), BTreeMap::new())];
            options.extend(forms.iter().flat_map(|form| filled(table, form)));
            for (tail, facts) in options {
                for (rest, more) in &rests {
                    let facts = facts.clone().into_iter().chain(more.clone()).collect();
                    all.push((format!("{before}{tail}{rest}"), facts));
                }
            }
        }
        None => {
            let value = sample_at_end(name, after);
            for (rest, more) in rests {
                let mut facts = more;
                facts.insert(name.to_owned(), value.to_owned());
                all.push((format!("{before}{value}{rest}"), facts));
            }
        }
    }
    all
}

struct Wanted<'a> {
    code: &'a str,
    browsers: &'a [String],
    leg: Option<&'a str>,
    not_cors: Option<&'a str>,
    facts: &'a BTreeMap<String, String>,
}

fn problem(text: &str, wanted: &Wanted<'_>) -> Option<String> {
    let found = read_console(text);
    let [message] = found.as_slice() else {
        let codes: Vec<_> = found.iter().map(|it| it.browser_code).collect();
        return Some(format!("{} messages: {codes:?}", found.len()));
    };
    differs(message, wanted)
}

fn differs(message: &ConsoleMessage, wanted: &Wanted<'_>) -> Option<String> {
    let named = |browser: &String| message.browsers.iter().any(|it| it.name() == browser);
    if !wanted.browsers.iter().all(named) {
        return Some(format!("browsers {:?}", message.browsers));
    }
    // Two browsers name the same text differently: either will do.
    let is_shared = message.browsers.len() > 1;
    if message.browser_code != Some(wanted.code) && !is_shared {
        return Some(format!("code {:?}", message.browser_code));
    }
    let legs = [message.leg].into_iter().chain(message.or_legs.clone());
    if let Some(leg) = wanted.leg
        && !is_shared
        && !legs.map(|leg| leg.name()).any(|name| name == leg)
    {
        return Some(format!("leg {:?}", message.leg));
    }
    let is_error = wanted.facts.keys().any(|name| name.contains("err"));
    if !is_error && message.not_cors.map(|kind| kind.name()) != wanted.not_cors {
        return Some(format!("not_cors {:?}", message.not_cors));
    }
    for (name, value) in wanted.facts {
        let (name, value) = match name.as_str() {
            "verb" => ("method", value.clone()),
            "net_error" => ("error", format!("net::{value}")),
            "err" => ("error", format!("net::ERR_{value}")),
            name => (name, value.clone()),
        };
        if message.fact(name) != Some(value.as_str()) {
            return Some(format!("{name}: {:?}, not {value:?}", message.fact(name)));
        }
    }
    (message.times != 1).then(|| "counted twice".to_owned())
}

fn check(problems: &mut Vec<String>, count: &mut usize, text: &str, wanted: &Wanted<'_>) {
    *count += 1;
    if let Some(problem) = problem(text, wanted) {
        problems.push(format!("{}: {problem}\n    {text}", wanted.code));
    }
}

#[test]
fn every_template_is_recognised_with_its_facts() {
    let table = table();
    let mut problems = Vec::new();
    let mut count = 0;
    for group in &table.group {
        for row in group.messages.iter().filter(|row| !row.framed) {
            for (text, facts) in filled(&table, &row.text) {
                let wanted = Wanted {
                    code: &row.code,
                    browsers: &group.browsers,
                    leg: row.leg.as_deref(),
                    not_cors: row.not_cors.as_deref(),
                    facts: &facts,
                };
                check(&mut problems, &mut count, &text, &wanted);
            }
        }
    }
    println!(
        "{} of {count} messages are recognised with all facts",
        count - problems.len()
    );
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_reason_is_recognised_in_every_frame() {
    let table = table();
    let mut problems = Vec::new();
    let mut count = 0;
    for frame in &table.frame {
        let sets = frame.sets.iter();
        let reasons: Vec<&Row> = sets
            .flat_map(|set| {
                let groups = table.group.iter();
                groups.filter(move |group| group.set.as_ref() == Some(set))
            })
            .flat_map(|group| &group.messages)
            .collect();
        let text = match frame.starts.first() {
            Some(start) => frame.text.replacen("{kind}", start, 1),
            None => frame.text.clone(),
        };
        for (start, facts) in filled(&table, &text) {
            for row in &reasons {
                for lead in [None, Some(&frame.lead)] {
                    if lead.is_some_and(|lead| lead.is_empty())
                        || (lead.is_some() && row.preflight.is_none())
                    {
                        continue;
                    }
                    let is_preflight = lead.is_some() || frame.preflight;
                    for (reason, more) in filled(&table, &row.text) {
                        let between = &frame.between;
                        let lead = lead.map_or("", String::as_str);
                        let text = format!("{start}{between}{lead}{reason}");
                        let facts = facts.clone().into_iter().chain(more).collect();
                        let code = match &row.preflight {
                            Some(code) if is_preflight => code,
                            _ => &row.code,
                        };
                        let leg = if is_preflight {
                            Some("preflight")
                        } else {
                            frame.leg.as_deref().or(row.leg.as_deref())
                        };
                        let wanted = Wanted {
                            code,
                            browsers: &frame.browsers,
                            leg,
                            not_cors: row.not_cors.as_deref(),
                            facts: &facts,
                        };
                        check(&mut problems, &mut count, &text, &wanted);
                    }
                }
            }
        }
    }
    println!(
        "{} of {count} framed reasons are recognised with all facts",
        count - problems.len()
    );
    let shown = problems.iter().take(30).cloned().collect::<Vec<_>>();
    assert!(
        problems.is_empty(),
        "{} of {count}:\n{}",
        problems.len(),
        shown.join("\n")
    );
}
