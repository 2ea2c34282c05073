use corscope_fetch::policy::Policy;

use super::literal::{php, php_regex};
use super::plan::{Lines, Plan, Value, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "php",
    aliases: &["plain-php", "php-fpm", "wordpress"],
    title: "Plain PHP",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "php",
    file: "cors.php",
    place: "named by auto_prepend_file in php.ini, or required first in every script",
    pitfalls: &[
        "headers that are sent after the first output (a blank line before <?php, a warning) are \
         lost",
        "404, and errors of the web server itself, never reach PHP: configure the server, too, but \
         not for the same paths, or the headers are doubled",
        "a later header_remove() takes them away",
        "the router script of `php -S` runs without auto_prepend_file",
        "a framework's own CORS middleware doubles them",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
    ],
    signs: &[("x-powered-by", "php")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("<?php\n// Before everything else, so that 401 and 500 carry the headers, too.");
    lines.add("(function (): void {");
    lines.add("    $origin = $_SERVER['HTTP_ORIGIN'] ?? null;");
    lines.add("    $asked = $_SERVER['HTTP_ACCESS_CONTROL_REQUEST_METHOD'] ?? null;");
    if plan.echoes_headers() {
        lines.add("    $askedHeaders = $_SERVER['HTTP_ACCESS_CONTROL_REQUEST_HEADERS'] ?? '';");
    }
    lines.add("    $preflight = $_SERVER['REQUEST_METHOD'] === 'OPTIONS'");
    lines.add("        && $origin !== null && $asked !== null;");
    if plan.any {
        lines.add("    $allowed = $origin !== null;");
    } else if !plan.wildcard {
        let mut tests = Vec::new();
        if !plan.exact.is_empty() {
            let exact = listed(&plan.exact, php);
            tests.push(format!("in_array($origin, [{exact}], true)"));
        }
        for regex in plan.anchored() {
            let regex = php_regex(&regex);
            tests.push(format!("preg_match({regex}, $origin) === 1"));
        }
        let tests = tests.join("\n        || ");
        lines.add(format!("    $allowed = $origin !== null && ({tests});"));
    }
    let indent = if plan.wildcard {
        lines.add("    header('Access-Control-Allow-Origin: *');");
        "    "
    } else {
        lines.add("    header('Vary: Origin', false);\n    if ($allowed) {");
        lines.add("        header('Access-Control-Allow-Origin: ' . $origin);");
        "        "
    };
    let deeper = format!("{indent}    ");
    let set = |indent: &str, headers: &[(&'static str, Value)], lines: &mut Lines| {
        for (name, value) in headers {
            let argument = match value {
                Value::Text(text) => php(&format!("{name}: {text}")),
                Value::AskedMethod => format!("{} . $asked", php(&format!("{name}: "))),
                Value::AskedHeaders => format!("{} . $askedHeaders", php(&format!("{name}: "))),
            };
            lines.add(format!("{indent}header({argument});"));
        }
    };
    set(indent, &plan.always(), &mut lines);
    lines.add(format!("{indent}if ($preflight) {{"));
    set(&deeper, &plan.preflight(), &mut lines);
    if !plan.expose.is_empty() {
        lines.add(format!("{indent}}} else {{"));
        set(&deeper, &plan.actual(), &mut lines);
    }
    lines.add(format!("{indent}}}"));
    if !plan.wildcard {
        lines.add("    }");
    }
    lines.add(
        "    if ($preflight) {\n        http_response_code(204);\n        exit;\n    }\n})();",
    );
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
