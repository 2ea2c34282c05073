use corscope_fetch::policy::Policy;

use super::koa::USUAL_METHODS;
use super::literal::{go, go_regex};
use super::plan::{Lines, Names, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "go-rs-cors",
    aliases: &["rs-cors", "rs/cors"],
    title: "Go with github.com/rs/cors",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "go",
    file: "main.go (go get github.com/rs/cors)",
    place: "around the mux, outside of every other middleware",
    pitfalls: &[
        "around one handler with a method in its pattern (\"GET /items\"), it never sees preflights: \
         wrap the mux",
        "a refused preflight is a bare 204 that does not say what was refused: set Debug: true while \
         you look for it",
        "cors.AllowAll() and an empty AllowedOrigins let every site read",
        "an empty AllowedHeaders allows three request-headers",
        "a handler that panics closes the connection without an answer: recover inside",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut lines = Lines::default();
    let by_regex = !plan.regexes.is_empty();
    if by_regex {
        lines.add("import (\n\t\"regexp\"\n\t\"slices\"\n\n\t\"github.com/rs/cors\"\n)\n");
        let exact = listed(&plan.exact, go);
        lines.add(format!("var allowedOrigins = []string{{{exact}}}\n"));
        lines.add("var allowedPatterns = []*regexp.Regexp{");
        for regex in plan.anchored() {
            lines.add(format!("\tregexp.MustCompile({}),", go_regex(&regex)));
        }
        lines.add("}\n");
        lines.add("func isAllowed(origin string) bool {");
        lines.add("\treturn slices.Contains(allowedOrigins, origin) ||");
        lines.add("\t\tslices.ContainsFunc(allowedPatterns, func(pattern *regexp.Regexp) bool {");
        lines.add("\t\t\treturn pattern.MatchString(origin)\n\t\t})\n}\n");
    } else {
        lines.add("import \"github.com/rs/cors\"\n");
    }
    lines.add("corsPolicy := cors.New(cors.Options{");
    if by_regex {
        lines.add("\tAllowOriginFunc: isAllowed,");
    } else if plan.any {
        lines.add("\tAllowOriginFunc: func(string) bool { return true },");
    } else {
        lines.add("\tAllowedOrigins: []string{");
        for origin in if plan.wildcard {
            &["*"][..]
        } else {
            &plan.exact
        } {
            lines.add(format!("\t\t{},", go(origin)));
        }
        lines.add("\t},");
    }
    let methods = match &plan.methods {
        Names::List(names) if !names.contains(&"*") => {
            if names.iter().any(|name| *name != name.to_ascii_uppercase()) {
                limits.push(
                    "rs/cors writes methods in capitals, so that a method in lower case stays \
                     blocked"
                        .to_owned(),
                );
            }
            listed(names, go)
        }
        _ => {
            limits.push(format!(
                "rs/cors cannot allow every method: {} are allowed",
                USUAL_METHODS.join(", ")
            ));
            listed(&USUAL_METHODS, go)
        }
    };
    lines.add(format!("\tAllowedMethods: []string{{{methods}}},"));
    if plan.headers.is_all() {
        lines.add("\tAllowedHeaders: []string{\"*\"},");
    } else if plan.headers.is_none() {
        lines.add("\t// An empty list would allow three headers. No script can set Origin.");
        lines.add("\tAllowedHeaders: []string{\"Origin\"},");
    } else {
        let names = listed(plan.headers.listed(), go);
        lines.add(format!("\tAllowedHeaders: []string{{{names}}},"));
    }
    if !plan.expose.is_empty() {
        let names = listed(&plan.expose, go);
        lines.add(format!("\tExposedHeaders: []string{{{names}}},"));
    }
    if plan.credentials {
        lines.add("\tAllowCredentials: true,");
    }
    match plan.max_age {
        // Zero stands for no header, a negative number for zero.
        Some(0) => {
            lines.add("\tMaxAge: -1,");
        }
        Some(seconds) => {
            lines.add(format!("\tMaxAge: {seconds},"));
        }
        None => {}
    }
    lines.add("})\n");
    lines.add("// The outermost handler, so that 401, 404 and 500 carry the headers, too.");
    lines.add("log.Fatal(http.ListenAndServe(\":8080\", corsPolicy.Handler(mux)))");
    Rendered {
        code: lines.text(),
        limits,
    }
}
