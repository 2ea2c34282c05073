//! `--jsonl`: one text a line in, one explanation a line out.

use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use super::command::Known;
use super::document::Document;
use super::explained;
use crate::cli::output::{ALLOWED, BAD_INPUT, BLOCKED, FAILED, fail};

/// The longest line that is read.
const LINE_LIMIT: u64 = 16 << 20;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    text: String,
}

/// Exit codes: 0 nothing blocked, 1 something was, 2 a line that cannot be read or explained.
pub(super) fn run(known: &Known<'_>) -> ExitCode {
    let mut input = BufReader::with_capacity(256 * 1024, io::stdin().lock());
    let mut output = BufWriter::with_capacity(256 * 1024, io::stdout().lock());
    match lines(&mut input, &mut output, known) {
        Ok(code) => ExitCode::from(code),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(ALLOWED),
        Err(error) => fail(FAILED, &error.to_string()),
    }
}

fn lines(
    input: &mut BufReader<impl Read>,
    output: &mut impl Write,
    known: &Known<'_>,
) -> io::Result<u8> {
    let mut code = ALLOWED;
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = input
            .by_ref()
            .take(LINE_LIMIT)
            .read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        if length as u64 == LINE_LIMIT && line.last() != Some(&b'\n') {
            input.skip_until(b'\n')?;
            let error = json!({ "id": null, "error": "the line is longer than 16 MB" });
            writeln!(output, "{error}")?;
            code = BAD_INPUT;
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        code = code.max(answer(&line, output, known)?);
        // Whoever waits for an answer gets it.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok(code)
}

fn answer(line: &[u8], output: &mut impl Write, known: &Known<'_>) -> io::Result<u8> {
    let line: Line = match serde_json::from_slice(line) {
        Ok(line) => line,
        Err(error) => {
            let id = serde_json::from_slice::<Value>(line).ok();
            let id = id.and_then(|value| value.get("id").cloned());
            let error = json!({ "id": id, "error": error.to_string() });
            writeln!(output, "{error}")?;
            return Ok(BAD_INPUT);
        }
    };
    let found = explained(&line.text, known);
    let mut document = Document::new(&found);
    document.id = Some(&line.id);
    serde_json::to_writer(&mut *output, &document)?;
    output.write_all(b"\n")?;
    Ok(if found.is_empty() {
        BAD_INPUT
    } else if found.iter().any(|it| it.message.is_blocking()) {
        BLOCKED
    } else {
        ALLOWED
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_answered_in_place() {
        let input = b"{\"id\":\"a\",\"text\":\"TypeError: Failed to fetch\"}\nnonsense\n\
                      {\"id\":7}\n\n{\"id\":\"c\",\"text\":\"hello\"}\n\
                      {\"id\":\"d\",\"text\":\"CORSMissingAllowOrigin\"}";
        let mut output = Vec::new();
        let code = lines(
            &mut BufReader::new(&input[..]),
            &mut output,
            &Known::default(),
        );
        assert!(matches!(code, Ok(BAD_INPUT)));
        let text = String::from_utf8_lossy(&output);
        let rows: Vec<Value> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        assert_eq!(rows.len(), 5, "{text}");
        assert_eq!(rows[0]["id"], "a");
        assert_eq!(rows[0]["browser"], "chromium");
        assert!(rows[1]["error"].is_string() && rows[1]["id"].is_null());
        assert_eq!(rows[2]["id"], 7);
        assert_eq!(rows[3]["browser"], "unknown");
        assert_eq!(rows[4]["causes"][0], "acao-missing");
    }
}
