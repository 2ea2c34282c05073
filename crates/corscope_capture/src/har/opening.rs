//! What a file is, told by its first bytes, and how to make JSON text of it.

use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::utf16::Utf16;

/// Counts the bytes of the file itself, before they are unpacked.
struct Counted<R> {
    reader: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(out)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Unpacks gzip, decodes UTF-16, drops a byte order mark. The count is of the bytes of the file.
pub(super) fn text_of(
    reader: impl Read + Send + 'static,
) -> io::Result<(Box<dyn Read + Send>, Arc<AtomicU64>)> {
    let read = Arc::new(AtomicU64::new(0));
    let counted = Counted {
        reader,
        read: Arc::clone(&read),
    };
    let (head, rest) = split_head(counted)?;
    if head.starts_with(&[0x1f, 0x8b]) {
        let packed = Cursor::new(head).chain(rest);
        return Ok((decoded(MultiGzDecoder::new(packed))?, read));
    }
    Ok((decoded(Cursor::new(head).chain(rest))?, read))
}

fn decoded(reader: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let (head, rest) = split_head(reader)?;
    let (skipped, big_endian) = match head.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(false)),
        [0xfe, 0xff, ..] => (2, Some(true)),
        [b'{', 0, ..] => (0, Some(false)),
        [0, b'{', ..] => (0, Some(true)),
        _ => (0, None),
    };
    let text = Cursor::new(head[skipped..].to_vec()).chain(rest);
    Ok(match big_endian {
        Some(big_endian) => Box::new(Utf16::new(text, big_endian)),
        None => Box::new(text),
    })
}

fn split_head<R: Read>(mut reader: R) -> io::Result<(Vec<u8>, R)> {
    let mut head = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut head)?;
    Ok((head, reader))
}

/// What a file that is not JSON looks like, in words.
pub(super) fn looks_like(head: &[u8]) -> &'static str {
    match head {
        [b'P', b'K', 3, 4, ..] => "a ZIP archive (unpack it first)",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "packed with zstd (unpack it first)",
        [b'<', ..] => "HTML or XML",
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => "an SQLite database",
        [0x0a, 0x0d, 0x0d, 0x0a, ..] | [0xd4, 0xc3, 0xb2, 0xa1, ..] => "a packet capture",
        _ if head.iter().any(|byte| *byte < b'\t') => "binary",
        _ => "text",
    }
}
