//! Finding messages in plain text.

use std::ops::Range;

use super::clean::Clean;
use super::cut::{cut, has_scheme, start_of};
use super::localised;
use super::table::{Frame, Start, Table, Template, table};
use super::template::{Found, Node, fit, literal_at};

/// A reason this long can stand alone anywhere; a shorter one only where a message could begin.
const LONG_ENOUGH: usize = 40;
/// How much of a frame must be there to believe in a cut message.
const CUT_WEIGHT: usize = 28;
/// How much of a cut reason must be there to believe in it.
const CUT_REASON: usize = 20;
/// How much of what announces a reason about the preflight must be there.
const CUT_LEAD: usize = 12;
/// How far back a quoted URL may begin.
const QUOTED_LIMIT: usize = 2048;

/// One message as it stands in the text.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// The message, or the reason inside a frame; nothing where the frame's reason is not known.
    pub(super) template: Option<&'static Template>,
    pub(super) frame: Option<&'static Frame>,
    /// Other templates that read the same.
    pub(super) others: Vec<&'static Template>,
    /// The reason is about the preflight.
    pub(super) preflight: bool,
    pub(super) facts: Vec<(&'static str, String)>,
    /// What was read of a message in another language.
    pub(super) localised: Option<localised::Reading>,
    pub(super) partial: bool,
    /// In the original text.
    pub(super) range: Range<usize>,
}

impl Part {
    /// The template that says most.
    pub(super) fn main(&self) -> Option<&'static Template> {
        self.template.or(self.frame.map(|frame| &frame.template))
    }
}

/// What was found at one place.
struct Candidate {
    template: Option<usize>,
    frame: Option<usize>,
    preflight: bool,
    facts: Vec<Found>,
    start: usize,
    end: usize,
    weight: usize,
    partial: bool,
}

/// All messages of a text, in order.
pub(super) fn parts(original: &str) -> Vec<Part> {
    let table = table();
    let clean = Clean::new(original);
    let text = clean.text.as_bytes();
    let mut parts = Vec::new();
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        let starts = table.starting(&text[at..]);
        if starts.is_empty() || !is_boundary(text, at) {
            at += 1;
            continue;
        }
        match best(table, text, at, done, starts) {
            Some((candidate, others)) => {
                localised::in_gap(&clean, original, done..candidate.start, &mut parts);
                at = candidate.end.max(at + 1);
                done = at;
                parts.push(part(table, &clean, original, candidate, others));
            }
            None => at += 1,
        }
    }
    localised::in_gap(&clean, original, done..text.len(), &mut parts);
    parts
}

fn is_boundary(text: &[u8], at: usize) -> bool {
    !text[at].is_ascii_alphanumeric()
        || at == 0
        || !(text[at - 1].is_ascii_alphanumeric() || text[at - 1] == b'_')
}

/// The candidate that explains most, and the templates that explain as much.
fn best(
    table: &'static Table,
    text: &[u8],
    at: usize,
    done: usize,
    starts: &[Start],
) -> Option<(Candidate, Vec<&'static Template>)> {
    let mut best: Option<Candidate> = None;
    let mut others: Vec<&'static Template> = Vec::new();
    for start in starts {
        let Some(candidate) = candidate(table, text, at, done, *start) else {
            continue;
        };
        let Some(current) = &mut best else {
            best = Some(candidate);
            continue;
        };
        let mine = (!candidate.partial, candidate.weight);
        match mine.cmp(&(!current.partial, current.weight)) {
            std::cmp::Ordering::Greater => {
                others.clear();
                best = Some(candidate);
            }
            std::cmp::Ordering::Equal => {
                others.extend(candidate.template.map(|other| &table.templates[other]));
            }
            std::cmp::Ordering::Less => {}
        }
    }
    best.map(|best| (best, others))
}

