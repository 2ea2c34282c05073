//! The proxy between raw clients and raw servers on loopback ports. One binary, since linking costs
//! more than running.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set up its sockets must panic"
)]

mod authority;
mod bodies;
mod bytes;
mod client_certificates;
mod faults;
mod http2;
mod http2_ends;
mod http2_faults;
mod http2_flow;
mod http2_stages;
mod http2_stopping;
mod leaving;
mod raw;
mod redirects;
mod refused;
mod running;
mod secure;
mod stages;
mod streams;
mod tunnels;
mod upstream;
