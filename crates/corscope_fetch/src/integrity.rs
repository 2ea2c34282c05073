//! [Subresource Integrity](https://w3c.github.io/webappsec-subresource-integrity/): whether a body
//! matches its metadata.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// A hash algorithm, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// `sha256`
    Sha256,
    /// `sha384`
    Sha384,
    /// `sha512`
    Sha512,
}

impl Algorithm {
    /// Its digest's length in bits.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Sha256 => 256,
            Self::Sha384 => 384,
            Self::Sha512 => 512,
        }
    }

    /// The digest of a body, in base64, as browsers print it.
    pub fn digest(self, body: &[u8]) -> String {
        match self {
            Self::Sha256 => base64(&Sha256::digest(body)),
            Self::Sha384 => base64(&Sha384::digest(body)),
            Self::Sha512 => base64(&Sha512::digest(body)),
        }
    }
}

/// One entry of integrity metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A hash that a body can match.
    Hash {
        /// Its algorithm.
        algorithm: Algorithm,
        /// The digest, as given.
        digest: &'a str,
        /// What stands behind a question mark; nobody knows any option.
        option: Option<&'a str>,
    },
    /// An algorithm that is not known.
    UnknownAlgorithm(&'a str),
    /// No algorithm and digest with a hyphen between them.
    Malformed(&'a str),
}

/// The entries of integrity metadata, in order. `any_case`: whether an algorithm may be spelled in
/// any case.
pub fn entries(metadata: &str, any_case: bool) -> impl Iterator<Item = Entry<'_>> {
    metadata.split_ascii_whitespace().map(move |entry| {
        let Some((name, value)) = entry.split_once('-') else {
            return Entry::Malformed(entry);
        };
        let is = |known: &str| name == known || (any_case && name.eq_ignore_ascii_case(known));
        let algorithm = match name {
            _ if is("sha256") => Algorithm::Sha256,
            _ if is("sha384") => Algorithm::Sha384,
            _ if is("sha512") => Algorithm::Sha512,
            _ => return Entry::UnknownAlgorithm(name),
        };
        let (digest, option) = match value.split_once('?') {
            Some((digest, option)) => (digest, Some(option)),
            None => (value, None),
        };
        if digest.is_empty() {
            return Entry::Malformed(entry);
        }
        Entry::Hash {
            algorithm,
            digest,
            option,
        }
    })
}

/// The strongest algorithm that `metadata` names: it alone decides.
pub fn strongest(metadata: &str, any_case: bool) -> Option<Algorithm> {
    let algorithms = entries(metadata, any_case).filter_map(|entry| match entry {
        Entry::Hash { algorithm, .. } => Some(algorithm),
        _ => None,
    });
    algorithms.max()
}

/// Whether `metadata` names hashes and `body` matches none of the strongest kind. Unknown
/// algorithms and malformed entries are ignored, as the standard says; an unknown body is taken to
/// match, since nothing speaks against it.
pub fn is_mismatch(metadata: &str, body: Option<&[u8]>, any_case: bool) -> bool {
    let (Some(body), Some(strongest)) = (body, strongest(metadata, any_case)) else {
        return false;
    };
    let actual = strongest.digest(body);
    // URL-safe base64 counts as well.
    let matches = |digest: &str| digest.replace('-', "+").replace('_', "/") == actual;
    !entries(metadata, any_case).any(|entry| {
        matches!(entry, Entry::Hash { algorithm, digest, .. }
            if algorithm == strongest && matches(digest))
    })
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            if index <= chunk.len() {
                let sextet = group >> (18 - 6 * index) & 63;
                text.push(char::from(ALPHABET[sextet as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

    #[test]
    fn only_the_strongest_known_hash_decides() {
        let body = Some(&b"hello"[..]);
        assert!(!is_mismatch(HELLO, body, false));
        assert!(!is_mismatch("", body, false));
        assert!(!is_mismatch("md5-x", body, false));
        assert!(is_mismatch("sha256-AAAA", body, false));
        assert!(is_mismatch(&format!("{HELLO} sha384-AAAA"), body, false));
        assert!(!is_mismatch("sha256-AAAA", None, false));
    }

    // Seen in Chromium 156, Firefox 153 and WebKitGTK 2.50 (live integrity0050, integrity0112).
    #[test]
    fn a_hash_without_a_digest_is_none_and_case_counts_for_most() {
        let body = Some(&b""[..]);
        assert!(!is_mismatch("sha256-", body, false));
        let shouted = HELLO.replace("sha", "SHA");
        assert!(!is_mismatch(&shouted, body, false));
        assert!(is_mismatch(&shouted, body, true));
    }
}
