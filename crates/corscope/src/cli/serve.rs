//! `corscope serve`: the web UI.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::end_signal::EndSignal;
use super::opened_link::OpenedLink;
use super::output::{self, ALLOWED, FAILED, fail};
use super::serving::here;
use super::ui::enter_presses;
use crate::debugger::Debugger;
use crate::server::WebServer;

/// Serves the web UI on this machine: the wizard, explanations, rules and recipes
#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    /// Port to listen on; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 8390)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Runs until interrupted. Exit codes: 0 ended by the user, 3 it cannot listen.
pub(super) fn run(args: &ServeArgs) -> ExitCode {
    here(serve(args)).unwrap_or_else(|code| code)
}

async fn serve(args: &ServeArgs) -> ExitCode {
    let debugger = match Debugger::idle() {
        Ok(debugger) => Arc::new(debugger),
        Err(error) => return fail(FAILED, &error),
    };
    let mut end = EndSignal::listen();
    let server = match WebServer::bind(args.port, Arc::clone(&debugger)).await {
        Ok(server) => server,
        Err(error) => return fail(FAILED, &error.to_string()),
    };
    let links = server.links();
    let link = match links.issue() {
        Ok(link) => link,
        Err(error) => return fail(FAILED, &format!("no random numbers: {error}")),
    };
    let _ = output::print(&welcome(&link));
    let mut opened = None;
    if args.open {
        opened = OpenedLink::open(&link);
    }
    let mut entered = enter_presses();
    let code = loop {
        tokio::select! {
            () = server.run() => break ExitCode::from(FAILED),
            () = end.comes() => break ExitCode::from(ALLOWED),
            Some(()) = entered.recv() => if let Ok(link) = links.issue() {
                let _ = output::print(&format!("  {link}\n"));
            },
        }
    };
    debugger.end().await;
    drop(opened);
    code
}

fn welcome(link: &str) -> String {
    let page = match WebServer::has_page() {
        true => "",
        false => "\nThe page is not built in: run make ui, then build again.\n",
    };
    format!(
        "corscope is at\n\n  {link}\n\nThe link lets one browser in, once. Enter prints another, \
         Ctrl-C ends it.\n{page}"
    )
}
