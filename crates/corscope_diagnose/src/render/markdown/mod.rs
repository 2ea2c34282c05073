//! The report as GitHub-flavoured Markdown, for an issue or a pull request. Secrets are left out,
//! and no foreign byte becomes markup.

mod escape;
mod recipe;

use std::fmt::Write as _;

use corscope_fetch::{Answer, Browser, Header, Leg, Outcome, Step};

use super::facts::{self, State};
use super::report::Report;
use super::said::{self, Tone};
use super::{evidence, headers, printable, trace};
use crate::diagnostic::{Applicability, Diagnostic, Remedy};
use escape::{code, fence};
pub use escape::{code_in_cell, prose};

/// Columns of quoted lines.
const WIDTH: usize = 110;
/// More header lines of one message than this are counted.
const MOST_HEADERS: usize = 24;
/// Longer lines are shown by their ends.
const MOST_COLUMNS: usize = 400;
/// Longer console texts, too.
const MOST_CONSOLE: usize = 4000;
/// More header names than this are counted.
const MOST_NAMES: usize = 100;

/// One browser's verdict as Markdown.
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = String::with_capacity(4096);
    full(&mut out, report);
    closing(&mut out, report);
    out
}

/// Several verdicts on one fetch: a table, then the first refusal in full.
pub fn markdown_all(reports: &[Report<'_>]) -> String {
    if let [report] = reports {
        return markdown(report);
    }
    let mut out = String::with_capacity(8192);
    out.push_str("| browser | outcome | why |\n|---|---|---|\n");
    for report in reports {
        let said = said::outcome(report);
        let mut browser = report.sight.play.verdict.browser.name().to_owned();
        if let Some(title) = report.title {
            let _ = write!(browser, ", {title}");
        }
        let why = facts::decided_by(report);
        let why = if why.is_empty() {
            String::new()
        } else {
            code_in_cell(&why)
        };
        let _ = writeln!(
            out,
            "| {} | {} {} | {why} |",
            code_in_cell(&browser),
            sign(said.tone),
            said.word
        );
    }
    let Some(shown) = facts::most_telling(reports) else {
        return out;
    };
    out.push('\n');
    full(&mut out, shown);
    for other in reports {
        let differs = other.document.console != shown.document.console;
        if differs && !std::ptr::eq(other, shown) {
            console(&mut out, other);
        }
    }
    closing(&mut out, shown);
    out
}

const fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✅",
        Tone::Bad => "❌",
        Tone::Opaque => "➖",
        Tone::Unknown => "❔",
    }
}

fn full(out: &mut String, report: &Report<'_>) {
    let said = said::outcome(report);
    if let Some(title) = report.title {
        let _ = writeln!(out, "{}\n", prose(title));
    }
    let before = said
        .before
        .replace(&*said.page, &format!("`{}`", said.page));
    let (sign, word, before) = (sign(said.tone), said.word, prose(&before));
    let target = printable::text(&said.target, true);
    let target = code(&printable::elide(&target, MOST_COLUMNS, true));
    let after = match said.after.is_empty() {
        true => String::new(),
        false => format!(" {}", prose(&said.after)),
    };
    let _ = writeln!(out, "{sign} **{word}** {before} {target}{after}");
    exchange(out, report);
    let found = facts::findings(report);
    if let Some(first) = found.first {
        finding(out, report, first);
    } else if let Some(fault) = found.unexplained {
        let name = code(fault.cause.name());
        let _ = writeln!(out, "\n### What is wrong\n\n{name}\n");
        why(out, Some(fault.step), &[]);
    }
    list(out, report, "Next you would hit", &found.behind);
    console(out, report);
    readable(out, report);
    list(out, report, "Also worth knowing", &found.also);
    if let Some(next) = &report.document.next {
        let _ = writeln!(out, "\n### What must be known next\n\n{}", prose(next));
    }
    steps(out, report);
}

fn exchange(out: &mut String, report: &Report<'_>) {
    let _ = writeln!(out, "\n### The exchange\n");
    let stops = facts::stops(report, None);
    if let Some(code) = stops.here {
        let _ = writeln!(
            out,
            "The browser stops before it sends anything: {}\n",
            escape::code(code)
        );
    }
    let legs = &report.sight.whole().legs;
    let mut lines = Vec::new();
    for (index, (leg, state)) in legs.iter().zip(facts::states(report)).enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        leg_lines(&mut lines, report, index, leg, state);
    }
    if lines.is_empty() {
        out.push_str("Nothing is sent.\n");
    } else {
        out.push_str(&fence("http", &lines));
    }
}

