//! [Content codings](https://www.rfc-editor.org/rfc/rfc9110#name-content-codings), undone for
//! viewing and editing, never on the way: what passes through keeps its bytes.

use std::io::{self, Read, Write};

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::ObservedBody;
use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::GzEncoder;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

/// A server that lists more codings than this only wants to keep its reader busy.
const MOST_CODINGS: usize = 4;

/// The largest window of a zstd frame that browsers take (RFC 9659).
const ZSTD_WINDOW: u64 = 8 << 20;

/// A body without its content codings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// As much as could be decoded, at most the cap.
    pub bytes: Vec<u8>,
    /// Whether there was more than the cap.
    pub truncated: bool,
    /// Why `bytes` is not all, or not decoded, in words; `None` when all is well.
    pub fault: Option<String>,
}

impl Decoded {
    /// Whether `bytes` is the whole body.
    pub fn is_whole(&self) -> bool {
        !self.truncated && self.fault.is_none()
    }
}

/// Undoes the codings that `content_encoding` lists, and makes at most `cap` bytes.
///
/// A body cut short gives what it holds, and a fault. A coding that is not known leaves the bytes as
/// they are.
pub fn decode(bytes: &[u8], content_encoding: &str, cap: usize) -> Decoded {
    let codings: Vec<String> = content_encoding
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    if codings.is_empty() {
        let kept = &bytes[..bytes.len().min(cap)];
        return Decoded {
            bytes: kept.to_vec(),
            truncated: kept.len() < bytes.len(),
            fault: None,
        };
    }
    if codings.len() > MOST_CODINGS {
        let codings = codings.len();
        return untouched(bytes, cap, format!("{codings} content codings on one body"));
    }
    let mut decoded: Option<Decoded> = None;
    // The last one listed was applied last.
    for coding in codings.iter().rev() {
        let input = decoded.as_ref().map_or(bytes, |before| &before.bytes);
        let Some(mut next) = decode_one(input, coding, cap) else {
            let shown: String = coding
                .chars()
                .filter(|c| !c.is_control())
                .take(40)
                .collect();
            return untouched(input, cap, format!("unknown content coding `{shown}`"));
        };
        if let Some(before) = decoded {
            // A coding inside one that was cut short ends early for that reason.
            next.truncated |= before.truncated;
            next.fault = before.fault.or(next.fault);
        }
        if next.truncated {
            next.fault = None;
        }
        decoded = Some(next);
    }
    decoded.unwrap_or_default()
}

/// The body of a message without its codings.
pub fn decode_body(list: &HeaderList, body: &ObservedBody, cap: usize) -> Decoded {
    let coding = list.get("Content-Encoding").unwrap_or_default();
    decode(&body.bytes, &String::from_utf8_lossy(&coding), cap)
}

/// Puts `text` in place of a message's body: coded with gzip, quickly, where the message was, else
/// as it is. What told of the old body's coding goes; `Content-Length` is left to who sends it.
pub fn replace_body(list: &mut HeaderList, body: &mut ObservedBody, text: Vec<u8>) {
    let coding = list.get("Content-Encoding");
    let is_gzip = coding.is_some_and(|coding| {
        coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip")
    });
    let coded = if is_gzip && !text.is_empty() {
        gzip(&text).ok()
    } else {
        None
    };
    if coded.is_none() && list.contains("Content-Encoding") {
        *list = list.without(|header| header.is("Content-Encoding"));
    }
    body.bytes = coded.unwrap_or(text);
    body.len = body.bytes.len() as u64;
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::fast());
    coder.write_all(bytes)?;
    coder.finish()
}

fn untouched(bytes: &[u8], cap: usize, fault: String) -> Decoded {
    Decoded {
        bytes: bytes[..bytes.len().min(cap)].to_vec(),
        truncated: bytes.len() > cap,
        fault: Some(fault),
    }
}

fn decode_one(bytes: &[u8], coding: &str, cap: usize) -> Option<Decoded> {
    Some(match coding {
        "gzip" | "x-gzip" => read("gzip", MultiGzDecoder::new(bytes), cap),
        // The standard says zlib; servers that send the bare stream are understood by browsers.
        "deflate" if is_zlib(bytes) => read("deflate", ZlibDecoder::new(bytes), cap),
        "deflate" => read("deflate", DeflateDecoder::new(bytes), cap),
        "br" => read(
            "br",
            brotli_decompressor::Decompressor::new(bytes, 16 * 1024),
            cap,
        ),
        "zstd" => zstd(bytes, cap),
        _ => return None,
    })
}

fn is_zlib(bytes: &[u8]) -> bool {
    match bytes {
        [first, second, ..] => {
            first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0
        }
        _ => true,
    }
}

fn read(coding: &str, source: impl Read, cap: usize) -> Decoded {
    let mut decoded = Decoded::default();
    read_on(coding, source, cap, &mut decoded);
    decoded
}

/// Reads `source` to its end, its first fault or the cap.
fn read_on(coding: &str, mut source: impl Read, cap: usize, decoded: &mut Decoded) {
    let mut buffer = [0; 16 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => {
                let room = cap - decoded.bytes.len();
                decoded.bytes.extend_from_slice(&buffer[..read.min(room)]);
                if read > room {
                    decoded.truncated = true;
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                decoded.fault = Some(match error.kind() {
                    io::ErrorKind::UnexpectedEof => format!("the {coding} stream ends early"),
                    _ => format!("no valid {coding} stream: {error}"),
                });
                return;
            }
        }
    }
}