fn candidate(
    table: &'static Table,
    text: &[u8],
    at: usize,
    done: usize,
    start: Start,
) -> Option<Candidate> {
    match start {
        Start::Template(index) => {
            let template = &table.templates[index];
            let needs_place = template.lone || template.is_reason;
            let found = whole(text, at, &template.nodes)?;
            let is_short = template.lone || found.1 < LONG_ENOUGH;
            if needs_place && is_short && !stands_alone(text, at, found.2) {
                return None;
            }
            Some(Candidate {
                template: Some(index),
                frame: None,
                preflight: false,
                facts: found.0,
                start: at,
                end: found.2,
                weight: found.1,
                partial: false,
            })
        }
        Start::Quoted(index) => {
            let template = &table.templates[index];
            let from = done.max(at.saturating_sub(QUOTED_LIMIT));
            let open = text[from..at]
                .iter()
                .rposition(|byte| matches!(byte, b'"' | b' ' | b'\n'))
                .filter(|open| text[from + open] == b'"')?;
            let (facts, weight, end) = whole(text, from + open, &template.nodes)?;
            Some(Candidate {
                template: Some(index),
                frame: None,
                preflight: false,
                facts,
                start: from + open,
                end,
                weight,
                partial: false,
            })
        }
        Start::Frame(index) => framed(table, text, at, index),
        Start::Code(index, preflight) => {
            let template = &table.templates[index];
            let code = match template.preflight_code {
                Some(code) if preflight => code,
                _ => template.code,
            };
            let end = name_at(text, at, code)?;
            Some(Candidate {
                template: Some(index),
                frame: None,
                preflight,
                facts: Vec::new(),
                start: at,
                end,
                weight: code.len(),
                partial: true,
            })
        }
    }
}

type Whole = (Vec<Found>, usize, usize);

fn whole(text: &[u8], at: usize, nodes: &[Node]) -> Option<Whole> {
    let mut facts = Vec::new();
    let fit = fit(text, at, nodes, &mut facts);
    fit.whole.then_some((facts, fit.weight, fit.end))
}

/// A frame, with the reason in it that says most.
fn framed(table: &'static Table, text: &[u8], at: usize, index: usize) -> Option<Candidate> {
    let frame = &table.frames[index];
    let unfinished = |mut facts: Vec<Found>, preflight: bool, end: usize, weight: usize| {
        // The reason is new to us, or not there.
        let start = if preflight == frame.preflight {
            literal_at(text, end, frame.between, false)
        } else {
            Some(end)
        };
        if let Some(reason) = start.and_then(|start| rest_of_line(text, start)) {
            facts.push(("reason", reason));
        }
        Candidate {
            template: None,
            frame: Some(index),
            preflight,
            facts,
            start: at,
            end,
            weight,
            partial: true,
        }
    };
    let Some((mut facts, own, mut place)) = whole(text, at, &frame.before_reason) else {
        let mut facts = Vec::new();
        let cut = cut(text, at, &frame.template.nodes, &mut facts);
        let fitted = cut.fit;
        let stub = stub(text, at, frame);
        let names_url = cut.is_cut
            && fitted.stopped > 0
            && (has_scheme(&text[fitted.end..])
                || (facts.iter()).any(|(_, range)| has_scheme(&text[range.clone()])));
        let is_enough = fitted.whole || fitted.weight >= CUT_WEIGHT || stub.is_some() || names_url;
        let end = fitted.end.max(stub.unwrap_or(at));
        return (is_enough && !frame.needs_reason)
            .then(|| unfinished(facts, frame.preflight, end, fitted.weight));
    };
    let mut frame_end = place - frame.between.len().min(place);
    let mut preflight = frame.preflight;
    let mut weight = own;
    if !frame.lead.is_empty()
        && let Some(after) = literal_at(text, place, frame.lead, true)
    {
        preflight = true;
        weight += frame.lead.len();
        place = after;
        frame_end = after;
    } else if let Some(length) = start_of(text, place, frame.lead)
        && length >= CUT_LEAD
    {
        preflight = true;
        frame_end = place + length;
    }
    let mut best: Option<(usize, Whole)> = None;
    for reason in &frame.reasons {
        if let Some(found) = whole(text, place, &table.templates[*reason].nodes)
            && best.as_ref().is_none_or(|(_, best)| found.1 > best.1)
        {
            best = Some((*reason, found));
        }
    }
    match best {
        Some((reason, (more, reason_weight, end))) => {
            facts.extend(more);
            Some(Candidate {
                template: Some(reason),
                frame: Some(index),
                preflight,
                facts,
                start: at,
                end,
                weight: weight + reason_weight,
                partial: false,
            })
        }
        None => match cut_reason(table, text, place, frame) {
            Some((reason, more)) => {
                facts.extend(more.0);
                Some(Candidate {
                    template: Some(reason),
                    frame: Some(index),
                    preflight,
                    facts,
                    start: at,
                    end: more.2,
                    weight: weight + more.1,
                    partial: true,
                })
            }
            None if frame.needs_reason && preflight == frame.preflight => None,
            None => Some(unfinished(facts, preflight, frame_end, weight)),
        },
    }
}

