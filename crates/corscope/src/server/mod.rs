//! The web UI's server: one local page, and the API behind it. The page never judges; every answer
//! is the engine's.
//!
//! It listens on loopback only. Who may talk to it is decided in `gate`, before any route.

mod access;
mod answers_that_work;
mod fault;
mod gate;
mod legs;
mod listener;
mod page_files;
mod raw_answer;
mod reply;
mod routes;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use access::Access;

use crate::debugger::Debugger;

/// Live checks that run at a time; more are refused, not queued.
const MAX_CHECKS: usize = 4;

/// Why the server cannot run.
#[derive(Debug)]
pub enum ServerError {
    /// Another program listens there.
    PortInUse(u16),
    /// The system does not let us listen, or gives no random numbers.
    Failed(u16, io::Error),
}

impl fmt::Display for ServerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PortInUse(port) => write!(
                out,
                "port {port} is already in use: stop the program that listens there, or choose \
                 another port with --port (0 takes any free one)"
            ),
            Self::Failed(port, error) => write!(out, "cannot listen on port {port}: {error}"),
        }
    }
}

impl std::error::Error for ServerError {}

/// What the routes share.
struct Desk {
    address: SocketAddr,
    access: Access,
    checks: Semaphore,
    debugger: Arc<Debugger>,
}

/// The server, listening and not yet answering.
pub struct WebServer {
    listener: TcpListener,
    desk: Arc<Desk>,
}

impl WebServer {
    /// Listens on the loopback address; port 0 takes any free one. What it shows and steers is
    /// `debugger`'s, whose proxy will not dial it.
    ///
    /// # Errors
    /// When the port is taken or refused, or the system gives no random numbers.
    pub async fn bind(port: u16, debugger: Arc<Debugger>) -> Result<Self, ServerError> {
        let reason = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => ServerError::PortInUse(port),
            _ => ServerError::Failed(port, error),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(reason)?;
        let address = listener.local_addr().map_err(reason)?;
        debugger.own().register(address);
        let access = Access::new(address.port()).map_err(reason)?;
        let desk = Arc::new(Desk {
            address,
            access,
            checks: Semaphore::new(MAX_CHECKS),
            debugger,
        });
        Ok(Self { listener, desk })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.desk.address
    }

    /// What gives out links to it.
    pub fn links(&self) -> LaunchLinks {
        LaunchLinks(Arc::clone(&self.desk))
    }

    /// Whether the page is in this program; a build without it serves the API alone.
    pub fn has_page() -> bool {
        page_files::is_built()
    }

    /// Answers until the future is dropped.
    pub async fn run(&self) {
        let router = routes::router(Arc::clone(&self.desk));
        listener::serve(&self.listener, router).await;
    }
}

/// Gives out the links that let browsers in; a clone gives out the same server's.
#[derive(Clone)]
pub struct LaunchLinks(Arc<Desk>);

impl LaunchLinks {
    /// A link that lets one browser in, once. Browsers do not send what follows the `#`.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn issue(&self) -> io::Result<String> {
        let token = self.0.access.issue()?;
        Ok(format!("http://{}/#token={token}", self.0.address))
    }
}
