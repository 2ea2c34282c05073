//! `corscope explain`: what a console message, or a rule's code, means.

mod command;
mod document;
mod page;
pub(super) mod prose;
mod stream;
mod text;

use std::io::{self, IsTerminal as _, Read as _};
use std::process::ExitCode;

use clap::{Args, Parser, ValueEnum};
use corscope_diagnose::console::read::{ConsoleMessage, Effect, MessageLeg, narrow, read_console};
use corscope_diagnose::rule::Rule;
use corscope_diagnose::rules::{all, by_code};

use super::check::{self, CheckArgs};
use super::nearest::nearest;
use super::output::{self, ALLOWED, BAD_INPUT, BLOCKED, FAILED, fail};
use crate::input::error::quoted;

/// Rules that look at the value of Access-Control-Allow-Origin: it fits one of them only.
const SHAPES: [&str; 10] = [
    "acao-host-mismatch",
    "acao-scheme-mismatch",
    "acao-port-mismatch",
    "acao-trailing-slash",
    "acao-case-mismatch",
    "acao-default-port",
    "acao-wildcard-pattern",
    "acao-null-for-real-origin",
    "acao-empty",
    "acao-multiple-values",
];

/// The longest console that is read.
const LIMIT: u64 = 64 << 20;

/// Says what a console message or a rule's code means, and how to settle it
#[derive(Args, Debug)]
#[command(
    after_help = "A whole console can be pasted: what is no message is passed over.\n\n\
                  Exit codes: 0 nothing was blocked, or a rule's page, 1 something was blocked, 2 \
                  bad usage or input (such as a text that no browser prints), 3 corscope could not \
                  do its work."
)]
pub(super) struct ExplainArgs {
    /// The message, or a rule's code; - or nothing reads standard input
    #[arg(value_name = "TEXT|CODE")]
    text: Vec<String>,
    /// Run the check that settles it
    #[arg(long, conflicts_with = "jsonl")]
    check: bool,
    /// The page's origin, where the message does not tell
    #[arg(long, value_name = "ORIGIN")]
    from: Option<String>,
    /// The URL, where the message does not tell
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Read lines {"id","text"}, and write one JSON line for each
    #[arg(long, conflicts_with = "text")]
    jsonl: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

/// A message with what follows from it.
struct Explained {
    message: ConsoleMessage,
    /// The rule that its facts fit exactly.
    rule: Option<&'static str>,
    command: Option<command::CheckCommand>,
}

impl Explained {
    fn new(index: usize, message: ConsoleMessage, known: &command::Known<'_>) -> Self {
        let rule = (index < NARROWED).then(|| narrow(&message)).flatten();
        let command = command::check_command(&message, known);
        Self {
            message,
            rule,
            command,
        }
    }

    /// The rules that remain: the message's own cause, then what the facts fit, then the others.
    fn causes(&self) -> Vec<&'static str> {
        let mut causes = self.message.causes.clone();
        if let Some(rule) = self.rule {
            let excludes = SHAPES.contains(&rule);
            let own = causes.first().copied();
            causes.retain(|cause| {
                Some(*cause) == own || (*cause != rule && !(excludes && SHAPES.contains(cause)))
            });
            causes.insert(causes.len().min(1), rule);
        }
        causes
    }

    /// The rule that says most about the message itself.
    fn told(&self) -> Option<&'static Rule> {
        let own = self.message.causes.first()?;
        let on_preflight = format!("preflight-{own}");
        let is_listed = self.message.causes.contains(&on_preflight.as_str());
        if self.message.leg == MessageLeg::Preflight && is_listed {
            return by_code(&on_preflight);
        }
        by_code(own)
    }
}

/// The most messages that are explained, so that a console of a gigabyte gives no gigabytes.
const MOST: usize = 1000;
/// The most whose facts are played as a scenario.
const NARROWED: usize = 100;

/// Reads all messages of a text, the most telling first.
fn explained(text: &str, known: &command::Known<'_>) -> Vec<Explained> {
    let mut messages = read_console(text);
    messages.sort_by_key(|message| match message.effect {
        Effect::Blocked => 0,
        Effect::Symptom => 1,
        Effect::Pending => 2,
        Effect::Passed => 3,
    });
    messages
        .into_iter()
        .take(MOST)
        .enumerate()
        .map(|(index, message)| Explained::new(index, message, known))
        .collect()
}

/// The messages of a text, the most telling first, with what `--format json` says of each.
pub(crate) fn explanations(text: &str, most: usize) -> Vec<(ConsoleMessage, serde_json::Value)> {
    let mut found = explained(text, &command::Known::default());
    found.truncate(most);
    found
        .into_iter()
        .map(|explained| {
            let document = document::of(&explained);
            (explained.message, document)
        })
        .collect()
}

