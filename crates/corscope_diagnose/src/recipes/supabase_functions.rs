use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::web::core;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "supabase-functions",
    aliases: &["supabase", "supabase-edge-functions"],
    title: "Supabase Edge Functions",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "typescript",
    file: "supabase/functions/NAME/index.ts",
    place: "the whole function; handle is yours",
    pitfalls: &[
        "the client library sends authorization, x-client-info, apikey and content-type: allow all four",
        "a function that crashes while it starts answers without CORS headers: look at its logs",
        "errors need the headers, too: return them through withCors",
    ],
    signs: &[("sb-request-id", ""), ("x-sb-edge-region", "")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add(core(&plan, true));
    lines.add("Deno.serve(async (request) => {");
    lines.add("  // Before authentication; a plain OPTIONS request goes on.");
    lines.add("  if (isPreflight(request)) {");
    lines.add("    return new Response(null, { status: 204, headers: corsHeaders(request) });");
    lines.add("  }");
    lines.add("  let response: Response;");
    lines.add("  try {");
    lines.add("    response = await handle(request);");
    lines.add("  } catch (error) {");
    lines.add("    console.error(error);");
    lines.add("    response = new Response(\"internal error\", { status: 500 });");
    lines.add("  }");
    lines.add("  return withCors(request, response);");
    lines.add("});");
    lines.add("");
    lines.add("// What the function does.");
    lines.add("async function handle(request: Request): Promise<Response> {");
    lines.add("  return Response.json({});");
    lines.add("}");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
