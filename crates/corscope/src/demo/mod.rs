//! The demo server: one deliberately broken endpoint for each root cause, and some healthy ones.
//!
//! It answers on two loopback origins (a redirect chain needs two targets) and keeps a third port
//! closed (so that "connection refused" can be shown). [`catalogue`] is the one list of what there
//! is: the listing at `/`, `/catalogue.json`, the browser's page at `/try`, `corscope demo --list`
//! and the tests are all made from it.

mod answer;
mod ask;
pub mod catalogue;
mod connection;
mod cors;
mod endpoints;
mod page_origin;
pub mod pages;
mod places;
mod request;
mod response;
mod router;
mod server;
#[cfg(test)]
mod tests;

pub use ask::{Ask, PAGE_ORIGIN};
pub use catalogue::{Endpoint, GROUPS, Group, Outcome};
pub use places::Places;
pub use server::{DemoError, DemoServer};
