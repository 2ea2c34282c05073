//! Who may use the API: a token in the launch link is exchanged, once, for a cookie.

use std::fmt::{self, Write as _};
use std::io;
use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq as _;

/// Links that were given out and not used; the oldest is forgotten first.
const MAX_TOKENS: usize = 8;

/// 256 random bits.
#[derive(Clone, PartialEq, Eq)]
struct Secret([u8; 32]);

impl Secret {
    fn random() -> io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(Self(bytes))
    }

    fn hex(&self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            let _ = write!(text, "{byte:02x}"); // a String takes every write
        }
        text
    }

    /// Takes as long for a wrong text as for a right one.
    fn is(&self, text: &str) -> bool {
        self.hex().as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// The secrets of one run. Nothing of them is ever printed but the launch link itself.
pub(super) struct Access {
    port: u16,
    cookie: Secret,
    tokens: Mutex<Vec<Secret>>,
}

impl fmt::Debug for Access {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Access { … }")
    }
}

impl Access {
    pub(super) fn new(port: u16) -> io::Result<Self> {
        Ok(Self {
            port,
            cookie: Secret::random()?,
            tokens: Mutex::new(Vec::new()),
        })
    }

    /// A token for one more link.
    pub(super) fn issue(&self) -> io::Result<String> {
        let token = Secret::random()?;
        let text = token.hex();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() == MAX_TOKENS {
            tokens.remove(0);
        }
        tokens.push(token);
        Ok(text)
    }

    /// Exchanges a token for the `Set-Cookie` value; it is used up by that.
    pub(super) fn exchange(&self, token: &str) -> Option<String> {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let before = tokens.len();
        tokens.retain(|own| !own.is(token));
        (tokens.len() < before).then(|| {
            let (name, value) = (self.cookie_name(), self.cookie.hex());
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict")
        })
    }

    /// Whether one of the request's cookies is ours. Cookies know no ports: the name has it, so that
    /// two runs side by side do not throw each other out.
    pub(super) fn admits<'a>(&self, cookie_headers: impl Iterator<Item = &'a str>) -> bool {
        let name = self.cookie_name();
        cookie_headers
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(given, value)| given == name && self.cookie.is(value))
    }

    fn cookie_name(&self) -> String {
        format!("corscope-{}", self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_exchanged_once() {
        let access = Access::new(1234).unwrap();
        let token = access.issue().unwrap();
        assert_eq!(token.len(), 64);
        assert!(access.exchange("").is_none());
        assert!(access.exchange(&token[1..]).is_none());
        let cookie = access.exchange(&token).unwrap();
        assert!(cookie.starts_with("corscope-1234="));
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"));
        assert!(!cookie.contains(&token));
        assert!(access.exchange(&token).is_none());
        let pair = cookie.split(';').next().unwrap();
        assert!(access.admits(["a=b", &format!("x=1; {pair}")].into_iter()));
        assert!(!access.admits([pair.replace("1234", "1235").as_str()].into_iter()));
        assert!(!access.admits(["corscope-1234="].into_iter()));
    }

    #[test]
    fn unused_links_are_bounded() {
        let access = Access::new(1).unwrap();
        let first = access.issue().unwrap();
        for _ in 0..MAX_TOKENS {
            access.issue().unwrap();
        }
        assert!(access.exchange(&first).is_none());
    }

    #[test]
    fn secrets_are_not_printed() {
        let access = Access::new(1).unwrap();
        let token = access.issue().unwrap();
        assert!(!format!("{access:?}").contains(&token));
    }
}
