//! `corscope proxy`: intercepts, and explains what passes through.

use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::{Args, ValueEnum};
use corscope_capture::Store;
use corscope_capture::store::{BUDGET, Retention, StoreError};
use corscope_diagnose::render::TextOptions;
use corscope_fetch::Browser;
use corscope_wire::proxy::{Proxy, ProxyError};

use super::interception::{DEFAULT_LISTEN, InterceptionArgs};
use super::live::{Live, LiveFormat, LiveOptions, Tally};
use super::output::{self, ALLOWED, BAD_INPUT, BLOCKED, BrowserChoice, FAILED, fail};
use crate::session::export::export_har;
use crate::session::{Session, Traffic};

/// How long the end may wait for a slow disk.
const FLUSH_PATIENCE: Duration = Duration::from_secs(10);

/// Intercepts the traffic of any client, and explains each cross-origin request live
#[derive(Args, Debug)]
pub(super) struct ProxyArgs {
    #[command(flatten)]
    interception: InterceptionArgs,
    /// Whose rules to follow [default: those of the browser that sends]
    #[arg(long, value_enum)]
    browser: Option<BrowserChoice>,
    /// How to print
    #[arg(long, value_enum, default_value_t = LiveFormat::Text)]
    format: LiveFormat,
    /// Print exchanges that CORS has no say in, too
    #[arg(long)]
    all: bool,
    /// Exit with 1 if anything was blocked
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    /// Keep the capture in this file (SQLite); one that is there is continued
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Write a HAR with verdicts to this file at the end
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
    /// Keep cookies, tokens and passwords in the HAR
    #[arg(long, requires = "har")]
    secrets: bool,
    /// Keep nothing and judge nothing: only carry
    #[arg(long, conflicts_with_all = ["all", "fail_on", "browser", "save", "har"])]
    no_capture: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A request that CORS blocks
    Cors,
}

/// Runs until interrupted. Exit codes: 0 ended by the user, 1 something was blocked (with
/// --fail-on cors), 2 bad usage, 3 it cannot listen.
pub(super) fn run(args: &ProxyArgs) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(serve(args)),
        Err(error) => fail(FAILED, &format!("cannot start: {error}")),
    }
}

async fn serve(args: &ProxyArgs) -> ExitCode {
    let mut config = match args.interception.config(SocketAddr::from(DEFAULT_LISTEN)) {
        Ok(config) => config,
        Err(message) => return fail(BAD_INPUT, &message),
    };
    if args.no_capture {
        config.capture = None;
    }
    let browser = match args.browser.map(BrowserChoice::browsers).as_deref() {
        None => None,
        Some([browser]) => Some(*browser),
        Some(_) => {
            return fail(
                BAD_INPUT,
                "--browser all: live traffic is judged by one browser's rules; name one",
            );
        }
    };
    let tally = Arc::new(Tally::default());
    let options = LiveOptions {
        format: args.format,
        all: args.all,
        text: text_options(),
    };
    let live = Live::new(options, Arc::clone(&tally));
    let store = match open_store(args) {
        Ok(store) => store,
        Err(error) => return fail(FAILED, &format!("{error}\n  {}", error.mend())),
    };
    let mut traffic = Traffic::new(browser);
    if let Some(store) = &store {
        traffic = traffic.kept_in(Arc::clone(store));
    }
    let (session, thread) = match Session::start(traffic, Box::new(live)) {
        Ok(started) => started,
        Err(error) => return fail(FAILED, &format!("cannot start: {error}")),
    };
    let observer: Arc<Session> = Arc::clone(&session);
    let proxy = match Proxy::bind(config, observer).await {
        Ok(proxy) => proxy,
        Err(error) => return fail(exit_code(&error), &in_words(&error)),
    };
    if args.format == LiveFormat::Text {
        let _ = output::print(&welcome(args, proxy.local_addr()));
    } else {
        let ready = serde_json::json!({ "proxy": proxy.local_addr().to_string() });
        let _ = output::print(&format!("{ready}\n"));
    }
    proxy.run(interrupted(Arc::clone(&tally))).await;
    session.end();
    let Ok(mut traffic) = thread.join() else {
        return fail(FAILED, "the session's thread broke; please report it");
    };
    let mut live = Live::new(options, Arc::clone(&tally));
    for finding in traffic.finish() {
        live.finding(&finding);
    }
    farewell(args, &session, &tally);
    if let Some(message) = store.and_then(|store| write_out(args, &store, browser)) {
        return fail(FAILED, &message);
    }
    let is_blocked = tally.blocked.load(Ordering::Relaxed) > 0;
    let code = if args.fail_on.is_some() && is_blocked {
        BLOCKED
    } else {
        ALLOWED
    };
    ExitCode::from(code)
}

