//! The catalogue for programs: `/catalogue.json` and `corscope demo --list --format json`.

use serde_json::{Value, json};

use crate::demo::catalogue::GROUPS;
use crate::demo::{PAGE_ORIGIN, Places};

/// The whole catalogue with URLs and commands for these places.
pub fn catalogue_json(places: &Places) -> Value {
    let entries: Vec<Value> = GROUPS
        .iter()
        .flat_map(|group| {
            group
                .endpoints
                .iter()
                .map(move |endpoint| (group, endpoint))
        })
        .map(|(group, endpoint)| {
            json!({
                "path": endpoint.path(),
                "url": endpoint.url(places),
                "group": group.title,
                "title": endpoint.title,
                "rule": endpoint.rule,
                "also": endpoint.also,
                "outcome": endpoint.outcome,
                "from": endpoint.ask.page(places),
                "check": endpoint.check_args(places),
                "command": endpoint.command(places),
                "fetch": endpoint.ask.fetch_call(),
            })
        })
        .collect();
    json!({
        "page_origin": PAGE_ORIGIN,
        "origin": places.here_origin(),
        "other_origin": places.other_origin(),
        "try": places.try_page(),
        "endpoints": entries,
    })
}
