use corscope_fetch::policy::Policy;

use super::javascript::is_allowed;
use super::literal::javascript;
use super::plan::{Lines, Names, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "koa",
    aliases: &["@koa/cors", "koa-cors"],
    title: "Koa with @koa/cors",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "javascript",
    file: "app.js (npm install @koa/cors)",
    place: "the first app.use, before the error middleware, authentication and the router",
    pitfalls: &[
        "`credentials: true` without `origin` lets every site in",
        "a string as `origin` is sent to every site, whoever asks",
        "without `allowMethods`, PUT, PATCH and DELETE are allowed",
        "without `allowHeaders`, every request-header that is asked for is allowed",
        "an OPTIONS request that is no preflight gets no CORS headers",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
        "answers vary on Origin even where everybody gets `*`: caches keep one for each origin",
        "with `*`, an OPTIONS request without Origin is answered as if it were a preflight",
    ],
    signs: &[],
    render,
};

/// The methods that stand for `*` where only a list can be said.
pub(super) const USUAL_METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut lines = Lines::default();
    lines.add("import cors from \"@koa/cors\";\n");
    is_allowed(&plan, false, &mut lines);
    if !plan.wildcard && !plan.any {
        lines.add("");
    }
    lines.add("// First of all, so that 401, 404 and 500 carry the headers, too.");
    lines.add("app.use(\n  cors({");
    if plan.wildcard {
        lines.add("    origin: \"*\",");
    } else if plan.any {
        lines.add("    origin: (ctx) => ctx.get(\"Origin\"),");
    } else {
        lines.add(
            "    origin: (ctx) => (isAllowed(ctx.get(\"Origin\")) ? ctx.get(\"Origin\") : \"\"),",
        );
    }
    let methods = match &plan.methods {
        Names::List(names) => listed(names, javascript),
        Names::Asked => {
            limits.push(format!(
                "@koa/cors cannot allow every method with credentials: {} are allowed",
                USUAL_METHODS.join(", ")
            ));
            listed(&USUAL_METHODS, javascript)
        }
    };
    lines.add(format!("    allowMethods: [{methods}],"));
    if plan.headers.is_none() {
        lines.add(
            "    // An empty list would allow whatever is asked for. No script can set Origin.",
        );
        lines.add("    allowHeaders: [\"Origin\"],");
    } else if let Names::List(names) = &plan.headers {
        lines.add(format!(
            "    allowHeaders: [{}],",
            listed(names, javascript)
        ));
    }
    if !plan.expose.is_empty() {
        let names = listed(&plan.expose, javascript);
        lines.add(format!("    exposeHeaders: [{names}],"));
    }
    if plan.credentials {
        lines.add("    credentials: true,");
    }
    if let Some(seconds) = plan.max_age {
        lines.add(format!("    maxAge: \"{seconds}\","));
    }
    lines.add("  }),\n);");
    if plan.methods.is_all() || policy.methods.iter().any(|method| method == "OPTIONS") {
        limits.push(
            "@koa/cors gives no CORS headers to a script's own OPTIONS requests, so they stay \
             blocked"
                .to_owned(),
        );
    }
    Rendered {
        code: lines.text(),
        limits,
    }
}
