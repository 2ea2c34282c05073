use corscope_fetch::policy::Policy;

use super::plan::{Lines, Names, Plan};
use super::quoting::yaml;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "envoy",
    aliases: &["istio", "contour"],
    title: "Envoy",
    kind: StackKind::Server,
    assurance: Assurance::Rendered,
    language: "yaml",
    file: "envoy.yaml",
    place: "the filter in http_filters of the HTTP connection manager, the rest in the virtual host or in each route",
    pitfalls: &[
        "the filter alone does nothing: the virtual host or the route needs the policy",
        "a filter that authenticates before cors answers preflights with 401",
        "a route that matches on :method never sees the preflight",
        "Envoy adds no Vary: Origin of its own",
        "answers of filters before the router get no response_headers_to_add",
    ],
    signs: &[
        ("server", "envoy"),
        ("server", "istio-envoy"),
        ("x-envoy-upstream-service-time", ""),
    ],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut patterns = plan.anchored();
    if plan.any || plan.wildcard {
        patterns = vec![".*".to_owned()];
    }
    if plan.wildcard {
        limits.push(
            "Envoy answers everybody with their own origin instead of *, and nothing without \
             Origin; Vary: Origin keeps caches right"
                .to_owned(),
        );
    }
    let mut lines = Lines::default();
    lines.add("# In http_filters, before the filters that authenticate and before the router.");
    lines.add("- name: envoy.filters.http.cors\n  typed_config:");
    lines.add("    \"@type\": type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors\n");
    lines.add("# In the virtual host, or in each route.");
    lines.add("typed_per_filter_config:\n  envoy.filters.http.cors:");
    lines
        .add("    \"@type\": type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy");
    lines.add("    allow_origin_string_match:");
    for origin in &plan.exact {
        lines.add(format!("      - exact: {}", yaml(origin)));
    }
    for pattern in &patterns {
        // Envoy matches from the start to the end of the text.
        lines.add(format!(
            "      - safe_regex: {{ regex: {} }}",
            yaml(pattern)
        ));
    }
    lines.add(format!(
        "    allow_methods: {}",
        yaml(&names(&plan.methods))
    ));
    if !plan.headers.is_none() {
        lines.add(format!(
            "    allow_headers: {}",
            yaml(&names(&plan.headers))
        ));
    }
    if !plan.expose.is_empty() {
        lines.add(format!(
            "    expose_headers: {}",
            yaml(&plan.expose.join(", "))
        ));
    }
    if let Some(seconds) = plan.max_age {
        lines.add(format!("    max_age: \"{seconds}\""));
    }
    lines.add(format!("    allow_credentials: {}", plan.credentials));
    lines.add("# This policy replaces what the upstream says.");
    lines.add("response_headers_to_remove:");
    for name in [
        "allow-origin",
        "allow-credentials",
        "allow-methods",
        "allow-headers",
        "expose-headers",
        "max-age",
    ] {
        lines.add(format!("  - access-control-{name}"));
    }
    lines.add("response_headers_to_add:");
    lines.add("  - header: { key: Vary, value: Origin }");
    lines.add("    append_action: APPEND_IF_EXISTS_OR_ADD");
    Rendered {
        code: lines.text(),
        limits,
    }
}

/// Envoy answers `*` alone with what was asked for.
fn names(names: &Names<'_>) -> String {
    match names {
        Names::Asked => "*".to_owned(),
        Names::List(names) => names.join(", "),
    }
}
