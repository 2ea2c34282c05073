//! Chromium, which repeats a part of the battery. One browser serves all tests of this process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::installed::{node, sources};
use super::report::Report;

/// The policy that the pages in `e2e/frameworks/browser.mjs` are written for.
pub(crate) const POLICY: &str = "several";

struct Browser {
    /// It ends when this pipe does, and the browser with it.
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    _process: Child,
}

static BROWSER: Mutex<Option<Browser>> = Mutex::new(None);

/// Asks a server from pages of an allowed origin and another one.
pub(crate) fn ask_api(api: &str, report: &mut Report) {
    ask(&json!({ "api": api }), report);
}

/// What `fetch(url, options)` gives a page: an object of what it can read, or the error's name.
pub(crate) fn fetch(page: &str, url: &str, options: &Value) -> Value {
    answer(&json!({ "fetch": url, "from": page, "options": options }))
}

/// Asks `/api` of the page's own server.
pub(crate) fn ask_proxy(page: &str, report: &mut Report) {
    ask(&json!({ "page": page }), report);
}

fn answer(question: &Value) -> Value {
    let mut browser = BROWSER.lock().unwrap_or_else(PoisonError::into_inner);
    let browser = browser.get_or_insert_with(Browser::start);
    writeln!(browser.input, "{question}").unwrap();
    browser.line()
}

fn ask(question: &Value, report: &mut Report) {
    let results = answer(question);
    for result in results.as_array().unwrap() {
        let check = format!("Chromium: {}", result["check"].as_str().unwrap());
        let complaints = match result["holds"].as_bool() {
            Some(true) => Vec::new(),
            _ => vec![format!("got {}", result["detail"])],
        };
        report.add(&check, 1, complaints);
    }
}

impl Browser {
    fn start() -> Self {
        let packages = node();
        let program = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
        let mut process = Command::new("node")
            .arg(sources().join("browser.mjs"))
            .args([packages.as_os_str(), program.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut browser = Self {
            input: process.stdin.take().unwrap(),
            output: BufReader::new(process.stdout.take().unwrap()),
            _process: process,
        };
        let version = browser.line();
        println!("Chromium {version}");
        browser
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!("Chromium does not start or has ended; Debian: apt-get install chromium")
        })
    }
}
