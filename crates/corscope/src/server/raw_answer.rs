//! A server's answer as people copy it: raw headers from DevTools, `curl -i`, `curl -v`.

use corscope_diagnose::scenario::{HopDocument, RawHeaders};
use corscope_fetch::HeaderList;
use corscope_fetch::forbidden::is_token;

/// Header lines beyond these are not read.
const MOST_LINES: usize = 1000;
/// Answers (redirects) beyond these are not read.
const MOST_ANSWERS: usize = 24;

/// The answers in a text, first to last; none when it is no raw answer.
pub(super) fn raw_answers(text: &str) -> Vec<HopDocument> {
    let is_verbose = text.lines().any(|line| line.starts_with("< "));
    let mut answers: Vec<(u16, HeaderList)> = Vec::new();
    let (mut in_head, mut has_status, mut lines) = (true, false, 0);
    for line in text.lines() {
        let line = match (is_verbose, line.strip_prefix("< ")) {
            (true, Some(line)) => line,
            (true, None) if line.trim_end() == "<" => "",
            (true, None) => continue, // what curl sent, and what it says about the connection
            (false, _) => line,
        };
        if let Some(status) = status_line(line) {
            answers.push((status, HeaderList::new()));
            (in_head, has_status) = (true, true);
        } else if line.trim().is_empty() {
            in_head &= answers.is_empty();
        } else if in_head {
            let Some((name, value)) = header_line(line) else {
                // Without a status line, only what consists of headers is an answer.
                if !has_status {
                    return Vec::new();
                }
                continue;
            };
            if answers.is_empty() {
                answers.push((200, HeaderList::new()));
            }
            lines += 1;
            if let Some((_, list)) = answers.last_mut()
                && lines <= MOST_LINES
            {
                list.push(name, latin1_bytes(value));
            }
        }
    }
    answers
        .into_iter()
        .filter(|(status, _)| *status >= 200)
        .take(MOST_ANSWERS)
        .map(|(status, list)| HopDocument {
            status,
            headers: RawHeaders(list),
            ..HopDocument::default()
        })
        .collect()
}

fn status_line(line: &str) -> Option<u16> {
    if let Some(status) = line.strip_prefix(":status:") {
        return status.trim().parse().ok();
    }
    let rest = line.strip_prefix("HTTP/")?;
    let status = rest.split_ascii_whitespace().nth(1)?;
    status
        .parse()
        .ok()
        .filter(|status| (100..=999).contains(status))
}

fn header_line(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_header = is_token(name.as_bytes()) && !value.starts_with("//");
    is_header.then_some((name, value))
}

/// What a copied text can hold beyond Latin-1 was never on the wire as such: it goes as UTF-8.
fn latin1_bytes(value: &str) -> Vec<u8> {
    let is_latin1 = value.chars().all(|character| u32::from(character) <= 0xFF);
    match is_latin1 {
        true => value.chars().map(|character| character as u8).collect(),
        false => value.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u16, Vec<(String, String)>)> {
        raw_answers(text)
            .into_iter()
            .map(|answer| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let lines = answer.headers.0.iter();
                let lines = lines.map(|it| (text(it.name), text(it.value)));
                (answer.status, lines.collect())
            })
            .collect()
    }

    fn line(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn copied_headers_and_curl_output_are_read() {
        let allow = line("access-control-allow-origin", " *");
        let one = vec![(200, vec![allow.clone()])];
        for text in [
            "access-control-allow-origin: *",
            "HTTP/2 200 \r\naccess-control-allow-origin: *\r\n\r\n{\"a\": 1}",
            ":status: 200\naccess-control-allow-origin: *\n",
            "* Connected to a.test\n> GET / HTTP/1.1\n> Host: a.test\n>\n< HTTP/1.1 200 OK\n< access-control-allow-origin: *\n<\n{ [5 bytes data]",
            "HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\naccess-control-allow-origin: *\n",
        ] {
            assert_eq!(read(text), one, "{text}");
        }
        let redirected =
            "HTTP/1.1 302 Found\nLocation: /b\n\nHTTP/1.1 200 OK\naccess-control-allow-origin: *\n";
        assert_eq!(
            read(redirected),
            [(302, vec![line("Location", " /b")]), (200, vec![allow])]
        );
    }

    #[test]
    fn what_is_no_answer_gives_none() {
        for text in [
            "",
            "hello",
            "https://a.test/x",
            "Access to fetch at 'https://a.test/' has been blocked",
            "a: 1\nfetch('https://a.test')",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }
}
