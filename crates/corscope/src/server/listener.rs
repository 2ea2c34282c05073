//! Connections: bounded in number, and in the time that a head may take.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Connections at a time; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 128;
/// A head that takes longer is not waited for; a connection that idles as long is closed.
const HEAD: Duration = Duration::from_secs(30);

/// Answers until the future is dropped; connections end with it.
pub(super) async fn serve(listener: &TcpListener, router: Router) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Small answers to single key presses must not wait for more.
                let _ = stream.set_nodelay(true);
                let service = TowerToHyperService::new(router.clone());
                connections.spawn(async move {
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD)
                        .max_headers(100)
                        .serve_connection(TokioIo::new(stream), service);
                    let _ = connection.await; // the browser has gone: nobody is left to tell
                    drop(permit);
                });
            }
            // Out of file descriptors, most likely: others end soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}