fn leg_lines(lines: &mut Vec<String>, report: &Report<'_>, index: usize, leg: &Leg, state: State) {
    let note = report.exchanges.get(index).and_then(Option::as_ref);
    let aside = facts::leg_aside(state, note, ", ");
    let mut title = format!("# {} {}", index + 1, facts::leg_title(leg));
    if !aside.is_empty() {
        let _ = write!(title, " ({aside})");
    }
    lines.push(printable::text(&title, true).into_owned());
    let line = format!("{} {}", leg.request.method, leg.request.url);
    lines.push(shown(&line));
    header_lines(lines, leg.request.header_list.iter(), |_| true);
    lines.push(String::new());
    match &leg.answer {
        None => lines.push("# the answer is not known".to_owned()),
        Some(Answer::Failure(failure)) => lines.push(shown(&facts::failure_words(failure))),
        Some(Answer::Response(response)) => {
            lines.push(facts::status_words(response.status));
            header_lines(lines, response.header_list.iter(), |header| {
                headers::matters(response, header.name)
            });
        }
    }
    let stops = facts::stops(report, Some(index));
    if let Some(code) = stops.here {
        lines.push(format!("# the browser stops here: {code}"));
    }
    if !stops.later.is_empty() {
        lines.push(format!("# after that: {}", stops.later.join(", ")));
    }
}

fn shown(line: &str) -> String {
    shown_up_to(line, MOST_COLUMNS)
}

fn shown_up_to(line: &str, limit: usize) -> String {
    let line = printable::text(line, true);
    printable::elide(&line, limit, true).into_owned()
}

fn header_lines<'h>(
    lines: &mut Vec<String>,
    list: impl ExactSizeIterator<Item = Header<'h>>,
    matters: impl Fn(Header<'_>) -> bool,
) {
    let all = list.len();
    let kept: Vec<Header<'_>> = list.filter(|header| matters(*header)).collect();
    for header in kept.iter().take(MOST_HEADERS) {
        let name = printable::bytes(header.name);
        let value = headers::shown_value(header.name, header.value, false);
        lines.push(shown(&format!("{name}: {value}")));
    }
    let more = all - kept.len().min(MOST_HEADERS);
    if more > 0 {
        lines.push(format!("# {more} more"));
    }
}

fn finding(out: &mut String, report: &Report<'_>, diagnostic: &Diagnostic) {
    let rule = code(diagnostic.rule.code);
    let headline = prose(&diagnostic.explanation.headline);
    let _ = writeln!(out, "\n### What is wrong: {rule}\n\n{headline}\n");
    for block in evidence::blocks(report, diagnostic, WIDTH, false) {
        let mut lines = Vec::new();
        for marked in block.lines {
            lines.push(marked.text);
            if !marked.carets.is_empty() {
                lines.push(marked.carets);
            }
        }
        if block.more > 0 {
            lines.push(format!("and {} more lines", block.more));
        }
        let _ = writeln!(out, "{}:\n\n{}", block.place, fence("text", &lines));
    }
    let mut notes = diagnostic.explanation.notes.clone();
    notes.extend(facts::also_possible(report, diagnostic));
    why(out, diagnostic.step, &notes);
    let remedies = &diagnostic.explanation.remedies;
    if !remedies.is_empty() {
        let _ = writeln!(out, "\n### What to change\n");
        for remedy in remedies {
            let _ = writeln!(out, "- {}", remedy_line(remedy));
        }
    }
}

fn why(out: &mut String, step: Option<&Step>, notes: &[String]) {
    for note in notes {
        let _ = writeln!(out, "{}\n", prose(note));
    }
    if let Some(step) = step {
        let standard = facts::standard_name(step.anchor);
        let (sentence, id, anchor) = (prose(step.sentence), step.id, step.anchor);
        let _ = writeln!(out, "{standard}: {sentence} ([{id}]({anchor})).");
    }
}

