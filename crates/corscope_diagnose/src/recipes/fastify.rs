use corscope_fetch::policy::Policy;

use super::javascript::shared_options;
use super::plan::{Lines, Names, Plan};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "fastify",
    aliases: &["fastify-cors", "@fastify/cors"],
    title: "Fastify with @fastify/cors",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "javascript",
    file: "app.js (npm install @fastify/cors)",
    place: "right after `const app = fastify()`, before every other plugin, hook and route",
    pitfalls: &[
        "without `methods`, only GET, HEAD and POST are allowed",
        "without `allowedHeaders`, every request-header that is asked for is allowed",
        "`origin: true` lets every site in, with credentials too",
        "an onRequest hook that was added before (authentication) answers preflights with 401",
        "in its strict mode, a plain OPTIONS request is answered with 400",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
        "answers vary on Origin even where everybody gets `*`: caches keep one for each origin",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("import cors from \"@fastify/cors\";\n");
    lines.add("const corsPolicy = {");
    let options = shared_options(&plan).text();
    lines.add(format!("{options}}};\n"));
    lines.add("// First of all, so that 401, 404 and 500 carry the headers, too.");
    lines.add("await app.register(cors, {");
    lines.add("  delegator: (request, callback) => {");
    lines.add("    const asked = request.headers[\"access-control-request-method\"];");
    lines.add("    const preflight = request.headers.origin !== undefined && asked !== undefined;");
    lines.add("    // A plain OPTIONS request is the app's to answer.");
    let methods = match plan.methods {
        Names::Asked => ", methods: asked ?? \"GET\"",
        Names::List(_) => "",
    };
    lines.add(format!(
        "    callback(null, {{ ...corsPolicy{methods}, preflight }});"
    ));
    lines.add("  },\n});");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
