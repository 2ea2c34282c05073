//! Browsers of our own, opened from the page, and the proxy that they need.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use corscope_wire::proxy::{
    Authority, AuthorityConfig, Capture as Viewing, Observer, Proxy, ProxyConfig,
};
use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio::task::JoinSet;

use super::{Captured, Debugger, LIVE};
use crate::browser::{self, FirefoxTrust, LaunchOptions};
use crate::session::{Session, Traffic};

/// Browsers that are open at a time.
const MOST_BROWSERS: usize = 8;

/// Why a browser cannot be opened.
#[derive(Debug)]
pub enum OpenError {
    /// What was asked for is wrong, with the mend.
    Wanted(String),
    /// It cannot be started.
    Failed(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wanted(problem) | Self::Failed(problem) => out.write_str(problem),
        }
    }
}

impl std::error::Error for OpenError {}

/// The browsers that are open, and what carries their traffic.
pub(super) struct Browsers {
    /// Where the proxy runs for browsers that the page opens.
    interception: AsyncMutex<Option<Interception>>,
    open: Mutex<JoinSet<()>>,
    end: watch::Sender<bool>,
}

impl Default for Browsers {
    fn default() -> Self {
        Self {
            interception: AsyncMutex::default(),
            open: Mutex::default(),
            end: watch::Sender::new(false),
        }
    }
}

/// A proxy with its session.
struct Interception {
    address: SocketAddr,
    authority: Option<AuthorityConfig>,
    session: Arc<Session>,
    /// The parts that are ours to end; a proxy that a command started is that command's.
    own: Option<(tokio::task::JoinHandle<()>, JoinHandle<Traffic>)>,
}

impl Debugger {
    /// Notes that a command has its own proxy, for the browsers that the page opens.
    pub async fn uses_proxy(
        &self,
        address: SocketAddr,
        authority: Option<AuthorityConfig>,
        session: Arc<Session>,
    ) {
        *self.browsers.interception.lock().await = Some(Interception {
            address,
            authority: authority.clone(),
            session,
            own: None,
        });
        self.listens_at(address, authority);
    }

    /// Opens a browser through the proxy, which is started if there is none.
    ///
    /// # Errors
    /// When there is no such browser, or something cannot be started.
    pub async fn open_browser(
        &self,
        url: String,
        wanted: Option<&str>,
        headless: bool,
    ) -> Result<(), OpenError> {
        let found = browser::find(wanted).map_err(|error| OpenError::Wanted(error.to_string()))?;
        {
            let mut open = self.open();
            while open.try_join_next().is_some() {}
            if open.len() >= MOST_BROWSERS {
                let message = format!("{MOST_BROWSERS} browsers are open: close one first");
                return Err(OpenError::Wanted(message));
            }
        }
        let failed = |error: &dyn fmt::Display| OpenError::Failed(error.to_string());
        let mut options = LaunchOptions {
            headless,
            firefox_trust: FirefoxTrust::Certutil,
            guarded_by: std::env::current_exe().ok(),
            ..LaunchOptions::new(found, url)
        };
        let session = {
            let mut interception = self.browsers.interception.lock().await;
            let running = match &mut *interception {
                Some(running) => running,
                None if self.capture(LIVE).is_some() => {
                    let message = "the traffic here comes through a gateway: open its address in any \
                                   browser";
                    return Err(OpenError::Wanted(message.to_owned()));
                }
                none => none.insert(self.intercept().await?),
            };
            options.proxy_addr = Some(running.address);
            if let Some(authority) = &running.authority {
                let opened = Authority::open(authority).map_err(|error| failed(&error))?;
                options.ca_spki_sha256 = Some(opened.spki_sha256().to_owned());
                options.ca_cert_pem = Some(Authority::certificate_path(authority));
            }
            Arc::clone(&running.session)
        };
        let mut launched = browser::launch(options)
            .await
            .map_err(|error| failed(&error))?;
        let mut end = self.browsers.end.subscribe();
        self.open().spawn(async move {
            loop {
                tokio::select! {
                    event = launched.next_event() => match event {
                        Some(event) => session.browser_said(event),
                        None => break,
                    },
                    _ = end.wait_for(|end| *end) => break,
                }
            }
            let _ = launched.close().await; // what stays is removed by the next start
        });
        Ok(())
    }

    /// Starts the proxy.
    async fn intercept(&self) -> Result<Interception, OpenError> {
        let failed = |error: &dyn fmt::Display| OpenError::Failed(error.to_string());
        let authority = self.authority().map_err(|error| failed(&error))?;
        let config = ProxyConfig {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            capture: Some(Viewing::default()),
            own: Arc::clone(&self.own),
            authority: Some(authority.clone()),
            stages: Arc::clone(&self.stages),
            ..ProxyConfig::default()
        };
        let live = self.live(None, None);
        let traffic = Traffic::new(None)
            .kept_in(Arc::clone(&live.store))
            .numbered_by(config.numbers.clone());
        let listener = Box::new(Captured::new(Arc::clone(&live)));
        let (session, thread) =
            Session::start(traffic, listener).map_err(|error| failed(&error))?;
        live.comes_from(&session);
        let observer: Arc<dyn Observer> = session.clone();
        let proxy = Proxy::bind(config, observer)
            .await
            .map_err(|error| failed(&error))?;
        let address = proxy.local_addr();
        let mut end = self.browsers.end.subscribe();
        let carrying = tokio::spawn(proxy.run(async move {
            let _ = end.wait_for(|end| *end).await; // a debugger that is gone is an end, too
        }));
        self.listens_at(address, Some(authority.clone()));
        Ok(Interception {
            address,
            authority: Some(authority),
            session,
            own: Some((carrying, thread)),
        })
    }

    /// Closes the browsers that the page opened, and the proxy if that was started for them.
    pub async fn end(&self) {
        self.browsers.end.send_replace(true);
        let mut open = std::mem::take(&mut *self.open());
        while open.join_next().await.is_some() {}
        let interception = self.browsers.interception.lock().await.take();
        if let Some(Interception {
            session,
            own: Some((carrying, thread)),
            ..
        }) = interception
        {
            let _ = carrying.await;
            session.end();
            let _ = tokio::task::spawn_blocking(|| thread.join()).await;
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        let open = self.browsers.open.lock();
        open.unwrap_or_else(PoisonError::into_inner)
    }
}
