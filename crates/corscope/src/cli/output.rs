//! What all commands print with: exit codes, the palette's conditions, broken pipes.

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use clap::ValueEnum;
use corscope_diagnose::render::{self, Report, TextOptions};
use corscope_fetch::Browser;

/// The response can be read, or nothing was found.
pub(super) const ALLOWED: u8 = 0;
/// The browser refuses, or it is not known that it does not.
pub(super) const BLOCKED: u8 = 1;
/// Bad usage or input.
pub(super) const BAD_INPUT: u8 = 2;
/// corscope could not do its work.
pub(super) const FAILED: u8 = 3;

/// Whose rules to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BrowserChoice {
    /// The Fetch standard itself
    Fetch,
    /// Chromium 156 (Chrome, Edge, Brave…)
    Chromium,
    /// Firefox 153
    Firefox,
    /// WebKitGTK 2.50 (Safari's engine)
    Webkit,
    /// All four
    All,
}

impl BrowserChoice {
    /// The profiles it stands for.
    pub(super) fn browsers(self) -> Vec<Browser> {
        match self {
            Self::Fetch => vec![Browser::Fetch],
            Self::Chromium => vec![Browser::Chromium],
            Self::Firefox => vec![Browser::Firefox],
            Self::Webkit => vec![Browser::WebKit],
            Self::All => Browser::ALL.to_vec(),
        }
    }
}

/// Whether to use colour on standard output.
pub(super) fn wants_color() -> bool {
    io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The terminal's width, 80 where there is none or it is wider than reads well.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    columns.unwrap_or(80).clamp(40, 100)
}

/// Reports for people: text for a terminal, or Markdown.
pub(super) fn people(reports: &[Report<'_>], markdown: bool, trace: bool, verbose: bool) -> String {
    if markdown {
        return match reports {
            [report] => render::markdown(report),
            reports => render::markdown_all(reports),
        };
    }
    let options = text_options(trace, verbose);
    match reports {
        [report] => render::text(report, options),
        reports => render::text_all(reports, options),
    }
}

/// How text is written to this standard output.
pub(super) fn text_options(trace: bool, verbose: bool) -> TextOptions {
    TextOptions {
        width: width(),
        color: wants_color(),
        unicode: wants_unicode(),
        trace,
        verbose,
    }
}

/// Whether the locale can show more than ASCII.
fn wants_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_none_or(|locale| locale.to_ascii_lowercase().contains("utf"))
}

/// Text from outside, without what a terminal would obey.
pub(super) fn tame(text: &str) -> String {
    let tame = |letter: char| {
        if letter.is_control() {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(tame).collect()
}

/// Writes to standard output. A reader that has gone is no failure.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a note to standard error, beside what is printed.
pub(super) fn print_aside(text: &str) -> io::Result<()> {
    io::stderr().write_all(text.as_bytes())
}

/// Writes an error to standard error and gives the exit code.
pub(super) fn fail(code: u8, message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "corscope: {message}"); // nobody is left to tell
    ExitCode::from(code)
}
