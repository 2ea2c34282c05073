//! [Responses](https://fetch.spec.whatwg.org/#concept-response) as they come from the network.

use std::sync::Arc;

use crate::cause::NetworkFailure;
use crate::header_list::HeaderList;

/// A response's head, and its body as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status, 100–999.
    pub status: u16,
    /// The header list, raw.
    pub header_list: HeaderList,
    /// The body, if known.
    pub body: Option<Vec<u8>>,
}

impl Response {
    /// A response without a known body.
    pub fn new(status: u16, header_list: HeaderList) -> Self {
        Self {
            status,
            header_list,
            body: None,
        }
    }

    /// Whether the status is an [ok status](https://fetch.spec.whatwg.org/#ok-status).
    pub const fn is_ok(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether the status is a [null body status](https://fetch.spec.whatwg.org/#null-body-status).
    pub const fn has_null_body_status(&self) -> bool {
        matches!(self.status, 101 | 103 | 204 | 205 | 304)
    }

    /// Whether the status is a [redirect status](https://fetch.spec.whatwg.org/#redirect-status).
    pub const fn has_redirect_status(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

/// What came back for a request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A response.
    Response(Arc<Response>),
    /// Nothing usable.
    Failure(NetworkFailure),
}
