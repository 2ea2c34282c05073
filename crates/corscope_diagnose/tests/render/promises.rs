//! What holds for every report: it keeps to the width, sends nothing raw to the terminal, and
//! colours change nothing but colours.

use corscope_diagnose::render::{TextOptions, json, markdown, text_all};
use corscope_fetch::Browser;

use crate::{Beside, Seen, cases};

const OPTIONS: TextOptions = TextOptions {
    width: 80,
    color: false,
    unicode: true,
    trace: true,
    verbose: false,
};

fn keep(text: &str, width: usize, case: &str) {
    for line in text.lines() {
        let columns = line.chars().count();
        assert!(
            columns <= width,
            "{columns} > {width}: {line}\nin {case}\n{text}"
        );
        assert_eq!(line.trim_end(), line, "in {case}");
    }
    let is_raw = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
    };
    assert!(!text.contains(is_raw), "raw bytes in {case}\n{text:?}");
    assert!(!text.contains("\n\n\n"), "in {case}\n{text}");
}

/// `text` without its colours; each must end on the line on which it begins.
fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    for line in text.lines() {
        let mut is_on = false;
        let mut rest = line;
        while let Some((before, code)) = rest.split_once("\x1b[") {
            let (code, after) = code.split_once('m').unwrap_or((code, ""));
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b';')
            );
            assert_eq!(
                is_on,
                code == "0",
                "colours alternate with resets: {line:?}"
            );
            is_on = code != "0";
            plain.push_str(before);
            rest = after;
        }
        assert!(!is_on, "a colour reaches over the line's end: {line:?}");
        plain.push_str(rest);
        plain.push('\n');
    }
    plain
}

#[test]
fn reports_keep_to_the_width_and_send_nothing_raw() {
    for case in cases::all() {
        let seen = Seen::new(&case, &Browser::ALL, true);
        seen.with(&Beside::default(), |reports| {
            for width in [40, 57, 80, 132] {
                for (unicode, verbose) in [(true, false), (false, false), (true, true)] {
                    let options = TextOptions {
                        width,
                        unicode,
                        verbose,
                        ..OPTIONS
                    };
                    for report in reports {
                        let text = corscope_diagnose::render::text(report, options);
                        keep(&text, width, &case);
                        assert!(unicode || text.is_ascii(), "not ASCII in {case}\n{text}");
                    }
                    keep(&text_all(reports, options), width, &case);
                }
            }
        });
    }
}

#[test]
fn what_the_program_adds_is_as_safe() {
    let evil = || "\x1b[31m\u{202E}evil\r\n`<b>` ".repeat(9);
    let beside = Beside {
        title: Some("\x1b]0;title\x07"),
        exchanges: vec![Some(corscope_diagnose::render::ExchangeNote {
            duration: None,
            remote: Some(evil()),
            http_version: None,
        })],
        probes: vec![corscope_diagnose::render::ProbeNote {
            purpose: evil(),
            request: evil(),
            outcome: evil(),
            tells: evil(),
        }],
        notes: vec![evil()],
        hints: vec![evil()],
    };
    let seen = Seen::new(cases::MISSING, &Browser::ALL, false);
    seen.with(&beside, |reports| {
        keep(&text_all(reports, OPTIONS), 80, "evil");
        keep(
            &corscope_diagnose::render::text(&reports[1], OPTIONS),
            80,
            "evil",
        );
        let markdown = markdown(&reports[1]);
        assert!(!markdown.contains(['\x1b', '\r', '\u{202E}']), "{markdown}");
    });
}

#[test]
fn colours_change_nothing_but_colours() {
    for case in cases::all() {
        let seen = Seen::new(&case, &Browser::ALL, true);
        seen.with(&Beside::default(), |reports| {
            let plain = text_all(reports, OPTIONS);
            let options = TextOptions {
                color: true,
                ..OPTIONS
            };
            let painted = text_all(reports, options);
            assert_ne!(plain, painted);
            assert_eq!(without_colors(&painted), plain);
        });
    }
}

