//! What a client says first in a TLS handshake.

use rustls::server::Accepted;

use super::authority::Alpn;
use super::http1::session::Wanted;

/// What a client said before it was answered.
pub(super) struct Hello {
    /// The host it means, by SNI or else by CONNECT.
    pub(super) name: String,
    /// Whether it offers protocols at all.
    pub(super) alpn: bool,
    pub(super) http1: bool,
    pub(super) http2: bool,
}

impl Hello {
    pub(super) fn of(accepted: &Accepted, wanted: &Wanted) -> Self {
        let hello = accepted.client_hello();
        let name = hello.server_name().unwrap_or(&wanted.to.host);
        let mut offers: Vec<&[u8]> = Vec::new();
        offers.extend(hello.alpn().into_iter().flatten());
        Self {
            name: name.to_ascii_lowercase(),
            alpn: !offers.is_empty(),
            http1: offers.contains(&&b"http/1.1"[..]),
            http2: offers.contains(&&b"h2"[..]),
        }
    }

    /// The name as it stands in a certificate.
    pub(super) fn certificate_name(&self) -> &str {
        self.name.trim_start_matches('[').trim_end_matches(']')
    }

    /// What it is offered, its server having chosen HTTP/2 or not.
    pub(super) fn alpn(&self, http2: bool) -> Alpn {
        if http2 && self.http2 {
            Alpn::Http2
        } else if self.http1 {
            Alpn::Http1
        } else {
            Alpn::Silent
        }
    }
}
