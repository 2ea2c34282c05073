use corscope_fetch::policy::Policy;

use super::literal::rust;
use super::plan::{Lines, Plan, listed};
use super::rust_origins::is_allowed_subdomain;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "actix-web",
    aliases: &["actix", "actix-cors"],
    title: "actix-web with actix-cors",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "rust",
    file: "src/main.rs (cargo add actix-cors)",
    place: "the last .wrap of App::new(), which is the outermost",
    pitfalls: &[
        "Cors::permissive() lets every site in, with credentials too",
        "a refused preflight is answered with 400 and no CORS headers: the browser says that \
         Access-Control-Allow-Origin is missing, whatever was refused",
        "a middleware that returns an Err (authentication) leaves Cors out: let it return a \
         response",
        "a .wrap after Cors runs before it: authentication there answers preflights with 401",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
        "answers vary on Origin even where everybody gets `*`: caches keep one for each origin",
        "an OPTIONS request with Access-Control-Request-Method but without Origin is refused with 400",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut lines = Lines::default();
    lines.add("use actix_cors::Cors;\n");
    if !plan.subdomains.is_empty() {
        is_allowed_subdomain(&plan, false, &mut lines);
    }
    lines.add("fn cors() -> Cors {\n    Cors::default()");
    if plan.wildcard {
        lines.add("        .allow_any_origin()\n        .send_wildcard()");
    } else if plan.any {
        lines.add("        .allow_any_origin()");
    }
    for origin in &plan.exact {
        let literal = rust(origin);
        lines.add(if is_uri(origin) {
            format!("        .allowed_origin({literal})")
        } else {
            format!("        .allowed_origin_fn(|origin, _| origin == {literal})")
        });
    }
    if !plan.subdomains.is_empty() {
        lines.add("        .allowed_origin_fn(|origin, _| origin.to_str().is_ok_and(is_allowed))");
    }
    if plan.methods.is_all() {
        lines.add("        .allow_any_method()");
        limits.push(
            "actix-cors cannot allow every method: those of HTTP itself and PATCH are allowed"
                .to_owned(),
        );
    } else {
        let (known, unknown): (Vec<&str>, Vec<&str>) = plan
            .methods
            .listed()
            .iter()
            .partition(|name| is_method(name));
        let names = listed(&known, rust);
        lines.add(format!("        .allowed_methods([{names}])"));
        for name in unknown {
            limits.push(format!("actix-web knows no method {name}: it is left out"));
        }
    }
    if plan.headers.is_all() {
        lines.add("        .allow_any_header()");
    } else if !plan.headers.is_none() {
        let names = listed(plan.headers.listed(), rust);
        lines.add(format!("        .allowed_headers([{names}])"));
    }
    if plan.expose.contains(&"*") {
        lines.add("        .expose_any_header()");
    } else if !plan.expose.is_empty() {
        let names = listed(&plan.expose, rust);
        lines.add(format!("        .expose_headers([{names}])"));
    }
    if plan.credentials {
        lines.add("        .supports_credentials()");
    }
    let max_age = plan
        .max_age
        .map_or_else(|| "None".to_owned(), |seconds| seconds.to_string());
    lines.add(format!("        .max_age({max_age})\n}}\n"));
    lines.add("// The last wrap is the outermost: 401, 404 and 500 carry the headers, too.");
    lines.add("App::new()\n    .configure(routes)\n    .wrap(cors())");
    Rendered {
        code: lines.text(),
        limits,
    }
}

/// Whether actix-cors takes it as an origin: an application with another does not start.
fn is_uri(origin: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:/[]".contains(&byte);
    origin.bytes().all(is_plain)
}

/// Whether actix-web takes it as a method: it knows fewer characters than the standard.
fn is_method(name: &str) -> bool {
    !name.bytes().any(|byte| b"#$%&'".contains(&byte))
}
