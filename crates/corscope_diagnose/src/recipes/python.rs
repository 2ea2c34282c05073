//! What the recipes in Python share.

use super::literal::{python, python_regex};
use super::plan::{Lines, Plan, Value};

/// The imports that `is_allowed` needs.
pub(super) fn imports(plan: &Plan<'_>, lines: &mut Lines) {
    if !plan.regexes.is_empty() {
        lines.add("import re\n");
    }
}

/// A function `is_allowed`.
pub(super) fn is_allowed(plan: &Plan<'_>, lines: &mut Lines) {
    let mut tests = Vec::new();
    if !plan.exact.is_empty() {
        lines.add("ALLOWED_ORIGINS = {");
        for origin in &plan.exact {
            lines.add(format!("    {},", python(origin)));
        }
        lines.add("}");
        tests.push("origin in ALLOWED_ORIGINS");
    }
    if !plan.regexes.is_empty() {
        lines.add("ALLOWED_PATTERNS = [");
        for regex in &plan.regexes {
            lines.add(format!("    re.compile({}),", python_regex(regex)));
        }
        lines.add("]");
        tests.push("any(pattern.fullmatch(origin or \"\") for pattern in ALLOWED_PATTERNS)");
    }
    if !tests.is_empty() {
        lines.add("\n\ndef is_allowed(origin):");
        lines.add(format!("    return {}\n\n", tests.join(" or ")));
    }
}

/// Tuples of name and value, one a line.
fn tuples(headers: &[(&'static str, Value)], indent: &str, lines: &mut Lines) {
    for (name, value) in headers {
        let value = expression(value);
        lines.add(format!("{indent}({}, {value}),", python(name)));
    }
}

fn expression(value: &Value) -> String {
    match value {
        Value::Text(text) => python(text),
        Value::AskedMethod => "asked".to_owned(),
        Value::AskedHeaders => "asked_headers".to_owned(),
    }
}

/// The lines that fill `cors` with the headers of one answer.
pub(super) fn answer(plan: &Plan<'_>, indent: &str, lines: &mut Lines) {
    let inner = if plan.wildcard {
        lines.add(format!(
            "{indent}cors = [(\"Access-Control-Allow-Origin\", \"*\")]"
        ));
        indent.to_owned()
    } else {
        lines.add(format!("{indent}cors = [(\"Vary\", \"Origin\")]"));
        let allowed = if plan.any {
            "origin is not None"
        } else {
            "is_allowed(origin)"
        };
        lines.add(format!("{indent}if {allowed}:"));
        let inner = format!("{indent}    ");
        lines.add(format!(
            "{inner}cors.append((\"Access-Control-Allow-Origin\", origin))"
        ));
        inner
    };
    for (name, value) in plan.always() {
        let value = expression(&value);
        lines.add(format!("{inner}cors.append(({}, {value}))", python(name)));
    }
    for (condition, headers) in [("if preflight", plan.preflight()), ("else", plan.actual())] {
        if !headers.is_empty() {
            lines.add(format!("{inner}{condition}:\n{inner}    cors += ["));
            tuples(&headers, &format!("{inner}        "), lines);
            lines.add(format!("{inner}    ]"));
        }
    }
}
