//! Starting a browser, and ending it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::guard::Guard;
use super::process::BrowserProcess;
use super::profile::{self, Profile, ProfileError};
use super::{Browser, BrowserEvent, LaunchError, bidi, cdp, firefox, flags, home};

/// How long a browser may take to start: seconds on a quiet machine.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// How long a browser may take to end by itself before it is killed.
const END_PATIENCE: Duration = Duration::from_secs(3);

/// Events that wait to be read; then the browser's messages wait.
const EVENTS: usize = 1024;

/// Where the numbers of a browser's requests begin, so that two browsers never share one.
fn first_request() -> u64 {
    static LAUNCHED: AtomicU64 = AtomicU64::new(0);
    LAUNCHED.fetch_add(1, Ordering::Relaxed) << 40 // more than one browser ever counts
}

/// What to launch, and how.
#[derive(Clone, Debug)]
pub struct LaunchOptions {
    /// The browser.
    pub browser: Browser,
    /// Where its first page goes.
    pub url: String,
    /// The proxy for everything, loopback included. Without one the browser does as the system says.
    pub proxy_addr: Option<SocketAddr>,
    /// Base64 of the SHA-256 of the certificate authority's public key (SPKI), which Chromium and
    /// its kin then trust; the proxy has to send the authority's certificate with its own.
    pub ca_spki_sha256: Option<String>,
    /// The certificate authority's certificate, which Firefox then trusts.
    pub ca_cert_pem: Option<PathBuf>,
    /// How Firefox comes to trust it.
    pub firefox_trust: FirefoxTrust,
    /// No window.
    pub headless: bool,
    /// Lets the browser apply Local Network Access as it would without the proxy. Targets on
    /// loopback are then not proxied.
    pub lna_faithful: bool,
    /// Further arguments for the browser.
    pub extra_args: Vec<OsString>,
    /// Where the profile may stand, the best place first; `None` for the usual places.
    pub profile_roots: Option<Vec<PathBuf>>,
    /// This program, which is started once more to end the browser should we be killed. Without it
    /// the next start does that.
    pub guarded_by: Option<PathBuf>,
}

/// How Firefox comes to trust the proxy's certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FirefoxTrust {
    /// The authority is put into the profile's database, for which NSS's certutil is needed.
    #[default]
    Certutil,
    /// Every certificate is accepted. Needs nothing; the proxy must then verify the servers, which
    /// it does.
    AcceptAny,
    /// It does not: pages over https show a warning.
    Nothing,
}

impl LaunchOptions {
    /// A window without a proxy.
    pub fn new(browser: Browser, url: impl Into<String>) -> Self {
        Self {
            browser,
            url: url.into(),
            proxy_addr: None,
            ca_spki_sha256: None,
            ca_cert_pem: None,
            firefox_trust: FirefoxTrust::default(),
            headless: false,
            lna_faithful: false,
            extra_args: Vec::new(),
            profile_roots: None,
            guarded_by: None,
        }
    }
}

/// A running browser. Dropping it kills the browser and deletes its profile; [`close`](Self::close)
/// does so in order, and says what stayed.
#[derive(Debug)]
pub struct Launched {
    events: mpsc::Receiver<BrowserEvent>,
    /// As [`BrowserEvent::is_end_final`].
    is_end_final: bool,
    /// What is added to the browser's own numbers of requests.
    first_request: u64,
    close: oneshot::Sender<()>,
    // Dropped in this order: what runs must not write into what is deleted.
    process: BrowserProcess,
    profile: Profile,
    guard: Option<Guard>,
}

impl Launched {
    /// The next thing that the browser tells; `None` once it has ended or crashed, or its last
    /// window was closed. Loses nothing when it is dropped before it ends.
    pub async fn next_event(&mut self) -> Option<BrowserEvent> {
        let mut event = self.events.recv().await?;
        event.is_end_final = self.is_end_final;
        event.request += self.first_request;
        for other in [&mut event.preflight_of, &mut event.redirected_from] {
            *other = other.map(|it| it + self.first_request);
        }
        Some(event)
    }

    /// The browser's first process, whose number is also that of its process group.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The folder that goes away with the browser.
    pub fn profile_folder(&self) -> &Path {
        self.profile.folder()
    }

    /// Ends the browser, all its processes and its profile. Takes seconds at most.
    pub async fn close(self) -> Result<(), ProfileError> {
        let Self {
            events,
            close,
            mut process,
            profile,
            guard,
            ..
        } = self;
        // Nobody reads any more: the conversation must not wait for it.
        drop(events);
        if close.send(()).is_ok() {
            process.ends_within(END_PATIENCE).await;
        }
        process.kill().await;
        let removed = blocking(move || profile.remove()).await.unwrap_or(Ok(()));
        if let Some(guard) = guard {
            guard.end().await;
        }
        removed
    }
}

