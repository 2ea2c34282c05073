//! Markdown whose examples are what the program really prints.
//!
//! A page holds markers, each followed by the block that its command prints:
//!
//! ````text
//! <!-- run: corscope rules -->
//! ```text
//! $ corscope rules
//! …
//! ```
//! ````
//!
//! A command is `corscope …` or `make …`; one that names the demo server's address gets a demo
//! server to talk to.

mod demo;
mod page;
mod steady;

use std::path::{Path, PathBuf};
use std::process::Command;

use demo::Demo;
use page::Block;

/// The pages that are looked at unless others are named.
const PAGES: &[&str] = &["README.md", "docs/guide/stacks.md"];

/// Compares every generated block with what its command prints now; `Ok(false)` when one differs.
pub(crate) fn check(root: &Path, files: &[&str]) -> Result<bool, String> {
    let mut fresh = true;
    for_each_page(root, files, |file, text, renewed| {
        if text != renewed {
            fresh = false;
            println!("{file}: stale; `make example` renews it");
        }
        Ok(())
    })?;
    Ok(fresh)
}

/// Renews every generated block that differs in more than ports and times.
pub(crate) fn write(root: &Path, files: &[&str]) -> Result<bool, String> {
    for_each_page(root, files, |file, text, renewed| {
        if text != renewed {
            std::fs::write(root.join(file), renewed).map_err(|error| format!("{file}: {error}"))?;
            println!("{file}: renewed");
        }
        Ok(())
    })?;
    Ok(true)
}

fn for_each_page(
    root: &Path,
    files: &[&str],
    mut each: impl FnMut(&str, &str, &str) -> Result<(), String>,
) -> Result<(), String> {
    let corscope = crate::target_dir(root).join("release/corscope");
    let mut demo = None;
    let files = if files.is_empty() { PAGES } else { files };
    for file in files {
        let text =
            std::fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
        let renewed = page::renew(&text, |block| {
            let printed = print(root, &corscope, block.command, &mut demo)?;
            Ok(fresher(block, printed))
        });
        each(
            file,
            &text,
            &renewed.map_err(|error| format!("{file}: {error}"))?,
        )?;
    }
    Ok(())
}

/// The block's old text, when it says the same but for ports and times: no change for its own sake.
fn fresher(block: &Block<'_>, printed: String) -> String {
    match block.printed {
        Some(old) if steady::steady(old) == steady::steady(&printed) => old.to_owned(),
        _ => printed,
    }
}

/// What `command` prints, with the command itself above it as in a terminal.
fn print(
    root: &Path,
    corscope: &Path,
    command: &str,
    demo: &mut Option<Demo>,
) -> Result<String, String> {
    let mut words = page::words(command).ok_or_else(|| format!("`{command}`: an open quote"))?;
    let program = match words.first().map(String::as_str) {
        Some("corscope") => corscope.to_owned(),
        Some("make") => PathBuf::from("make"),
        _ => {
            return Err(format!(
                "`{command}`: only `corscope …` and `make …` are run"
            ));
        }
    };
    words.remove(0);
    let demo = match (command.contains(demo::ADDRESS), demo) {
        (false, _) => None,
        (true, Some(demo)) => Some(demo),
        (true, demo) => Some(demo.insert(Demo::start(corscope)?)),
    };
    if let Some(demo) = &demo {
        words.iter_mut().for_each(|word| *word = demo.really(word));
    }
    let output = Command::new(&program)
        .args(&words)
        .current_dir(root)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .output()
        .map_err(|error| format!("{}: {error} (build it first)", program.display()))?;
    // 1 is a verdict, "blocked"; more is a failure to give one.
    if output.status.code().is_none_or(|code| code > 1) {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "`{command}` failed ({}): {complaint}",
            output.status
        ));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let printed = match &demo {
        Some(demo) => demo.as_in_pages(&printed),
        None => printed.into_owned(),
    };
    Ok(format!("$ {command}\n{}\n", printed.trim_end()))
}
