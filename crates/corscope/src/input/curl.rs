//! A `curl` command, hand-written or copied from a browser's DevTools.

use super::error::{InputError, quoted};
use super::shell_words::{Word, Words};
use super::{Given, cmd_words, shell_words};

mod body;
mod command;
#[cfg(test)]
mod error_tests;
mod flags;
mod request;
mod target;
#[cfg(test)]
mod tests;

use command::Command;

const PLACE: &str = "cURL command";

/// Reads one `curl` command, as typed, or as Chromium ("Copy as cURL", bash and cmd), Firefox and
/// Safari copy it. What the browser had added to the request is told from what the script set.
///
/// # Errors
/// When the command cannot be read, or asks for what no page's script can do.
pub fn curl(text: &str) -> Result<Given, InputError> {
    super::check_length(PLACE, text)?;
    refuse_powershell(text)?;
    let split = if cmd_words::is_cmd(text) {
        cmd_words::split
    } else {
        shell_words::split
    };
    let Words { words, notes } = split(PLACE, text)?;
    let first = first_argument(text, &words)?;
    let mut command = Command {
        given: Given {
            notes,
            ..Given::default()
        },
        ..Command::default()
    };
    command.read(&words, first)?;
    command.finish()
}

/// "Copy as PowerShell", and `curl.exe` lines continued with a backquote.
fn refuse_powershell(text: &str) -> Result<(), InputError> {
    let text = text.trim_start();
    let starts = |start: &str| {
        text.get(..start.len())
            .is_some_and(|is| is.eq_ignore_ascii_case(start))
    };
    let first_line = text.lines().next().unwrap_or_default().trim_end();
    if ["$session", "Invoke-", "iwr ", "irm "]
        .into_iter()
        .any(starts)
        || first_line.ends_with(" `")
    {
        let problem = "this is PowerShell, whose quoting is not read";
        let mend = "copy the request with \"Copy as cURL (bash)\" or \"Copy as fetch\" instead";
        return Err(InputError::new(PLACE, problem, mend));
    }
    Ok(())
}

/// Where the arguments start: behind `curl`, if it is there, and behind a pasted prompt.
fn first_argument(text: &str, words: &[Word]) -> Result<usize, InputError> {
    let prompt = usize::from(
        words
            .first()
            .is_some_and(|word| matches!(&*word.text, "$" | "%" | "#")),
    );
    let Some(word) = words.get(prompt) else {
        let mend = "give the whole command: curl 'https://api.example.com/x' -H 'X-Foo: 1'";
        return Err(InputError::new(PLACE, "there is no command", mend));
    };
    let program = word.text.rsplit(['/', '\\']).next().unwrap_or_default();
    let program = program.to_ascii_lowercase();
    if program == "curl" || program == "curl.exe" {
        return Ok(prompt + 1);
    }
    if ["-", "http://", "https://"]
        .iter()
        .any(|start| word.text.starts_with(start))
    {
        return Ok(prompt);
    }
    let mend = if text.contains("fetch(") {
        "give JavaScript with --fetch-snippet FILE"
    } else {
        "give a command that starts with curl; browsers copy one with \"Copy as cURL\""
    };
    let problem = format!("{} is not curl", quoted(&word.text));
    Err(InputError::new(PLACE, problem, mend).with_excerpt(text, word.span.clone()))
}
