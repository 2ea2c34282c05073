//! Prints how far the engine agrees with the recorded browsers; `--mismatches` lists what differs.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

use std::io;

use conformance::{Field, Mismatch, RECORDED, replay, replay_sequences};
use corscope_fetch::Browser;

fn main() -> io::Result<()> {
    let wants_mismatches = std::env::args().any(|argument| argument == "--mismatches");
    let mut names = vec!["scenarios".to_owned()];
    names.extend(Field::ALL.map(|field| field.to_string()));
    names.push("sequence steps".to_owned());
    let mut columns = vec![names];
    let mut mismatches = Vec::new();
    for browser in RECORDED {
        let report = replay(browser)?;
        let sequences = replay_sequences(browser)?;
        let mut column = vec![report.rows.to_string()];
        column.extend(Field::ALL.map(|field| match field {
            Field::BrowserCode if browser != Browser::Chromium => "–".to_owned(),
            field => percent(
                report.agreeing.get(&field).copied().unwrap_or(0),
                report.rows,
            ),
        }));
        column.push(percent(
            sequences.rows - sequences.mismatches.len(),
            sequences.rows,
        ));
        columns.push(column);
        mismatches.extend(report.mismatches);
        mismatches.extend(sequences.mismatches);
    }
    println!(
        "{:<18}{:>12}{:>12}{:>12}",
        "", RECORDED[0], RECORDED[1], RECORDED[2]
    );
    for row in 0..columns[0].len() {
        let cell = |column: usize| columns[column][row].as_str();
        println!(
            "{:<18}{:>12}{:>12}{:>12}",
            cell(0),
            cell(1),
            cell(2),
            cell(3)
        );
    }
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
