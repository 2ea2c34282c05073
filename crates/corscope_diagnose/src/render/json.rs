//! The verdict document as JSON.

use serde::Serialize;

/// Appends a document in one line, with its line feed. The buffer is the caller's, so that a stream
/// of verdicts allocates nothing for its output.
///
/// # Errors
/// When the document cannot be written; a verdict document always can.
pub fn write_line<T: Serialize + ?Sized>(
    document: &T,
    out: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    serde_json::to_writer(&mut *out, document)?;
    out.push(b'\n');
    Ok(())
}

/// A document over several lines, for people, with its line feed.
///
/// # Errors
/// When the document cannot be written; a verdict document always can.
pub fn pretty<T: Serialize + ?Sized>(document: &T) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}
