use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::web::node_core;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "firebase-functions",
    aliases: &[
        "firebase",
        "google-cloud-functions",
        "cloud-functions",
        "cloud-run-functions",
    ],
    title: "Firebase and Google Cloud functions",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "functions/index.js",
    place: "around each function of onRequest",
    pitfalls: &[
        "a \"CORS error\" is often a 403 of IAM: allow unauthenticated invocations, since preflights carry no token",
        "a function that crashes or runs out of time answers without CORS headers: look at its logs",
        "callable functions (onCall) set their own headers: give them cors: [origins] instead",
        "onRequest({ cors: true }) lets every site in",
        "another region or a misspelt name is a 404 without headers",
    ],
    signs: &[("function-execution-id", "")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("const { onRequest } = require(\"firebase-functions/v2/https\");");
    lines.add(node_core(&plan));
    lines.add("exports.api = onRequest((request, response) => {");
    lines.add("  // Before authentication; a plain OPTIONS request goes on.");
    lines.add("  if (applyCors(request, response)) return;");
    lines.add("  // What the function does.");
    lines.add("  response.json({});");
    lines.add("});");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