/// Launches a browser with a fresh profile, after removing what killed runs left behind. It is
/// watched before its first page goes to the URL, so that nothing is missed.
///
/// Must be called within a tokio runtime with time and IO.
pub async fn launch(options: LaunchOptions) -> Result<Launched, LaunchError> {
    let roots = options
        .profile_roots
        .clone()
        .unwrap_or_else(|| profile::roots_for(&options.browser));
    let prepared = blocking(move || {
        profile::remove_stale(&roots);
        let profile = Profile::create(&roots)?;
        if options.browser.kind.is_firefox() {
            firefox::prepare(&options, &profile)?;
        }
        Ok((options, profile))
    });
    let (options, profile) = prepared
        .await
        .unwrap_or_else(|words| Err(LaunchError::Refused(PathBuf::new(), words)))?;
    if options.browser.kind.is_firefox() {
        launch_firefox(&options, profile).await
    } else {
        launch_chromium(&options, profile).await
    }
}

async fn launch_firefox(
    options: &LaunchOptions,
    mut profile: Profile,
) -> Result<Launched, LaunchError> {
    let (told, address) = oneshot::channel();
    let mut told = Some(told);
    let mut command = command(options, &profile);
    command
        .args(firefox::args(options, &profile))
        .envs(firefox::ENVIRONMENT);
    let process = BrowserProcess::start(command, move |line| {
        if let Some((_, address)) = line.split_once("WebDriver BiDi listening on ")
            && let Some(told) = told.take()
        {
            let _ = told.send(address.trim().to_owned());
        }
    });
    let mut process =
        process.map_err(|error| LaunchError::Start(options.browser.path.clone(), error))?;
    profile.note_browser(process.pid())?;
    let guard = guard(options, &profile);
    let (tell, events) = mpsc::channel(EVENTS);
    let accept_any = options.firefox_trust == FirefoxTrust::AcceptAny;
    let begin = async {
        // Dropped without an address only when the process has ended.
        let Ok(address) = address.await else {
            return std::future::pending().await;
        };
        bidi::Session::begin(&address, &options.url, accept_any, tell).await
    };
    let session = answer_of(&mut process, options, begin)
        .await?
        .map_err(|error| LaunchError::Refused(options.browser.path.clone(), error.to_string()))?;
    let (close, closing) = oneshot::channel();
    tokio::spawn(session.run(closing));
    Ok(Launched {
        events,
        is_end_final: false,
        first_request: first_request(),
        close,
        process,
        profile,
        guard,
    })
}

#[cfg(unix)]
async fn launch_chromium(
    options: &LaunchOptions,
    mut profile: Profile,
) -> Result<Launched, LaunchError> {
    let cannot_start = |error| LaunchError::Start(options.browser.path.clone(), error);
    let (ours, theirs) = cdp::Pipe::open().map_err(cannot_start)?;
    let mut command = command(options, &profile);
    command.args(flags::chromium_args(options, &profile));
    theirs.give_to(&mut command).map_err(cannot_start)?;
    let mut process = BrowserProcess::start(command, |_| {}).map_err(cannot_start)?;
    profile.note_browser(process.pid())?;
    let guard = guard(options, &profile);
    let (tell, events) = mpsc::channel(EVENTS);
    let (session, ready) = cdp::Session::new(ours, &options.url, tell);
    let (close, closing) = oneshot::channel();
    tokio::spawn(session.run(closing));
    let ready = async {
        if ready.await.is_err() {
            // The pipe is closed: the process is about to end.
            std::future::pending::<()>().await;
        }
    };
    answer_of(&mut process, options, ready).await?;
    Ok(Launched {
        events,
        is_end_final: true,
        first_request: first_request(),
        close,
        process,
        profile,
        guard,
    })
}

#[cfg(not(unix))]
async fn launch_chromium(_: &LaunchOptions, _: Profile) -> Result<Launched, LaunchError> {
    Err(LaunchError::NoPipe)
}

fn command(options: &LaunchOptions, profile: &Profile) -> Command {
    let mut command = Command::new(&options.browser.path);
    command.envs(home::environment(&options.browser.path, profile));
    command
}

/// Starts what ends the browser if we are killed; where that cannot be, the next start does it.
fn guard(options: &LaunchOptions, profile: &Profile) -> Option<Guard> {
    Guard::start(options.guarded_by.as_deref()?, profile.folder()).ok()
}

/// Waits for what the browser must do, but not when it has ended, and not for ever.
async fn answer_of<T>(
    process: &mut BrowserProcess,
    options: &LaunchOptions,
    answer: impl Future<Output = T>,
) -> Result<T, LaunchError> {
    let path = || options.browser.path.clone();
    let until = Instant::now() + START_PATIENCE;
    tokio::pin!(answer);
    loop {
        let next_look = Instant::now() + Duration::from_millis(100);
        tokio::select! {
            answer = &mut answer => return Ok(answer),
            () = sleep_until(next_look) => {}
        }
        if let Some(words) = process.has_ended().await {
            return Err(LaunchError::Ended(path(), words));
        }
        if Instant::now() > until {
            return Err(LaunchError::Silent(path()));
        }
    }
}

/// Runs what waits for the disk or another program on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| error.to_string())
}
