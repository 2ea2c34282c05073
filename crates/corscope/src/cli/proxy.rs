//! `corscope proxy`: intercepts, and explains what passes through.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use corscope_wire::proxy::{Observer, Proxy};

use super::capture::{CaptureArgs, interrupted, refuse, warnings};
use super::end_signal::EndSignal;
use super::interception::{DEFAULT_LISTEN, InterceptionArgs};
use super::live::LiveFormat;
use super::output::{self, BAD_INPUT, fail};
use super::serving::serving;

/// Intercepts the traffic of any client, and explains each cross-origin request live
#[derive(Args, Debug)]
pub(super) struct ProxyArgs {
    #[command(flatten)]
    interception: InterceptionArgs,
    #[command(flatten)]
    capture: CaptureArgs,
    /// Keep nothing and judge nothing: only carry
    #[arg(long, help_heading = "Capture", conflicts_with_all = ["all", "filter", "fail_on", "rules_of", "save", "har"])]
    no_capture: bool,
}

/// Runs until interrupted. Exit codes: 0 ended by the user, 1 something was blocked (with
/// --fail-on cors), 2 bad usage, 3 it cannot listen.
pub(super) fn run(args: &ProxyArgs) -> ExitCode {
    serving(serve(args))
}

async fn serve(args: &ProxyArgs) -> ExitCode {
    let mut config = match args.interception.config(SocketAddr::from(DEFAULT_LISTEN)) {
        Ok(config) => config,
        Err(message) => return fail(BAD_INPUT, &message),
    };
    if args.no_capture {
        config.capture = None;
    }
    let warnings = warnings(&config);
    let end = EndSignal::listen();
    let running = match args.capture.start(&config, false) {
        Ok(running) => running,
        Err(code) => return code,
    };
    let authority = config.authority.clone();
    let observer: Arc<dyn Observer> = running.session.clone();
    let proxy = match Proxy::bind(config, observer).await {
        Ok(proxy) => proxy,
        Err(error) => return refuse(&error),
    };
    let text = match args.capture.format {
        LiveFormat::Text => welcome(args, proxy.local_addr()) + &warnings,
        LiveFormat::Jsonl => {
            let ready = serde_json::json!({ "proxy": proxy.local_addr().to_string() });
            format!("{ready}\n")
        }
    };
    let _ = output::print(&text); // a reader that has gone ends the run below
    if let Err(code) = running
        .serve_page(Some((proxy.local_addr(), authority)))
        .await
    {
        return code;
    }
    proxy
        .run(interrupted(end, Arc::clone(&running.tally)))
        .await;
    running.close_page().await;
    ExitCode::from(running.finish())
}

fn welcome(args: &ProxyArgs, address: SocketAddr) -> String {
    let mut text = format!(
        "corscope proxy: listening on {address}\n\n  \
         Set it as the HTTP and HTTPS proxy of your browser or program, for localhost, too.\n"
    );
    if args.interception.intercepts() {
        text.push_str(
            "  To see inside HTTPS, the client must trust this authority:\n    \
             http://corscope.invalid/ through the proxy, or `corscope ca export`.\n  \
             `corscope open URL` does all that for a browser of its own.\n",
        );
    }
    text.push_str(
        "\n  Ctrl-C ends it. Type `fix NUMBER` to make a failing request pass, `help` for all that \
         can be\n  typed.\n\n",
    );
    text
}
