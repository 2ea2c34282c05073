//! [Subresource Integrity](https://w3c.github.io/webappsec-subresource-integrity/): whether a body
//! matches its metadata.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// Whether `metadata` names hashes and `body` matches none of the strongest kind. Unknown
/// algorithms and malformed entries are ignored, as the standard says; an unknown body is taken to
/// match, since nothing speaks against it.
pub fn is_mismatch(metadata: &str, body: Option<&[u8]>) -> bool {
    let Some(body) = body.filter(|_| !metadata.is_empty()) else {
        return false;
    };
    let known: Vec<(u32, &str)> = metadata
        .split_ascii_whitespace()
        .filter_map(|entry| {
            let (algorithm, value) = entry.split_once('-')?;
            let strength = match algorithm.to_ascii_lowercase().as_str() {
                "sha256" => 256,
                "sha384" => 384,
                "sha512" => 512,
                _ => return None,
            };
            Some((strength, value.split('?').next().unwrap_or(value)))
        })
        .collect();
    let Some(strongest) = known.iter().map(|(strength, _)| *strength).max() else {
        return false;
    };
    let actual = match strongest {
        256 => base64(&Sha256::digest(body)),
        384 => base64(&Sha384::digest(body)),
        _ => base64(&Sha512::digest(body)),
    };
    let matches = |value: &str| value.replace('-', "+").replace('_', "/") == actual;
    !known
        .iter()
        .any(|(strength, value)| *strength == strongest && matches(value))
}

/// Whether `metadata` names a hash of a known algorithm.
pub fn has_known_hash(metadata: &str) -> bool {
    metadata.split_ascii_whitespace().any(|entry| {
        let algorithm = entry.split('-').next().unwrap_or_default();
        ["sha256", "sha384", "sha512"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(algorithm))
    })
}

/// The SHA-256 digest of a body, in base64, as browsers print it.
pub fn sha256_base64(body: &[u8]) -> String {
    base64(&Sha256::digest(body))
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
        assert!(!is_mismatch(HELLO, body));
        assert!(!is_mismatch("", body));
        assert!(!is_mismatch("md5-x", body));
        assert!(is_mismatch("sha256-AAAA", body));
        assert!(is_mismatch(&format!("{HELLO} sha384-AAAA"), body));
        assert!(!is_mismatch("sha256-AAAA", None));
    }
}
