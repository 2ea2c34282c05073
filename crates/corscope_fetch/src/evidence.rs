//! Where a fact is seen: byte spans in a header list, or the absence of a header.

use std::ops::Range;

use serde::Serialize;

use crate::header_list::HeaderList;

/// A span of bytes in the value of one header line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The line in the header list, counted from 0.
    pub line: usize,
    /// Bytes of that line's value.
    pub span: Range<usize>,
}

/// Which of an exchange's two messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Message {
    /// What the browser sent.
    Request,
    /// What came back.
    Response,
}

/// What part of a message shows the fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The response's status.
    Status,
    /// Bytes of one header line's value.
    Header(Place),
    /// The named header is not there.
    Absent(&'static str),
    /// The request's method.
    Method,
    /// The request's URL.
    Url,
}

/// Where a fact is seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// Index into the verdict's legs.
    pub leg: usize,
    /// Request or response.
    pub message: Message,
    /// The part of it.
    pub part: Part,
}

impl Evidence {
    /// A part of a leg's response.
    pub const fn response(leg: usize, part: Part) -> Self {
        Self {
            leg,
            message: Message::Response,
            part,
        }
    }

    /// A part of a leg's request.
    pub const fn request(leg: usize, part: Part) -> Self {
        Self {
            leg,
            message: Message::Request,
            part,
        }
    }

    /// Every line of response header `name`, its trimmed value; or the header's absence.
    pub fn header(leg: usize, list: &HeaderList, name: &'static str) -> Vec<Self> {
        let found: Vec<Self> = list
            .lines_named(name)
            .map(|(line, header)| {
                let span = header.trimmed_span();
                Self::response(leg, Part::Header(Place { line, span }))
            })
            .collect();
        if found.is_empty() {
            vec![Self::response(leg, Part::Absent(name))]
        } else {
            found
        }
    }
}
