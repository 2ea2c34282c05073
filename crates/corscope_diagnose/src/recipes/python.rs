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

/// The expression that says whether the asking origin is allowed.
fn allowed(plan: &Plan<'_>) -> &'static str {
    if plan.wildcard {
        "True"
    } else if plan.any {
        "origin is not None"
    } else {
        "is_allowed(origin)"
    }
}

/// The expression of `Access-Control-Allow-Origin`.
fn echoed(plan: &Plan<'_>) -> &'static str {
    if plan.wildcard { "\"*\"" } else { "origin" }
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
    if plan.wildcard {
        lines.add(format!("{indent}cors = []"));
    } else {
        lines.add(format!("{indent}cors = [(\"Vary\", \"Origin\")]"));
    }
    lines.add(format!("{indent}if {}:", allowed(plan)));
    lines.add(format!(
        "{indent}    cors.append((\"Access-Control-Allow-Origin\", {}))",
        echoed(plan)
    ));
    for (name, value) in plan.always() {
        let value = expression(&value);
        lines.add(format!(
            "{indent}    cors.append(({}, {value}))",
            python(name)
        ));
    }
    let (preflight, actual) = (plan.preflight(), plan.actual());
    extend_if(indent, &preflight, &actual, lines);
}

/// The headers that only a preflight's answer has, and those that only the others have.
fn extend_if(
    indent: &str,
    preflight: &[(&'static str, Value)],
    actual: &[(&'static str, Value)],
    lines: &mut Lines,
) {
    for (condition, headers) in [("if preflight", preflight), ("else", actual)] {
        if !headers.is_empty() {
            lines.add(format!("{indent}    {condition}:"));
            lines.add(format!("{indent}        cors += ["));
            tuples(headers, &format!("{indent}            "), lines);
            lines.add(format!("{indent}        ]"));
        }
    }
}
