//! `corscope open`: a browser of its own, through the proxy.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use corscope_wire::proxy::{Authority, Observer, Proxy, ProxyConfig};
use tokio::sync::oneshot;

use super::capture::{CaptureArgs, Running, interrupted, refuse, warnings};
use super::end_signal::EndSignal;
use super::interception::InterceptionArgs;
use super::live::LiveFormat;
use super::output::{self, ALLOWED, BAD_INPUT, FAILED, fail};
use super::serving::serving;
use crate::browser::{self, FirefoxTrust, LaunchOptions, Launched};
use crate::input;

/// Opens a browser through the intercepting proxy, and explains each cross-origin request live
#[derive(Args, Debug)]
pub(super) struct OpenArgs {
    /// The page to open
    #[arg(value_name = "URL", default_value = "about:blank")]
    url: String,
    /// The browser: chromium, chrome, edge, brave, firefox, or a path [default: the first found]
    #[arg(long, value_name = "NAME|PATH")]
    browser: Option<String>,
    /// Without a window
    #[arg(long)]
    headless: bool,
    /// Let the browser apply Local Network Access as without the proxy; loopback is then not proxied
    #[arg(long)]
    lna_faithful: bool,
    /// Without NSS's certutil, let Firefox accept every certificate of the proxy
    #[arg(long)]
    firefox_accept_any: bool,
    #[command(flatten)]
    interception: InterceptionArgs,
    #[command(flatten)]
    capture: CaptureArgs,
    /// Further arguments for the browser
    #[arg(last = true, value_name = "ARGUMENT")]
    browser_args: Vec<std::ffi::OsString>,
}

/// Runs until the browser is closed or the user ends it. Exit codes: 0, 1 something was blocked (with
/// --fail-on cors), 2 bad usage or no such browser, 3 it cannot be started.
pub(super) fn run(args: &OpenArgs) -> ExitCode {
    serving(serve(args))
}

async fn serve(args: &OpenArgs) -> ExitCode {
    let found = match browser::find(args.browser.as_deref()) {
        Ok(found) => found,
        Err(error) => return fail(BAD_INPUT, &error.to_string()),
    };
    let url = match args.url.as_str() {
        "about:blank" => Ok(args.url.clone()),
        url => input::url::target("URL", url),
    };
    let url = match url {
        Ok(url) => url,
        Err(error) => return fail(BAD_INPUT, &error.to_string()),
    };
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = match args.interception.config(any_port) {
        Ok(config) => config,
        Err(message) => return fail(BAD_INPUT, &message),
    };
    let warnings = warnings(&config);
    let mut options = LaunchOptions {
        headless: args.headless,
        lna_faithful: args.lna_faithful,
        extra_args: args.browser_args.clone(),
        firefox_trust: if args.firefox_accept_any {
            FirefoxTrust::AcceptAny
        } else {
            FirefoxTrust::Certutil
        },
        guarded_by: std::env::current_exe().ok(),
        ..LaunchOptions::new(found, url)
    };
    if let Err(message) = trust(&config, &mut options) {
        return fail(FAILED, &message);
    }
    let mut signal = EndSignal::listen();
    let running = match args.capture.start(&config, true) {
        Ok(running) => running,
        Err(code) => return code,
    };
    let authority = config.authority.clone();
    let observer: Arc<dyn Observer> = running.session.clone();
    let proxy = match Proxy::bind(config, observer).await {
        Ok(proxy) => proxy,
        Err(error) => return refuse(&error),
    };
    let address = proxy.local_addr();
    options.proxy_addr = Some(address);
    let (end, ended) = oneshot::channel::<()>();
    let carrying = tokio::spawn(proxy.run(async {
        let _ = ended.await; // the sender going away is an end, too
    }));
    let launched = tokio::select! {
        launched = browser::launch(options) => launched,
        () = signal.comes() => return ExitCode::from(ALLOWED), // what was begun ends with its owner
    };
    let launched = match launched {
        Ok(launched) => launched,
        Err(error) => return fail(FAILED, &error.to_string()),
    };
    let text = match args.capture.format {
        LiveFormat::Text => {
            let start = "  Close the browser or press Ctrl-C to end; its profile, with what was \
                         downloaded, is deleted\n  then. Type `fix NUMBER` to make a failing \
                         request pass, `help` for all that can be typed.\n\n";
            format!("corscope open: {}\n\n{start}{warnings}", args.url)
        }
        LiveFormat::Jsonl => {
            let ready = serde_json::json!({
                "proxy": address.to_string(),
                "browser_pid": launched.pid(),
            });
            format!("{ready}\n")
        }
    };
    let _ = output::print(&text); // a reader that has gone ends the run below
    if let Err(code) = running.serve_page(Some((address, authority))).await {
        let _ = launched.close().await; // the reason above matters more
        return code;
    }
    let left_behind = accompany(launched, &running, signal).await;
    running.close_page().await;
    let _ = end.send(()); // the proxy may have ended
    let _ = carrying.await;
    let code = running.finish();
    if let Some(message) = left_behind {
        return fail(FAILED, &message);
    }
    ExitCode::from(code)
}

/// Makes the browser trust the proxy's authority.
fn trust(config: &ProxyConfig, options: &mut LaunchOptions) -> Result<(), String> {
    let Some(authority) = &config.authority else {
        return Ok(());
    };
    let opened = Authority::open(authority).map_err(|error| error.to_string())?;
    options.ca_spki_sha256 = Some(opened.spki_sha256().to_owned());
    options.ca_cert_pem = Some(Authority::certificate_path(authority));
    Ok(())
}

/// Listens to the browser until it ends or the user wants an end. The answer is what could not be
/// cleaned up.
async fn accompany(
    mut launched: Launched,
    running: &Running<'_>,
    signal: EndSignal,
) -> Option<String> {
    let mut wanted_end = std::pin::pin!(interrupted(signal, Arc::clone(&running.tally)));
    loop {
        tokio::select! {
            event = launched.next_event() => match event {
                Some(event) => running.session.browser_said(event),
                None => break,
            },
            () = &mut wanted_end => break,
        }
    }
    let closed = launched.close().await;
    closed.err().map(|error| error.to_string())
}
