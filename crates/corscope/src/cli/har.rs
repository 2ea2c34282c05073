//! `corscope har`: judges what a browser, or a debugging proxy, has recorded, and what `--save` kept.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use corscope_capture::Query;
use corscope_capture::har::{HarFault, Progress};
use corscope_capture::redact::Redactor;
use corscope_capture::store::{SavedCapture, StoreError, StoreFault};
use corscope_diagnose::observed::Finding;
use corscope_diagnose::render;
use corscope_fetch::Browser;

use super::filter;
use super::output::{self, ALLOWED, BAD_INPUT, BLOCKED, BrowserChoice, FAILED, fail};
use crate::har::{HarReport, Settings, Source, judge_capture, judge_har, sarif, without_secrets};
use crate::session::export::{HarOptions, export_saved};

mod people;

/// Judges every cross-origin request of HAR files, and says what is wrong
#[derive(Args, Debug)]
pub(super) struct HarArgs {
    /// HAR files, plain or gzipped, or captures of --save; - reads a HAR from standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Look only at what this filter lets pass, such as 'cors:fail host:api'
    #[arg(long, value_name = "FILTER", value_parser = filter::parse)]
    filter: Option<Query>,
    /// Write a capture of --save to this file as a HAR with verdicts
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Whose rules to follow [default: those of the browser that sent]
    #[arg(long, value_enum)]
    browser: Option<BrowserChoice>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// What makes the exit code 1
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = FailOn::Cors)]
    fail_on: FailOn,
    /// Keep cookies, tokens and passwords in what is printed and written
    #[arg(long)]
    secrets: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// Every fetch in its order, as a live run prints it
    List,
    /// One document with every fetch
    Json,
    /// One document a fetch and line
    Jsonl,
    /// For an issue or a pull request
    Markdown,
    /// For code scanning services
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A request that CORS blocks
    Cors,
    /// That, or one of which it cannot be known
    Unknown,
    /// Nothing
    Never,
}

/// Exit codes: 0 nothing is blocked, 1 something is, 2 a file is no HAR or is broken, 3 it cannot be
/// read.
pub(super) fn run(args: &HarArgs) -> ExitCode {
    let browser = match args.browser.map(BrowserChoice::browsers).as_deref() {
        None => None,
        Some([browser]) => Some(*browser),
        Some(_) => {
            let message = "--browser all: a HAR is judged by one browser's rules; name one";
            return fail(BAD_INPUT, message);
        }
    };
    if let Err(message) = args.check_write() {
        return fail(BAD_INPUT, &message);
    }
    let mut code = ALLOWED;
    let mut reports = Vec::new();
    for file in &args.files {
        match judge(args, file, browser).and_then(|report| write(args, file, browser, report)) {
            Ok(mut report) => {
                if !args.secrets {
                    report.groups.redact();
                }
                if !matches!(args.format, Format::List | Format::Jsonl) {
                    report.groups.prove();
                }
                for fault in report.faults.iter().filter(|fault| fault.is_final()) {
                    let message = format!("{}: {fault}\n  {}", report.name, fault.mend());
                    let _ = fail(BAD_INPUT, &message);
                }
                if report.broke_off() {
                    code = code.max(BAD_INPUT);
                }
                reports.push(report);
            }
            Err(problem) => {
                let _ = fail(problem.code, &problem.message);
                code = code.max(problem.code);
            }
        }
    }
    let text = match args.format {
        Format::Text => people::text(&reports, output::text_options(false, false)),
        Format::Markdown => people::markdown(&reports),
        Format::Sarif => render::json::pretty(&sarif::sarif(&reports)).unwrap_or_default() + "\n",
        // Written as it went.
        Format::List | Format::Json | Format::Jsonl => String::new(),
    };
    if let Err(error) = output::print(&text) {
        return fail(FAILED, &format!("standard output: {error}"));
    }
    let is_found = reports.iter().any(|report| {
        let summary = &report.summary;
        match args.fail_on {
            FailOn::Cors => summary.blocked > 0,
            FailOn::Unknown => {
                summary.blocked + summary.unknown + summary.depends_on_credentials > 0
            }
            FailOn::Never => false,
        }
    });
    if code == ALLOWED && is_found {
        code = BLOCKED;
    }
    ExitCode::from(code)
}

impl HarArgs {
    /// Whether what `--write` asks for can be meant.
    fn check_write(&self) -> Result<(), String> {
        let Some(path) = &self.write else {
            return Ok(());
        };
        match self.files.as_slice() {
            [file] if file == path => Err("--write: that is the capture itself".to_owned()),
            [file] if SavedCapture::is_one(file) => Ok(()),
            [file] => Err(format!(
                "--write: {} is no capture of --save",
                file.display()
            )),
            _ => Err("--write: wanted one capture of --save".to_owned()),
        }
    }
}

/// Why a file was not judged.
struct Problem {
    code: u8,
    message: String,
}

impl Problem {
    fn of_capture(error: &StoreError) -> Self {
        Self {
            code: match error.fault {
                StoreFault::Io(_) | StoreFault::Sqlite(_) | StoreFault::InUse => FAILED,
                _ => BAD_INPUT,
            },
            message: format!("{error}\n  {}", error.mend()),
        }
    }
}

