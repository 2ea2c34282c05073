use corscope_fetch::policy::Policy;

use super::koa::USUAL_METHODS;
use super::literal::{ruby, ruby_regex};
use super::plan::{Lines, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "rails",
    aliases: &["rack-cors", "ruby-on-rails", "ruby", "rack"],
    title: "Rails with rack-cors",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "ruby",
    file: "config/initializers/cors.rb (gem \"rack-cors\")",
    place: "the whole file",
    pitfalls: &[
        "anywhere but at insert_before 0, middleware in front (SSL redirect, Warden, static files) \
         answers without CORS headers",
        "^ and $ match at every line of Ruby's text: a pattern needs \\A and \\z",
        "an origin without its scheme allows http and https",
        "rack-cors allows Content-Type whatever `headers` says",
        "the answers to preflights have no Vary: a CDN must not cache OPTIONS",
        "a request that is refused before Rack (413 of the proxy in front) has no CORS headers",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
        "answers vary on Origin even where everybody gets `*`: caches keep one for each origin",
        "every answer carries the headers of a preflight; they mean nothing there",
    ],
    signs: &[("x-powered-by", "phusion passenger"), ("server", "puma")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut origins: Vec<String> = plan
        .exact
        .iter()
        .map(|origin| match *origin {
            // As a string it would be a host with any scheme.
            "null" => ruby_regex(r"\Anull\z"),
            origin => ruby(origin),
        })
        .collect();
    for regex in &plan.regexes {
        origins.push(ruby_regex(&format!(r"\A{regex}\z")));
    }
    if plan.wildcard {
        origins.push("\"*\"".to_owned());
    } else if plan.any {
        origins.push("/\\A.+\\z/".to_owned());
    }
    let methods: Vec<&str> = if plan.methods.is_all() {
        limits.push(format!(
            "rack-cors cannot allow every method: {} are allowed",
            USUAL_METHODS.join(", ")
        ));
        USUAL_METHODS.to_vec()
    } else {
        plan.methods.listed().to_vec()
    };
    if methods
        .iter()
        .any(|name| *name != name.to_ascii_uppercase())
    {
        limits.push(
            "rack-cors writes methods in capitals, so that a method in lower case stays blocked"
                .to_owned(),
        );
    }
    let methods: Vec<String> = methods
        .iter()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let names = plan.headers.listed();
    let guarded = !plan.headers.is_all()
        && !names
            .iter()
            .any(|name| name.eq_ignore_ascii_case("content-type"));
    let mut lines = Lines::default();
    if guarded {
        lines.add("# rack-cors would always allow Content-Type; the policy does not.");
        lines.add("without_content_type = lambda do |env|");
        lines.add("  asked = env[\"HTTP_ACCESS_CONTROL_REQUEST_HEADERS\"].to_s.downcase");
        lines.add("  !asked.split(\",\").map(&:strip).include?(\"content-type\")\nend\n");
    }
    lines.add("# First of all, so that 401, 404 and 500 carry the headers, too.");
    lines.add("Rails.application.config.middleware.insert_before 0, Rack::Cors do");
    lines.add(format!(
        "  allow do\n    origins {}",
        origins.join(",\n            ")
    ));
    let mut options = vec![format!("methods: [{}]", listed(&methods, ruby))];
    if plan.headers.is_all() {
        options.push("headers: :any".to_owned());
    } else if !plan.headers.is_none() {
        options.push(format!("headers: [{}]", listed(names, ruby)));
    }
    if !plan.expose.is_empty() {
        options.push(format!("expose: [{}]", listed(&plan.expose, ruby)));
    }
    if plan.credentials {
        options.push("credentials: true".to_owned());
    }
    // Without it, two hours; five seconds is what browsers take when there is no header.
    options.push(format!("max_age: {}", plan.max_age.unwrap_or(5)));
    if guarded {
        options.push("if: without_content_type".to_owned());
    }
    let options = options.join(",\n             ");
    lines.add(format!(
        "    resource \"*\",\n             {options}\n  end\nend"
    ));
    Rendered {
        code: lines.text(),
        limits,
    }
}
