use corscope_fetch::policy::Policy;

use super::javascript::{header_lines, is_allowed};
use super::plan::{Lines, Plan};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "hono",
    aliases: &["hono.js"],
    title: "Hono",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "typescript",
    file: "src/index.ts",
    place: "right after `const app = new Hono()`, before every other middleware and route",
    pitfalls: &[
        "hono/cors answers every OPTIONS request itself, so a route's own OPTIONS is never reached: \
         this middleware takes preflights only",
        "hono/cors without `allowHeaders` allows every request-header that is asked for",
        "hono/cors without `allowMethods` allows PUT, PATCH and DELETE",
        "a handler that copies an upstream's headers doubles none here: these replace them",
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
    let allowed = if plan.wildcard {
        "true"
    } else if plan.any {
        "origin !== undefined"
    } else {
        "origin !== undefined && isAllowed(origin)"
    };
    let echoed = if plan.wildcard { "\"*\"" } else { "origin" };
    lines.add(format!("  const allowed = {allowed};"));
    lines.add(
        "  if (c.req.method === \"OPTIONS\" && origin !== undefined && asked !== undefined) {",
    );
    lines.add("    const headers = new Headers();");
    if !plan.wildcard {
        lines.add("    headers.set(\"Vary\", \"Origin\");");
    }
    let answer = |name: &str, value: &str| format!("      headers.set({name}, {value});");
    lines.add("    if (allowed) {");
    lines.add(answer("\"Access-Control-Allow-Origin\"", echoed));
    header_lines(&plan.always(), &mut lines, answer);
    header_lines(&plan.preflight(), &mut lines, answer);
    lines.add("    }");
    lines.add("    return new Response(null, { status: 204, headers });\n  }");
    lines.add("  await next();");
    if !plan.wildcard {
        lines.add("  c.header(\"Vary\", \"Origin\", { append: true });");
    }
    let answer = |name: &str, value: &str| format!("    c.header({name}, {value});");
    lines.add("  if (allowed) {");
    lines.add(answer("\"Access-Control-Allow-Origin\"", echoed));
    header_lines(&plan.always(), &mut lines, answer);
    header_lines(&plan.actual(), &mut lines, answer);
    lines.add("  }\n});");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
