//! The client against raw servers on loopback ports. One binary, since linking costs more than
//! running.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its server must panic"
)]

mod bounds;
mod http1_bytes;
mod http2;
mod loopback;
mod names;
mod proxy;
mod reuse;
mod tls;
