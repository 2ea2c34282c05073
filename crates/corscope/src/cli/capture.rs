//! What all commands that observe live traffic share: options, the session, what is left at the end.

use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

use clap::{Args, ValueEnum};
use corscope_capture::store::{BUDGET, Retention};
use corscope_capture::{Query, Store};
use corscope_fetch::Browser;
use corscope_wire::proxy::{AuthorityConfig, ProxyConfig, ProxyError};

use super::end_signal::EndSignal;
use super::filter;
use super::held::announce;
use super::live::{Live, LiveFormat, LiveOptions, Tally};
use super::open_files::allow_many_connections;
use super::output::{self, ALLOWED, BAD_INPUT, BLOCKED, BrowserChoice, FAILED, fail};
use super::steering::obey_terminal;
use super::ui::{Served, UiArgs};
use crate::debugger::{Captured, Debugger};
use crate::session::export::export_har;
use crate::session::{Listener, Session, Steering, Traffic};

/// How long the end may wait for a slow disk.
const FLUSH_PATIENCE: Duration = Duration::from_secs(10);

/// What to print and to keep.
#[derive(Args, Debug)]
pub(super) struct CaptureArgs {
    /// Whose rules to follow [default: those of the browser that sends]
    #[arg(long, value_enum, help_heading = "Capture")]
    rules_of: Option<BrowserChoice>,
    /// How to print
    #[arg(long, value_enum, default_value_t = LiveFormat::Text, help_heading = "Capture")]
    pub(super) format: LiveFormat,
    /// Print exchanges that CORS has no say in, too
    #[arg(long, help_heading = "Capture")]
    all: bool,
    /// Look only at what this filter lets pass, such as 'cors:fail host:api'
    #[arg(long, value_name = "FILTER", value_parser = filter::parse, help_heading = "Capture")]
    filter: Option<Query>,
    /// Exit with 1 if anything was blocked
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Capture")]
    fail_on: Option<FailOn>,
    /// Keep the capture in this file (SQLite); one that is there is continued
    #[arg(long, value_name = "FILE", help_heading = "Capture")]
    save: Option<PathBuf>,
    /// Write a HAR with verdicts to this file at the end
    #[arg(long, value_name = "FILE", help_heading = "Capture")]
    har: Option<PathBuf>,
    /// Keep cookies, tokens and passwords in the HAR and in printed documents
    #[arg(long, help_heading = "Capture")]
    secrets: bool,
    /// Rewrites and breakpoints of a rules file (TOML)
    #[arg(long, value_name = "FILE", help_heading = "Rewrites")]
    rules: Option<PathBuf>,
    /// Make every preflight visible: their answers are not kept by the browser (Max-Age 0)
    #[arg(long, help_heading = "Rewrites")]
    every_preflight: bool,
    /// Make whatever fails pass as soon as it has failed, where changed answers can
    #[arg(long, help_heading = "Rewrites")]
    fix: bool,
    /// The server's stack, such as nginx, for which `fix` prints the mending configuration [default:
    /// the one that its answers betray]
    #[arg(long, value_name = "NAME", help_heading = "Rewrites")]
    stack: Option<String>,
    #[command(flatten)]
    ui: UiArgs,
    /// Where the browser's verdict is another one than ours, write a file to this directory
    #[arg(long, value_name = "DIR", help_heading = "Capture")]
    bundles: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A request that CORS blocks
    Cors,
}

/// A capture under way.
pub(super) struct Running<'a> {
    args: &'a CaptureArgs,
    /// The proxy's end of it.
    pub(super) session: Arc<Session>,
    /// What was found so far.
    pub(super) tally: Arc<Tally>,
    browser: Option<Browser>,
    store: Option<Arc<Store>>,
    options: LiveOptions,
    thread: JoinHandle<Traffic>,
    /// The file of `--har`, opened at the start: at the end it would be too late to say that it cannot
    /// be written.
    har: Option<File>,
    /// What the web page shows and steers, if it is served.
    debugger: Option<Arc<Debugger>>,
    page: Arc<OnceLock<Served>>,
}

