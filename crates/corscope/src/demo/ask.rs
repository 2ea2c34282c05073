//! What a page asks of an endpoint: the one source of the `corscope check` command that shows the
//! fault and of the `fetch()` call by which a real browser shows it.

use serde_json::{Value, json};

use super::Places;

/// The page's origin in every example: where a front end's development server usually is.
pub const PAGE_ORIGIN: &str = "http://localhost:5173";

/// A page's request, without its URL.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    from: &'static str,
    method: &'static str,
    headers: &'static [(&'static str, &'static str)],
    credentials: bool,
    mode: Option<&'static str>,
    redirect: Option<&'static str>,
    reads: Option<&'static str>,
    extra: &'static [&'static str],
}

impl Ask {
    /// A GET from [`PAGE_ORIGIN`] with nothing special about it.
    pub(super) const GET: Self = Self {
        from: PAGE_ORIGIN,
        method: "GET",
        headers: &[],
        credentials: false,
        mode: None,
        redirect: None,
        reads: None,
        extra: &[],
    };

    /// A GET with a header that makes it need a preflight; safe to send without asking the user.
    pub(super) const PREFLIGHTED: Self = Self::GET.headers(&[("X-Demo", "1")]);

    /// Another page; `{here}` is the demo's own origin.
    pub(super) const fn from(self, from: &'static str) -> Self {
        Self { from, ..self }
    }

    pub(super) const fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(super) const fn headers(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    pub(super) const fn with_credentials(self) -> Self {
        Self {
            credentials: true,
            ..self
        }
    }

    pub(super) const fn mode(self, mode: &'static str) -> Self {
        Self {
            mode: Some(mode),
            ..self
        }
    }

    pub(super) const fn redirect(self, redirect: &'static str) -> Self {
        Self {
            redirect: Some(redirect),
            ..self
        }
    }

    /// The response header that the script wants to read.
    pub(super) const fn reads(self, name: &'static str) -> Self {
        Self {
            reads: Some(name),
            ..self
        }
    }

    /// Flags of `corscope check` that say nothing about the page.
    pub(super) const fn flags(self, extra: &'static [&'static str]) -> Self {
        Self { extra, ..self }
    }

    /// The page's origin.
    pub fn page(&self, places: &Places) -> String {
        places.fill(self.from)
    }

    /// What follows `corscope check URL`.
    pub fn check_args(&self, places: &Places) -> Vec<String> {
        let mut args = vec!["--from".to_owned(), self.page(places)];
        let mut add = |words: &[&str]| args.extend(words.iter().map(ToString::to_string));
        if self.method != "GET" {
            add(&["-X", self.method]);
        }
        for (name, value) in self.headers {
            add(&["-H", &format!("{name}: {value}")]);
        }
        if self.credentials {
            add(&["--credentials", "include"]);
        }
        for (flag, value) in [
            ("--mode", self.mode),
            ("--redirect", self.redirect),
            ("--read", self.reads),
        ] {
            if let Some(value) = value {
                add(&[flag, value]);
            }
        }
        add(self.extra);
        args
    }

    /// The same for `fetch(url, …)`, and what to read afterwards.
    pub fn fetch_call(&self) -> Value {
        json!({
            "method": self.method,
            "headers": self.headers,
            "credentials": if self.credentials { "include" } else { "same-origin" },
            "mode": self.mode.unwrap_or("cors"),
            "redirect": self.redirect.unwrap_or("follow"),
            "reads": self.reads,
        })
    }
}

/// One line to paste into a POSIX shell.
pub(super) fn shell_line(words: &[String]) -> String {
    words
        .iter()
        .map(|word| shell_word(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn shell_word(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_when_a_shell_would_change_them() {
        let words = ["-H", "Accept: a;b=\"c\"", "it's", ""].map(String::from);
        assert_eq!(shell_line(&words), r#"-H 'Accept: a;b="c"' 'it'\''s' ''"#);
    }

    #[test]
    fn every_part_of_the_request_becomes_an_argument() {
        let ask = Ask::GET
            .from("{here}")
            .method("PUT")
            .headers(&[("A", "b c")])
            .with_credentials()
            .mode("no-cors")
            .redirect("error")
            .reads("X-Y")
            .flags(&["--send"]);
        let places = Places::planned([127, 0, 0, 1].into(), 8377);
        assert_eq!(
            shell_line(&ask.check_args(&places)),
            "--from http://127.0.0.1:8377 -X PUT -H 'A: b c' --credentials include \
             --mode no-cors --redirect error --read X-Y --send"
        );
    }
}
