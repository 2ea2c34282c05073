use std::fmt::Write as _;

use corscope_fetch::policy::{OriginPattern, Policy};

use crate::recipe::{Assurance, Recipe, Rendered, StackKind, methods, origin_regex};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "nginx",
    aliases: &["openresty", "ingress-nginx"],
    title: "nginx",
    kind: StackKind::Server,
    assurance: Assurance::Rendered,
    language: "nginx",
    file: "/etc/nginx/conf.d/cors.conf and your server block",
    place: "the maps outside, the rest inside the location that serves the API",
    pitfalls: &[
        "without `always`, nginx adds no header to 4xx and 5xx answers",
        "one add_header in an inner block drops all those of the outer ones",
        "an upstream that sets the same headers doubles them: proxy_hide_header takes them out",
        "static files answer OPTIONS with 405",
    ],
    signs: &[("server", "nginx"), ("server", "openresty")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let mut code = String::new();
    // A String takes every write.
    let _ = writeln!(code, "# outside of server {{}}");
    let _ = writeln!(code, "map $http_origin $cors_origin {{");
    if policy.is_wildcard() {
        let _ = writeln!(code, "    default \"*\";");
    } else {
        let _ = writeln!(code, "    default \"\";");
        for pattern in &policy.origins {
            match pattern {
                OriginPattern::Exact(origin) => {
                    let origin = quoted(origin.serialized());
                    let _ = writeln!(code, "    {origin} $http_origin;");
                }
                pattern => {
                    let regex = quoted(&format!("~^{}$", origin_regex(pattern)));
                    let _ = writeln!(code, "    {regex} $http_origin;");
                }
            }
        }
    }
    let _ = writeln!(code, "}}");
    let variables = variables(policy);
    for (variable, value) in &variables {
        let _ = writeln!(
            code,
            "map $cors_origin ${variable} {{\n    \"\" \"\";\n    default {};\n}}",
            quoted(value)
        );
    }
    let _ = writeln!(
        code,
        "map \"$request_method:$http_access_control_request_method\" $cors_preflight {{"
    );
    let _ = writeln!(code, "    default 0;\n    \"~^OPTIONS:.\" 1;\n}}\n");
    let _ = writeln!(code, "# inside of location /api/ {{}}");
    for name in [
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "Access-Control-Expose-Headers",
        "Vary",
    ] {
        let _ = writeln!(code, "proxy_hide_header {name};");
    }
    for line in headers(policy, &variables) {
        let _ = writeln!(code, "{line}");
    }
    // In `if`, nginx forgets the outer add_header lines, so they stand there again.
    let _ = writeln!(code, "if ($cors_preflight) {{");
    for line in headers(policy, &variables) {
        let _ = writeln!(code, "    {line}");
    }
    for (variable, _) in &variables {
        let name = match *variable {
            "cors_methods" => "Access-Control-Allow-Methods",
            "cors_headers" => "Access-Control-Allow-Headers",
            "cors_max_age" => "Access-Control-Max-Age",
            _ => continue,
        };
        let _ = writeln!(code, "    add_header {name} ${variable} always;");
    }
    let _ = writeln!(code, "    return 204;\n}}");
    Rendered::whole(code)
}

/// Values that are sent only to an allowed origin: nginx leaves out headers with empty values.
fn variables(policy: &Policy) -> Vec<(&'static str, String)> {
    let mut found = vec![("cors_methods", methods(policy).join(", "))];
    if !policy.headers.is_empty() {
        found.push(("cors_headers", policy.headers.join(", ")));
    }
    if let Some(seconds) = policy.max_age {
        found.push(("cors_max_age", seconds.to_string()));
    }
    if policy.credentials {
        found.push(("cors_credentials", "true".to_owned()));
    }
    if !policy.expose.is_empty() {
        found.push(("cors_expose", policy.expose.join(", ")));
    }
    found
}

fn headers(policy: &Policy, variables: &[(&'static str, String)]) -> Vec<String> {
    let mut lines = vec!["add_header Access-Control-Allow-Origin $cors_origin always;".to_owned()];
    let has = |name: &str| variables.iter().any(|(variable, _)| *variable == name);
    if has("cors_credentials") {
        lines.push("add_header Access-Control-Allow-Credentials $cors_credentials always;".into());
    }
    if has("cors_expose") {
        lines.push("add_header Access-Control-Expose-Headers $cors_expose always;".into());
    }
    if !policy.is_wildcard() {
        lines.push("add_header Vary Origin always;".into());
    }
    lines
}

/// A string in nginx's quotes. `$` would be a variable: nginx has no escape for it, and neither
/// origins nor tokens of a policy that was built hold one outside of a regular expression's end.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
