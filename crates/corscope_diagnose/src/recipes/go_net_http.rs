use corscope_fetch::policy::Policy;

use super::literal::{go, go_regex};
use super::plan::{Lines, Plan, Value};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "go-net-http",
    aliases: &["net-http", "net/http", "golang"],
    title: "Go with net/http alone",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "go",
    file: "cors.go",
    place: "around the mux, outside of every other middleware",
    pitfalls: &[
        "around one handler with a method in its pattern (\"GET /items\"), it never sees preflights: \
         wrap the mux",
        "a reverse proxy's upstream that sets the same headers doubles them: delete them in \
         ModifyResponse",
        "a handler that panics closes the connection without an answer: recover inside",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("import (\n\t\"net/http\"");
    if !plan.regexes.is_empty() {
        lines.add("\t\"regexp\"");
    }
    lines.add(")\n");
    if !plan.exact.is_empty() {
        lines.add("var allowedOrigins = map[string]bool{");
        for origin in &plan.exact {
            lines.add(format!("\t{}: true,", go(origin)));
        }
        lines.add("}\n");
    }
    if !plan.regexes.is_empty() {
        lines.add("var allowedPatterns = []*regexp.Regexp{");
        for regex in plan.anchored() {
            lines.add(format!("\tregexp.MustCompile({}),", go_regex(&regex)));
        }
        lines.add("}\n");
    }
    if !plan.wildcard && !plan.any {
        lines.add("func isAllowed(origin string) bool {");
        if !plan.regexes.is_empty() {
            lines.add("\tfor _, pattern := range allowedPatterns {");
            lines.add("\t\tif pattern.MatchString(origin) {\n\t\t\treturn true\n\t\t}\n\t}");
        }
        lines.add(if plan.exact.is_empty() {
            "\treturn false\n}\n"
        } else {
            "\treturn allowedOrigins[origin]\n}\n"
        });
    }
    lines.add("func withCORS(next http.Handler) http.Handler {");
    lines.add("\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {");
    lines.add("\t\torigin := r.Header.Get(\"Origin\")");
    lines.add("\t\tasked := r.Header.Get(\"Access-Control-Request-Method\")");
    lines.add("\t\tpreflight := r.Method == http.MethodOptions && origin != \"\" && asked != \"\"");
    lines.add("\t\theader := w.Header()");
    if !plan.wildcard {
        lines.add("\t\theader.Add(\"Vary\", \"Origin\")");
    }
    let set = |indent: &str, headers: &[(&'static str, Value)], lines: &mut Lines| {
        for (name, value) in headers {
            let value = match value {
                Value::Text(text) => go(text),
                Value::AskedMethod => "asked".to_owned(),
                Value::AskedHeaders => {
                    "r.Header.Get(\"Access-Control-Request-Headers\")".to_owned()
                }
            };
            lines.add(format!("{indent}header.Set({}, {value})", go(name)));
        }
    };
    let indent = if plan.wildcard {
        lines.add("\t\theader.Set(\"Access-Control-Allow-Origin\", \"*\")");
        "\t\t"
    } else {
        lines.add(if plan.any {
            "\t\tif origin != \"\" {"
        } else {
            "\t\tif isAllowed(origin) {"
        });
        lines.add("\t\t\theader.Set(\"Access-Control-Allow-Origin\", origin)");
        "\t\t\t"
    };
    set(indent, &plan.always(), &mut lines);
    let deeper = format!("{indent}\t");
    lines.add(format!("{indent}if preflight {{"));
    set(&deeper, &plan.preflight(), &mut lines);
    if !plan.expose.is_empty() {
        lines.add(format!("{indent}}} else {{"));
        set(&deeper, &plan.actual(), &mut lines);
    }
    lines.add(format!("{indent}}}"));
    if !plan.wildcard {
        lines.add("\t\t}");
    }
    lines.add("\t\tif preflight {\n\t\t\tw.WriteHeader(http.StatusNoContent)\n\t\t\treturn\n\t\t}");
    lines.add("\t\tnext.ServeHTTP(w, r)\n\t})\n}\n");
    lines.add("// The outermost handler, so that 401, 404 and 500 carry the headers, too.");
    lines.add("log.Fatal(http.ListenAndServe(\":8080\", withCORS(mux)))");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