/// Ten megabytes of headers, or one of ten, must not become ten megabytes on the terminal.
#[test]
fn a_flood_of_headers_is_cut_short() {
    let line = r#"["Access-Control-Allow-Origin", "https://other.example"], ["X-Flood", "x"]"#;
    let flood = vec![line; 30_000].join(",");
    let value = "v ".repeat(1_000_000);
    for headers in [
        flood,
        format!(r#"["Access-Control-Allow-Origin", "{value}"]"#),
        format!(r#"["Access-Control-Allow-Origin", "*"], ["Set-Cookie", "{value}"]"#),
    ] {
        let case = format!(
            r#"{{ "page": {{ "origin": "https://app.example" }},
              "request": {{ "url": "https://api.example/" }},
              "responses": [ {{ "status": 200, "headers": [{headers}] }} ] }}"#
        );
        let seen = Seen::new(&case, &[Browser::Chromium], false);
        seen.with(&Beside::default(), |reports| {
            let text = text_all(reports, OPTIONS);
            assert!(text.len() < 20_000, "{} bytes", text.len());
            keep(&text, 80, "a flood");
            let markdown = markdown(&reports[0]);
            assert!(markdown.len() < 40_000, "{} bytes", markdown.len());
        });
    }
}

#[test]
fn every_recorded_scenario_can_be_printed() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../conformance/scenarios.jsonl"
    );
    let scenarios = std::fs::read_to_string(path).expect("the recorded scenarios");
    for (index, line) in scenarios.lines().enumerate() {
        let browser = Browser::ALL[index % Browser::ALL.len()];
        let seen = Seen::new(line, &[browser], index % 3 == 0);
        seen.with(&Beside::default(), |reports| {
            let width = 40 + index % 60;
            let options = TextOptions { width, ..OPTIONS };
            keep(&text_all(reports, options), width, line);
            assert!(!markdown(&reports[0]).is_empty());
        });
    }
}

#[test]
fn secrets_stay_out_unless_asked_for() {
    for (case, secret) in [
        (cases::PREFLIGHT_401, "abc.def"),
        (cases::READABLE, "s3cr3t"),
    ] {
        let seen = Seen::new(case, &[Browser::Chromium], false);
        seen.with(&Beside::default(), |reports| {
            assert!(!text_all(reports, OPTIONS).contains(secret));
            assert!(!markdown(&reports[0]).contains(secret));
            let options = TextOptions {
                verbose: true,
                ..OPTIONS
            };
            assert!(text_all(reports, options).contains(secret));
        });
    }
}

#[test]
fn the_parts_come_in_their_order() {
    let seen = Seen::new(cases::SEVERAL, &[Browser::Chromium], true);
    let beside = Beside {
        notes: vec!["a note".to_owned()],
        hints: vec!["a hint".to_owned()],
        ..Beside::default()
    };
    let text = seen.with(&beside, |reports| text_all(reports, OPTIONS));
    let mut at = 0;
    for part in [
        "BLOCKED",
        "PATCH https://api.example/items/1",
        "The exchange",
        "preflight",
        "the browser stops here",
        "after that",
        "not sent",
        "What is wrong",
        "^",
        "Why",
        "What to change",
        "Next you would hit",
        "Chromium's console says",
        "Also worth knowing",
        "The steps",
        "Notes",
        "a note",
        "a hint",
    ] {
        let next = text[at..].find(part);
        at += next.unwrap_or_else(|| panic!("no {part:?} after byte {at}\n{text}"));
    }
}

#[test]
fn json_is_one_line_or_many() {
    let seen = Seen::new(cases::HOSTILE, &[Browser::Chromium], true);
    seen.with(&Beside::default(), |reports| {
        let document = reports[0].document;
        let mut lines = Vec::new();
        json::write_line(document, &mut lines).unwrap();
        json::write_line(document, &mut lines).unwrap();
        assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 2);
        assert!(!lines.contains(&0x1B));
        let pretty = json::pretty(document).unwrap();
        let one: serde_json::Value = serde_json::from_str(&pretty).unwrap();
        let other: serde_json::Value =
            serde_json::from_slice(lines.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
        assert_eq!(one, other);
        assert!(pretty.ends_with("}\n"));
    });
}
