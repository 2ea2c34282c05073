//! The endpoints, one file for each place where a fault can be. A file is a list: what is asked,
//! and the one thing that is wrong with the answer.

pub(super) mod actual;
pub(super) mod client;
pub(super) mod healthy;
pub(super) mod network;
pub(super) mod preflight;
pub(super) mod preflight_lists;
pub(super) mod redirect;
