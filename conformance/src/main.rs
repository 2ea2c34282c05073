//! Prints how far the engine agrees with the recorded browsers; `--mismatches` lists what differs.
#![expect(clippy::print_stdout, reason = "this program prints a table")]

use std::io;

use conformance::{Field, RECORDED, replay, replay_sequences};

fn main() -> io::Result<()> {
    let wants_mismatches = std::env::args().any(|argument| argument == "--mismatches");
    println!(
        "| | rows | {} | sequence steps |",
        Field::ALL.map(|field| field.to_string()).join(" | ")
    );
    println!("|---|---|{}---|", "---|".repeat(Field::ALL.len()));
    for browser in RECORDED {
        let report = replay(browser)?;
        let sequences = replay_sequences(browser)?;
        let share = |field: Field| {
            let agreeing = report.agreeing.get(&field).copied().unwrap_or(0);
            percent(agreeing, report.rows)
        };
        let fields = Field::ALL.map(|field| match field {
            Field::BrowserCode if browser != corscope_fetch::Browser::Chromium => "–".to_owned(),
            field => share(field),
        });
        let steps = sequences.rows - sequences.mismatches.len();
        println!(
            "| {browser} | {} | {} | {} |",
            report.rows,
            fields.join(" | "),
            percent(steps, sequences.rows)
        );
        if wants_mismatches {
            for mismatch in report.mismatches.iter().chain(&sequences.mismatches) {
                let flag = if mismatch.wrongly_readable {
                    " WRONGLY READABLE"
                } else {
                    ""
                };
                println!("\n{browser} {} {}{flag}", mismatch.id, mismatch.field);
                println!(
                    "  recorded:  {}",
                    mismatch.recorded.replace('\n', "\n             ")
                );
                println!(
                    "  predicted: {}",
                    mismatch.predicted.replace('\n', "\n             ")
                );
            }
        }
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}