/// All frames of a zstd body.
fn zstd(mut bytes: &[u8], cap: usize) -> Decoded {
    let mut decoded = Decoded::default();
    while !bytes.is_empty() && decoded.is_whole() {
        match StreamingDecoder::new_with_max_window_size(&mut bytes, ZSTD_WINDOW) {
            Ok(frame) => read_on("zstd", frame, cap, &mut decoded),
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => bytes = bytes.get(length as usize..).unwrap_or_default(),
            Err(error) => decoded.fault = Some(format!("no valid zstd stream: {error}")),
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"hello hello hello hello";
    /// [`TEXT`] as Node's zlib and the `zstd` program code it.
    const BR: &[u8] = &[
        27, 22, 0, 248, 141, 148, 110, 222, 68, 85, 134, 150, 108, 32, 111, 33, 79, 28, 224, 56,
    ];
    const ZSTD: &[u8] = &[
        40, 181, 47, 253, 0, 88, 101, 0, 0, 48, 104, 101, 108, 108, 111, 32, 1, 0, 153, 75, 17,
    ];
    const SKIPPABLE: &[u8] = &[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9];

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut coder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
        coder.write_all(text).unwrap();
        coder.finish().unwrap()
    }

    fn raw(text: &[u8]) -> Vec<u8> {
        let mut coder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
        coder.write_all(text).unwrap();
        coder.finish().unwrap()
    }

    #[test]
    fn each_coding_is_undone() {
        let gz = gzip(TEXT).unwrap();
        for (bytes, coding) in [
            (TEXT.to_vec(), ""),
            (TEXT.to_vec(), "identity"),
            (gz.clone(), "gzip"),
            (gz.clone(), " X-GZIP "),
            (zlib(TEXT), "deflate"),
            (raw(TEXT), "deflate"),
            (BR.to_vec(), "br"),
            (ZSTD.to_vec(), "zstd"),
            ([SKIPPABLE, ZSTD].concat(), "zstd"),
            (gzip(BR).unwrap(), "br, gzip"),
        ] {
            let decoded = decode(&bytes, coding, 1000);
            assert_eq!(decoded.bytes, TEXT, "{coding} {decoded:?}");
            assert!(decoded.is_whole(), "{coding} {decoded:?}");
        }
        let twice = [gz.clone(), gz].concat();
        assert_eq!(decode(&twice, "gzip", 1000).bytes, TEXT.repeat(2));
        assert_eq!(decode(&ZSTD.repeat(2), "zstd", 1000).bytes, TEXT.repeat(2));
    }

    #[test]
    fn no_more_than_the_cap_is_made() {
        let bomb = gzip(&vec![0; 64 << 20]).unwrap();
        for (bytes, coding) in [
            (bomb.clone(), "gzip"),
            (gzip(&bomb).unwrap(), "gzip, gzip"),
            (TEXT.repeat(100), ""),
            (BR.to_vec(), "br"),
            (ZSTD.to_vec(), "zstd"),
        ] {
            let decoded = decode(&bytes, coding, 10);
            assert!(decoded.bytes.len() <= 10, "{coding}");
            assert!(decoded.truncated, "{coding}");
            assert_eq!(decoded.fault, None, "{coding}");
        }
    }

    #[test]
    fn what_is_cut_short_gives_what_it_holds_and_a_fault() {
        for (bytes, coding) in [
            (gzip(TEXT).unwrap(), "gzip"),
            (zlib(TEXT), "deflate"),
            (BR.to_vec(), "br"),
            (ZSTD.to_vec(), "zstd"),
        ] {
            for end in 1..bytes.len() {
                let decoded = decode(&bytes[..end], coding, 1000);
                assert!(TEXT.starts_with(&decoded.bytes), "{coding} {end}");
                assert!(!decoded.truncated, "{coding} {end}");
                assert!(
                    decoded.fault.is_some() || decoded.bytes == TEXT,
                    "{coding} {end} {decoded:?}"
                );
            }
            assert_eq!(decode(b"", coding, 1000).bytes, b"", "{coding}");
        }
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        for coding in ["aws-chunked", "gzip,gzip,gzip,gzip,gzip", "br, \u{1b}x"] {
            let decoded = decode(TEXT, coding, 1000);
            assert_eq!(decoded.bytes, TEXT);
            assert!(!decoded.fault.unwrap().contains('\u{1b}'));
        }
        let nonsense = decode(b"not gzip at all", "gzip", 1000);
        assert!(nonsense.fault.unwrap().starts_with("no valid gzip stream"));
    }

    #[test]
    fn any_bytes_are_taken_without_harm() {
        let mut state = 7_u64;
        for length in 0..300 {
            let mut bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (state >> 33) as u8
                })
                .collect();
            for coding in ["gzip", "deflate", "br", "zstd"] {
                let head: &[u8] = match coding {
                    "gzip" => &[0x1f, 0x8b, 8, 0],
                    "zstd" => &[0x28, 0xb5, 0x2f, 0xfd],
                    _ => &[],
                };
                for (at, byte) in head.iter().enumerate().take(bytes.len()) {
                    bytes[at] = *byte;
                }
                assert!(decode(&bytes, coding, 4096).bytes.len() <= 4096);
            }
        }
    }

    #[test]
    fn a_new_body_is_coded_as_the_old_one_was_or_not_at_all() {
        for (coding, wanted) in [("gzip", Some("gzip")), ("br", None), ("gzip, br", None)] {
            let mut list: HeaderList = [("Content-Encoding", coding), ("X", "1")]
                .into_iter()
                .collect();
            let mut body = ObservedBody::default();
            replace_body(&mut list, &mut body, TEXT.to_vec());
            let now = list.get("Content-Encoding");
            assert_eq!(now.as_deref(), wanted.map(str::as_bytes), "{coding}");
            assert_eq!(decode_body(&list, &body, 1000).bytes, TEXT);
            assert!(body.is_whole());
        }
    }
}
