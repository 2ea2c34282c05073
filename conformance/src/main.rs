//! Prints how far the engine agrees with the recorded browsers; `--mismatches` lists what differs.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

use std::io;

use conformance::{Field, Mismatch, RECORDED, replay, replay_live, replay_sequences};
use corscope_fetch::Browser;

fn main() -> io::Result<()> {
    let wants_mismatches = std::env::args().any(|argument| argument == "--mismatches");
    let mut mismatches = Vec::new();
    println!(
        "{:<18}{:>12}{:>12}{:>12}",
        "", RECORDED[0], RECORDED[1], RECORDED[2]
    );
    for (title, replay) in [
        ("scenarios", replay as fn(Browser) -> _),
        ("drawn later", replay_live),
    ] {
        let mut reports = Vec::new();
        for browser in RECORDED {
            reports.push(replay(browser)?);
        }
        line(title, reports.iter().map(|it| it.rows.to_string()));
        for field in Field::ALL {
            let cells = RECORDED.iter().zip(&reports).map(|(browser, report)| {
                if field == Field::BrowserCode && *browser != Browser::Chromium {
                    return "–".to_owned();
                }
                let agreeing = report.agreeing.get(&field).copied().unwrap_or(0);
                percent(agreeing, report.rows)
            });
            line(&field.to_string(), cells);
        }
        mismatches.extend(reports.into_iter().flat_map(|it| it.mismatches));
    }
    let mut steps = Vec::new();
    for browser in RECORDED {
        let sequences = replay_sequences(browser)?;
        let agreeing = sequences.rows - sequences.mismatches.len();
        steps.push(percent(agreeing, sequences.rows));
        mismatches.extend(sequences.mismatches);
    }
    line("sequence steps", steps.into_iter());
    let wrongly_readable = mismatches
        .iter()
        .filter(|mismatch| mismatch.wrongly_readable)
        .count();
    println!("wrongly called readable: {wrongly_readable}");
    if wants_mismatches {
        mismatches.iter().for_each(show);
    }
    Ok(())
}

fn line(title: &str, cells: impl Iterator<Item = String>) {
    let cells: String = cells.map(|cell| format!("{cell:>12}")).collect();
    println!("{title:<18}{cells}");
}

fn show(mismatch: &Mismatch) {
    let flag = if mismatch.wrongly_readable {
        " WRONGLY READABLE"
    } else {
        ""
    };
    println!(
        "\n{} {} {}{flag}",
        mismatch.browser, mismatch.id, mismatch.field
    );
    println!(
        "  recorded:  {}",
        mismatch.recorded.replace('\n', "\n             ")
    );
    println!(
        "  predicted: {}",
        mismatch.predicted.replace('\n', "\n             ")
    );
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}
