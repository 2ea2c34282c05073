//! Reports as files under `tests/golden`. `BLESS=1 cargo test -p corscope_diagnose --test render`
//! writes them anew; read the difference before you commit it.

use std::path::Path;
use std::time::Duration;

use corscope_diagnose::render::{
    ExchangeNote, ProbeNote, TextOptions, markdown, markdown_all, text, text_all,
};
use corscope_fetch::Browser;

use crate::{Beside, Seen, cases};

fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        let written = std::fs::write(&path, text);
        return assert!(written.is_ok(), "{name} cannot be written: {written:?}");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        wanted == text,
        "{name} differs (BLESS=1 writes it anew)\n--- file\n{wanted}\n--- now\n{text}"
    );
}

fn chromium(name: &str, case: &str) {
    let text = Seen::new(case, &[Browser::Chromium], false).with(&Beside::default(), |reports| {
        text(&reports[0], TextOptions::default())
    });
    check(&format!("{name}.txt"), &text);
}

#[test]
fn one_fault() {
    chromium("acao-missing", cases::MISSING);
    chromium("acao-mismatch", cases::MISMATCH);
    chromium("acao-duplicates", cases::DUPLICATES);
    chromium("preflight-401", cases::PREFLIGHT_401);
    chromium("redirect-to-null", cases::REDIRECTS);
    chromium("connection-refused", cases::REFUSED);
}

#[test]
fn many_faults() {
    chromium("several-faults", cases::SEVERAL);
    chromium("csp-and-acao", cases::CSP);
}

#[test]
fn no_fault() {
    chromium("readable", cases::READABLE);
    chromium("opaque", cases::OPAQUE);
    chromium("incomplete", cases::INCOMPLETE);
}

#[test]
fn what_is_hard_to_print() {
    chromium("hostile", cases::HOSTILE);
    chromium("nonsense", cases::NONSENSE);
    chromium("long", &cases::long());
    chromium("endless-redirects", &cases::endless());
}

#[test]
fn steps() {
    let options = TextOptions {
        trace: true,
        unicode: false,
        ..TextOptions::default()
    };
    let seen = Seen::new(cases::REDIRECTS, &[Browser::Fetch], true);
    let text = seen.with(&Beside::default(), |reports| text(&reports[0], options));
    check("trace-in-ascii.txt", &text);
}

#[test]
fn all_browsers() {
    let seen = Seen::new(cases::SEVERAL, &Browser::ALL, false);
    let text = seen.with(&Beside::default(), |reports| {
        text_all(reports, TextOptions::default())
    });
    check("all-browsers.txt", &text);
}

/// As `check` fills it in.
fn live() -> Beside {
    let note = |milliseconds| {
        Some(ExchangeNote {
            duration: Some(Duration::from_micros(milliseconds)),
            remote: Some("127.0.0.1:8377".to_owned()),
            http_version: Some("HTTP/1.1".to_owned()),
        })
    };
    Beside {
        exchanges: vec![note(1234), note(25_600)],
        probes: vec![ProbeNote {
            purpose: "the same request without Origin".to_owned(),
            request: "GET https://api.example/items".to_owned(),
            outcome: "200, no Access-Control-Allow-Origin".to_owned(),
            tells: "the server does not depend on Origin".to_owned(),
        }],
        notes: vec!["the request was not sent: PUT may change something".to_owned()],
        hints: vec!["`corscope explain preflight-requires-auth` says more".to_owned()],
        ..Beside::default()
    }
}

#[test]
fn a_live_check() {
    let seen = Seen::new(cases::PREFLIGHT_401, &[Browser::Chromium], false);
    let text = seen.with(&live(), |reports| text(&reports[0], TextOptions::default()));
    check("live.txt", &text);
}

#[test]
fn for_an_issue() {
    for (name, case) in [
        ("several-faults", cases::SEVERAL),
        ("hostile", cases::HOSTILE),
        ("readable", cases::READABLE),
    ] {
        let seen = Seen::new(case, &[Browser::Firefox], true);
        let text = seen.with(&live(), |reports| markdown(&reports[0]));
        check(&format!("{name}.md"), &text);
    }
    let seen = Seen::new(cases::MISSING, &Browser::ALL, false);
    let text = seen.with(&Beside::default(), markdown_all);
    check("all-browsers.md", &text);
}