impl CaptureArgs {
    /// Starts to look at what a proxy will see.
    ///
    /// # Errors
    /// The exit code, with the reason told already.
    ///
    /// `is_accompanied`: by a browser that tells its verdicts.
    pub(super) fn start(
        &self,
        config: &ProxyConfig,
        is_accompanied: bool,
    ) -> Result<Running<'_>, ExitCode> {
        let browser = match self.rules_of.map(BrowserChoice::browsers).as_deref() {
            None => None,
            Some([browser]) => Some(*browser),
            Some(_) => {
                let message = "--rules-of all: live traffic is judged by one browser's rules";
                return Err(fail(BAD_INPUT, message));
            }
        };
        allow_many_connections();
        let stack = self.stack.as_deref().map(super::recipe::known).transpose();
        let stack = stack.map_err(|problem| fail(BAD_INPUT, &format!("--stack: {problem}")))?;
        let har = self.open_har()?;
        let has_ui = self.ui.is_wanted(self.is_for_people()) && config.capture.is_some();
        let store = match &self.save {
            Some(path) => match Store::saving(path, BUDGET, Retention::default()) {
                Ok(store) => Some(Arc::new(store)),
                Err(error) => {
                    return Err(fail(FAILED, &format!("{error}\n  {}", error.mend())));
                }
            },
            None if self.har.is_some() || has_ui => Some(Arc::new(Store::in_memory(BUDGET))),
            None => None,
        };
        if let Some(directory) = &self.bundles
            && let Err(error) = std::fs::create_dir_all(directory)
        {
            let message = format!("--bundles {}: {error}", directory.display());
            return Err(fail(FAILED, &message));
        }
        let rules = self.rules.as_deref();
        let stages = Arc::clone(&config.stages);
        let steering = Steering::new(Arc::clone(&stages), rules)
            .map_err(|message| fail(BAD_INPUT, &message))?;
        if self.every_preflight {
            steering.rewrites().set_show_every_preflight(true);
        }
        let steering = Arc::new(steering);
        let tally = Arc::new(Tally::default());
        let options = LiveOptions {
            format: self.format,
            all: self.all,
            secrets: self.secrets,
            text: output::text_options(false, false),
        };
        let mut live = Live::new(options, Arc::clone(&tally), self.bundles.clone())
            .filtered_by(self.filter.clone());
        live.steered_by(Arc::clone(&steering), self.fix, stack);
        let debugger = has_ui.then(|| {
            let own = Arc::clone(&config.own);
            Arc::new(Debugger::new(Arc::clone(&steering), stages, own))
        });
        let mut listeners: Vec<Box<dyn Listener>> = vec![Box::new(live)];
        if let Some(debugger) = &debugger {
            let live = debugger.live(store.clone(), browser);
            listeners.push(Box::new(Captured::new(live)));
        }
        let mut traffic = Traffic::new(browser).numbered_by(config.numbers.clone());
        if let Some(store) = &store {
            traffic = traffic.kept_in(Arc::clone(store));
        }
        if is_accompanied {
            traffic = traffic.accompanied();
        }
        let (session, thread) = Session::start(traffic, Box::new(listeners))
            .map_err(|error| fail(FAILED, &format!("cannot start: {error}")))?;
        let page = Arc::default();
        if self.format == LiveFormat::Text {
            let tally = Arc::clone(&tally);
            tokio::spawn(announce(Arc::clone(steering.rewrites().holds())));
            obey_terminal(steering, Arc::clone(&page), stack, move || {
                tally.closed.store(true, Ordering::Relaxed)
            });
        }
        Ok(Running {
            args: self,
            session,
            tally,
            browser,
            store,
            options,
            thread,
            har,
            debugger,
            page,
        })
    }

    /// Opens the file of `--har` and leaves what is in it: another run's capture is only replaced by a
    /// whole new one.
    fn open_har(&self) -> Result<Option<File>, ExitCode> {
        let Some(path) = &self.har else {
            return Ok(None);
        };
        let opened = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path);
        opened
            .map(Some)
            .map_err(|error| fail(FAILED, &format!("--har {}: {error}", path.display())))
    }

    /// Whether a person reads what is printed.
    fn is_for_people(&self) -> bool {
        self.format == LiveFormat::Text
    }
}

