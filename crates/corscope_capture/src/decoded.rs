//! Bodies without their content encoding, where that is cheap.

use std::borrow::Cow;
use std::io::Read;

use corscope_fetch::header_list::HeaderList;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// More than this is not unpacked: a small body can hold a very large one.
const LIMIT: u64 = 16 << 20;

/// A body as far as it could be decoded.
pub(crate) enum Content<'a> {
    /// As the page sees it.
    Plain(Cow<'a, [u8]>),
    /// As transferred, still encoded so.
    Encoded(String),
}

/// Decodes gzip and deflate. What is decoded already, as bodies read from HARs are, stays.
pub(crate) fn content<'a>(bytes: &'a [u8], list: &HeaderList) -> Content<'a> {
    let encoding = list.get("content-encoding").unwrap_or_default();
    let encoding = String::from_utf8_lossy(&encoding)
        .trim()
        .to_ascii_lowercase();
    if bytes.is_empty() {
        return Content::Plain(Cow::Borrowed(bytes));
    }
    let decoded = match encoding.as_str() {
        "" | "identity" => None,
        "gzip" | "x-gzip" if bytes.starts_with(&[0x1f, 0x8b]) => {
            unpacked(MultiGzDecoder::new(bytes))
        }
        "deflate" if bytes.first().is_some_and(|first| first & 0x0f == 8) => {
            unpacked(ZlibDecoder::new(bytes))
        }
        "deflate" if !is_text(bytes) => unpacked(DeflateDecoder::new(bytes)),
        "gzip" | "x-gzip" | "deflate" => None,
        _ if is_text(bytes) => None,
        _ => return Content::Encoded(encoding),
    };
    Content::Plain(decoded.map_or(Cow::Borrowed(bytes), Cow::Owned))
}

/// What can be unpacked of a body that may be cut short.
fn unpacked(reader: impl Read) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let whole = reader.take(LIMIT).read_to_end(&mut out).is_ok();
    (whole || !out.is_empty()).then_some(out)
}

/// Whether bytes are text already; a character may be cut at the end.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) if error.error_len().is_none() => &bytes[..error.valid_up_to()],
        Err(_) => return false,
    };
    !valid.iter().any(|byte| *byte < b'\t')
}