/// Exit codes: see the help.
pub(super) fn run(args: &ExplainArgs) -> ExitCode {
    let known = command::Known {
        url: args.url.as_deref(),
        origin: args.from.as_deref(),
    };
    if args.jsonl {
        return stream::run(&known);
    }
    if args.check && args.format == Format::Json {
        let mend = "--check prints for people; use corscope check --format json";
        return fail(BAD_INPUT, mend);
    }
    let text = match read_text(&args.text) {
        Ok(text) => text,
        Err(code) => return code,
    };
    let text = text.trim();
    if let Some(rule) = by_code(&text.to_ascii_lowercase().replace('_', "-")) {
        return print(&page::page(rule, args.format), ALLOWED);
    }
    let found = explained(text, &known);
    let Some(first) = found.first() else {
        return fail(BAD_INPUT, &unknown(text));
    };
    let code = if found.iter().any(|it| it.message.is_blocking()) {
        BLOCKED
    } else {
        ALLOWED
    };
    let shown = match args.format {
        Format::Text => text::text(&found),
        Format::Markdown => text::markdown(&found),
        Format::Json => document::json(&found),
    };
    if !args.check {
        return print(&shown, code);
    }
    let runnable = found
        .iter()
        .find_map(|it| it.command.as_ref().filter(|command| command.is_ready()));
    let Some(command) = runnable else {
        let _ = print(&shown, code);
        return fail(BAD_INPUT, &missing(first));
    };
    if let Err(error) = output::print(&(shown + "\n")) {
        return fail(FAILED, &format!("standard output: {error}"));
    }
    run_check(command, args.format)
}

fn print(text: &str, code: u8) -> ExitCode {
    match output::print(text) {
        Ok(()) => ExitCode::from(code),
        Err(error) => fail(FAILED, &format!("standard output: {error}")),
    }
}

fn read_text(words: &[String]) -> Result<String, ExitCode> {
    if !words.is_empty() && words != ["-"] {
        return Ok(words.join(" "));
    }
    if io::stdin().is_terminal() {
        let _ = fail(ALLOWED, "paste the console, then end it with Ctrl-D");
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes);
    match read {
        Err(error) => Err(fail(FAILED, &format!("standard input: {error}"))),
        Ok(length) if length as u64 > LIMIT => {
            let limit = LIMIT >> 20;
            let problem =
                format!("standard input: more than {limit} MB\n  paste the part that matters");
            Err(fail(BAD_INPUT, &problem))
        }
        Ok(_) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// The check, as if it had been called.
#[derive(Parser, Debug)]
#[command(name = "corscope check")]
struct CheckOnly {
    #[command(flatten)]
    args: CheckArgs,
}

fn run_check(command: &command::CheckCommand, format: Format) -> ExitCode {
    // The command's name, then its arguments: `check` itself is this parser.
    let mut words = command.words.clone();
    words.remove(1);
    if format == Format::Markdown {
        words.extend(["--format".to_owned(), "markdown".to_owned()]);
    }
    match CheckOnly::try_parse_from(words) {
        Ok(only) => check::run(&only.args),
        Err(error) => fail(BAD_INPUT, error.to_string().trim_end()),
    }
}

/// What to say about a text that no browser prints.
fn unknown(text: &str) -> String {
    if text.is_empty() {
        return "nothing to explain\n  give a console message, or a rule's code; corscope rules \
                lists these"
            .to_owned();
    }
    let is_code = text.len() <= 64
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_code {
        let wanted = text.to_ascii_lowercase().replace('_', "-");
        let near = nearest(&wanted, all().map(|rule| rule.code), 3);
        let mend = match near.as_slice() {
            [] => "corscope rules lists all rules".to_owned(),
            codes => format!(
                "did you mean {}? corscope rules lists all",
                codes.join(", ")
            ),
        };
        return format!("{} is no rule's code\n  {mend}", quoted(text));
    }
    format!(
        "{} is no message that we know of any browser\n  it may be in a language or a form that is \
         new to us. With the URL that fails and the page's\n  origin, corscope can still find the \
         cause:\n    corscope check URL --from ORIGIN",
        quoted(text)
    )
}

/// What a check still needs.
fn missing(explained: &Explained) -> String {
    let mut wanted = Vec::new();
    match &explained.command {
        Some(command) => {
            if !command.has_url {
                wanted.push("--url URL");
            }
            if !command.has_origin {
                wanted.push("--from ORIGIN");
            }
            format!(
                "--check: the message does not tell everything\n  add {}",
                wanted.join(" and ")
            )
        }
        None => "--check: there is nothing that a server could be asked about this".to_owned(),
    }
}
