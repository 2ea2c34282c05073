//! The `corscope check` command that settles a message.

use corscope_diagnose::console::read::{ConsoleMessage, Effect, MessageLeg, NotCors};
use corscope_fetch::{Browser, Origin};
use url::Url;

use crate::cli::shell::quoted;

/// What the user knows beyond the message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    pub(super) url: Option<&'a str>,
    pub(super) origin: Option<&'a str>,
}

/// A command, word by word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CheckCommand {
    pub(super) words: Vec<String>,
    pub(super) has_url: bool,
    pub(super) has_origin: bool,
    /// What was assumed.
    pub(super) notes: Vec<&'static str>,
}

impl CheckCommand {
    /// Whether nothing has to be filled in.
    pub(super) const fn is_ready(&self) -> bool {
        self.has_url && self.has_origin
    }

    /// As one line for a shell.
    pub(super) fn line(&self) -> String {
        let words: Vec<String> = self.words.iter().map(|word| quoted(word)).collect();
        words.join(" ")
    }
}

/// What to run, unless no server can settle it.
pub(super) fn check_command(message: &ConsoleMessage, known: &Known<'_>) -> Option<CheckCommand> {
    if !is_settled_by_server(message) {
        return None;
    }
    let first = message.initial_url.as_deref().filter(|url| is_web(url));
    let told = first.or(message.url.as_deref());
    if told.is_some_and(|url| !is_web(url)) && known.url.is_none() {
        return None;
    }
    let url = known.url.or(told);
    let told = message.page_origin.as_deref().filter(|it| is_origin(it));
    let origin = known.origin.or(told);
    let mut notes = Vec::new();
    let mut words: Vec<String> = ["corscope", "check"].map(str::to_owned).to_vec();
    words.push(url.unwrap_or("URL").to_owned());
    let mut flag = |name: &str, value: &str| {
        if value.starts_with('-') {
            words.push(format!("{name}={value}"));
        } else {
            words.extend([name.to_owned(), value.to_owned()]);
        }
    };
    flag("--from", origin.unwrap_or("ORIGIN"));
    let method = message.method.as_deref().filter(|it| is_token(it));
    let header = message.header.as_deref().filter(|it| is_token(it));
    let is_preflight = message.leg == MessageLeg::Preflight;
    let is_simple = method.is_none_or(|it| matches!(it, "GET" | "HEAD" | "POST" | "OPTIONS"));
    if let Some(method) = method.filter(|method| !matches!(*method, "GET" | "OPTIONS")) {
        flag("--request", method);
    }
    if let Some(header) = header {
        flag("--header", &format!("{header}: {}", sample_value(header)));
    } else if is_preflight && message.causes.first() == Some(&"acam-method-missing") && is_simple {
        flag("--request", "PUT");
        notes.push("the message does not tell the method: PUT stands for it");
    } else if is_preflight && is_simple {
        if method.is_none_or(|method| method != "POST") {
            flag("--request", "POST");
        }
        flag("--header", "Content-Type: application/json");
        notes.push(
            "the message does not tell why there is a preflight: a JSON body, the usual reason, \
             stands for it; put your own method and headers",
        );
    }
    if message.credentials == Some(true) {
        flag("--credentials", "include");
    }
    if message.not_cors == Some(NotCors::LocalNetworkAccess) {
        flag("--page-space", "public");
    }
    match message.browser {
        Some(Browser::Firefox) => flag("--browser", "firefox"),
        Some(Browser::WebKit) => flag("--browser", "webkit"),
        _ => {}
    }
    // Characters that a terminal obeys would make the line another one than is read.
    if words.iter().any(|word| word.chars().any(char::is_control)) {
        return None;
    }
    Some(CheckCommand {
        words,
        has_url: url.is_some(),
        has_origin: origin.is_some(),
        notes,
    })
}

fn is_settled_by_server(message: &ConsoleMessage) -> bool {
    match message.not_cors {
        None => message.effect != Effect::Passed || !message.causes.is_empty(),
        Some(kind) => matches!(
            kind,
            NotCors::LocalNetworkAccess
                | NotCors::Certificate
                | NotCors::Network
                | NotCors::Corp
                | NotCors::HttpStatus
        ),
    }
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn is_origin(text: &str) -> bool {
    Origin::parse(text).is_ok()
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// A value with which a header needs a preflight.
fn sample_value(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "content-type" => "application/json",
        "authorization" => "Bearer x",
        "accept" => "{}",
        "accept-language" | "content-language" => "en_US",
        "range" => "items=0-1",
        _ => "1",
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use corscope_diagnose::console::read::read_message;

    use super::*;

    fn line(text: &str) -> Option<String> {
        let message = read_message(text).unwrap_or_else(|| panic!("{text}"));
        check_command(&message, &Known::default()).map(|command| command.line())
    }

    #[test]
    fn as_much_as_the_message_tells() {
        let frame = "Access to fetch at 'https://a.example/x?a=1&b=2' from origin \
                     'http://localhost:3000' has been blocked by CORS policy:";
        assert_eq!(
            line(&format!("{frame} Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.")).as_deref(),
            Some("corscope check 'https://a.example/x?a=1&b=2' --from http://localhost:3000 --request PUT")
        );
        assert_eq!(
            line(&format!("{frame} Request header field x-foo is not allowed by Access-Control-Allow-Headers in preflight response.")).as_deref(),
            Some("corscope check 'https://a.example/x?a=1&b=2' --from http://localhost:3000 --header 'x-foo: 1'")
        );
        assert_eq!(
            line("Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".")
                .as_deref(),
            Some("corscope check URL --from ORIGIN --credentials include --browser webkit")
        );
    }

    #[test]
    fn a_message_cannot_smuggle_words_into_the_line() {
        for (url, origin) in [
            ("https://a.example/$(reboot);'x", "http://b.example"),
            ("https://a.example/`id`", "--curl=x"),
            ("https://a.example/'\"'\"'", "$(id)"),
            ("-k", "http://b.example"),
        ] {
            let text = format!(
                "Access to fetch at '{url}' from origin '{origin}' has been blocked by CORS \
                 policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
            );
            let Some(line) = line(&text) else { continue };
            let script = format!("printf '%s\\n' {line}");
            let shell = Command::new("sh").arg("-c").arg(&script).output();
            let read = shell.unwrap_or_else(|error| panic!("{error}")).stdout;
            let read = String::from_utf8_lossy(&read).into_owned();
            let words: Vec<&str> = read.lines().collect();
            assert_eq!(words.len(), 5, "{line}");
            // Quotes at its ends are taken for the message's.
            assert!(url.starts_with(words[2]) || words[2] == "URL", "{line}");
            assert!(!words[4].starts_with(['-', '$']), "{line}");
        }
    }
}
