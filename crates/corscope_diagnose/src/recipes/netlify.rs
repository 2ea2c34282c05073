use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::web::core;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "netlify",
    aliases: &[],
    title: "Netlify",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "netlify/edge-functions/cors.js",
    place: "the whole file; set path to the API's paths",
    pitfalls: &[
        "headers in _headers and netlify.toml do not cover functions, and are the same for every origin",
        "a redirect in _redirects that runs first loses the preflight",
    ],
    signs: &[("x-nf-request-id", ""), ("server", "netlify")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add(core(&plan, false));
    lines.add("export default async (request, context) => {");
    lines.add("  // Before authentication; a plain OPTIONS request goes on.");
    lines.add("  if (isPreflight(request)) {");
    lines.add("    return new Response(null, { status: 204, headers: corsHeaders(request) });");
    lines.add("  }");
    lines.add("  return withCors(request, await context.next());");
    lines.add("};");
    lines.add("");
    lines.add("export const config = { path: \"/api/*\" };");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
