//! `corscope test`: whether servers keep to their contracts.

mod add;
mod print;
mod read;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

use clap::{Args, ValueEnum};
use corscope_diagnose::contract::{Case, ExpectedOutcome, FilledHeaders};
use corscope_wire::client::{Client, ProxyUrl};
use futures_util::{StreamExt as _, stream};
use url::Url;

use super::check::network::NetworkArgs;
use super::check::waiting;
use super::output::{ALLOWED, BAD_INPUT, BLOCKED, FAILED, fail};
use super::serving::here;
use crate::contract::{CaseRun, Counts, Settings, run_case};
use crate::input::Given;

/// Tests contracts: which requests a server must let pages make, and which it must not
#[derive(Args, Debug)]
#[command(after_help = "A contract is a TOML file:\n\n  \
                  version = 1\n\n  \
                  [[case]]\n  \
                  name = \"the app may read items\"\n  \
                  page.origin = \"https://app.example.com\"\n  \
                  request.url = \"https://api.example.com/items\"\n  \
                  expect = \"allowed\"\n\n\
                  Exit codes: 0 all kept, 1 a contract is broken, 2 bad usage or input, 3 a server \
                  was not reached, so that nothing is known.")]
pub(super) struct TestArgs {
    /// Contracts
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Ask the server of this origin instead, such as staging
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    base: Option<Url>,
    /// Test only cases whose names contain this; may be given again
    #[arg(long = "case", value_name = "TEXT")]
    cases: Vec<String>,
    /// Really send requests with unsafe methods, as `send = true` in a case does
    #[arg(long)]
    send: bool,
    /// Send nothing that the browser would not send
    #[arg(long)]
    no_probes: bool,
    /// How many cases are asked at a time
    #[arg(short, long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    #[command(flatten)]
    network: NetworkArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write that to this file, and the text to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Add a case made of this scenario (JSON or TOML) to FILE, instead of testing
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["base", "cases", "no_probes", "output", "format"])]
    add: Option<PathBuf>,
    /// What the added case expects [default: what the scenario comes to]
    #[arg(long, value_enum, value_name = "OUTCOME", requires = "add")]
    expect: Option<OutcomeChoice>,
    /// Keep the scenario's answers in the added case, which is then judged by them
    #[arg(long, requires = "add")]
    keep_answers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// One document with every verdict
    Json,
    /// For test reports
    Junit,
    /// For code scanning services
    Sarif,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutcomeChoice {
    Allowed,
    Blocked,
    Opaque,
    PreflightAllowed,
}

impl From<OutcomeChoice> for ExpectedOutcome {
    fn from(choice: OutcomeChoice) -> Self {
        match choice {
            OutcomeChoice::Allowed => Self::Allowed,
            OutcomeChoice::Blocked => Self::Blocked,
            OutcomeChoice::Opaque => Self::Opaque,
            OutcomeChoice::PreflightAllowed => Self::PreflightAllowed,
        }
    }
}

fn origin(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none() =>
        {
            Ok(url)
        }
        _ => Err(
            "write an origin such as https://staging.example.com; the paths stay the contract's"
                .to_owned(),
        ),
    }
}

/// A case that is to be run.
struct Ready {
    file: String,
    case: Case,
    filled: FilledHeaders,
}

/// Exit codes: 0 all kept, 1 a contract is broken, 2 bad input, 3 a server was not reached.
pub(super) fn run(args: &TestArgs) -> ExitCode {
    if let Some(scenario) = &args.add {
        return add::add(args, scenario);
    }
    let ready = match read::cases(args) {
        Ok(ready) => ready,
        Err(problem) => return problem,
    };
    let runs = match here(waiting::with_spinner(run_all(args, &ready))) {
        Ok(Ok(runs)) => runs,
        Ok(Err(message)) => return fail(BAD_INPUT, &message),
        Err(code) => return code,
    };
    if let Err(error) = print::print(args, &runs) {
        return fail(FAILED, &error);
    }
    let counts = Counts::of(&runs);
    ExitCode::from(match counts {
        Counts { errors: 1.., .. } => FAILED,
        Counts { broken: 1.., .. } => BLOCKED,
        Counts { .. } => ALLOWED,
    })
}

/// Runs the cases, some at a time; what they came to stands in their order.
async fn run_all(args: &TestArgs, ready: &[Ready]) -> Result<Vec<CaseRun>, String> {
    let mut clients: Vec<(Option<ProxyUrl>, Rc<Client>)> = Vec::new();
    let mut asking = Vec::with_capacity(ready.len());
    for one in ready {
        let url = &one.case.scenario.request.url;
        let config = args.network.config(url, &Given::default());
        let config = config.map_err(|error| error.to_string())?;
        // Cases that go the same way share connections.
        let known = clients.iter().find(|(proxy, _)| *proxy == config.proxy);
        let client = match known {
            Some((_, client)) => Rc::clone(client),
            None => {
                let proxy = config.proxy.clone();
                let client = Client::new(config).map_err(|error| error.to_string())?;
                let client = Rc::new(client);
                clients.push((proxy, Rc::clone(&client)));
                client
            }
        };
        asking.push((one, client));
    }
    let runs = stream::iter(asking)
        .map(|(one, client)| async move {
            let settings = Settings {
                send: args.send,
                probes: !args.no_probes,
                deadline: args.network.deadline(),
            };
            run_case(&one.file, &one.case, one.filled.clone(), &client, &settings).await
        })
        .buffered(usize::from(args.jobs))
        .collect::<Vec<_>>()
        .await;
    runs.into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| error.to_string())
}

/// What is told of a file that cannot be read.
fn reading(file: &std::path::Path, error: &io::Error) -> ExitCode {
    let code = match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory => BAD_INPUT,
        _ => FAILED,
    };
    fail(code, &format!("{}: {error}", file.display()))
}
