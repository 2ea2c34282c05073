use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, listed};
use super::quoting::yaml;
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind, escape_regex};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "kong",
    aliases: &["kong-gateway"],
    title: "Kong Gateway with the cors plugin",
    kind: StackKind::Server,
    assurance: Assurance::Rendered,
    language: "yaml",
    file: "kong.yml",
    place: "at the top level for all services, or below one service or route",
    pitfalls: &[
        "a route whose methods leave out OPTIONS never sees the preflight: it gets 404",
        "with one plain origin, Kong names it to everybody; browsers of other origins refuse it",
        "headers left empty allows every request-header",
    ],
    signs: &[("via", "kong"), ("via", "1.1 kong"), ("server", "kong")],
    render,
};

/// All that the plugin's schema takes.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut stated = Stated::new(&plan, "Kong").only_methods(&METHODS, "Kong");
    for origin in &mut stated.origins {
        // Kong takes anything with other characters for a regular expression, dots and all.
        let is_plain =
            |character: char| character.is_ascii_alphanumeric() || ".:/-".contains(character);
        if origin != "*" && !origin.chars().all(is_plain) {
            *origin = format!("^{}$", escape_regex(origin));
        }
    }
    stated.origins.extend(plan.anchored());
    if stated.origins.is_empty() {
        stated
            .limits
            .push("no origin is left: nobody is allowed".to_owned());
    }
    let mut lines = Lines::default();
    lines.add("plugins:\n  - name: cors\n    config:\n      origins:");
    for origin in &stated.origins {
        lines.add(format!("        - {}", yaml(origin)));
    }
    if stated.origins.is_empty() {
        // Without origins the plugin would allow all.
        lines.add("        - \"https://nobody.invalid\"");
    }
    lines.add(format!(
        "      methods: [{}]",
        listed(&stated.methods, yaml)
    ));
    if stated.headers.is_empty() {
        lines.add("      # Without this line, every request-header that is asked for is allowed.");
        lines.add("      headers: [\"accept\"]");
    } else {
        lines.add(format!(
            "      headers: [{}]",
            listed(&stated.headers, yaml)
        ));
    }
    if !stated.expose.is_empty() {
        lines.add(format!(
            "      exposed_headers: [{}]",
            listed(&stated.expose, yaml)
        ));
    }
    lines.add(format!("      credentials: {}", plan.credentials));
    if let Some(seconds) = plan.max_age {
        lines.add(format!("      max_age: {seconds}"));
    }
    lines.add("      preflight_continue: false");
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}
