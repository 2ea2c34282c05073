//! The parts of the [Fetch standard](https://fetch.spec.whatwg.org/) that decide a CORS verdict, as
//! a sans-IO state machine: no clock, no network, no files, no randomness.
//!
//! [`Fetch`] is the machine. It is told what a script asks for ([`RequestInit`]), of which page
//! ([`Client`]), and whose rules to follow ([`Browser`]); it says what to send, is given what came
//! back, and ends with a [`Verdict`]. A refusal is data ([`Cause`]), never an `Err`.
#![warn(missing_docs)]

pub mod bad_port;
pub mod cause;
mod checked_response;
pub mod client;
mod client_hints;
mod content_type;
pub mod cors_check;
pub mod cors_preflight_fetch;
pub mod csp;
pub mod data_url;
pub mod evidence;
pub mod exchange;
pub mod fetch;
pub mod filtered_response;
pub mod forbidden;
pub mod header_list;
pub mod header_values;
mod http_fetch;
pub mod http_redirect_fetch;
pub mod integrity;
pub mod local_network_access;
mod main_fetch;
pub mod mixed_content;
pub mod origin;
pub mod policy;
pub mod preflight_cache;
pub mod request;
pub mod request_init;
pub mod resource_policy_check;
pub mod response;
pub mod safelist;
pub mod same_site;
pub mod steps;
pub mod trace;
pub mod user_agent;
pub mod verdict;

pub use cause::{Cause, NetworkFailure};
pub use client::Client;
pub use evidence::{Evidence, Message, Part, Place};
pub use exchange::Exchange;
pub use fetch::{Fetch, Next, Options};
pub use header_list::{Header, HeaderList};
pub use local_network_access::AddressSpace;
pub use origin::{Origin, OriginError};
pub use preflight_cache::PreflightCache;
pub use request_init::{Api, CredentialsMode, Mode, RequestInit};
pub use response::{Answer, Response};
pub use steps::Step;
pub use trace::{Fault, StepResult, TraceEntry};
pub use user_agent::{Browser, UserAgent};
pub use verdict::{Leg, Outcome, ResponseType, SentRequest, Verdict};
