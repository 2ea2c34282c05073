//! The listeners: two that answer, one port that is held so that nobody does.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

use super::Places;
use super::connection::{self, Patience};

/// Connections served at a time on one origin; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 256;

/// Why the demo cannot run.
#[derive(Debug)]
pub enum DemoError {
    /// The address is not this machine's own. The endpoints are broken on purpose: they are not
    /// for a network.
    NotLoopback(IpAddr),
    /// Another program listens there.
    PortInUse(SocketAddr),
    /// The system does not let us listen there.
    Forbidden(SocketAddr),
    /// The system failed in another way.
    Listen(SocketAddr, io::Error),
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoopback(address) => write!(
                f,
                "the demo is broken on purpose and listens on this machine only: \
                 {address} is not a loopback address (use 127.0.0.1 or ::1)"
            ),
            Self::PortInUse(address) => write!(
                f,
                "port {} is already in use on {}: stop the program that listens there, or choose \
                 another port with --port (0 takes any free one)",
                address.port(),
                address.ip()
            ),
            Self::Forbidden(address) => write!(
                f,
                "this system does not allow listening on {address}: choose a port above 1023"
            ),
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for DemoError {}

/// A running demo; dropping it ends it.
#[derive(Debug)]
pub struct DemoServer {
    places: Places,
    listening: Vec<JoinHandle<()>>,
    /// Bound, never listening: the system refuses connections, and gives the port to nobody.
    _closed: TcpSocket,
}

impl DemoServer {
    /// Starts listening on a loopback address; port 0 takes any free one. The second origin and
    /// the closed port are the next two ports where they are free, else any.
    pub async fn start(bind: IpAddr, port: u16) -> Result<Self, DemoError> {
        Self::start_with(bind, port, Patience::USUAL).await
    }

    pub(super) async fn start_with(
        bind: IpAddr,
        port: u16,
        patience: Patience,
    ) -> Result<Self, DemoError> {
        if !bind.is_loopback() {
            return Err(DemoError::NotLoopback(bind));
        }
        let wanted = SocketAddr::new(bind, port);
        let (here_listener, here) = listen(wanted).await?;
        let planned = Places::planned(bind, port);
        let any = SocketAddr::new(bind, 0);
        let beside = |address| if port == 0 { any } else { address };
        let (other_listener, other) = match listen(beside(planned.other)).await {
            Ok(listener) => listener,
            Err(_) => listen(any).await?,
        };
        let (closed_socket, closed) = match hold(beside(planned.closed)) {
            Ok(socket) => socket,
            Err(_) => hold(any).map_err(|error| reason(any, error))?,
        };
        let places = Places {
            here,
            other,
            closed,
        };
        let listening = [here_listener, other_listener]
            .map(|listener| tokio::spawn(accept(listener, places, patience)))
            .into();
        Ok(Self {
            places,
            listening,
            _closed: closed_socket,
        })
    }

    /// Where it is.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The address that every example asks first.
    pub fn addr(&self) -> SocketAddr {
        self.places.here
    }

    /// The second origin's address.
    pub fn other_addr(&self) -> SocketAddr {
        self.places.other
    }

    /// Ends it: open connections are dropped, and both ports are free when this returns.
    pub async fn shutdown(mut self) {
        for task in std::mem::take(&mut self.listening) {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.listening.iter().for_each(JoinHandle::abort);
    }
}

fn reason(address: SocketAddr, error: io::Error) -> DemoError {
    match error.kind() {
        io::ErrorKind::AddrInUse => DemoError::PortInUse(address),
        io::ErrorKind::PermissionDenied => DemoError::Forbidden(address),
        _ => DemoError::Listen(address, error),
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), DemoError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| reason(address, error))?;
    let bound = listener
        .local_addr()
        .map_err(|error| reason(address, error))?;
    Ok((listener, bound))
}

fn hold(address: SocketAddr) -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.bind(address)?;
    let bound = socket.local_addr()?;
    Ok((socket, bound))
}

/// Connections are children of this task: they end with it.
async fn accept(listener: TcpListener, places: Places, patience: Patience) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(async move {
                    connection::serve(stream, places, patience).await;
                    drop(permit);
                });
            }
            // Out of file descriptors, most likely: others end soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}
