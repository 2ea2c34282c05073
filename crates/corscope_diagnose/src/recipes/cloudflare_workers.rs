use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::web::core;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "cloudflare-workers",
    aliases: &["cloudflare", "workers", "cloudflare-pages"],
    title: "Cloudflare Workers",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "src/index.js",
    place: "the whole worker; handle is yours",
    pitfalls: &[
        "the headers of a fetched response cannot be changed: copy the response first",
        "an exception in a worker answers 1101 without CORS headers: catch it",
        "Cloudflare Access answers preflights with a login: let OPTIONS bypass it",
        "a challenge page has no CORS headers: exempt the API's path",
        "a cached answer is the same for all origins: the cache ignores Vary: Origin",
    ],
    signs: &[("cf-ray", ""), ("server", "cloudflare")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add(core(&plan, false));
    lines.add("export default {");
    lines.add("  async fetch(request, env, context) {");
    lines.add("    // Before authentication; a plain OPTIONS request goes on.");
    lines.add("    if (isPreflight(request)) {");
    lines.add("      return new Response(null, { status: 204, headers: corsHeaders(request) });");
    lines.add("    }");
    lines.add("    let response;");
    lines.add("    try {");
    lines.add("      response = await handle(request, env, context);");
    lines.add("    } catch (error) {");
    lines.add("      console.error(error);");
    lines.add("      response = new Response(\"internal error\", { status: 500 });");
    lines.add("    }");
    lines.add("    return withCors(request, response);");
    lines.add("  },");
    lines.add("};");
    lines.add("");
    lines.add("// What the worker does: answer by itself, or ask the origin server.");
    lines.add("async function handle(request, env, context) {");
    lines.add("  return fetch(request);");
    lines.add("}");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