/// The store, where something is to be kept.
fn open_store(args: &ProxyArgs) -> Result<Option<Arc<Store>>, StoreError> {
    Ok(match &args.save {
        Some(path) => Some(Arc::new(Store::saving(path, BUDGET, Retention::default())?)),
        None if args.har.is_some() => Some(Arc::new(Store::in_memory(BUDGET))),
        None => None,
    })
}

/// Writes what was kept to its files; the answer is what went wrong.
fn write_out(args: &ProxyArgs, store: &Store, browser: Option<Browser>) -> Option<String> {
    if let Some(path) = &args.save
        && !store.flush(FLUSH_PATIENCE)
    {
        return Some(format!("{}: not all could be saved", path.display()));
    }
    let path = args.har.as_ref()?;
    let written = File::create(path)
        .and_then(|file| export_har(store, BufWriter::new(file), browser, args.secrets));
    match written {
        Ok(count) => {
            let secrets = if args.secrets { "with" } else { "without" };
            let text = format!("{}: {count} exchanges, {secrets} secrets\n", path.display());
            let _ = output::print_aside(&text);
            None
        }
        Err(error) => Some(format!("{}: {error}", path.display())),
    }
}

fn text_options() -> TextOptions {
    output::text_options(false, false)
}

/// Ready once the user wants an end, or nobody reads what we print.
async fn interrupted(tally: Arc<Tally>) {
    let closed = async {
        while !tally.closed.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    tokio::select! {
        _ = output::ended_by_user() => {}
        () = closed => {}
    }
}

fn exit_code(error: &ProxyError) -> u8 {
    match error {
        ProxyError::OpenToAll { .. } | ProxyError::Certificates(_) => BAD_INPUT,
        ProxyError::Listen { .. } | ProxyError::Authority { .. } => FAILED,
    }
}

fn in_words(error: &ProxyError) -> String {
    let mend = match error {
        ProxyError::Listen { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse => {
            "; take another with --listen 127.0.0.1:0 (0: any free one)"
        }
        ProxyError::OpenToAll { .. } => ": add --proxy-auth USER:PASSWORD",
        _ => "",
    };
    format!("{error}{mend}")
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
    text.push_str("\n  Ctrl-C ends it.\n\n");
    if !address.ip().is_loopback() {
        text.push_str(
            "  WARNING: other machines can reach this proxy; it asks them for the password.\n\n",
        );
    }
    text
}

fn farewell(args: &ProxyArgs, session: &Session, tally: &Tally) {
    let missed = session.missed();
    if args.format != LiveFormat::Text {
        return;
    }
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let mut text = format!(
        "\n{} allowed, {} blocked, {} otherwise; {} exchanges that CORS has no say in.\n",
        count(&tally.allowed),
        count(&tally.blocked),
        count(&tally.others),
        count(&tally.aside),
    );
    if missed > 0 {
        text.push_str(&format!(
            "{missed} exchanges came too fast to be judged and are missing above.\n"
        ));
    }
    let _ = output::print(&text);
}
