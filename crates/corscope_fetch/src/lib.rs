//! The parts of the [Fetch standard](https://fetch.spec.whatwg.org/) that decide a CORS verdict.
#![warn(missing_docs)]

pub mod header_list;
pub mod request_init;

pub use header_list::{Header, HeaderList};
