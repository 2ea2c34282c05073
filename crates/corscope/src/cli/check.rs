//! `corscope check`: debugs a live URL.

mod again;
mod args;
pub(crate) mod network;
mod print;
mod recipe;
pub(super) mod waiting;

use std::process::ExitCode;

use corscope_diagnose::recipe::Recipe;
use corscope_diagnose::scenario::Scenario;
use corscope_diagnose::secrets::masked;
use corscope_fetch::AddressSpace;
use corscope_fetch::local_network_access::{address_space, address_space_of};
use corscope_wire::client::Client;

use super::output::{BAD_INPUT, fail};
use super::serving::here;
use crate::check::{Drive, LiveExchange, Plan, Probe, drive, run_probes};
use crate::simulate::is_blocked;

pub(super) use args::CheckArgs;

/// What a check found.
struct Checked {
    drives: Vec<Drive>,
    exchanges: Vec<LiveExchange>,
    probes: Vec<Probe>,
    /// What rules may look at besides: probes, and the headers that the script wants.
    evidence: Scenario,
    notes: Vec<String>,
    /// The stack that the user named.
    stack: Option<&'static Recipe>,
    /// The words of the command that runs this check again.
    again: Vec<String>,
}

/// Exit codes: 0 readable, 1 blocked or not known, 2 bad usage or input, 3 corscope could not do
/// its work.
pub(super) fn run(args: &CheckArgs) -> ExitCode {
    let asked = match args.read() {
        Ok(asked) => asked,
        Err(error) => return fail(BAD_INPUT, &error.to_string()),
    };
    let stack = match args.stack.as_deref().map(super::recipe::known).transpose() {
        Ok(stack) => stack,
        Err(problem) => return fail(BAD_INPUT, &format!("--stack: {problem}")),
    };
    let again = again::words(args, &asked);
    let config = match args
        .network
        .config(&asked.plan.subject.init.url, &asked.given)
    {
        Ok(config) => config,
        Err(error) => return fail(BAD_INPUT, &error.to_string()),
    };
    let client = match Client::new(config) {
        Ok(client) => client,
        Err(error) => return fail(BAD_INPUT, &error.to_string()),
    };
    let mut plan = asked.plan;
    plan.deadline = Some(args.network.deadline());
    let browsers = args.browser.browsers();
    let checked = here(waiting::with_spinner(async {
        let mut exchanges = Vec::new();
        let mut drives = Vec::with_capacity(browsers.len());
        for browser in &browsers {
            drives.push(drive(&plan, *browser, &client, &mut exchanges).await);
        }
        let blocked = drives
            .iter()
            .find(|drive| is_blocked(&drive.play.verdict.outcome));
        let probes = match blocked {
            Some(blocked) if plan.probes => run_probes(&plan, blocked, &client).await,
            _ => Vec::new(),
        };
        (drives, exchanges, probes)
    }));
    let (drives, exchanges, probes) = match checked {
        Ok(checked) => checked,
        Err(code) => return code,
    };
    let evidence = Scenario {
        reads: plan.reads.clone(),
        probes: probes.iter().map(Probe::document).collect(),
        ..Scenario::default()
    };
    let mut notes = asked.notes;
    notes.extend(notes_on(&plan, &drives, &exchanges));
    for note in &mut notes {
        *note = masked(note).into_owned();
    }
    let checked = Checked {
        drives,
        exchanges,
        probes,
        evidence,
        notes,
        stack,
        again,
    };
    print::print(args, &checked)
}

/// What the exchanges themselves tell that is no matter of CORS.
fn notes_on(plan: &Plan, drives: &[Drive], exchanges: &[LiveExchange]) -> Vec<String> {
    let mut notes = Vec::new();
    for exchange in exchanges {
        if let Err(error) = &exchange.wire.result {
            notes.push(format!(
                "{} {}: {error}",
                exchange.request.method, exchange.request.url
            ));
        }
        for ignored in exchange.wire.tls.iter().flat_map(|tls| &tls.ignored) {
            notes.push(format!("-k let this pass, a browser will not: {ignored}"));
        }
    }
    let page = &plan.subject.client;
    let target = exchanges
        .first()
        .and_then(|exchange| exchange.wire.remote_addr);
    let space = target.map(|address| address_space(address.ip()));
    let is_named = page
        .url
        .as_ref()
        .is_some_and(|url| address_space_of(url).is_none());
    if let Some(space) = space
        && page.address_space.is_none()
        && is_named
        && space != AddressSpace::Public
    {
        notes.push(format!(
            "the target is in the {} address space: if the page is loaded from a public address, \
             Chromium also asks the user for Local Network Access (--page-space public shows that)",
            space.name()
        ));
    }
    let not_sent = drives.iter().any(|drive| {
        matches!(
            drive.play.verdict.outcome,
            corscope_fetch::Outcome::Incomplete(_)
        )
    });
    if not_sent && !plan.send {
        notes.push(format!(
            "{} was not sent, since it may change something; --send sends it",
            plan.subject.init.method.to_ascii_uppercase()
        ));
    }
    notes
}
