//! What the recipes in JavaScript and TypeScript share.

use super::literal::{javascript, javascript_regex};
use super::plan::{Lines, Names, Plan, Value, listed};

/// The origins as an array of strings and regular expressions, one a line.
pub(super) fn origin_array(plan: &Plan<'_>, indent: &str) -> String {
    let mut array = Lines::default();
    array.add("[");
    for origin in &plan.exact {
        array.add(format!("{indent}  {},", javascript(origin)));
    }
    for regex in plan.anchored() {
        array.add(format!("{indent}  {},", javascript_regex(&regex)));
    }
    let mut text = array.text();
    text.push_str(indent);
    text.push(']');
    text
}

/// The value of the `origin` option of cors and @fastify/cors.
pub(super) fn origin_option(plan: &Plan<'_>) -> String {
    if plan.wildcard {
        "\"*\"".to_owned()
    } else if plan.any {
        "true".to_owned()
    } else {
        origin_array(plan, "  ")
    }
}

/// The options that cors and @fastify/cors share, as the lines of an object.
pub(super) fn shared_options(plan: &Plan<'_>) -> Lines {
    let mut lines = Lines::default();
    lines.add(format!("  origin: {},", origin_option(plan)));
    if let Names::List(names) = &plan.methods {
        lines.add(format!("  methods: [{}],", listed(names, javascript)));
    }
    if let Names::List(names) = &plan.headers {
        if names.is_empty() {
            lines.add(
                "  // Without this line, every request-header that is asked for would be allowed.",
            );
        }
        lines.add(format!(
            "  allowedHeaders: [{}],",
            listed(names, javascript)
        ));
    }
    if !plan.expose.is_empty() {
        let names = listed(&plan.expose, javascript);
        lines.add(format!("  exposedHeaders: [{names}],"));
    }
    if plan.credentials {
        lines.add("  credentials: true,");
    }
    if let Some(seconds) = plan.max_age {
        lines.add(format!("  maxAge: {seconds},"));
    }
    lines
}

/// A function `isAllowed`, unless everybody is.
pub(super) fn is_allowed(plan: &Plan<'_>, typed: bool, lines: &mut Lines) {
    if plan.wildcard || plan.any {
        return;
    }
    let (text, boolean) = if typed {
        (": string", ": boolean")
    } else {
        ("", "")
    };
    if !plan.exact.is_empty() {
        lines.add("const allowedOrigins = new Set([");
        for origin in &plan.exact {
            lines.add(format!("  {},", javascript(origin)));
        }
        lines.add("]);");
    }
    if !plan.regexes.is_empty() {
        lines.add("const allowedPatterns = [");
        for regex in plan.anchored() {
            lines.add(format!("  {},", javascript_regex(&regex)));
        }
        lines.add("];");
    }
    let mut tests = Vec::new();
    if !plan.exact.is_empty() {
        tests.push("allowedOrigins.has(origin)");
    }
    if !plan.regexes.is_empty() {
        tests.push("allowedPatterns.some((pattern) => pattern.test(origin))");
    }
    lines.add(format!("\nfunction isAllowed(origin{text}){boolean} {{"));
    lines.add(format!("  return {};\n}}", tests.join(" || ")));
}

/// Header lines, each written by `line` from a name and an expression.
pub(super) fn header_lines(
    headers: &[(&'static str, Value)],
    lines: &mut Lines,
    line: impl Fn(&str, &str) -> String,
) {
    for (name, value) in headers {
        let value = match value {
            Value::Text(text) => javascript(text),
            Value::AskedMethod => "asked".to_owned(),
            Value::AskedHeaders => "askedHeaders".to_owned(),
        };
        lines.add(line(&javascript(name), &value));
    }
}
