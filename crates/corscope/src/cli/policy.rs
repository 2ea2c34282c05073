//! `corscope policy`: what a server's CORS policy says, and what is wrong with it.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use corscope_fetch::policy::{Finding, Policy, PolicyDocument, PolicyRequest};
use corscope_fetch::{HeaderList, Origin};

use super::output::{self, ALLOWED, BAD_INPUT, FAILED, fail};

/// A policy longer than this is none.
const LIMIT: u64 = 1024 * 1024;

/// Says what is wrong with a policy, or what it answers
#[derive(Args, Debug)]
pub(super) struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand, Debug)]
enum PolicyCommand {
    /// Lists every mistake of a policy, with its place and its mend
    Lint(LintArgs),
    /// Prints the response headers that a policy gives to a request
    Answer(AnswerArgs),
}

#[derive(Args, Debug)]
struct LintArgs {
    /// The policy (TOML or JSON); - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args, Debug)]
struct AnswerArgs {
    /// The policy (TOML or JSON); - reads standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The origin of the page; none for a request without Origin
    #[arg(long)]
    origin: Option<String>,
    /// The method that the script wants
    #[arg(long, default_value = "GET")]
    method: String,
    /// A request-header's name that the script sets; may be given several times
    #[arg(long = "header", value_name = "NAME")]
    headers: Vec<String>,
    /// Answer the CORS-preflight request instead of the actual one
    #[arg(long, requires = "origin")]
    preflight: bool,
    /// Answer although the policy lets somebody in who should stay out
    #[arg(long)]
    allow_unsafe: bool,
}

/// Exit codes: 0 answered, or nothing but notes; 1 mistakes; 2 bad input; 3 a file cannot be read.
pub(super) fn run(args: &PolicyArgs) -> ExitCode {
    let result = match &args.command {
        PolicyCommand::Lint(args) => lint(args),
        PolicyCommand::Answer(args) => answer(args),
    };
    match result {
        Ok((text, code)) => match output::print(&text) {
            Ok(()) => ExitCode::from(code),
            Err(error) => fail(FAILED, &format!("standard output: {error}")),
        },
        Err(problem) => fail(problem.code, &problem.message),
    }
}

/// Why a policy could not be used.
pub(super) struct Problem {
    pub(super) code: u8,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn input(message: String) -> Self {
        Self {
            code: BAD_INPUT,
            message,
        }
    }
}

fn lint(args: &LintArgs) -> Result<(String, u8), Problem> {
    let document = read(&args.file)?;
    let findings = document.lint();
    if findings.is_empty() {
        return Ok((format!("{}: no findings\n", name(&args.file)), ALLOWED));
    }
    let serious = findings
        .iter()
        .any(|finding| finding.kind.is_wrong() || finding.kind.is_unsafe());
    let code = if serious { output::BLOCKED } else { ALLOWED };
    Ok((list(&findings), code))
}

fn answer(args: &AnswerArgs) -> Result<(String, u8), Problem> {
    if let Some(origin) = &args.origin {
        Origin::parse(origin)
            .map_err(|error| Problem::input(format!("--origin {origin:?}: {error}")))?;
    }
    let document = read(&args.file)?;
    let policy = build(&document, args.allow_unsafe)?;
    let mut header_list = HeaderList::new();
    if let Some(origin) = &args.origin {
        header_list.push("Origin", origin);
    }
    let method = if args.preflight {
        header_list.push("Access-Control-Request-Method", &args.method);
        if !args.headers.is_empty() {
            let mut names: Vec<String> = args
                .headers
                .iter()
                .map(|name| name.to_ascii_lowercase())
                .collect();
            names.sort();
            header_list.push("Access-Control-Request-Headers", names.join(","));
        }
        "OPTIONS"
    } else {
        &args.method
    };
    let answer = policy.answer(PolicyRequest {
        method,
        header_list: &header_list,
    });
    let mut text = String::new();
    for header in answer.iter() {
        // A String takes every write.
        let _ = writeln!(
            text,
            "{}: {}",
            String::from_utf8_lossy(header.name),
            String::from_utf8_lossy(header.value)
        );
    }
    Ok((text, ALLOWED))
}

/// Reads a policy document, TOML or JSON by its name or, without one, by its look.
pub(super) fn read(file: &Path) -> Result<PolicyDocument, Problem> {
    let failed = |error: io::Error| Problem {
        code: match error.kind() {
            io::ErrorKind::NotFound => BAD_INPUT,
            _ => FAILED,
        },
        message: format!("{}: {error}", name(file)),
    };
    let mut reader: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(failed)?)
    };
    let mut bytes = Vec::new();
    reader
        .by_ref()
        .take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LIMIT {
        let message = format!("{}: longer than a policy can be (1 MB)", name(file));
        return Err(Problem::input(message));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::input(format!("{}: not UTF-8 text", name(file))))?;
    let is_json = match file.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => false,
        Some("json") => true,
        _ => text.trim_start().starts_with('{'),
    };
    let result = if is_json {
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", name(file)))
    } else {
        toml::from_str(&text).map_err(|error| format!("{}: {error}", name(file)))
    };
    result.map_err(|message| Problem::input(message.trim_end().to_owned()))
}

/// Makes a policy of a document; the problem lists all findings.
pub(super) fn build(document: &PolicyDocument, allow_unsafe: bool) -> Result<Policy, Problem> {
    document.build(allow_unsafe).map_err(|findings| {
        let only_unsafe = !findings.iter().any(|finding| finding.kind.is_wrong());
        let mut message = format!("this policy is refused\n{}", list(&findings));
        if only_unsafe {
            message.push_str("--allow-unsafe takes it all the same\n");
        }
        Problem::input(message.trim_end().to_owned())
    })
}

/// Findings for people, one after the other.
pub(super) fn list(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let (level, code) = (finding.kind.level(), finding.kind.code());
        let problem: String = finding
            .problem
            .chars()
            .filter(|character| !character.is_control())
            .collect();
        // A String takes every write.
        let _ = writeln!(
            text,
            "{level} [{code}] {}: {problem}\n  mend: {}",
            finding.at, finding.mend
        );
    }
    text
}

fn name(file: &Path) -> String {
    if file == Path::new("-") {
        "standard input".to_owned()
    } else {
        file.display().to_string()
    }
}
