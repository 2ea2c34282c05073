//! Printing what a check found.

use std::process::ExitCode;

use corscope_diagnose::render::{self, ExchangeNote, ProbeNote, RecipeNote, Report};
use corscope_diagnose::secrets::masked;
use corscope_diagnose::{Diagnostic, Sight, VerdictDocument, diagnose, remedy, verdict_document};

use serde::Serialize;

use super::args::{CheckArgs, Format};
use super::recipe::{self, Advice};
use super::{Checked, LiveExchange, Probe};
use crate::check::{LiveDocument, live_document};
use crate::cli::output::{self, ALLOWED, BLOCKED, FAILED, fail};
use crate::simulate::is_blocked;

/// Prints, and gives the exit code.
pub(super) fn print(args: &CheckArgs, checked: &Checked) -> ExitCode {
    let sights: Vec<Sight<'_>> = checked
        .drives
        .iter()
        .map(|drive| Sight {
            subject: &drive.subject,
            scenario: Some(&checked.evidence),
            play: &drive.play,
        })
        .collect();
    let diagnostics: Vec<Vec<Diagnostic>> = sights
        .iter()
        .map(|sight| {
            let mut found = diagnose(sight);
            remedy::prove(sight, &mut found);
            found
        })
        .collect();
    let mut documents: Vec<VerdictDocument<'_>> = sights
        .iter()
        .zip(&diagnostics)
        .map(|(sight, diagnostics)| verdict_document(None, sight, diagnostics))
        .collect();
    for document in documents
        .iter_mut()
        .filter(|document| document.next.is_some())
    {
        document.next = Some(next(checked));
    }
    for line in documents
        .iter_mut()
        .flat_map(|document| &mut document.console)
    {
        *line = masked(line).into_owned();
    }
    let advice: Vec<Advice> = sights
        .iter()
        .zip(&diagnostics)
        .map(|(sight, diagnostics)| recipe::advice(sight, diagnostics, checked))
        .collect();
    let text = match args.format {
        Format::Json => json(&documents, &advice, checked),
        Format::Text | Format::Markdown => {
            let exchanges: Vec<Vec<Option<ExchangeNote>>> = checked
                .drives
                .iter()
                .map(|drive| {
                    let note = |index: &Option<usize>| {
                        index
                            .and_then(|index| checked.exchanges.get(index))
                            .map(exchange_note)
                    };
                    drive.legs.iter().map(note).collect()
                })
                .collect();
            let probes: Vec<ProbeNote> = checked.probes.iter().map(probe_note).collect();
            let reports: Vec<Report<'_>> = sights
                .iter()
                .enumerate()
                .map(|(index, sight)| Report {
                    exchanges: &exchanges[index],
                    probes: &probes,
                    notes: &checked.notes,
                    recipe: match &advice[index] {
                        Advice::Recipe(prescription) => Some(RecipeNote {
                            prescription,
                            verify: &checked.again,
                        }),
                        Advice::None | Advice::Hint(_) => None,
                    },
                    hints: match &advice[index] {
                        Advice::Hint(hint) => std::slice::from_ref(hint),
                        Advice::None | Advice::Recipe(_) => &[],
                    },
                    ..Report::new(*sight, &diagnostics[index], &documents[index])
                })
                .collect();
            output::people(
                &reports,
                args.format == Format::Markdown,
                args.trace,
                args.verbose,
            )
        }
    };
    if let Err(error) = output::print(&text) {
        return fail(FAILED, &format!("standard output: {error}"));
    }
    let blocked = checked
        .drives
        .iter()
        .any(|drive| is_blocked(&drive.play.verdict.outcome));
    ExitCode::from(if blocked { BLOCKED } else { ALLOWED })
}

/// What would complete an incomplete check, in the words of the command line.
fn next(checked: &Checked) -> String {
    let method = checked
        .drives
        .first()
        .map_or("", |drive| drive.subject.init.method.as_str());
    format!(
        "add --send to really send the {} request",
        method.to_ascii_uppercase()
    )
}

/// The document of a check for several browsers.
#[derive(Serialize)]
struct Verdicts<'a> {
    verdicts: Vec<LiveDocument<'a>>,
}

fn json(documents: &[VerdictDocument<'_>], advice: &[Advice], checked: &Checked) -> String {
    let mut live: Vec<LiveDocument<'_>> = documents
        .iter()
        .zip(advice)
        .map(|(verdict, advice)| {
            let recipe = recipe::document(advice, &checked.again);
            let (exchanges, probes) = (&checked.exchanges, &checked.probes);
            live_document(verdict, exchanges, probes, recipe, &checked.notes)
        })
        .collect();
    let text = match live.len() {
        1 => render::json::pretty(&live.remove(0)),
        _ => render::json::pretty(&Verdicts { verdicts: live }),
    };
    text.unwrap_or_default() + "\n"
}

fn exchange_note(exchange: &LiveExchange) -> ExchangeNote {
    ExchangeNote {
        duration: exchange.wire.timing.total,
        remote: exchange.wire.remote_addr.map(|address| address.to_string()),
        http_version: exchange
            .wire
            .http_version
            .map(|version| version.as_str().to_owned()),
    }
}

fn probe_note(probe: &Probe) -> ProbeNote {
    ProbeNote {
        purpose: probe.purpose.to_owned(),
        request: format!("{} {}", probe.method, probe.url),
        outcome: probe.outcome(),
        tells: String::new(),
    }
}
