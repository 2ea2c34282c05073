use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, Value};
use super::quoting::{apache, apache_pattern};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind, origins_regex};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "apache",
    aliases: &["apache2", "httpd", "apache-httpd"],
    title: "Apache httpd",
    kind: StackKind::Server,
    assurance: Assurance::Run,
    language: "apache",
    file: "the site's file, such as /etc/apache2/sites-available/api.conf (a2enmod headers rewrite \
           setenvif)",
    place: "inside of <VirtualHost>, not of <Directory>, <Location> or .htaccess: there the \
            preflight would be answered after authentication",
    pitfalls: &[
        "`Header set` and `Header always set` write two tables: a header in both is sent twice",
        "without `always`, errors that httpd answers itself carry no headers",
        "in .htaccess or <Directory>, rewrite rules run after authentication: preflights get 401",
        "a <VirtualHost> that has its own RewriteEngine rules needs this rule before them",
        "an application behind httpd that sets the same headers doubles them: unset takes them out",
    ],
    signs: &[("server", "apache")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    let allowed = if plan.wildcard {
        "Origin"
    } else {
        let regex = apache_pattern(&origins_regex(policy));
        lines.add("# Who may read; the variable stays unset for everybody else.");
        lines.add(format!("SetEnvIf Origin {regex} CORS_ORIGIN=$0\n"));
        "CORS_ORIGIN"
    };
    lines.add("# This policy replaces what the application says.");
    for name in ["Origin", "Credentials", "Methods", "Headers"] {
        unset(&format!("Allow-{name}"), &mut lines);
    }
    unset("Expose-Headers", &mut lines);
    unset("Max-Age", &mut lines);
    lines.add("");
    let (origin, condition) = if plan.wildcard {
        (apache("*"), "")
    } else {
        lines.add("# Also without Origin, so that no cache hands out another origin's answer.");
        lines.add("Header always merge Vary Origin");
        ("\"%{CORS_ORIGIN}e\"".to_owned(), " env=CORS_ORIGIN")
    };
    lines.add(format!(
        "Header always set Access-Control-Allow-Origin {origin}{condition}"
    ));
    for (name, value) in plan.always().iter().chain(&plan.actual()) {
        lines.add(format!(
            "Header always set {name} {}{condition}",
            expression(value)
        ));
    }
    let is_allowed = match allowed {
        "Origin" => "-n req('Origin')",
        _ => "-n reqenv('CORS_ORIGIN')",
    };
    let is_preflight = format!(
        "\"expr=%{{REQUEST_METHOD}} == 'OPTIONS' && {is_allowed} && \
         -n req('Access-Control-Request-Method')\""
    );
    for (name, value) in plan.preflight() {
        lines.add(format!(
            "Header always set {name} {} {is_preflight}",
            expression(&value)
        ));
    }
    lines.add(
        "\n# Preflights are answered here, before authentication and the application; a plain",
    );
    lines.add("# OPTIONS request is not.");
    lines.add("RewriteEngine On");
    lines.add("RewriteCond %{REQUEST_METHOD} =OPTIONS");
    lines.add("RewriteCond %{HTTP:Origin} .");
    lines.add("RewriteCond %{HTTP:Access-Control-Request-Method} .");
    lines.add("RewriteRule ^ - [R=204,L]");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

/// Takes a header out of both of httpd's tables.
fn unset(name: &str, lines: &mut Lines) {
    lines.add(format!("Header onsuccess unset Access-Control-{name}"));
    lines.add(format!("Header always unset Access-Control-{name}"));
}

fn expression(value: &Value) -> String {
    match value {
        Value::Text(text) => apache(text),
        Value::AskedMethod => "expr=%{req:Access-Control-Request-Method}".to_owned(),
        Value::AskedHeaders => "expr=%{req:Access-Control-Request-Headers}".to_owned(),
    }
}