fn remedy_line(remedy: &Remedy) -> String {
    let who = facts::who_word(remedy.who);
    let aside = match (remedy.proved, remedy.applicability) {
        (true, Applicability::Widens) => " *(proved; lets more in than this page)*",
        (true, _) => " *(proved)*",
        (false, Applicability::Widens) => " *(lets more in than this page)*",
        (false, _) => "",
    };
    format!("**{who}**: {}{aside}", prose(&remedy.title))
}

fn list(out: &mut String, report: &Report<'_>, title: &str, found: &[&Diagnostic]) {
    if found.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {title}\n");
    for diagnostic in found {
        let headline = prose(&diagnostic.explanation.headline);
        let place = facts::place_of(report, diagnostic);
        let severity = facts::severity_word(diagnostic.rule.severity);
        let rule = code(diagnostic.rule.code);
        let _ = writeln!(out, "- {headline} ({rule}, {severity}, {place})");
        if let Some(remedy) = diagnostic.explanation.remedies.first() {
            let _ = writeln!(out, "  - {}", remedy_line(remedy));
        }
    }
}

fn console(out: &mut String, report: &Report<'_>) {
    let browser = report.sight.play.verdict.browser;
    let lines = &report.document.console;
    if browser == Browser::Fetch || lines.is_empty() {
        return;
    }
    let lines: Vec<String> = lines
        .iter()
        .map(|line| shown_up_to(line, MOST_CONSOLE))
        .collect();
    let name = said::browser_name(browser);
    let _ = writeln!(
        out,
        "\n### {name}'s console says\n\n{}",
        fence("text", &lines).trim_end()
    );
}

fn names(names: &[impl AsRef<str>]) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    let first = names.iter().take(MOST_NAMES);
    let first: Vec<_> = first.map(|name| code(&shown(name.as_ref()))).collect();
    let mut text = first.join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

fn readable(out: &mut String, report: &Report<'_>) {
    let Outcome::Readable {
        visible_headers, ..
    } = &report.sight.play.verdict.outcome
    else {
        return;
    };
    let _ = writeln!(out, "\n### What the script gets\n");
    if let Some(status) = report.document.status {
        let _ = writeln!(out, "- status: {}", facts::status_words(status));
    }
    if !visible_headers.is_empty() {
        let _ = writeln!(out, "- headers: {}", names(visible_headers));
    }
    let hidden = headers::hidden_headers(report);
    if !hidden.is_empty() {
        let why = prose(headers::why_hidden(report, &hidden));
        let _ = writeln!(out, "- hidden: {} ({why})", names(&hidden));
    }
}

fn steps(out: &mut String, report: &Report<'_>) {
    let Some(trace) = &report.sight.play.verdict.trace else {
        return;
    };
    out.push_str("\n<details><summary>The steps of the standard</summary>\n\n");
    out.push_str("| step | result | where |\n|---|---|---|\n");
    for entry in trace {
        let (id, anchor, result) = (entry.step.id, entry.step.anchor, trace::result(entry));
        let place = trace::place(report, entry);
        let place = if place.is_empty() {
            String::new()
        } else {
            code_in_cell(&place)
        };
        let _ = writeln!(out, "| [{id}]({anchor}) | {result} | {place} |");
    }
    out.push_str("\n</details>\n");
}

fn closing(out: &mut String, report: &Report<'_>) {
    if !report.probes.is_empty() {
        out.push_str("\n### Probes sent beside the fetch\n\n");
    }
    for probe in report.probes {
        let (request, outcome) = (code(&shown(&probe.request)), code(&shown(&probe.outcome)));
        let _ = write!(out, "- {}: {request} → {outcome}", prose(&probe.purpose));
        if !probe.tells.is_empty() {
            let _ = write!(out, ": {}", prose(&probe.tells));
        }
        out.push('\n');
    }
    let dropped = headers::dropped_words(report);
    let notes: Vec<&String> = dropped.iter().chain(report.notes).collect();
    if !notes.is_empty() {
        out.push_str("\n### Notes\n\n");
    }
    for note in notes {
        let _ = writeln!(out, "- {}", prose(note));
    }
    recipe::recipe(out, report);
    for hint in report.hints {
        let _ = writeln!(out, "\n{}", prose(hint));
    }
}
