//! The reports that people read: as files, and as promises that hold for every report.

mod cases;
mod golden;
mod promises;

use corscope_diagnose::render::{ExchangeNote, ProbeNote, Report};
use corscope_diagnose::scenario::{Play, Scenario, Subject, play, scenario_from_json};
use corscope_diagnose::{Diagnostic, Sight, diagnose, verdict_document};
use corscope_fetch::{Browser, PreflightCache};

/// What the program adds to a report.
#[derive(Default)]
struct Beside {
    title: Option<&'static str>,
    exchanges: Vec<Option<ExchangeNote>>,
    probes: Vec<ProbeNote>,
    notes: Vec<String>,
    hints: Vec<String>,
}

/// A scenario as browsers see it.
struct Seen {
    scenario: Scenario,
    subject: Subject,
    plays: Vec<(Play, Vec<Diagnostic>)>,
}

impl Seen {
    fn new(json: &str, browsers: &[Browser], trace: bool) -> Self {
        let scenario = scenario_from_json(json.as_bytes())
            .unwrap_or_else(|error| panic!("{error:?} in {json}"));
        let mut subject =
            Subject::new(&scenario).unwrap_or_else(|error| panic!("{error:?} in {json}"));
        subject.options.trace = trace;
        let plays = browsers
            .iter()
            .map(|browser| {
                let play = play(&subject, *browser, &mut PreflightCache::new(), 0);
                let found = diagnose(&sight(&subject, &scenario, &play));
                (play, found)
            })
            .collect();
        Self {
            scenario,
            subject,
            plays,
        }
    }

    /// Gives the reports to `read`.
    fn with<T>(&self, beside: &Beside, read: impl FnOnce(&[Report<'_>]) -> T) -> T {
        let sights = self
            .plays
            .iter()
            .map(|(play, _)| sight(&self.subject, &self.scenario, play));
        let sights: Vec<Sight<'_>> = sights.collect();
        let documents: Vec<_> = sights
            .iter()
            .zip(&self.plays)
            .map(|(sight, (_, found))| verdict_document(None, sight, found))
            .collect();
        let reports: Vec<Report<'_>> = sights
            .iter()
            .zip(&self.plays)
            .zip(&documents)
            .map(|((sight, (_, found)), document)| Report {
                title: beside.title,
                exchanges: &beside.exchanges,
                probes: &beside.probes,
                notes: &beside.notes,
                hints: &beside.hints,
                ..Report::new(*sight, found, document)
            })
            .collect();
        read(&reports)
    }
}

fn sight<'a>(subject: &'a Subject, scenario: &'a Scenario, play: &'a Play) -> Sight<'a> {
    Sight {
        subject,
        scenario: Some(scenario),
        play,
    }
}
