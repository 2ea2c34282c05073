use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, Value};
use super::quoting::{caddy, caddy_pattern};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind, origins_regex};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "caddy",
    aliases: &["caddyserver"],
    title: "Caddy",
    kind: StackKind::Server,
    assurance: Assurance::Run,
    language: "caddyfile",
    file: "Caddyfile",
    place: "the snippet at the top of the file, the two blocks inside of the site's block; move \
            what the site does (authentication, reverse_proxy, file_server) into route",
    pitfalls: &[
        "outside of route, Caddy sorts respond behind basicauth and forward_auth: preflights get \
         401",
        "header without defer adds to what the upstream says: two values, which no browser takes",
        "answers of Caddy itself, such as 401, 404 and 502, only get headers in handle_errors",
    ],
    signs: &[("server", "caddy")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("# At the top of the file.");
    lines.add("(cors) {");
    let matcher = if plan.wildcard {
        "*"
    } else {
        let regex = caddy_pattern(&origins_regex(policy));
        lines.add(format!("\t@cors_allowed header_regexp Origin {regex}"));
        "@cors_allowed"
    };
    let origin = if plan.wildcard {
        caddy("*")
    } else {
        "{http.request.header.Origin}".to_owned()
    };
    if !plan.wildcard {
        lines.add("\t# Also without Origin, so that no cache hands out another origin's answer.");
        lines.add("\theader +Vary Origin");
    }
    lines.add(format!("\theader {matcher} {{"));
    lines.add(format!("\t\tAccess-Control-Allow-Origin {origin}"));
    for (name, value) in plan.always().iter().chain(&plan.actual()) {
        lines.add(format!("\t\t{name} {}", text(value)));
    }
    lines.add("\t\tdefer\n\t}");
    lines.add("\t# This policy replaces what the application says.");
    lines.add("\theader {");
    for name in [
        "Allow-Origin",
        "Allow-Credentials",
        "Allow-Methods",
        "Allow-Headers",
        "Expose-Headers",
        "Max-Age",
    ] {
        lines.add(format!("\t\t-Access-Control-{name}"));
    }
    lines.add("\t\tdefer\n\t}\n}\n");

    lines.add("# Inside of the site's block.");
    lines.add("route {");
    lines.add("\t@cors_preflight {");
    preflight_conditions(&mut lines);
    lines.add("\t}");
    if plan.wildcard {
        lines.add("\theader @cors_preflight {");
    } else {
        lines.add("\t@cors_preflight_allowed {");
        preflight_conditions(&mut lines);
        let regex = caddy_pattern(&origins_regex(policy));
        lines.add(format!("\t\theader_regexp Origin {regex}"));
        lines.add("\t}\n\theader @cors_preflight_allowed {");
    }
    for (name, value) in plan.preflight() {
        lines.add(format!("\t\t{name} {}", text(&value)));
    }
    lines.add("\t\tdefer\n\t}");
    lines.add("\timport cors");
    lines.add("\t# Before authentication and the application; a plain OPTIONS request goes on.");
    lines.add("\trespond @cors_preflight 204\n");
    lines.add("\t# What the site does comes here: basicauth, reverse_proxy, file_server.");
    lines.add("}");
    lines.add("handle_errors {");
    lines.add("\timport cors");
    lines.add("\trespond \"{http.error.status_code} {http.error.status_text}\"");
    lines.add("}");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

fn preflight_conditions(lines: &mut Lines) {
    lines.add("\t\tmethod OPTIONS");
    lines.add("\t\theader Origin *");
    lines.add("\t\theader Access-Control-Request-Method *");
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => caddy(text),
        Value::AskedMethod => "{http.request.header.Access-Control-Request-Method}".to_owned(),
        Value::AskedHeaders => "{http.request.header.Access-Control-Request-Headers}".to_owned(),
    }
}
