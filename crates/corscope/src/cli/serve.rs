//! `corscope serve`: the web UI.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread;

use clap::Args;

use super::output::{self, ALLOWED, FAILED, fail};
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(serve(args)),
        Err(error) => fail(FAILED, &format!("cannot start: {error}")),
    }
}

async fn serve(args: &ServeArgs) -> ExitCode {
    let debugger = match Debugger::idle() {
        Ok(debugger) => Arc::new(debugger),
        Err(error) => return fail(FAILED, &error),
    };
    let server = match WebServer::bind(args.port, Arc::clone(&debugger)).await {
        Ok(server) => server,
        Err(error) => return fail(FAILED, &error.to_string()),
    };
    let link = match server.launch_url() {
        Ok(link) => link,
        Err(error) => return fail(FAILED, &format!("no random numbers: {error}")),
    };
    let _ = output::print(&welcome(&link));
    let mut opened = None;
    if args.open {
        match open(&link) {
            Ok(file) => opened = Some(file),
            Err(error) => {
                let _ = fail(FAILED, &format!("cannot open a browser: {error}"));
            }
        }
    }
    let mut entered = enter_presses();
    let code = loop {
        tokio::select! {
            () = server.run() => break ExitCode::from(FAILED),
            ended = tokio::signal::ctrl_c() => break match ended {
                Ok(()) => ExitCode::from(ALLOWED),
                Err(error) => fail(FAILED, &format!("cannot wait for Ctrl-C: {error}")),
            },
            Some(()) = entered.recv() => if let Ok(link) = server.launch_url() {
                let _ = output::print(&format!("  {link}\n"));
            },
        }
    };
    debugger.end().await;
    if let Some(file) = opened {
        let _ = fs::remove_file(file); // its link is used up
    }
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

/// Presses of Enter, where there is a terminal.
fn enter_presses() -> tokio::sync::mpsc::Receiver<()> {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
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

/// Opens the page by a file that only this user can read: everybody sees a command line.
fn open(link: &str) -> io::Result<PathBuf> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let name = format!("corscope-{:016x}.html", u64::from_le_bytes(bytes));
    let file = std::env::temp_dir().join(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let page = format!("<!doctype html><meta http-equiv=\"refresh\" content=\"0; url={link}\">\n");
    options.open(&file)?.write_all(page.as_bytes())?;
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    Command::new(opener)
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(file)
}
