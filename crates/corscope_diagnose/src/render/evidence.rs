//! Where a finding is seen: lines of a message, with carets.

use std::ops::Range;

use corscope_fetch::{Leg, Message, Part};

use super::carets::{self, Marked};
use super::printable;
use super::report::Report;
use super::{facts, headers};
use crate::diagnostic::Diagnostic;

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
    let mut blocks: Vec<((usize, Message), Block)> = Vec::new();
    let mut lines_done: Vec<(usize, Message, usize)> = Vec::new();
    for evidence in &diagnostic.evidence {
        let Some(leg) = legs.get(evidence.leg) else {
            continue;
        };
        let here = (evidence.leg, evidence.message);
        if let Part::Header(place) = &evidence.part {
            // All spans of one line are marked at once.
            let line = (evidence.leg, evidence.message, place.line);
            if lines_done.contains(&line) {
                continue;
            }
            lines_done.push(line);
        }
        let spans = |wanted: usize| -> Vec<Range<usize>> {
            let same = diagnostic
                .evidence
                .iter()
                .filter(|it| (it.leg, it.message) == here);
            same.filter_map(|it| match &it.part {
                Part::Header(place) if place.line == wanted => Some(place.span.clone()),
                _ => None,
            })
            .collect()
        };
        let marked = match &evidence.part {
            Part::Header(place) => {
                let spans = spans(place.line);
                header_line(
                    leg,
                    evidence.message,
                    place.line,
                    &spans,
                    width,
                    with_secrets,
                )
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
    if headers::is_secret(header.name) && !with_secrets {
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
