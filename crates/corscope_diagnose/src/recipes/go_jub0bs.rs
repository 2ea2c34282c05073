use corscope_fetch::policy::{OriginPattern, Policy};

use super::literal::go;
use super::plan::{Lines, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "go-jub0bs",
    aliases: &["jub0bs", "jub0bs-cors", "go"],
    title: "Go with github.com/jub0bs/cors",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "go",
    file: "main.go (go get github.com/jub0bs/cors, Go 1.25 or later)",
    place: "around the mux, outside of every other middleware",
    pitfalls: &[
        "around one handler with a method in its pattern (\"GET /items\"), it never sees preflights: \
         wrap the mux",
        "a mistake in the configuration is an error of NewMiddleware: do not ignore it",
        "SetDebug(true) makes refused preflights say what was refused: for development",
        "a handler that panics closes the connection without an answer: recover inside",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut origins = Vec::new();
    if plan.wildcard {
        origins.push("*".to_owned());
    }
    for origin in &plan.exact {
        if *origin == "null" {
            limits.push("jub0bs/cors refuses null, so it is left out".to_owned());
        } else {
            origins.push((*origin).to_owned());
        }
    }
    for (scheme, suffix) in &plan.subdomains {
        origins.push(format!("{scheme}://*{suffix}"));
    }
    if policy.credentials && policy.origins.contains(&OriginPattern::Any) {
        limits.retain(|limit| !limit.starts_with("every origin"));
        limits.push("jub0bs/cors refuses `*` with credentials: list the origins".to_owned());
    }
    let mut config = Lines::default();
    config.add("\t\tOrigins: []string{");
    for origin in &origins {
        config.add(format!("\t\t\t{},", go(origin)));
    }
    config.add("\t\t},");
    if plan.credentials {
        config.add("\t\tCredentialed: true,");
    }
    if plan.credentials && origins.iter().any(|origin| is_insecure(origin)) {
        config.add("\t\tDangerouslyTolerateInsecureOrigins: true,");
    }
    let methods: Vec<&str> = policy.methods.iter().map(String::as_str).collect();
    if plan.methods.is_all() {
        config.add("\t\tMethods: []string{\"*\"},");
    } else if !methods.is_empty() {
        config.add(format!(
            "\t\tMethods: []string{{{}}},",
            listed(&methods, go)
        ));
    }
    if plan.headers.is_all() && plan.credentials {
        config.add("\t\tRequestHeaders: []string{\"*\"},");
    } else if !plan.headers.is_none() {
        let names = listed(plan.headers.listed(), go);
        config.add(format!("\t\tRequestHeaders: []string{{{names}}},"));
    }
    if !plan.expose.is_empty() {
        let names = listed(&plan.expose, go);
        config.add(format!("\t\tResponseHeaders: []string{{{names}}},"));
    }
    match plan.max_age {
        // Zero stands for no header, -1 for zero.
        Some(0) => {
            config.add("\t\tMaxAgeInSeconds: -1,");
        }
        Some(seconds) => {
            config.add(format!("\t\tMaxAgeInSeconds: {seconds},"));
        }
        None => {}
    }
    let mut lines = Lines::default();
    lines.add("import \"github.com/jub0bs/cors\"\n");
    lines.add("func withCORS(next http.Handler) (http.Handler, error) {");
    lines.add("\tmw, err := cors.NewMiddleware(cors.Config{");
    let config = config.text();
    lines.add(format!("{config}\t}})"));
    lines.add("\tif err != nil {\n\t\treturn nil, err\n\t}");
    lines.add("\treturn mw.Wrap(next), nil\n}\n");
    lines.add("// The outermost handler, so that 401, 404 and 500 carry the headers, too.");
    lines.add("handler, err := withCORS(mux)");
    lines.add("if err != nil {\n\tlog.Fatal(err)\n}");
    lines.add("log.Fatal(http.ListenAndServe(\":8080\", handler))");
    Rendered {
        code: lines.text(),
        limits,
    }
}

/// What the library calls insecure: anything but https, unless it is this machine.
fn is_insecure(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let is_loopback = ["localhost", "127.", "[::1]"]
        .iter()
        .any(|host| authority.starts_with(host));
    scheme != "https" && !is_loopback
}
