//! JSONL: lines are read as a stream, and answered one by one in order; memory does not grow with
//! the input.

use std::io::{self, BufRead, Write};

use corscope_diagnose::scenario::{
    LINE_LIMIT, ScenarioError, scenario_from_json, sequence_from_json,
};
use serde::{Deserialize, Serialize};

use super::{Settings, write_sequence, write_verdicts};

/// How a stream ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamSummary {
    /// Lines that could not be read.
    pub bad: usize,
    /// Scenarios of which a profile was blocked.
    pub blocked: usize,
}

/// The answer to a line that cannot be read.
#[derive(Serialize)]
struct BadLine<'a> {
    id: Option<String>,
    line: usize,
    error: &'a ScenarioError,
}

/// Judges every line of `input`. `first_line` is the number of its first line.
///
/// # Errors
/// When reading or writing fails; lines that are no scenarios are answered, not failed.
pub fn run_stream(
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    settings: &Settings,
    sequences: bool,
) -> io::Result<StreamSummary> {
    let mut summary = StreamSummary::default();
    let mut line = Vec::with_capacity(4096);
    let mut answer = Vec::with_capacity(8192);
    let mut number = 0;
    while let Some(is_whole) = read_line(input, &mut line)? {
        number += 1;
        let text = line.trim_ascii();
        if text.is_empty() && is_whole {
            continue;
        }
        answer.clear();
        let result = if is_whole {
            judge_line(text, settings, sequences, &mut answer)
        } else {
            Err(ScenarioError::too_long())
        };
        match result {
            Ok(is_blocked) => summary.blocked += usize::from(is_blocked),
            Err(error) => {
                summary.bad += 1;
                answer.clear();
                let id = if is_whole { id_of(text) } else { None };
                let bad = BadLine {
                    id,
                    line: number,
                    error: &error,
                };
                serde_json::to_writer(&mut answer, &bad)?;
            }
        }
        answer.push(b'\n');
        output.write_all(&answer)?;
        // One long line must not keep its memory for the rest of a long stream.
        for buffer in [&mut line, &mut answer] {
            if buffer.capacity() > 1024 * 1024 {
                *buffer = Vec::with_capacity(8192);
            }
        }
    }
    output.flush()?;
    Ok(summary)
}

fn judge_line(
    text: &[u8],
    settings: &Settings,
    sequences: bool,
    answer: &mut Vec<u8>,
) -> Result<bool, ScenarioError> {
    if sequences {
        return write_sequence(&sequence_from_json(text)?, settings, answer);
    }
    write_verdicts(&scenario_from_json(text)?, settings, answer)
}

/// Reads one line without its end. `None` at the end of the input; `Some(false)` for a line over
/// the limit, whose rest is skipped unread.
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let mut is_whole = true;
    let mut is_empty = true;
    loop {
        let available = match input.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok((!is_empty).then_some(is_whole));
        }
        is_empty = false;
        let end = memchr::memchr(b'\n', available);
        let taken = end.unwrap_or(available.len());
        if is_whole && line.len() + taken <= LINE_LIMIT {
            line.extend_from_slice(&available[..taken]);
        } else {
            is_whole = false;
            line.clear();
        }
        let used = taken + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(is_whole));
        }
    }
}

/// The name of a scenario that is otherwise wrong, if it can be made out.
fn id_of(text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        id: Option<String>,
    }
    serde_json::from_slice::<Named>(text)
        .ok()
        .and_then(|named| named.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corscope_fetch::Browser;

    fn run(input: &[u8]) -> (String, StreamSummary) {
        let settings = Settings {
            browsers: vec![Browser::Chromium],
            all: false,
            trace: false,
            remedies: false,
        };
        let mut output = Vec::new();
        let summary = run_stream(&mut &*input, &mut output, &settings, false).unwrap();
        (String::from_utf8(output).unwrap(), summary)
    }

    const GOOD: &str = r#"{"id":"a","page":{"origin":"https://a.test"},"request":{"url":"https://b.test"},"responses":[{"status":200}]}"#;

    #[test]
    fn bad_lines_are_answered_in_place_and_the_run_goes_on() {
        let input = format!("{GOOD}\n{{\"id\":\"b\",\"page\":1}}\n\nnot json\n{GOOD}");
        let (output, summary) = run(input.as_bytes());
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with(r#"{"id":"a","browser":"chromium","outcome":"error""#));
        assert!(lines[1].starts_with(r#"{"id":"b","line":2,"error":{"code":"invalid-value""#));
        assert!(lines[2].starts_with(r#"{"id":null,"line":4,"error":{"code":"invalid-json""#));
        assert!(lines[3].starts_with(r#"{"id":"a""#));
        assert_eq!(summary, StreamSummary { bad: 2, blocked: 2 });
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_and_the_next_is_read() {
        let mut input = vec![b'x'; LINE_LIMIT + 10];
        input.push(b'\n');
        input.extend_from_slice(GOOD.as_bytes());
        let (output, summary) = run(&input);
        assert!(output.starts_with(r#"{"id":null,"line":1,"error":{"code":"too-long""#));
        assert_eq!(output.lines().count(), 2);
        assert_eq!(summary, StreamSummary { bad: 1, blocked: 1 });
    }

    #[test]
    fn bytes_that_are_no_utf8_are_an_error_not_a_panic() {
        let (output, summary) = run(b"\xff\xfe\n");
        assert!(output.contains("not-utf8"), "{output}");
        assert_eq!(summary.bad, 1);
    }
}
