use corscope_fetch::policy::Policy;

use super::literal::{php, php_regex};
use super::plan::{Lines, Names, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "laravel",
    aliases: &["fruitcake", "laravel-cors", "php-cors"],
    title: "Laravel",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "php",
    file: "config/cors.php (php artisan config:publish cors)",
    place: "the whole file; HandleCors is among the global middleware already",
    pitfalls: &[
        "a path that `paths` does not name has no CORS headers",
        "a cached configuration keeps the old policy: php artisan config:cache",
        "a body over post_max_size, and 413 of the web server, never reach the middleware",
        "with one origin and no pattern, every site is sent that origin: browsers refuse it to the \
         others",
        "a header() in index.php or in the web server doubles the headers",
        "Sanctum has a list of its own: SANCTUM_STATEFUL_DOMAINS",
    ],
    signs: &[
        ("set-cookie", "laravel_session"),
        ("set-cookie", "xsrf-token"),
    ],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("<?php\n\nreturn [");
    lines.add("    // Every path, so that 404 carries the headers, too.");
    lines.add("    'paths' => ['*'],");
    let exact = if plan.wildcard || plan.any {
        "'*'".to_owned()
    } else {
        listed(&plan.exact, php)
    };
    lines.add(format!("    'allowed_origins' => [{exact}],"));
    let patterns = listed(&plan.anchored(), php_regex);
    lines.add(format!("    'allowed_origins_patterns' => [{patterns}],"));
    let names = |names: &Names<'_>| {
        if names.is_all() {
            "'*'".to_owned()
        } else {
            listed(names.listed(), php)
        }
    };
    let (methods, headers) = (names(&plan.methods), names(&plan.headers));
    lines.add(format!("    'allowed_methods' => [{methods}],"));
    lines.add(format!("    'allowed_headers' => [{headers}],"));
    let expose = listed(&plan.expose, php);
    lines.add(format!("    'exposed_headers' => [{expose}],"));
    let max_age = plan
        .max_age
        .map_or_else(|| "null".to_owned(), |seconds| seconds.to_string());
    lines.add(format!("    'max_age' => {max_age},"));
    let credentials = plan.credentials;
    lines.add(format!("    'supports_credentials' => {credentials},\n];"));
    let mut limits = plan.limits();
    let in_lower_case = |name: &&str| **name != name.to_ascii_uppercase();
    if plan.methods.listed().iter().any(in_lower_case) {
        limits.push(
            "Laravel writes methods in capitals, so that a method in lower case stays blocked"
                .to_owned(),
        );
    }
    Rendered {
        code: lines.text(),
        limits,
    }
}
