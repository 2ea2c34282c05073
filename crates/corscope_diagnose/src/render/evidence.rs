//! Where a finding is seen: lines of a message, with carets.

use std::collections::BTreeMap;
use std::ops::Range;

use corscope_fetch::{Leg, Message, Part};

use super::carets::{self, Marked};
use super::printable;
use super::report::Report;
use super::{facts, headers};
use crate::diagnostic::Diagnostic;
use crate::secrets::is_secret;

/// More lines at fault in one message than this are counted.
const MOST_LINES: usize = 5;

/// Lines at fault of one message.
pub(super) struct Block {
    /// `in the answer to 1 (preflight)`
    pub(super) place: String,
    pub(super) lines: Vec<Marked>,
    /// How many more there are.
    pub(super) more: usize,
}

/// A finding's lines at fault, message by message, in at most `width` columns.
pub(super) fn blocks(
    report: &Report<'_>,
    diagnostic: &Diagnostic,
    width: usize,
    with_secrets: bool,
) -> Vec<Block> {
    let legs = &report.sight.whole().legs;
    let mut spans = spans_of_lines(diagnostic);
    let mut blocks: Vec<((usize, Message), Block)> = Vec::new();
    for evidence in &diagnostic.evidence {
        let Some(leg) = legs.get(evidence.leg) else {
            continue;
        };
        let here = (evidence.leg, evidence.message);
        let known = blocks.iter_mut().find(|(place, _)| *place == here);
        let full = known.filter(|(_, block)| block.lines.len() == MOST_LINES);
        let marked = match &evidence.part {
            Part::Header(place) => {
                // All spans of one line are marked at once.
                let key = (evidence.leg, evidence.message as u8, place.line);
                let Some(spans) = spans.remove(&key) else {
                    continue;
                };
                // What is only counted is not looked for, in a list that may be a flood.
                if let Some((_, block)) = full {
                    block.more += 1;
                    continue;
                }
                let message = evidence.message;
                header_line(leg, message, place.line, &spans, width, with_secrets)
            }
            part => Some(other_line(leg, part, width)),
        };
        let Some(marked) = marked else { continue };
        let block = match blocks.iter_mut().find(|(place, _)| *place == here) {
            Some((_, block)) => block,
            None => {
                let to = match evidence.message {
                    Message::Request => "in",
                    Message::Response => "in the answer to",
                };
                let title = facts::leg_title(leg);
                let block = Block {
                    place: format!("{to} {} ({title})", evidence.leg + 1),
                    lines: Vec::new(),
                    more: 0,
                };
                blocks.push((here, block));
                let Some((_, block)) = blocks.last_mut() else {
                    continue;
                };
                block
            }
        };
        if block.lines.len() < MOST_LINES {
            block.lines.push(marked);
        } else {
            block.more += 1;
        }
    }
    blocks.into_iter().map(|(_, block)| block).collect()
}

/// The spans of each header line: of leg, message and line.
fn spans_of_lines(diagnostic: &Diagnostic) -> BTreeMap<(usize, u8, usize), Vec<Range<usize>>> {
    let mut spans: BTreeMap<(usize, u8, usize), Vec<Range<usize>>> = BTreeMap::new();
    for evidence in &diagnostic.evidence {
        if let Part::Header(place) = &evidence.part {
            let key = (evidence.leg, evidence.message as u8, place.line);
            spans.entry(key).or_default().push(place.span.clone());
        }
    }
    spans
}

fn header_line(
    leg: &Leg,
    message: Message,
    line: usize,
    spans: &[Range<usize>],
    width: usize,
    with_secrets: bool,
) -> Option<Marked> {
    let header = match message {
        Message::Request => leg.request.header_list.line(line),
        Message::Response => leg.response()?.header_list.line(line),
    }?;
    if is_secret(header.name) && !with_secrets {
        let value = headers::shown_value(header.name, header.value, false);
        let text = format!("{}: {value}", printable::bytes(header.name));
        return Some(carets::plain(&text, 0..0, width));
    }
    Some(carets::header(header.name, header.value, spans, width))
}

fn other_line(leg: &Leg, part: &Part, width: usize) -> Marked {
    let request_line = || {
        let line = format!("{} {}", leg.request.method, leg.request.url);
        printable::bytes(line.as_bytes())
    };
    let method = leg.request.method.len();
    let (text, span) = match part {
        Part::Absent(name) => {
            let text = format!("(no {} header)", headers::spelled(name));
            return carets::plain(&text, 0..0, width);
        }
        Part::Status | Part::Header(_) => {
            let status = leg.response().map_or(0, |response| response.status);
            let text = facts::status_words(status);
            let span = 0..text.len();
            (text, span)
        }
        Part::Method => (request_line(), 0..method),
        Part::Url => {
            let text = request_line();
            let span = method + 1..text.len();
            (text, span)
        }
    };
    carets::plain(&text, span, width)
}
