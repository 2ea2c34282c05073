//! Prints how far the engine agrees with the recorded browsers; `--mismatches` lists what differs.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

use std::io;

use conformance::{Field, Mismatch, RECORDED, replay, replay_sequences};
use corscope_fetch::Browser;

fn main() -> io::Result<()> {
    let wants_mismatches = std::env::args().any(|argument| argument == "--mismatches");
    let mut rows: Vec<Vec<String>> = vec![vec!["scenarios".to_owned()]];
    rows.extend(Field::ALL.map(|field| vec![field.to_string()]));
    rows.push(vec!["sequence steps".to_owned()]);
    let mut mismatches = Vec::new();
    for browser in RECORDED {
        let report = replay(browser)?;
        let sequences = replay_sequences(browser)?;
        let mut cells = vec![report.rows.to_string()];
        cells.extend(Field::ALL.map(|field| match field {
            Field::BrowserCode if browser != Browser::Chromium => "–".to_owned(),
            field => percent(
                report.agreeing.get(&field).copied().unwrap_or(0),
                report.rows,
            ),
        }));
        cells.push(percent(
            sequences.rows - sequences.mismatches.len(),
            sequences.rows,
        ));
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.push(cell);
        }
        mismatches.extend(report.mismatches);
        mismatches.extend(sequences.mismatches);
    }
    println!(
        "{:<18}{:>12}{:>12}{:>12}",
        "", RECORDED[0], RECORDED[1], RECORDED[2]
    );
    for row in &rows {
        println!("{:<18}{:>12}{:>12}{:>12}", row[0], row[1], row[2], row[3]);
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
