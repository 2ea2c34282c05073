//! Applications of axum and actix-web with the battery's recipes compiled in. They serve in the
//! process that starts them, on loopback, until it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod actix;
mod axum_app;

use std::net::TcpListener;

type Layered = fn(axum::Router) -> axum::Router;
type Serve = fn(TcpListener) -> std::io::Result<actix_web::dev::Server>;

#[allow(
    clippy::all,
    clippy::expect_used,
    unused,
    reason = "written as users paste it"
)]
mod recipes {
    use super::{Layered, Serve};
    include!(concat!(env!("OUT_DIR"), "/recipes.rs"));

    pub(crate) fn of(policy: &str) -> (Layered, Serve) {
        recipe(policy)
    }
}

/// Starts the axum application with the recipe for a policy; says the port.
///
/// # Panics
/// When it cannot listen, or there is no such policy.
pub fn start_axum(policy: &str) -> u16 {
    let (layered, _) = recipes::of(policy);
    let (listener, port) = listen();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, layered(axum_app::app()))
                .await
                .unwrap();
        });
    });
    port
}

/// Starts the actix-web application with the recipe for a policy; says the port.
///
/// # Panics
/// When it cannot listen, or there is no such policy.
pub fn start_actix(policy: &str) -> u16 {
    let (_, serve) = recipes::of(policy);
    let (listener, port) = listen();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async { serve(listener).unwrap().await.unwrap() });
    });
    port
}

fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}
