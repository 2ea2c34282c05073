//! Colours and signs. Nothing is told by a colour alone.

use super::TextOptions;
use crate::render::said::Tone;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// Headings and headlines.
    Strong,
    /// What is there for completeness.
    Dim,
    Bad,
    Good,
    Unknown,
    Opaque,
    /// A header, a value, a URL in a sentence.
    Code,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Bad => "\x1b[1;31m",
            Self::Good => "\x1b[1;32m",
            Self::Unknown => "\x1b[1;33m",
            Self::Opaque => "\x1b[1;34m",
            Self::Code => "\x1b[36m",
        }
    }

    /// An outcome's style.
    pub(super) const fn of(tone: Tone) -> Self {
        match tone {
            Tone::Good => Self::Good,
            Tone::Bad => Self::Bad,
            Tone::Opaque => Self::Opaque,
            Tone::Unknown => Self::Unknown,
        }
    }
}

/// Appends `text` in `style`; a colour never reaches over a line's end.
pub(super) fn paint(out: &mut String, color: bool, style: Style, text: &str) {
    if !color || style == Style::Plain || text.trim().is_empty() {
        out.push_str(text);
        return;
    }
    out.push_str(style.code());
    out.push_str(text);
    out.push_str("\x1b[0m");
}

/// The signs, with their ASCII likeness.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    pub(super) good: &'static str,
    pub(super) bad: &'static str,
    pub(super) opaque: &'static str,
    pub(super) unknown: &'static str,
    pub(super) to_server: &'static str,
    pub(super) to_page: &'static str,
    /// Before the rest of a word that did not fit.
    pub(super) continued: &'static str,
    /// Left of quoted lines.
    pub(super) bar: &'static str,
    /// Between short facts.
    pub(super) dot: &'static str,
}

impl Signs {
    pub(super) const fn new(options: TextOptions) -> Self {
        if options.unicode {
            Self {
                good: "✓",
                bad: "✗",
                opaque: "–",
                unknown: "?",
                to_server: "→",
                to_page: "←",
                continued: "↪",
                bar: "│",
                dot: " · ",
            }
        } else {
            Self {
                good: "ok",
                bad: "x",
                opaque: "-",
                unknown: "?",
                to_server: "->",
                to_page: "<-",
                continued: "\\",
                bar: "|",
                dot: ", ",
            }
        }
    }

    /// An outcome's sign.
    pub(super) const fn of(&self, tone: Tone) -> &'static str {
        match tone {
            Tone::Good => self.good,
            Tone::Bad => self.bad,
            Tone::Opaque => self.opaque,
            Tone::Unknown => self.unknown,
        }
    }
}
