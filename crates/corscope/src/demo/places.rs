//! Where the demo is: its two origins, and the port where nothing listens.

use std::net::{IpAddr, SocketAddr};

/// The addresses of a demo server that runs, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// The origin that every example asks first.
    pub here: SocketAddr,
    /// The second origin, to which redirects go.
    pub other: SocketAddr,
    /// A port of ours that refuses connections.
    pub closed: SocketAddr,
}

impl Places {
    /// Where a server started on `port` will be when the two ports after it are free.
    pub fn planned(bind: IpAddr, port: u16) -> Self {
        let at = |step| SocketAddr::new(bind, port.saturating_add(step));
        Self {
            here: at(0),
            other: at(1),
            closed: at(2),
        }
    }

    /// The origin that every example asks first.
    pub fn here_origin(&self) -> String {
        self.fill("{here}")
    }

    /// The second origin.
    pub fn other_origin(&self) -> String {
        self.fill("{other}")
    }

    /// The page for a real browser. It stands on `localhost`, so that the endpoints, whose URLs
    /// hold an address, are cross-origin to it.
    pub fn try_page(&self) -> String {
        format!("http://localhost:{}/try", self.here.port())
    }

    /// Puts our addresses into a URL that names them: `{here}`, `{other}` and `{closed}` are
    /// origins, `{authority}` is the first one's host and port.
    pub(super) fn fill(&self, template: &str) -> String {
        let origin = |addr: SocketAddr| format!("http://{addr}");
        template
            .replace("{here}", &origin(self.here))
            .replace("{other}", &origin(self.other))
            .replace("{closed}", &origin(self.closed))
            .replace("{authority}", &self.here.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_is_bracketed() {
        let places = Places::planned("::1".parse().unwrap(), 8377);
        assert_eq!(places.here_origin(), "http://[::1]:8377");
        assert_eq!(places.other_origin(), "http://[::1]:8378");
        assert_eq!(places.fill("https://{authority}/x"), "https://[::1]:8377/x");
    }
}
