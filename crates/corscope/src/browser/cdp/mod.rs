//! The Chrome DevTools Protocol, as much of it as tells what became of each request.
//!
//! Nothing is injected into the page and nothing is paused: domains are enabled, events are read.

mod frames;
#[cfg(unix)]
mod pipe;
mod requests;
mod session;
#[cfg(test)]
mod tests;

#[cfg(unix)]
pub(super) use pipe::Pipe;
pub(super) use session::Session;
