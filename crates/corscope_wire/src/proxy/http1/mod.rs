//! HTTP/1.1 between a client and its servers: heads are read, bytes are passed on.

pub(crate) mod body_scan;
pub(crate) mod carry;
pub(crate) mod compose;
pub(crate) mod downstream;
pub(crate) mod exchange;
pub(crate) mod request_head;
pub(crate) mod respond;
pub(crate) mod session;
pub(crate) mod staged;
pub(crate) mod staged_response;
pub(crate) mod target;
pub(crate) mod write;
