use corscope_fetch::policy::Policy;

use super::literal::javascript as json;
use super::plan::{Lines, Plan, listed};
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "azure-blob",
    aliases: &["azure-storage", "blob-storage"],
    title: "Azure Blob Storage",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "json",
    file: "template.json (Azure Resource Manager)",
    place: "in resources; or by hand under Resource sharing (CORS), Blob service",
    pitfalls: &[
        "a 403 \"CORS not enabled or no matching rule found\" means that origin, method or a header is in no rule",
        "an expired or wrong SAS is answered with 403 without headers",
        "rules are tried in order, and the first that matches the origin and the method is taken",
    ],
    signs: &[("server", "windows-azure-blob")],
    render,
};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut stated = Stated::exact(&plan, "Blob Storage").only_methods(&METHODS, "Blob Storage");
    if stated.headers.contains(&"*") {
        stated.headers = vec!["*"];
    }
    if !plan.credentials && !plan.wildcard {
        stated.limits.push(
            "WIDER: Blob Storage sends Access-Control-Allow-Credentials: true to origins that are \
             listed by name; it knows no cookies, so that it opens nothing"
                .to_owned(),
        );
    }
    let seconds = plan.max_age.unwrap_or(5);
    let mut lines = Lines::default();
    lines.add("{\n  \"type\": \"Microsoft.Storage/storageAccounts/blobServices\",");
    lines.add("  \"apiVersion\": \"2023-05-01\",");
    lines.add("  \"name\": \"[concat(parameters('account'), '/default')]\",");
    lines.add("  \"properties\": {\n    \"cors\": {\n      \"corsRules\": [\n        {");
    lines.add(format!(
        "          \"allowedOrigins\": [{}],",
        listed(&stated.origins, json)
    ));
    lines.add(format!(
        "          \"allowedMethods\": [{}],",
        listed(&stated.methods, json)
    ));
    lines.add(format!(
        "          \"allowedHeaders\": [{}],",
        listed(&stated.headers, json)
    ));
    lines.add(format!(
        "          \"exposedHeaders\": [{}],",
        listed(&stated.expose, json)
    ));
    lines.add(format!("          \"maxAgeInSeconds\": {seconds}"));
    lines.add("        }\n      ]\n    }\n  }\n}");
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}
