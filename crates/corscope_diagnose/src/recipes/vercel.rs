use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::web::cors_headers;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "vercel",
    aliases: &[],
    title: "Vercel",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "middleware.js (npm install @vercel/functions)",
    place: "at the root of the project; set matcher to the API's paths",
    pitfalls: &[
        "headers in vercel.json are the same for every origin: they cannot hold a list",
        "a function that sets the same headers doubles or replaces these: let one of the two do it",
        "Deployment Protection answers preflights of previews with 401",
        "a redirect for a trailing slash loses the preflight: call the final URL",
    ],
    signs: &[("x-vercel-id", ""), ("server", "vercel")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("import { next } from \"@vercel/functions\";");
    lines.add(cors_headers(&plan));
    lines.add("export default function middleware(request) {");
    lines.add("  const headers = corsHeaders(request);");
    lines.add("  // Before authentication; a plain OPTIONS request goes on.");
    lines.add("  if (isPreflight(request)) return new Response(null, { status: 204, headers });");
    lines.add("  return next({ headers });");
    lines.add("}");
    lines.add("");
    lines.add("export const config = { matcher: \"/api/:path*\" };");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
