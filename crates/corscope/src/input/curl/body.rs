//! The body that curl's data and form flags build.

use corscope_fetch::request_init::{Body, BodyType};

use super::super::error::{InputError, quoted};

/// Ends each part of a form. Any text will do that no part contains; [`Form::finish`] sees to it.
const BOUNDARY: &str = "----corscopeFormBoundary";

/// `-d @file`: the body is in a file, which is not read.
pub(super) fn refuse_file(place: &str, file: &str) -> InputError {
    InputError::new(
        place,
        format!(
            "the body is in the file {}, which is not read",
            quoted(file)
        ),
        "write the body itself: -d '…'; for CORS any text of the same type will do",
    )
}

/// What one `--data-urlencode` adds: `content`, `=content` or `name=content`.
pub(super) fn urlencoded(place: &str, text: &str) -> Result<String, InputError> {
    match text.find(['=', '@']) {
        Some(at) if text[at..].starts_with('@') => Err(refuse_file(place, &text[at + 1..])),
        Some(0) => Ok(percent_encoded(&text[1..])),
        Some(at) => Ok(format!(
            "{}={}",
            &text[..at],
            percent_encoded(&text[at + 1..])
        )),
        None => Ok(percent_encoded(text)),
    }
}

/// As curl encodes: all but letters, digits and `-._~`.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
        }
    }
    out
}

/// Text in [base64](https://www.rfc-editor.org/rfc/rfc4648#section-4), for `Authorization: Basic`.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit <= chunk.len() {
                let six = bits >> (18 - 6 * digit) & 63;
                out.push(char::from(DIGITS[six as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// The parts of `-F`, as a `FormData`.
#[derive(Debug, Default)]
pub(super) struct Form {
    parts: Vec<String>,
    /// Files whose content is left empty.
    pub(super) files: Vec<String>,
}

impl Form {
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds `name=value`, `name=@file` or `name=<file`, with `;type=…` and `;filename=…` behind.
    pub(super) fn add(&mut self, place: &str, text: &str) -> Result<(), InputError> {
        let (name, value) = split(place, text)?;
        let mut pieces = value.split(';');
        let value = pieces.next().unwrap_or_default();
        let mut content_type = None;
        let mut file_name = None;
        for piece in pieces {
            match piece.trim().split_once('=') {
                Some(("type", given)) => content_type = Some(given),
                Some(("filename", given)) => file_name = Some(given.trim_matches('"')),
                _ => {}
            }
        }
        if let Some(file) = value.strip_prefix('@').or_else(|| value.strip_prefix('<')) {
            self.files.push(file.to_owned());
            let is_upload = value.starts_with('@');
            let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
            let file_name = file_name.or(is_upload.then_some(base));
            let default_type = is_upload.then_some("application/octet-stream");
            self.push(name, "", file_name, content_type.or(default_type));
        } else {
            self.push(name, value.trim_matches('"'), file_name, content_type);
        }
        Ok(())
    }

    /// Adds `name=value`, the value taken as it stands.
    pub(super) fn add_string(&mut self, place: &str, text: &str) -> Result<(), InputError> {
        let (name, value) = split(place, text)?;
        self.push(name, value, None, None);
        Ok(())
    }

    fn push(&mut self, name: &str, value: &str, file: Option<&str>, content_type: Option<&str>) {
        let mut part = format!(
            "Content-Disposition: form-data; name=\"{}\"",
            form_name(name)
        );
        if let Some(file) = file {
            part.push_str(&format!("; filename=\"{}\"", form_name(file)));
        }
        if let Some(content_type) = content_type {
            part.push_str(&format!("\r\nContent-Type: {}", one_line(content_type)));
        }
        part.push_str("\r\n\r\n");
        part.push_str(value);
        self.parts.push(part);
    }

    /// The finished body and its boundary.
    pub(super) fn finish(self) -> (Body, String) {
        let mut boundary = BOUNDARY.to_owned();
        while self.parts.iter().any(|part| part.contains(&boundary)) {
            boundary.push_str("-0");
        }
        let mut data = String::new();
        for part in &self.parts {
            data.push_str(&format!("--{boundary}\r\n{part}\r\n"));
        }
        data.push_str(&format!("--{boundary}--\r\n"));
        (
            Body {
                kind: BodyType::FormData,
                data,
                content_type: None,
            },
            boundary,
        )
    }
}

fn split<'a>(place: &str, text: &'a str) -> Result<(&'a str, &'a str), InputError> {
    text.split_once('=').ok_or_else(|| {
        let problem = format!("{} is no form field", quoted(text));
        InputError::new(place, problem, "write -F 'name=value'")
    })
}

/// A name as HTML writes it into a part's header.
fn form_name(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded_as_curl_does() {
        for (text, encoded) in [
            ("a b&c", "a%20b%26c"),
            ("=a=b", "a%3Db"),
            ("name=ü/~", "name=%C3%BC%2F~"),
            ("", ""),
        ] {
            assert_eq!(urlencoded("x", text).as_deref(), Ok(encoded));
        }
        assert!(urlencoded("x", "@f").is_err());
        assert!(urlencoded("x", "name@f").is_err());
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("user:pass", "dXNlcjpwYXNz"),
        ] {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }

    #[test]
    fn a_form_is_a_multipart_body() {
        let mut form = Form::default();
        form.add("x", "a=1").unwrap();
        form.add("x", "f=@dir/x.png;type=image/png").unwrap();
        form.add_string("x", "s=@----corscopeFormBoundary;x")
            .unwrap();
        assert!(form.add("x", "nothing").is_err());
        assert_eq!(form.files, ["dir/x.png"]);
        let (body, boundary) = form.finish();
        assert_eq!(boundary, "----corscopeFormBoundary-0");
        assert_eq!(
            body.data,
            "------corscopeFormBoundary-0\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
             ------corscopeFormBoundary-0\r\nContent-Disposition: form-data; name=\"f\"; \
             filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\r\n\
             ------corscopeFormBoundary-0\r\nContent-Disposition: form-data; name=\"s\"\r\n\r\n\
             @----corscopeFormBoundary;x\r\n------corscopeFormBoundary-0--\r\n"
        );
    }
}
