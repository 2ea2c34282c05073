//! The gateway between raw clients and raw servers on loopback ports. One binary, since linking costs
//! more than running.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its sockets must panic"
)]

mod errors;
mod folder;
mod headers;
mod promises;
#[path = "../proxy/raw.rs"]
#[allow(dead_code, reason = "a part of it asks proxies")]
mod raw;
mod running;
mod streams;
