//! The network of corscope: an HTTP client that keeps what other clients hide.
//!
//! A CORS debugger must show the response as the server wrote it (duplicates, order, spelling,
//! malformed lines) and must say which layer failed when there was no response at all. General
//! clients normalize the first and flatten the second, hence a client of our own: HTTP/1.1 is read
//! byte for byte, HTTP/2 comes from the `h2` crate, TLS from `rustls` with `ring`.
#![warn(missing_docs)]

pub mod client;
pub mod content_coding;
pub mod gateway;
mod own;
pub mod proxy;

pub use own::OwnListeners;
