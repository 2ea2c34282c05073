//! HTTP/2 between a client and its server, inside an intercepted tunnel. Framing, header compression
//! and flow control are the `h2` crate's, so what is kept is what it keeps: the order of names, and
//! the lines of one name together.
//!
//! Each stream is an exchange of its own, in a task of its own; one connection to the server serves
//! one connection of the client. WebSocket over HTTP/2 (RFC 8441) is not offered: browsers then open
//! one over HTTP/1.1.

mod client;
pub(crate) mod connection;
mod exchange;
mod fields;
mod from_http1;
pub(crate) mod link;
mod relay;
mod request;
mod source;
mod staged;
mod trouble;
mod upload;
