//! `corscope simulate`: what browsers make of a scenario.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use corscope_diagnose::scenario::{
    LINE_LIMIT, Scenario, ScenarioError, Sequence, scenario_from_json, scenario_from_toml,
    sequence_from_json, sequence_from_toml,
};

use super::output::{self, ALLOWED, BAD_INPUT, BLOCKED, BrowserChoice, FAILED, fail};
use crate::simulate::{Settings, StreamSummary, run_stream, write_sequence, write_verdicts};

/// Says what browsers make of a scenario: what they send, what they let the script read, and why
#[derive(Args, Debug)]
pub(super) struct SimulateArgs {
    /// Scenario files (JSON or TOML); - or none reads standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read one JSON scenario a line, and write one verdict a line
    #[arg(long)]
    jsonl: bool,
    /// The documents are sequences: steps that share one CORS-preflight cache
    #[arg(long)]
    sequence: bool,
    /// Whose rules to follow [default: chromium for text, fetch for JSON]
    #[arg(long, value_enum)]
    browser: Option<BrowserChoice>,
    /// How to print [default: text, or jsonl with --jsonl]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Add every step of the standard that was taken
    #[arg(long)]
    trace: bool,
    /// With --jsonl: prove remedies too, which takes several more runs of the engine for each
    #[arg(long, requires = "jsonl")]
    remedies: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Jsonl,
    Markdown,
}

/// Exit codes: 0 readable everywhere, 1 blocked or not known, 2 bad input, 3 a file cannot be read.
pub(super) fn run(args: &SimulateArgs) -> ExitCode {
    let default = if args.jsonl {
        Format::Jsonl
    } else {
        Format::Text
    };
    let format = args.format.unwrap_or(default);
    if args.jsonl && !matches!(format, Format::Jsonl | Format::Json) {
        return fail(
            BAD_INPUT,
            "--jsonl writes one JSON verdict a line; leave --format out",
        );
    }
    let machine = matches!(format, Format::Json | Format::Jsonl);
    let choice = match (args.browser, machine) {
        (Some(choice), _) => choice,
        (None, true) => BrowserChoice::Fetch,
        (None, false) => BrowserChoice::Chromium,
    };
    let settings = Settings {
        browsers: choice.browsers(),
        all: choice == BrowserChoice::All,
        trace: args.trace,
        remedies: args.remedies || !args.jsonl,
    };
    let standard_input = [PathBuf::from("-")];
    let files = if args.files.is_empty() {
        &standard_input[..]
    } else {
        &args.files
    };
    let mut code = ALLOWED;
    for file in files {
        let result = if args.jsonl {
            run_lines(file, &settings, args.sequence)
        } else {
            run_document(file, &settings, args.sequence, format)
        };
        // A bad file does not keep the others from being judged.
        code = code.max(result.unwrap_or_else(|problem| {
            let _ = fail(problem.code, &problem.message);
            problem.code
        }));
    }
    ExitCode::from(code)
}

/// Why a file was not judged.
struct Problem {
    code: u8,
    message: String,
}

impl Problem {
    fn reading(file: &Path, error: &io::Error) -> Self {
        let code = if error.kind() == io::ErrorKind::NotFound {
            BAD_INPUT
        } else {
            FAILED
        };
        Self {
            code,
            message: format!("{}: {error}", name(file)),
        }
    }

    fn document(file: &Path, error: &ScenarioError) -> Self {
        let place = match error.position {
            Some((line, column)) if !error.at.is_empty() => {
                format!("{}:{line}:{column}", name(file))
            }
            _ => name(file),
        };
        Self {
            code: BAD_INPUT,
            message: format!("{place}: {error}"),
        }
    }
}

fn name(file: &Path) -> String {
    if file == Path::new("-") {
        "standard input".into()
    } else {
        file.display().to_string()
    }
}

fn open(file: &Path) -> io::Result<Box<dyn Read>> {
    Ok(if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file)?)
    })
}

fn run_lines(file: &Path, settings: &Settings, sequences: bool) -> Result<u8, Problem> {
    let input = open(file).map_err(|error| Problem::reading(file, &error))?;
    let mut input = BufReader::with_capacity(256 * 1024, input);
    let mut output = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    match run_stream(&mut input, &mut output, settings, sequences) {
        Ok(StreamSummary { bad: 1.., .. }) => Ok(BAD_INPUT),
        Ok(StreamSummary { blocked: 1.., .. }) => Ok(BLOCKED),
        Ok(_) => Ok(ALLOWED),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ALLOWED),
        Err(error) => Err(Problem {
            code: FAILED,
            message: format!("{}: {error}", name(file)),
        }),
    }
}

fn run_document(
    file: &Path,
    settings: &Settings,
    is_sequence: bool,
    format: Format,
) -> Result<u8, Problem> {
    let mut text = Vec::new();
    let reader = open(file).map_err(|error| Problem::reading(file, &error))?;
    let limit = LINE_LIMIT as u64 + 1;
    reader
        .take(limit)
        .read_to_end(&mut text)
        .map_err(|error| Problem::reading(file, &error))?;
    let problem = |error: ScenarioError| Problem::document(file, &error);
    let is_toml = is_toml(file, &text);
    let mut out = Vec::new();
    let is_blocked = if is_sequence {
        let read = if is_toml {
            sequence_from_toml
        } else {
            sequence_from_json
        };
        let sequence: Sequence = read(&text).map_err(problem)?;
        match format {
            Format::Json | Format::Jsonl => write_sequence(&sequence, settings, &mut out),
            Format::Text => super::simulate_text::sequence(&sequence, settings, false, &mut out),
            Format::Markdown => super::simulate_text::sequence(&sequence, settings, true, &mut out),
        }
    } else {
        let read = if is_toml {
            scenario_from_toml
        } else {
            scenario_from_json
        };
        let scenario: Scenario = read(&text).map_err(problem)?;
        match format {
            Format::Json | Format::Jsonl => write_verdicts(&scenario, settings, &mut out),
            Format::Text => super::simulate_text::scenario(&scenario, settings, false, &mut out),
            Format::Markdown => super::simulate_text::scenario(&scenario, settings, true, &mut out),
        }
    }
    .map_err(problem)?;
    if matches!(format, Format::Json) {
        out = pretty(&out);
    }
    if out.last() != Some(&b'\n') {
        out.push(b'\n');
    }
    let written = output::print(&String::from_utf8_lossy(&out));
    written.map_err(|error| Problem {
        code: FAILED,
        message: format!("standard output: {error}"),
    })?;
    Ok(if is_blocked { BLOCKED } else { ALLOWED })
}

/// TOML by its name, or, without one, by its look: a JSON document starts with a brace.
fn is_toml(file: &Path, text: &[u8]) -> bool {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => true,
        Some("json") => false,
        _ => {
            !matches!(text.trim_ascii_start().first(), Some(b'{' | b'[') | None)
                || text.trim_ascii_start().starts_with(b"[page")
                || text.trim_ascii_start().starts_with(b"[[")
        }
    }
}

/// The same JSON on several lines, keys in their order.
fn pretty(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut reader = serde_json::Deserializer::from_slice(json);
    let mut writer = serde_json::Serializer::pretty(&mut out);
    match serde_transcode::transcode(&mut reader, &mut writer) {
        Ok(()) => {
            let _ = out.write_all(b"\n"); // a Vec takes every write
            out
        }
        Err(_) => json.to_vec(),
    }
}
