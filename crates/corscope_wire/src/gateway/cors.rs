//! Who may read, and in which header lines that is said.

use corscope_fetch::HeaderList;
use corscope_fetch::Origin;
use corscope_fetch::policy::{OriginPattern, Policy, PolicyRequest};

use super::address::is_loopback_host;

/// The policy of a gateway.
#[derive(Debug)]
pub(crate) struct Cors {
    policy: Policy,
    loopback_origins: bool,
    expose: Expose,
}

/// What scripts may read of a response besides the safelisted headers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Expose {
    /// All; with credentials `*` is a literal name, so each is named.
    All,
    /// These, joined.
    Named(String),
}

/// What the origin of a request is to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is none.
    Absent,
    /// It is the gateway's own: nothing is cross-origin.
    Own,
    Allowed,
    Refused,
}

impl Standing {
    /// Whether requests of this origin may speak in the server's own name.
    pub(crate) fn is_trusted(self) -> bool {
        matches!(self, Self::Own | Self::Allowed)
    }
}

impl Cors {
    pub(crate) fn new(mut policy: Policy, loopback_origins: bool) -> Self {
        // A pass that outlives the run would hide that the server itself gives none.
        policy.max_age = Some(0);
        let expose = match policy.expose.as_slice() {
            [] => Expose::All,
            [only] if only == "*" => Expose::All,
            names => Expose::Named(names.join(", ")),
        };
        Self {
            policy,
            loopback_origins,
            expose,
        }
    }

    /// What `origin` is to a gateway that was asked at `host`.
    pub(crate) fn standing(&self, origin: Option<&[u8]>, host: &[u8]) -> Standing {
        let Some(origin) = origin else {
            return Standing::Absent;
        };
        let own = origin.strip_prefix(b"http://");
        if !host.is_empty() && own.is_some_and(|own| own.eq_ignore_ascii_case(host)) {
            return Standing::Own;
        }
        let Ok(origin) = std::str::from_utf8(origin) else {
            return Standing::Refused;
        };
        let is_allowed = (self.loopback_origins && is_loopback_origin(origin))
            || self.policy.allows_origin(origin);
        match is_allowed {
            true => Standing::Allowed,
            false => Standing::Refused,
        }
    }

    /// Appends the lines of an actual response, `Vary` excepted. `exposable` are the response's own
    /// headers.
    pub(crate) fn write(
        &self,
        out: &mut Vec<u8>,
        origin: &[u8],
        standing: Standing,
        exposable: &[u8],
    ) {
        let wildcard = self.policy.is_wildcard();
        if standing != Standing::Allowed && !(wildcard && standing == Standing::Absent) {
            return;
        }
        out.extend_from_slice(b"Access-Control-Allow-Origin: ");
        out.extend_from_slice(if wildcard { b"*" } else { origin });
        out.extend_from_slice(b"\r\n");
        if self.policy.credentials {
            out.extend_from_slice(b"Access-Control-Allow-Credentials: true\r\n");
        }
        let names: &[u8] = match &self.expose {
            Expose::All if !self.policy.credentials => b"*",
            Expose::All => exposable,
            Expose::Named(names) => names.as_bytes(),
        };
        if !names.is_empty() {
            out.extend_from_slice(b"Access-Control-Expose-Headers: ");
            out.extend_from_slice(names);
            out.extend_from_slice(b"\r\n");
        }
    }

    /// The headers of an answer of the gateway's own, `Vary` excepted.
    pub(crate) fn of_answer(&self, origin: Option<&[u8]>) -> Vec<(&'static str, Vec<u8>)> {
        let standing = self.standing(origin, b"");
        if standing != Standing::Allowed {
            return Vec::new();
        }
        let origin = match self.policy.is_wildcard() {
            true => b"*",
            false => origin.unwrap_or_default(),
        };
        let mut list = vec![
            ("Access-Control-Allow-Origin", origin.to_vec()),
            (
                "Access-Control-Expose-Headers",
                crate::proxy::answer::MARK.into(),
            ),
        ];
        if self.policy.credentials {
            list.push(("Access-Control-Allow-Credentials", b"true".to_vec()));
        }
        list
    }

