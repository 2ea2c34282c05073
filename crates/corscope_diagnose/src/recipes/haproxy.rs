use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, Value};
use super::quoting::{haproxy, haproxy_pattern};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "haproxy",
    aliases: &[],
    title: "HAProxy 2.2 or later",
    kind: StackKind::Server,
    assurance: Assurance::Run,
    language: "haproxy",
    file: "/etc/haproxy/haproxy.cfg",
    place: "in the frontend (or listen) section, before http-request auth, deny and redirect rules",
    pitfalls: &[
        "response rules cannot see the request: its Origin must be kept in a variable",
        "http-response rules skip what HAProxy answers itself, such as 401 and 503; \
         http-after-response does not",
        "http-request auth before the preflight's rule answers preflights with 401",
        "req.hdr splits a value at commas; req.fhdr takes it whole",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("    # What the answers depend on.");
    if plan.wildcard {
        lines.add("    http-request set-var(txn.cors_origin) str(*)");
    } else {
        let keep = "    http-request set-var(txn.cors_origin) req.fhdr(Origin)";
        for origin in &plan.exact {
            let origin = haproxy_pattern(origin);
            lines.add(format!(
                "{keep} if {{ req.fhdr(Origin) -m str -- {origin} }}"
            ));
        }
        for regex in plan.anchored() {
            let regex = haproxy_pattern(&regex);
            lines.add(format!(
                "{keep} if {{ req.fhdr(Origin) -m reg -- {regex} }}"
            ));
        }
        if plan.any {
            lines.add(format!("{keep} if {{ req.fhdr(Origin) -m found }}"));
        }
    }
    lines.add(
        "    http-request set-var(txn.cors_preflight) bool(true) if { method OPTIONS } \
         { req.fhdr(Origin) -m found } { req.fhdr(Access-Control-Request-Method) -m found }",
    );
    let preflight = plan.preflight();
    for (_, value) in &preflight {
        match value {
            Value::Text(_) => {}
            Value::AskedMethod => {
                lines.add(
                    "    http-request set-var(txn.cors_method) \
                     req.fhdr(Access-Control-Request-Method)",
                );
            }
            Value::AskedHeaders => {
                lines.add(
                    "    http-request set-var(txn.cors_headers) \
                     req.fhdr(Access-Control-Request-Headers)",
                );
            }
        }
    }
    lines.add("    # Before authentication and the application; a plain OPTIONS request goes on.");
    lines.add("    http-request return status 204 if { var(txn.cors_preflight) -m found }\n");
    lines.add("    # This policy replaces what the application says.");
    for name in [
        "Allow-Origin",
        "Allow-Credentials",
        "Allow-Methods",
        "Allow-Headers",
        "Expose-Headers",
        "Max-Age",
    ] {
        lines.add(format!(
            "    http-after-response del-header Access-Control-{name}"
        ));
    }
    if !plan.wildcard {
        lines.add("    # Also without Origin, so that no cache hands out another origin's answer.");
        lines.add("    http-after-response add-header Vary Origin");
    }
    let allowed = "{ var(txn.cors_origin) -m found }";
    lines.add(format!(
        "    http-after-response set-header Access-Control-Allow-Origin %[var(txn.cors_origin)] \
         if {allowed}"
    ));
    for (name, value) in plan.always().iter().chain(&plan.actual()) {
        lines.add(set(name, value, allowed));
    }
    let allowed = format!("{allowed} {{ var(txn.cors_preflight) -m found }}");
    for (name, value) in &preflight {
        lines.add(set(name, value, &allowed));
    }
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

fn set(name: &str, value: &Value, condition: &str) -> String {
    let (value, known) = match value {
        Value::Text(text) => (haproxy(text), ""),
        Value::AskedMethod => ("%[var(txn.cors_method)]".to_owned(), ""),
        Value::AskedHeaders => (
            "%[var(txn.cors_headers)]".to_owned(),
            " { var(txn.cors_headers) -m found }",
        ),
    };
    format!("    http-after-response set-header {name} {value} if {condition}{known}")
}
