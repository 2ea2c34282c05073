//! The web page beside a running command.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::Args;
use tokio::sync::mpsc;

use super::opened_link::OpenedLink;
use super::output::{self, FAILED, fail};
use crate::debugger::Debugger;
use crate::server::{LaunchLinks, WebServer};

/// Whether to serve the page, where, and to whom.
#[derive(Args, Debug)]
pub(super) struct UiArgs {
    /// Do not serve the web page
    #[arg(long, help_heading = "Web page")]
    no_ui: bool,
    /// Port of the web page; 0 takes any free one
    #[arg(
        long,
        value_name = "N",
        conflicts_with = "no_ui",
        help_heading = "Web page"
    )]
    ui_port: Option<u16>,
    /// Open the web page in the browser
    #[arg(long, conflicts_with = "no_ui", help_heading = "Web page")]
    open_ui: bool,
}

/// The page while it is served.
pub(super) struct Served {
    /// For whoever asks for another link.
    pub(super) links: LaunchLinks,
    /// Removed with this.
    _opened: Option<OpenedLink>,
}

impl UiArgs {
    /// Whether the page is served. Machines ask for it by its port.
    pub(super) const fn is_wanted(&self, for_people: bool) -> bool {
        !self.no_ui && (for_people || self.ui_port.is_some() || self.open_ui)
    }

    /// Serves the page until the program ends, and prints the link to it.
    ///
    /// # Errors
    /// The exit code, with the reason told already.
    pub(super) async fn start(
        &self,
        debugger: &Arc<Debugger>,
        for_people: bool,
    ) -> Result<Served, ExitCode> {
        let port = self.ui_port.unwrap_or(0);
        let server = match WebServer::bind(port, Arc::clone(debugger)).await {
            Ok(server) => server,
            Err(error) => return Err(fail(FAILED, &error.to_string())),
        };
        let links = server.links();
        let link = match links.issue() {
            Ok(link) => link,
            Err(error) => return Err(fail(FAILED, &format!("no random numbers: {error}"))),
        };
        let text = match for_people {
            true => format!(
                "  The same as a web page (the link lets one browser in, once):\n  {link}\n\n"
            ),
            false => format!("{}\n", serde_json::json!({ "ui": link })),
        };
        let _ = output::print(&text); // a reader that has gone ends the run
        tokio::spawn(async move { server.run().await });
        let _opened = self.open_ui.then(|| OpenedLink::open(&link)).flatten();
        Ok(Served { links, _opened })
    }
}

/// Presses of Enter, where there is a terminal.
pub(super) fn enter_presses() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel(1);
    if io::stdin().is_terminal() {
        thread::spawn(move || {
            for line in io::stdin().lock().lines() {
                if line.is_err() || sender.blocking_send(()).is_err() {
                    break;
                }
            }
        });
    }
    receiver
}