impl Running<'_> {
    /// Serves the web page, if it is wanted. `proxy` is where browsers can be sent through, with the
    /// authority that they have to trust.
    ///
    /// # Errors
    /// The exit code, with the reason told already.
    pub(super) async fn serve_page(
        &self,
        proxy: Option<(SocketAddr, Option<AuthorityConfig>)>,
    ) -> Result<(), ExitCode> {
        let Some(debugger) = &self.debugger else {
            return Ok(());
        };
        debugger.live(None, None).comes_from(&self.session);
        if let Some((address, authority)) = proxy {
            let session = Arc::clone(&self.session);
            debugger.uses_proxy(address, authority, session).await;
        }
        let ui = &self.args.ui;
        let served = ui.start(debugger, self.args.is_for_people()).await?;
        let _ = self.page.set(served); // it is served once
        Ok(())
    }

    /// Closes what the web page opened.
    pub(super) async fn close_page(&self) {
        if let Some(debugger) = &self.debugger {
            debugger.end().await;
        }
    }

    /// Ends the capture: what is open is told, files are written. Gives the exit code.
    pub(super) fn finish(self) -> u8 {
        let Self {
            args,
            session,
            tally,
            browser,
            store,
            options,
            thread,
            har,
            debugger: _,
            page: _,
        } = self;
        session.end();
        let Ok(mut traffic) = thread.join() else {
            fail(FAILED, "the session's thread broke; please report it");
            return FAILED;
        };
        let mut live = Live::new(options, Arc::clone(&tally), args.bundles.clone())
            .filtered_by(args.filter.clone());
        for finding in traffic.finish() {
            live.finding(&finding);
        }
        drop(live); // what it has not printed yet comes before the farewell
        if args.format == LiveFormat::Text {
            let _ = output::print(&farewell(&session, &tally));
        }
        if let Some(message) = store.and_then(|store| write_out(args, har, &store, browser)) {
            fail(FAILED, &message);
            return FAILED;
        }
        let is_blocked = tally.blocked.load(Ordering::Relaxed) > 0;
        if args.fail_on.is_some() && is_blocked {
            BLOCKED
        } else {
            ALLOWED
        }
    }
}

/// Writes what was kept to its files; the answer is what went wrong.
fn write_out(
    args: &CaptureArgs,
    har: Option<File>,
    store: &Store,
    browser: Option<Browser>,
) -> Option<String> {
    if let Some(path) = &args.save
        && !store.flush(FLUSH_PATIENCE)
    {
        return Some(format!("{}: not all could be saved", path.display()));
    }
    let (path, file) = (args.har.as_ref()?, har?);
    let is_file = file.metadata().is_ok_and(|it| it.is_file());
    let emptied = if is_file { file.set_len(0) } else { Ok(()) };
    let written =
        emptied.and_then(|()| export_har(store, BufWriter::new(file), browser, args.secrets));
    match written {
        Ok(count) => {
            let with = if args.secrets { "with" } else { "without" };
            let text = format!("{}: {count} exchanges, {with} secrets\n", path.display());
            let _ = output::print_aside(&text); // nobody is left to tell
            None
        }
        Err(error) => Some(format!("{}: {error}", path.display())),
    }
}

/// Ready once the user wants an end, or nobody reads what we print. Whoever asks again does not want to
/// wait for what ends in order.
pub(super) async fn interrupted(mut end: EndSignal, tally: Arc<Tally>) {
    let closed = async {
        while !tally.closed.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    tokio::select! {
        () = end.comes() => {}
        () = closed => {}
    }
    tokio::spawn(async move {
        end.comes().await;
        #[allow(
            clippy::exit,
            reason = "the end in order is what does not come to an end"
        )]
        std::process::exit(i32::from(FAILED));
    });
}

/// Tells why a proxy cannot be started, and gives the exit code.
pub(super) fn refuse(error: &ProxyError) -> ExitCode {
    let code = match error {
        ProxyError::OpenToAll { .. } | ProxyError::Certificates(_) => BAD_INPUT,
        ProxyError::Listen { .. } | ProxyError::Authority { .. } => FAILED,
    };
    let mend = match error {
        ProxyError::Listen { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse => {
            "; take another with --listen 127.0.0.1:0 (0: any free one)"
        }
        ProxyError::OpenToAll { .. } => ": add --proxy-auth USER:PASSWORD",
        _ => "",
    };
    fail(code, &format!("{error}{mend}"))
}

/// A warning about what the configuration opens or relaxes; empty when it does neither.
pub(super) fn warnings(config: &ProxyConfig) -> String {
    let mut text = String::new();
    if !config.listen.ip().is_loopback() {
        text.push_str(
            "  WARNING: other machines can reach this proxy; it asks them for the password.\n\n",
        );
    }
    if !config.tls.unverified.is_empty() {
        text.push_str(
            "  WARNING: certificates of some hosts are not verified; each exchange with them says \
             so.\n\n",
        );
    }
    text
}

fn farewell(session: &Session, tally: &Tally) -> String {
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let mut text = format!(
        "\n{} allowed, {} blocked, {} otherwise; {} exchanges that CORS has no say in.\n",
        count(&tally.allowed),
        count(&tally.blocked),
        count(&tally.others),
        count(&tally.aside),
    );
    let missed = session.missed();
    if missed > 0 {
        text.push_str(&format!(
            "{missed} exchanges came too fast to be judged and are missing above.\n"
        ));
    }
    text
}
