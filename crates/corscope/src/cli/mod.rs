//! The command line: one file a command.

mod ca;
mod capture;
pub(crate) mod check;
mod demo;
mod end_signal;
pub(crate) mod explain;
mod filter;
mod gateway;
mod guard_browser;
mod har;
mod held;
mod interception;
mod live;
mod nearest;
mod open;
mod open_files;
mod opened_link;
mod output;
mod policy;
mod proxy;
pub(crate) mod recipe;
mod repeats;
mod rules;
mod serve;
mod serving;
pub(crate) mod shell;
mod simulate;
mod simulate_text;
mod steering;
mod test;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Debugs CORS errors: what the browser does, which rule of the Fetch standard stops it, and why
#[derive(Parser, Debug)]
#[command(
    name = "corscope",
    version,
    max_term_width = 80,
    after_help = "Exit codes: 0 allowed, 1 blocked, 2 bad usage or input, 3 corscope could not do \
                  its work."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Check(Box<check::CheckArgs>),
    Simulate(simulate::SimulateArgs),
    Explain(explain::ExplainArgs),
    Rules(rules::RulesArgs),
    Recipe(Box<recipe::RecipeArgs>),
    Policy(policy::PolicyArgs),
    Har(har::HarArgs),
    Test(Box<test::TestArgs>),
    Open(Box<open::OpenArgs>),
    Proxy(Box<proxy::ProxyArgs>),
    Gateway(Box<gateway::GatewayArgs>),
    Ca(ca::CaArgs),
    Demo(demo::DemoArgs),
    Serve(serve::ServeArgs),
    #[command(name = crate::browser::guard::COMMAND, hide = true)]
    GuardBrowser(guard_browser::GuardBrowserArgs),
}

/// Runs the program.
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Check(args) => check::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Recipe(args) => recipe::run(&args),
        Command::Policy(args) => policy::run(&args),
        Command::Har(args) => har::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Open(args) => open::run(&args),
        Command::Proxy(args) => proxy::run(&args),
        Command::Gateway(args) => gateway::run(&args),
        Command::Ca(args) => ca::run(&args),
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(&args),
        Command::GuardBrowser(args) => guard_browser::run(&args),
    }
}
