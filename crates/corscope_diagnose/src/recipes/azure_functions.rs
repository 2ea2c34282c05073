use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::web::cors_headers;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "azure-functions",
    aliases: &[],
    title: "Azure Functions (Node, model v4)",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "src/functions/api.js",
    place: "the whole file; take every origin out of the function app's CORS list",
    pitfalls: &[
        "once the platform's CORS list names an origin, the platform answers preflights and this code is not asked",
        "authLevel function wants a key, which preflights do not carry",
        "local runs read CORS from local.settings.json instead",
        "methods that no function lists get a 404 without headers",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("const { app } = require(\"@azure/functions\");");
    lines.add(cors_headers(&plan));
    lines.add("app.http(\"api\", {");
    lines.add("  route: \"{*path}\",");
    lines.add(
        "  methods: [\"GET\", \"HEAD\", \"POST\", \"PUT\", \"PATCH\", \"DELETE\", \"OPTIONS\"],",
    );
    lines.add("  // The handler authenticates: a function key would refuse preflights.");
    lines.add("  authLevel: \"anonymous\",");
    lines.add("  handler: async (request, context) => {");
    lines.add("    const headers = corsHeaders(request);");
    lines.add("    // Before authentication; a plain OPTIONS request goes on.");
    lines.add("    if (isPreflight(request)) return { status: 204, headers };");
    lines.add("    try {");
    lines.add("      // What the function does.");
    lines.add("      return { jsonBody: {}, headers };");
    lines.add("    } catch (error) {");
    lines.add("      context.error(error);");
    lines.add("      return { status: 500, headers };");
    lines.add("    }");
    lines.add("  },");
    lines.add("});");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
