use corscope_fetch::policy::Policy;

use super::literal::rust;
use super::plan::{Lines, Plan};
use super::rust_origins::is_allowed_subdomain;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "axum",
    aliases: &["tower-http", "tower"],
    title: "axum with tower-http",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "rust",
    file: "src/main.rs (cargo add tower-http -F cors,catch-panic)",
    place: "the last layer of the outermost Router, after all routes and other layers",
    pitfalls: &[
        "route_layer does not cover 404, and routes that are added after `.layer` have no CORS \
         headers",
        "`*` with credentials panics when the layer is built",
        "CorsLayer::very_permissive() lets every site in, with credentials too",
        "CorsLayer::permissive() answers `*` to headers, which does not cover Authorization",
        "CorsLayer answers every OPTIONS request itself: a route's own OPTIONS is never reached",
        "without CatchPanicLayer, a panic closes the connection without an answer",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
        "answers vary on Origin even where everybody gets `*`: caches keep one for each origin",
    ],
    signs: &[],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut limits = plan.limits();
    let mut uses = vec!["CorsLayer"];
    let mut http = Vec::new();
    let mut body = Lines::default();
    body.add("fn cors() -> CorsLayer {\n    CorsLayer::new()");
    if plan.wildcard {
        uses.push("Any");
        body.add("        .allow_origin(Any)");
    } else if plan.any {
        uses.push("AllowOrigin");
        body.add("        .allow_origin(AllowOrigin::mirror_request())");
    } else if plan.subdomains.is_empty() {
        uses.push("AllowOrigin");
        http.push("HeaderValue");
        body.add("        .allow_origin(AllowOrigin::list([");
        for origin in &plan.exact {
            body.add(format!(
                "            HeaderValue::from_static({}),",
                rust(origin)
            ));
        }
        body.add("        ]))");
    } else {
        uses.push("AllowOrigin");
        body.add("        .allow_origin(AllowOrigin::predicate(|origin, _| {");
        body.add("            origin.to_str().is_ok_and(is_allowed)\n        }))");
    }
    match &plan.methods {
        names if names.is_all() => {
            // With `*` the preflight names what it asked for, which holds with credentials, too.
            uses.push("AllowMethods");
            body.add("        .allow_methods(AllowMethods::mirror_request())");
        }
        names => {
            http.push("Method");
            body.add("        .allow_methods([");
            for name in names.listed() {
                body.add(format!("            {},", method(name)));
            }
            body.add("        ])");
        }
    }
    match &plan.headers {
        names if names.is_all() => {
            uses.push("AllowHeaders");
            body.add("        .allow_headers(AllowHeaders::mirror_request())");
        }
        names if names.is_none() => {}
        names => {
            http.push("HeaderName");
            header_names("allow_headers", names.listed(), &mut body);
        }
    }
    if plan.expose.contains(&"*") {
        uses.push("Any");
        body.add("        .expose_headers(Any)");
    } else if !plan.expose.is_empty() {
        http.push("HeaderName");
        header_names("expose_headers", &plan.expose, &mut body);
    }
    if plan.credentials {
        body.add("        .allow_credentials(true)");
    }
    if let Some(seconds) = plan.max_age {
        body.add(format!(
            "        .max_age(std::time::Duration::from_secs({seconds}))"
        ));
    }
    body.add("}");
    let mut lines = Lines::default();
    if !http.is_empty() {
        lines.add(format!("use axum::http::{};", braced(&mut http)));
    }
    lines.add("use tower_http::catch_panic::CatchPanicLayer;");
    lines.add(format!("use tower_http::cors::{};\n", braced(&mut uses)));
    if !plan.subdomains.is_empty() {
        is_allowed_subdomain(&plan, true, &mut lines);
    }
    lines.add(body.text());
    lines.add("// The last layer is the outermost: 401, 404 and 500 carry the headers, too.");
    lines.add("let app = app.layer(CatchPanicLayer::new()).layer(cors());");
    if policy
        .methods
        .iter()
        .any(|name| name == "OPTIONS" || name == "*")
    {
        limits.push(
            "a script's own OPTIONS requests are answered by CorsLayer, not by the app".to_owned(),
        );
    }
    Rendered {
        code: lines.text(),
        limits,
    }
}

fn braced(names: &mut Vec<&str>) -> String {
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [one] => (*one).to_owned(),
        many => format!("{{{}}}", many.join(", ")),
    }
}

fn method(name: &str) -> String {
    if matches!(
        name,
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
    ) {
        format!("Method::{name}")
    } else {
        let literal = rust(name);
        format!("Method::from_bytes({literal}.as_bytes()).expect(\"it is a token\")")
    }
}

fn header_names(setter: &str, names: &[&str], lines: &mut Lines) {
    lines.add(format!("        .{setter}(["));
    for name in names {
        // from_static takes lower case only.
        let literal = rust(&name.to_ascii_lowercase());
        lines.add(format!("            HeaderName::from_static({literal}),"));
    }
    lines.add("        ])");
}
