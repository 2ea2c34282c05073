//! Whether a client may use the proxy.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::config::Credentials;
use super::core::Core;

impl Core {
    /// Whether a client that shows this `Proxy-Authorization` may use the proxy.
    pub(crate) fn admits(&self, shown: Option<&[u8]>) -> bool {
        match &self.config.credentials {
            None => true,
            Some(wanted) => shown.is_some_and(|shown| fits(wanted, shown)),
        }
    }
}

fn fits(wanted: &Credentials, shown: &[u8]) -> bool {
    let wanted = format!("{}:{}", wanted.user, wanted.password);
    let Some((scheme, shown)) = shown.split_at_checked(6) else {
        return false;
    };
    let shown = BASE64_STANDARD
        .decode(shown.trim_ascii())
        .unwrap_or_default();
    // Every byte is looked at, so that the time taken tells nothing.
    let differing = shown
        .iter()
        .zip(wanted.bytes())
        .fold(0, |differing, (a, b)| differing | (a ^ b));
    scheme.eq_ignore_ascii_case(b"Basic ") && shown.len() == wanted.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_user_and_password_fit() {
        let wanted = Credentials {
            user: "u".to_owned(),
            password: "p@ss".to_owned(),
        };
        assert!(fits(&wanted, b"Basic dTpwQHNz"));
        assert!(fits(&wanted, b"basic  dTpwQHNz"));
        for shown in [
            "",
            "Basic",
            "Basic ",
            "Bearer dTpwQHNz",
            "Basic dTpwQHN6",
            "Basic dTpw",
        ] {
            assert!(!fits(&wanted, shown.as_bytes()), "{shown}");
        }
    }
}