    /// Whether a response's own header names are needed for [`write`](Self::write).
    pub(crate) fn names_headers(&self, standing: Standing) -> bool {
        standing == Standing::Allowed && self.policy.credentials && self.expose == Expose::All
    }

    /// The headers that answer a CORS-preflight request.
    pub(crate) fn preflight(&self, request: &HeaderList, standing: Standing) -> HeaderList {
        let request = PolicyRequest {
            method: "OPTIONS",
            header_list: request,
        };
        let mut list = if standing == Standing::Allowed && !self.policy.is_wildcard() {
            // Origins of this machine are no entries of the policy.
            let origin = request.header_list.get("Origin").unwrap_or_default();
            let origin = Origin::parse(&String::from_utf8_lossy(&origin));
            let mut policy = self.policy.clone();
            policy.origins = origin.into_iter().map(OriginPattern::Exact).collect();
            policy.answer(request)
        } else {
            self.policy.answer(request)
        };
        if !list.contains("Vary") {
            list.push("Vary", "Origin");
        }
        list
    }
}

/// Whether a serialized origin is one of this machine's.
fn is_loopback_origin(origin: &str) -> bool {
    let rest = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    let Some(rest) = rest else {
        return false;
    };
    let digits = rest.trim_end_matches(|character: char| character.is_ascii_digit());
    let host = match digits.strip_suffix(':') {
        Some(host) if digits.len() < rest.len() => host,
        _ => rest,
    };
    is_loopback_host(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corscope_fetch::policy::PolicyDocument;

    fn cors(origins: &[&str], credentials: bool, loopback: bool) -> Cors {
        let document = PolicyDocument {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            methods: vec!["*".to_owned()],
            headers: vec!["*".to_owned()],
            credentials,
            ..PolicyDocument::default()
        };
        Cors::new(document.build(true).unwrap(), loopback)
    }

    #[test]
    fn origins_of_this_machine_and_those_listed_are_allowed() {
        let strict = cors(&["https://app.test"], true, false);
        let cors = cors(&["https://app.test"], true, true);
        for (origin, wanted) in [
            ("http://localhost:5173", Standing::Allowed),
            ("https://localhost", Standing::Allowed),
            ("http://127.0.0.1:3000", Standing::Allowed),
            ("http://[::1]:3000", Standing::Allowed),
            ("http://app.localhost:1", Standing::Allowed),
            ("https://app.test", Standing::Allowed),
            ("http://localhost:8080", Standing::Own),
            ("http://app.test", Standing::Refused),
            ("https://app.test.evil.test", Standing::Refused),
            ("http://localhost.evil.test", Standing::Refused),
            ("http://evil.test:127.0.0.1", Standing::Refused),
            ("http://127.0.0.1.evil.test", Standing::Refused),
            ("http://localhost@evil.test", Standing::Refused),
            ("https://localhost:8080.evil.test", Standing::Refused),
            ("null", Standing::Refused),
            ("", Standing::Refused),
        ] {
            let found = cors.standing(Some(origin.as_bytes()), b"localhost:8080");
            assert_eq!(found, wanted, "{origin}");
        }
        assert_eq!(cors.standing(None, b"localhost:8080"), Standing::Absent);
        let found = strict.standing(Some(b"http://localhost:5173"), b"localhost:8080");
        assert_eq!(found, Standing::Refused);
    }

    /// The two ways of answering say the same.
    #[test]
    fn written_lines_are_those_of_the_policy() {
        for credentials in [false, true] {
            let mut policy = cors(&["https://app.test"], credentials, true).policy;
            policy.expose = vec!["X-A".to_owned(), "X-B".to_owned()];
            let cors = Cors::new(policy.clone(), true);
            let mut written = b"Vary: Origin\r\n".to_vec();
            cors.write(&mut written, b"https://app.test", Standing::Allowed, b"");
            let header_list = [("Origin", "https://app.test")].into_iter().collect();
            let answer = policy.answer(PolicyRequest {
                method: "GET",
                header_list: &header_list,
            });
            let wanted: Vec<u8> = answer
                .iter()
                .flat_map(|header| [header.name, b": ", header.value, b"\r\n"].concat())
                .collect();
            assert_eq!(
                String::from_utf8_lossy(&written),
                String::from_utf8_lossy(&wanted)
            );
        }
    }
}
