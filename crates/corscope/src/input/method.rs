//! A request's method.

use corscope_fetch::forbidden::is_token_byte;

use super::error::{InputError, quoted};

/// Reads a method and keeps its case: `patch` and `PATCH` are two methods.
///
/// # Errors
/// When `text` is no token.
pub fn method(place: &str, text: &str) -> Result<String, InputError> {
    super::check_length(place, text)?;
    let mend = "write a method such as PUT: letters, digits and !#$%&'*+-.^_`|~ only";
    if text.is_empty() {
        return Err(InputError::new(place, "the method is empty", mend));
    }
    let Some(at) = text.find(|c: char| !is_token_char(c)) else {
        return Ok(text.to_owned());
    };
    let found: String = text[at..].chars().take(1).collect();
    let problem = format!(
        "{} is no method: {} may not stand in one",
        quoted(text),
        quoted(&found)
    );
    Err(InputError::new(place, problem, mend).with_excerpt(text, at..at + found.len()))
}

/// Whether `c` may stand in a [token](https://www.rfc-editor.org/rfc/rfc9110#name-tokens): a
/// method or a header's name.
pub(super) fn is_token_char(c: char) -> bool {
    u8::try_from(c).is_ok_and(is_token_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_method() {
        for text in ["GET", "patch", "M-SEARCH", "!#$%&'*+-.^_`|~09azAZ"] {
            assert_eq!(method("-X", text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_token_names_the_character() {
        for (text, named) in [
            ("GET /", "` `"),
            ("PÜT", "`Ü`"),
            ("A\r\nB", "`\\r`"),
            ("A:B", "`:`"),
            ("", "empty"),
        ] {
            let error = method("-X", text).unwrap_err();
            assert!(error.problem.contains(named), "{text:?}: {}", error.problem);
        }
    }
}
