use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, Value};
use super::quoting::{nginx, nginx_pattern};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "nginx",
    aliases: &["openresty", "ingress-nginx"],
    title: "nginx",
    kind: StackKind::Server,
    assurance: Assurance::Run,
    language: "nginx",
    file: "/etc/nginx/conf.d/cors.conf and your server block",
    place: "the maps in the http context, outside of server; the rest inside of the location that \
            serves the API",
    pitfalls: &[
        "without `always`, nginx adds no header to 4xx and 5xx answers",
        "one add_header in an inner block drops all those of the outer ones, also within `if`",
        "an upstream that sets the same headers doubles them: proxy_hide_header takes them out; \
         behind fastcgi_pass it is fastcgi_hide_header",
        "error_page leads to another location, which needs the add_header lines, too",
        "static files answer OPTIONS with 405: the `if` block answers preflights first",
    ],
    signs: &[("server", "nginx"), ("server", "openresty")],
    render,
};

const ALLOW_ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", "cors_origin");

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut maps = Lines::default();
    map_origin(&plan, &mut maps);
    let mut everywhere = vec![line(ALLOW_ORIGIN.0, ALLOW_ORIGIN.1)];
    for (name, value) in plan.always() {
        everywhere.push(mapped(name, &value, &mut maps));
    }
    let actual: Vec<String> = plan
        .actual()
        .iter()
        .map(|(name, value)| mapped(name, value, &mut maps))
        .collect();
    let preflight: Vec<String> = plan
        .preflight()
        .iter()
        .map(|(name, value)| mapped(name, value, &mut maps))
        .collect();
    if !plan.wildcard {
        everywhere.push("add_header Vary Origin always;".to_owned());
    }
    let maps = maps.text();
    let mut lines = Lines::default();
    lines.add("# In the http context, outside of server {}.");
    if maps.contains("${cors_dollar}") {
        lines.add("geo $cors_dollar {\n    default \"$\";\n}");
    }
    lines.add(maps.trim_end());
    lines.add(
        "map \"$request_method $http_origin $http_access_control_request_method\" \
         $cors_preflight {\n    default 0;\n    \"~^OPTIONS [^ ]+ [^ ]+$\" 1;\n}\n",
    );
    lines.add("# Inside of the location that serves the API.");
    lines.add("# This policy replaces what the upstream says.");
    for name in [
        "Allow-Origin",
        "Allow-Credentials",
        "Allow-Methods",
        "Allow-Headers",
        "Expose-Headers",
        "Max-Age",
    ] {
        lines.add(format!("proxy_hide_header Access-Control-{name};"));
    }
    for text in everywhere.iter().chain(&actual) {
        lines.add(text);
    }
    lines.add(
        "# Before auth_basic, auth_request and the upstream. An `if` that adds headers forgets",
    );
    lines.add("# those around it, so they stand here again.");
    lines.add("if ($cors_preflight) {");
    for text in everywhere.iter().chain(&preflight) {
        lines.add(format!("    {text}"));
    }
    lines.add("    return 204;\n}");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

/// `$cors_origin`: what `Access-Control-Allow-Origin` says, empty for those who are not allowed.
fn map_origin(plan: &Plan<'_>, maps: &mut Lines) {
    maps.add("map $http_origin $cors_origin {");
    if plan.wildcard {
        maps.add("    default \"*\";");
    } else {
        maps.add("    default \"\";");
    }
    for origin in &plan.exact {
        // A map ignores case; the answer does not, so another spelling is not let in.
        let (key, value) = (nginx_pattern(origin), nginx(origin));
        maps.add(format!("    {key} {value};"));
    }
    for regex in plan.anchored() {
        maps.add(format!(
            "    {} $http_origin;",
            nginx_pattern(&format!("~{regex}"))
        ));
    }
    if plan.any {
        maps.add("    \"~.\" $http_origin;");
    }
    maps.add("}");
}

/// The line that adds a header to the answers to allowed origins: nginx leaves out a header whose
/// value is empty.
fn mapped(name: &'static str, value: &Value, maps: &mut Lines) -> String {
    let variable = name
        .replacen("Access-Control-", "cors-", 1)
        .to_ascii_lowercase()
        .replace('-', "_");
    let value = match value {
        Value::Text(text) => nginx(text),
        Value::AskedMethod => "$http_access_control_request_method".to_owned(),
        Value::AskedHeaders => "$http_access_control_request_headers".to_owned(),
    };
    maps.add(format!(
        "map $cors_origin ${variable} {{\n    default {value};\n    \"\" \"\";\n}}"
    ));
    line(name, &variable)
}

fn line(name: &str, variable: &str) -> String {
    format!("add_header {name} ${variable} always;")
}
