//! What the platforms share whose functions take a Request and give a Response.

use super::javascript::{header_lines, is_allowed};
use super::plan::{Lines, Names, Plan, Value};

/// `corsHeaders(request)`, `isPreflight(request)` and `withCors(request, response)`.
pub(super) fn core(plan: &Plan<'_>, typed: bool) -> String {
    let (request, response) = types(typed);
    let mut lines = Lines::default();
    lines.add(headers(plan, typed));
    lines.add("// Replaces what the app says with this policy.");
    lines.add(format!(
        "function withCors(request{request}, response{response}) {{"
    ));
    lines.add("  const answer = new Response(response.body, response);");
    lines.add("  for (const name of [...answer.headers.keys()]) {");
    lines.add("    if (name.startsWith(\"access-control-\")) answer.headers.delete(name);");
    lines.add("  }\n  for (const [name, value] of corsHeaders(request)) {");
    lines.add("    answer.headers.append(name, value);\n  }\n  return answer;\n}");
    lines.text()
}

/// `corsHeaders(request)` and `isPreflight(request)`.
pub(super) fn cors_headers(plan: &Plan<'_>) -> String {
    headers(plan, false)
}

fn types(typed: bool) -> (&'static str, &'static str) {
    if typed {
        (": Request", ": Response")
    } else {
        ("", "")
    }
}

fn headers(plan: &Plan<'_>, typed: bool) -> String {
    let (request, _) = types(typed);
    let mut lines = Lines::default();
    is_allowed(plan, typed, &mut lines);
    lines.add(format!(
        "\nfunction isPreflight(request{request}) {{\n  return request.method === \"OPTIONS\" \
         && request.headers.has(\"Origin\") &&\n    \
         request.headers.has(\"Access-Control-Request-Method\");\n}}\n"
    ));
    lines.add(format!("function corsHeaders(request{request}) {{"));
    lines.add("  const headers = new Headers();");
    origin_lines(
        plan,
        "  ",
        "request.headers.get(\"Origin\")",
        "headers",
        &mut lines,
    );
    let set = |name: &str, value: &str| format!("    headers.set({name}, {value});");
    if plan.wildcard {
        lines.add("  headers.set(\"Access-Control-Allow-Origin\", \"*\");");
    } else {
        lines.add("  headers.set(\"Access-Control-Allow-Origin\", origin);");
    }
    header_lines(&plan.always(), &mut lines, |name, value| {
        format!("  headers.set({name}, {value});")
    });
    lines.add("  if (isPreflight(request)) {");
    let preflight = plan.preflight();
    if matches!(plan.methods, Names::Asked) {
        lines.add(
            "    const asked = request.headers.get(\"Access-Control-Request-Method\") ?? \"\";",
        );
    }
    if plan.echoes_headers() {
        lines.add(
            "    const askedHeaders = request.headers.get(\"Access-Control-Request-Headers\") ?? \
             \"\";",
        );
    }
    header_lines(&preflight, &mut lines, set);
    exposed(plan, &mut lines, set);
    lines.add("  return headers;\n}");
    lines.text()
}

/// `applyCors(request, response)` of Node's request and response; it says whether it has answered.
pub(super) fn node_core(plan: &Plan<'_>) -> String {
    let mut lines = Lines::default();
    is_allowed(plan, false, &mut lines);
    lines.add("\n// Says whether the answer is complete: a preflight does not reach the app.");
    lines.add("function applyCors(request, response) {");
    lines.add("  const origin = request.headers.origin;");
    lines.add("  const asked = request.headers[\"access-control-request-method\"];");
    lines.add(
        "  const preflight = request.method === \"OPTIONS\" && origin !== undefined && \
         asked !== undefined;",
    );
    let condition = if plan.wildcard {
        lines.add("  response.setHeader(\"Access-Control-Allow-Origin\", \"*\");");
        None
    } else {
        lines.add("  // Always, so that no cache hands out another origin's answer.");
        lines.add("  response.appendHeader(\"Vary\", \"Origin\");");
        Some(if plan.any {
            "origin"
        } else {
            "origin && isAllowed(origin)"
        })
    };
    let indent = if let Some(condition) = condition {
        lines.add(format!("  if ({condition}) {{"));
        lines.add("    response.setHeader(\"Access-Control-Allow-Origin\", origin);");
        "    "
    } else {
        "  "
    };
    header_lines(&plan.always(), &mut lines, |name, value| {
        format!("{indent}response.setHeader({name}, {value});")
    });
    let set = |name: &str, value: &str| format!("{indent}  response.setHeader({name}, {value});");
    lines.add(format!("{indent}if (preflight) {{"));
    if plan.echoes_headers() {
        lines.add(format!(
            "{indent}  const askedHeaders = request.headers[\"access-control-request-headers\"] \
             ?? \"\";"
        ));
    }
    header_lines(&plan.preflight(), &mut lines, set);
    if !plan.actual().is_empty() {
        lines.add(format!("{indent}}} else {{"));
        header_lines(&plan.actual(), &mut lines, set);
    }
    lines.add(format!("{indent}}}"));
    if condition.is_some() {
        lines.add("  }");
    }
    lines.add("  if (preflight) response.status(204).send(\"\");");
    lines.add("  return preflight;\n}");
    lines.text()
}

/// Who is refused leaves here, with `Vary` all the same.
fn origin_lines(plan: &Plan<'_>, indent: &str, origin: &str, headers: &str, lines: &mut Lines) {
    if plan.wildcard {
        return;
    }
    lines.add(format!(
        "{indent}// Always, so that no cache hands out another origin's answer."
    ));
    lines.add(format!("{indent}{headers}.set(\"Vary\", \"Origin\");"));
    lines.add(format!("{indent}const origin = {origin};"));
    let test = if plan.any {
        ""
    } else {
        " || !isAllowed(origin)"
    };
    lines.add(format!("{indent}if (!origin{test}) return {headers};"));
}

fn exposed(plan: &Plan<'_>, lines: &mut Lines, set: impl Fn(&str, &str) -> String) {
    let actual: Vec<(&'static str, Value)> = plan.actual();
    if !actual.is_empty() {
        lines.add("  } else {");
        header_lines(&actual, lines, set);
    }
    lines.add("  }");
}