fn judge(args: &HarArgs, file: &Path, browser: Option<Browser>) -> Result<HarReport, Problem> {
    let is_stdin = file == Path::new("-");
    let name = match is_stdin {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    };
    let mut out = Documents::new(args.format, args.secrets);
    let mut write = |finding: &Finding| out.write(finding);
    let mut settings = Settings {
        browser,
        filter: args.filter.clone(),
        on_progress: None,
        on_finding: &mut write,
    };
    let report = if !is_stdin && SavedCapture::is_one(file) {
        SavedCapture::open(file)
            .and_then(|capture| judge_capture(&name, &capture, settings))
            .map_err(|error| Problem::of_capture(&error))
    } else {
        settings.on_progress = progress_bar(&name);
        let source = match is_stdin {
            true => Source::Stream(Box::new(io::stdin())),
            false => Source::File(file),
        };
        let report = judge_har(&name, source, settings);
        clear_progress_bar();
        report.map_err(|error| Problem {
            code: match &error.fault {
                HarFault::Read(why) if why.kind() != io::ErrorKind::NotFound => FAILED,
                _ => BAD_INPUT,
            },
            message: format!("{name}: {error}\n  {}", error.mend()),
        })
    };
    let report = report?;
    out.end(&report).map_err(|error| Problem {
        code: FAILED,
        message: format!("standard output: {error}"),
    })?;
    Ok(report)
}

/// Writes the HAR that `--write` asks for.
fn write(
    args: &HarArgs,
    file: &Path,
    browser: Option<Browser>,
    report: HarReport,
) -> Result<HarReport, Problem> {
    let Some(path) = &args.write else {
        return Ok(report);
    };
    let capture = SavedCapture::open(file).map_err(|error| Problem::of_capture(&error))?;
    let options = HarOptions {
        browser,
        with_secrets: args.secrets,
        filter: args.filter.clone(),
    };
    let written = File::create(path)
        .and_then(|file| export_saved(&capture, io::BufWriter::new(file), &options));
    let count = written.map_err(|error| Problem {
        code: FAILED,
        message: format!("{}: {error}", path.display()),
    })?;
    let with = if args.secrets { "with" } else { "without" };
    let text = format!("{}: {count} exchanges, {with} secrets\n", path.display());
    let _ = output::print_aside(&text); // nobody is left to tell
    Ok(report)
}

/// Documents, written as the reading goes on, so that memory does not grow with the file.
struct Documents {
    format: Format,
    secrets: bool,
    out: io::BufWriter<io::Stdout>,
    count: u64,
    result: io::Result<()>,
}

impl Documents {
    fn new(format: Format, secrets: bool) -> Self {
        Self {
            format,
            secrets,
            out: io::BufWriter::with_capacity(256 * 1024, io::stdout()),
            count: 0,
            result: Ok(()),
        }
    }

    fn write(&mut self, finding: &Finding) {
        if self.result.is_err() {
            return;
        }
        if self.format == Format::List {
            let mut shown = match self.secrets {
                true => finding.clone(),
                false => without_secrets(finding),
            };
            shown.prove();
            let text = render::observed(&shown, output::text_options(false, false));
            self.result = self.out.write_all(text.as_bytes());
            return;
        }
        if !matches!(self.format, Format::Json | Format::Jsonl) {
            return;
        }
        let before: &[u8] = match (self.format, self.count) {
            (Format::Json, 0) => b"{\"fetches\":[\n",
            (Format::Json, _) => b",\n",
            _ => b"",
        };
        self.count += 1;
        self.result = self
            .out
            .write_all(before)
            .and_then(|()| self.one(finding))
            .and_then(|()| match self.format {
                Format::Jsonl => self.out.write_all(b"\n"),
                _ => Ok(()),
            });
    }

    fn one(&mut self, finding: &Finding) -> io::Result<()> {
        if self.secrets {
            return Ok(serde_json::to_writer(&mut self.out, &finding.document())?);
        }
        let mut document = serde_json::to_value(finding.document())?;
        Redactor::default().json(&mut document);
        Ok(serde_json::to_writer(&mut self.out, &document)?)
    }

    fn end(mut self, report: &HarReport) -> io::Result<()> {
        self.result?;
        if self.format == Format::Json {
            if self.count == 0 {
                self.out.write_all(b"{\"fetches\":[")?;
            }
            let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
            let rest = serde_json::json!({
                "file": report.name,
                "summary": report.summary,
                "gaps": report.summary.gaps(),
                "faults": faults,
                "more_faults": report.more_faults,
            });
            // The object goes on after the list that was written as it went.
            let rest = rest.to_string();
            write!(self.out, "\n],{}\n", &rest[1..])?;
        }
        match self.out.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

/// A line on the terminal that says how far the reading has come, where it takes a while.
fn progress_bar(name: &str) -> Option<Box<dyn FnMut(Progress) + Send>> {
    if !io::stderr().is_terminal() {
        return None;
    }
    let name = name.to_owned();
    let started = Instant::now();
    let mut shown = started;
    Some(Box::new(move |progress| {
        let now = Instant::now();
        let is_due =
            now - started > Duration::from_millis(300) && now - shown > Duration::from_millis(100);
        if !is_due {
            return;
        }
        shown = now;
        let mebibytes = progress.read >> 20;
        let line = match progress.total.filter(|total| *total > 0) {
            Some(total) => {
                let percent = (progress.read.saturating_mul(100) / total).min(100);
                let width = 30;
                let done = usize::try_from(percent).unwrap_or(100) * width / 100;
                format!(
                    "[{}{}] {percent:>3} %  {mebibytes} of {} MiB",
                    "#".repeat(done),
                    " ".repeat(width - done),
                    total >> 20
                )
            }
            None => format!("{mebibytes} MiB"),
        };
        let _ = write!(io::stderr(), "\r\x1b[K{line}  {name}"); // the terminal may be gone
        let _ = io::stderr().flush();
    }))
}

fn clear_progress_bar() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}
