use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, listed};
use super::quoting::yaml;
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "traefik",
    aliases: &[],
    title: "Traefik 2 or 3",
    kind: StackKind::Server,
    assurance: Assurance::Rendered,
    language: "yaml",
    file: "the dynamic configuration, such as /etc/traefik/dynamic/cors.yml",
    place: "under http, and the middleware first in the list of each router that serves the API",
    pitfalls: &[
        "a middleware that authenticates before cors answers preflights with 401",
        "a request that no router matches gets a 404 without CORS headers",
        "a router whose rule names a Method never sees the preflight",
        "without addVaryHeader, a cache hands one origin's answer to another",
        "the same as labels: traefik.http.middlewares.cors.headers.accesscontrolalloworiginlist=…",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut stated = Stated::new(&plan, "Traefik");
    let mut patterns = plan.anchored();
    if plan.any {
        patterns.push("^.+$".to_owned());
        stated.limits = plan.limits();
    }
    let mut lines = Lines::default();
    lines.add("http:\n  middlewares:\n    cors:\n      headers:");
    let mut list = |name: &str, items: &[String]| {
        if !items.is_empty() {
            lines.add(format!("        {name}: [{}]", listed(items, yaml)));
        }
    };
    list("accessControlAllowOriginList", &stated.origins);
    list("accessControlAllowOriginListRegex", &patterns);
    list("accessControlAllowMethods", &owned(&stated.methods));
    list("accessControlAllowHeaders", &owned(&stated.headers));
    list("accessControlExposeHeaders", &owned(&stated.expose));
    if plan.credentials {
        lines.add("        accessControlAllowCredentials: true");
    }
    if let Some(seconds) = plan.max_age {
        lines.add(format!("        accessControlMaxAge: {seconds}"));
    }
    if !plan.wildcard {
        lines.add("        addVaryHeader: true");
    }
    lines.add("        # This policy replaces what the service says: an empty value takes it out.");
    lines.add("        customResponseHeaders:");
    for name in ["Origin", "Credentials", "Methods", "Headers"] {
        lines.add(format!("          Access-Control-Allow-{name}: \"\""));
    }
    lines.add("          Access-Control-Expose-Headers: \"\"");
    lines.add("  routers:\n    api:\n      # before every middleware that authenticates");
    lines.add("      middlewares: [cors]");
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
