//! Sending requests elsewhere.

use corscope_fetch::exchange::ObservedRequest;
use url::Url;

use super::action_document::ForwardDocument;
use super::mistake::Mistakes;

/// Another server for a request.
pub(super) struct Forward {
    to: Url,
    strip: String,
    keep_host: bool,
}

impl Forward {
    pub(super) fn build(
        document: &ForwardDocument,
        at: &str,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let to_at = format!("{at}.to");
        let mend = "write scheme, host and port, such as http://localhost:3000";
        check_strip(&document.strip, at, mistakes);
        let to = match Url::parse(&document.to) {
            Ok(to) => to,
            Err(error) => {
                mistakes.add(to_at, format!("{:?}: {error}", document.to), mend);
                return None;
            }
        };
        let problem = if !matches!(to.scheme(), "http" | "https") || !to.has_host() {
            "neither http nor https"
        } else if !to.username().is_empty() || to.password().is_some() {
            "a user or password in the URL"
        } else if to.query().is_some() || to.fragment().is_some() {
            "a query or fragment, but the request's own query stays"
        } else {
            return Some(Self {
                to,
                strip: document.strip.clone(),
                keep_host: document.keep_host,
            });
        };
        mistakes.add(to_at, problem, mend);
        None
    }

    /// Whether the request now goes elsewhere.
    pub(super) fn apply(&self, request: &mut ObservedRequest) -> bool {
        let Ok(old) = Url::parse(&request.url) else {
            return false;
        };
        let Some(rest) = without_prefix(old.path(), &self.strip) else {
            return false;
        };
        let mut new = self.to.clone();
        let prefix = self.to.path().trim_end_matches('/');
        let slash = if rest.starts_with('/') { "" } else { "/" };
        new.set_path(&format!("{prefix}{slash}{rest}"));
        new.set_query(old.query());
        if new == old {
            return false;
        }
        request.url = new.into();
        if !self.keep_host && request.header_list.contains("Host") {
            let host = match (self.to.host_str(), self.to.port()) {
                (Some(host), Some(port)) => format!("{host}:{port}"),
                (host, _) => host.unwrap_or_default().to_owned(),
            };
            request.header_list.set("Host", host);
        }
        true
    }
}

/// Checks what is to be taken off the front of paths.
pub(super) fn check_strip(strip: &str, at: &str, mistakes: &mut Mistakes) {
    if !strip.is_empty() && !strip.starts_with('/') {
        let problem = format!("{strip:?} begins no path");
        mistakes.add(format!("{at}.strip"), problem, format!("write /{strip}"));
    }
}

/// The path without a prefix of whole segments; `None` when it does not begin so.
pub(super) fn without_prefix<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}
