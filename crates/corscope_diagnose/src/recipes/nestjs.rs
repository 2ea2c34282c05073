use corscope_fetch::policy::Policy;

use super::express::delegate;
use super::javascript::shared_options;
use super::plan::{Lines, Plan};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "nestjs",
    aliases: &["nest", "nest.js"],
    title: "NestJS",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "typescript",
    file: "src/main.ts",
    place: "in bootstrap(), right after NestFactory.create and before app.use and app.listen",
    pitfalls: &[
        "`{ cors: true }` and a bare enableCors() answer `*`",
        "with the Fastify adapter, register @fastify/cors instead (`corscope recipe fastify`)",
        "middleware that was added before enableCors runs before it: an authentication there \
         answers preflights with 401",
        "a gateway (WebSocket) has its own cors option",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("const corsPolicy = {");
    let options = shared_options(&plan).text();
    lines.add(format!("{options}}};\n"));
    lines.add(
        "// Guards and filters run after it, so that 401, 404 and 500 carry the headers, too.",
    );
    delegate(&plan, "", "req: any", &mut lines, |body| {
        format!("app.enableCors({body});")
    });
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