/// The reason that a line's end cuts off, when enough of it is there to tell it from the others.
fn cut_reason(table: &Table, text: &[u8], at: usize, frame: &Frame) -> Option<(usize, Whole)> {
    let mut best: Vec<(usize, Whole)> = Vec::new();
    for reason in &frame.reasons {
        let mut facts = Vec::new();
        let found = cut(text, at, &table.templates[*reason].nodes, &mut facts);
        if !found.is_cut || found.fit.weight < CUT_REASON {
            continue;
        }
        let most = best.first().map_or(0, |(_, most)| most.1);
        if found.fit.weight > most {
            best.clear();
        }
        if found.fit.weight >= most {
            best.push((*reason, (facts, found.fit.weight, found.fit.end)));
        }
    }
    let code = |index: usize| table.templates[index].code;
    let first = best.first().map(|(reason, _)| code(*reason))?;
    let is_one = best.iter().all(|(reason, _)| code(*reason) == first);
    best.into_iter().next().filter(|_| is_one)
}

/// The end of a frame's first words, when no more than these are there.
fn stub(text: &[u8], at: usize, frame: &Frame) -> Option<usize> {
    let Some(Node::Literal(first)) = frame.template.nodes.first() else {
        return None;
    };
    let words = first.trim_end();
    (words.len() >= CUT_WEIGHT)
        .then(|| literal_at(text, at, words, false))
        .flatten()
}

/// What stands behind a frame, up to the line's end.
fn rest_of_line(text: &[u8], start: usize) -> Option<Range<usize>> {
    let length = text[start..]
        .iter()
        .take(512)
        .position(|byte| matches!(byte, b'\n' | 0x0B))
        .unwrap_or_else(|| text.len().min(start + 512) - start);
    let mut stop = start + length;
    while stop > start && stop < text.len() && text[stop] & 0xC0 == 0x80 {
        stop -= 1;
    }
    (stop > start).then_some(start..stop)
}

/// Whether a message could begin and end here, as far as its neighbours tell.
fn stands_alone(text: &[u8], at: usize, end: usize) -> bool {
    let before = text[..at].iter().rev().find(|byte| **byte != b' ');
    let begins = before.is_none_or(|byte| b"\n\x0B:()[]\"'`|-.".contains(byte));
    let ends = text
        .get(end)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    begins && ends
}

/// A message's name as a word of its own; developer tools put spaces into Firefox's, and leave its
/// number out.
fn name_at(text: &[u8], at: usize, code: &str) -> Option<usize> {
    let core = code.trim_end_matches(['2', '3']);
    let mut place = at;
    for wanted in core.bytes() {
        if text.get(place) == Some(&b' ') && wanted.is_ascii_uppercase() {
            place += 1;
        }
        if text.get(place) != Some(&wanted) {
            return None;
        }
        place += 1;
    }
    if let Some(digit @ (b'2' | b'3')) = text.get(place) {
        // Another number is another message.
        if code.as_bytes().last() != Some(digit) {
            return None;
        }
        place += 1;
    }
    let ends = text
        .get(place)
        .is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    ends.then_some(place)
}

fn part(
    table: &'static Table,
    clean: &Clean,
    original: &str,
    candidate: Candidate,
    others: Vec<&'static Template>,
) -> Part {
    let template = candidate.template.map(|index| &table.templates[index]);
    let frame = candidate.frame.map(|index| &table.frames[index]);
    let mut facts: Vec<(&'static str, String)> = Vec::with_capacity(candidate.facts.len() + 1);
    let fixed = [
        template.and_then(|template| template.fixed),
        frame.and_then(|frame| frame.template.fixed),
    ];
    facts.extend(
        fixed
            .into_iter()
            .flatten()
            .map(|(name, value)| (name, value.to_owned())),
    );
    for (name, range) in candidate.facts {
        let value = clean.value(range, original);
        let value = match name {
            "url" | "initial_url" | "location" | "page" | "referrer" | "origin"
            | "target_origin" => url(&value),
            _ if value.contains('\n') => value.replace('\n', " "),
            _ => value,
        };
        match name {
            "net_error" => facts.push(("error", format!("net::{value}"))),
            "err" => facts.push(("error", format!("net::ERR_{value}"))),
            _ => facts.push((name, value)),
        }
    }
    Part {
        template,
        frame,
        others,
        preflight: candidate.preflight,
        facts,
        localised: None,
        partial: candidate.partial,
        range: clean.original_range(candidate.start..candidate.end, original),
    }
}

/// A URL as the browser had it: without line ends, and without what chats and quoting put around it.
pub(super) fn url(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|it| *it != '\n' && *it != '\u{B}')
        .collect();
    let quotes = ['‘', '’', '“', '”', '\'', '"', '<', '>', '`', ' '];
    text.trim_matches(quotes).to_owned()
}
