use corscope_fetch::policy::Policy;

use super::koa::USUAL_METHODS;
use super::literal::{python, python_regex};
use super::plan::{Lines, Names, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "django",
    aliases: &["django-cors-headers", "corsheaders", "drf"],
    title: "Django with django-cors-headers",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "python",
    file: "settings.py (pip install django-cors-headers)",
    place: "at the end; CorsMiddleware has to be the first of MIDDLEWARE",
    pitfalls: &[
        "after CommonMiddleware, the redirect to the URL with a slash has no CORS headers",
        "without CORS_ALLOW_METHODS and CORS_ALLOW_HEADERS, PUT, PATCH, DELETE and ten \
         request-headers are allowed",
        "an origin without its scheme is an error (corsheaders.E013)",
        "CSRF_TRUSTED_ORIGINS is a list of its own: POST with a session cookie needs the origin \
         there, too",
        "a session cookie is SameSite=Lax: another site's page sends it only with \
         SESSION_COOKIE_SAMESITE = \"None\" and SESSION_COOKIE_SECURE",
        "CORS_ALLOW_ALL_ORIGINS with CORS_ALLOW_CREDENTIALS lets every site in",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
        "answers vary on Origin even where everybody gets `*`: caches keep one for each origin",
        "an OPTIONS request with Access-Control-Request-Method never reaches the app, not even without Origin",
    ],
    signs: &[("server", "wsgiserver")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut lines = Lines::default();
    lines.add("INSTALLED_APPS += [\"corsheaders\"]");
    lines.add("# First of all, so that 401, 404, 500 and redirects carry the headers, too.");
    lines.add("MIDDLEWARE = [\"corsheaders.middleware.CorsMiddleware\", *MIDDLEWARE]\n");
    if plan.wildcard || plan.any {
        lines.add("CORS_ALLOW_ALL_ORIGINS = True");
    } else {
        if !plan.exact.is_empty() {
            lines.add("CORS_ALLOWED_ORIGINS = [");
            for origin in &plan.exact {
                lines.add(format!("    {},", python(origin)));
            }
            lines.add("]");
        }
        if !plan.regexes.is_empty() {
            lines.add("CORS_ALLOWED_ORIGIN_REGEXES = [");
            for regex in &plan.regexes {
                // `$` would also match before a last line feed.
                let anchored = python_regex(&format!(r"^{regex}\Z"));
                lines.add(format!("    {anchored},"));
            }
            lines.add("]");
        }
    }
    let methods = match &plan.methods {
        Names::List(names) => listed(names, python),
        Names::Asked => {
            limits.push(format!(
                "django-cors-headers cannot allow every method with credentials: {} are allowed",
                USUAL_METHODS.join(", ")
            ));
            listed(&USUAL_METHODS, python)
        }
    };
    lines.add(format!("CORS_ALLOW_METHODS = [{methods}]"));
    let headers = match &plan.headers {
        Names::List(names) => listed(names, python),
        Names::Asked => {
            limits.push(
                "django-cors-headers cannot allow every request-header with credentials: \
                 authorization and content-type are allowed; add yours"
                    .to_owned(),
            );
            listed(&["authorization", "content-type"], python)
        }
    };
    lines.add(format!("CORS_ALLOW_HEADERS = [{headers}]"));
    if !plan.expose.is_empty() {
        let names = listed(&plan.expose, python);
        lines.add(format!("CORS_EXPOSE_HEADERS = [{names}]"));
    }
    if plan.credentials {
        lines.add("CORS_ALLOW_CREDENTIALS = True");
    }
    match plan.max_age {
        Some(0) => {
            limits.push(
                "django-cors-headers does not send a max-age of 0: browsers remember a preflight \
                 for 5 seconds"
                    .to_owned(),
            );
            lines.add("CORS_PREFLIGHT_MAX_AGE = 0");
        }
        Some(seconds) => {
            lines.add(format!("CORS_PREFLIGHT_MAX_AGE = {seconds}"));
        }
        None => {
            lines.add("# Without this line, a day.\nCORS_PREFLIGHT_MAX_AGE = 0");
        }
    }
    Rendered {
        code: lines.text(),
        limits,
    }
}
