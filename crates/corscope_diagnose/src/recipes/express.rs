use corscope_fetch::policy::Policy;

use super::javascript::shared_options;
use super::plan::{Lines, Names, Plan};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "express",
    aliases: &["expressjs", "node", "nodejs", "connect"],
    title: "Express with cors",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "javascript",
    file: "app.js (npm install cors)",
    place: "right after `const app = express()`, before every other middleware and route",
    pitfalls: &[
        "a route that stands before cors has no CORS headers",
        "`credentials: true` without `origin` sends `*`, which browsers refuse with credentials",
        "`origin: true` lets every site in",
        "a regular expression without ^ and $, or with a bare dot, lets other hosts in",
        "an origin function that calls back with an Error answers 500 without CORS headers",
        "authentication before cors answers preflights with 401",
        "a handler or a proxy in front that sets the same headers doubles them",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
    ],
    signs: &[("x-powered-by", "express")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("import cors from \"cors\"; // const cors = require(\"cors\") in CommonJS\n");
    lines.add("const corsPolicy = {");
    let options = shared_options(&plan).text();
    lines.add(format!("{options}}};\n"));
    lines.add("// First of all, so that 401, 404 and 500 carry the headers, too.");
    lines.add("app.use(");
    delegate(&plan, "  ", "req", &mut lines, |body| {
        format!("  cors({body}),")
    });
    lines.add(");");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

/// The options by request, so that a plain OPTIONS request reaches the app.
pub(super) fn delegate(
    plan: &Plan<'_>,
    indent: &str,
    request: &str,
    lines: &mut Lines,
    wrap: impl Fn(&str) -> String,
) {
    let mut body = Lines::default();
    let name = request.split(':').next().unwrap_or(request);
    body.add(format!("({request}, callback) => {{"));
    body.add(format!(
        "{indent}  const asked = {name}.headers[\"access-control-request-method\"];"
    ));
    body.add(format!(
        "{indent}  const preflight = {name}.headers.origin !== undefined && asked !== undefined;"
    ));
    body.add(format!(
        "{indent}  // A plain OPTIONS request is the app's to answer."
    ));
    let methods = match plan.methods {
        Names::Asked => ", methods: asked ?? \"GET\"",
        Names::List(_) => "",
    };
    body.add(format!(
        "{indent}  callback(null, {{ ...corsPolicy{methods}, preflightContinue: !preflight }});"
    ));
    let mut body = body.text();
    body.push_str(indent);
    body.push('}');
    lines.add(wrap(&body));
}
