use corscope_fetch::policy::Policy;

use super::javascript::{header_lines, is_allowed};
use super::plan::{Lines, Plan, Value};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "hono",
    aliases: &["hono.js"],
    title: "Hono",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "typescript",
    file: "src/index.ts",
    place: "right after `const app = new Hono()`, before every other middleware and route",
    pitfalls: &[
        "hono/cors answers every OPTIONS request itself, so a route's own OPTIONS is never reached: \
         this middleware takes preflights only",
        "hono/cors without `allowHeaders` allows every request-header that is asked for",
        "hono/cors without `allowMethods` allows PUT, PATCH and DELETE",
        "a handler that copies an upstream's headers doubles none here: these replace them",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    is_allowed(&plan, true, &mut lines);
    if !plan.wildcard && !plan.any {
        lines.add("");
    }
    lines.add("// First of all, so that 401, 404 and 500 carry the headers, too.");
    lines.add("app.use(\"*\", async (c, next) => {");
    lines.add("  const origin = c.req.header(\"Origin\");");
    lines.add("  const asked = c.req.header(\"Access-Control-Request-Method\");");
    if plan.echoes_headers() {
        lines.add(
            "  const askedHeaders = c.req.header(\"Access-Control-Request-Headers\") ?? \"\";",
        );
    }
    let allowed = if plan.any {
        "origin !== undefined"
    } else {
        "origin !== undefined && isAllowed(origin)"
    };
    if !plan.wildcard {
        lines.add(format!("  const allowed = {allowed};"));
    }
    lines.add(
        "  if (c.req.method === \"OPTIONS\" && origin !== undefined && asked !== undefined) {",
    );
    lines.add("    const headers = new Headers();");
    if !plan.wildcard {
        lines.add("    headers.set(\"Vary\", \"Origin\");");
    }
    let preflight = [plan.always(), plan.preflight()].concat();
    when_allowed(&plan, &preflight, "    ", &mut lines, "headers.set");
    lines.add("    return new Response(null, { status: 204, headers });\n  }");
    lines.add("  await next();");
    if !plan.wildcard {
        lines.add("  c.header(\"Vary\", \"Origin\", { append: true });");
    }
    let actual = [plan.always(), plan.actual()].concat();
    when_allowed(&plan, &actual, "  ", &mut lines, "c.header");
    lines.add("});");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

fn when_allowed(
    plan: &Plan<'_>,
    headers: &[(&'static str, Value)],
    indent: &str,
    lines: &mut Lines,
    setter: &str,
) {
    let (inner, origin) = if plan.wildcard {
        (indent.to_owned(), "\"*\"")
    } else {
        lines.add(format!("{indent}if (allowed) {{"));
        (format!("{indent}  "), "origin")
    };
    let line = |name: &str, value: &str| format!("{inner}{setter}({name}, {value});");
    lines.add(line("\"Access-Control-Allow-Origin\"", origin));
    header_lines(headers, lines, line);
    if !plan.wildcard {
        lines.add(format!("{indent}}}"));
    }
}
