use corscope_fetch::policy::Policy;

use super::literal::javascript as json;
use super::plan::{Lines, Plan, listed};
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "azure-app-service",
    aliases: &["app-service", "azure-web-app"],
    title: "Azure App Service",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "json",
    file: "template.json (Azure Resource Manager)",
    place: "in resources; or by hand under API, CORS",
    pitfalls: &[
        "once one origin is listed, the platform answers CORS alone, and the application's own CORS is not asked: use one of the two",
        "supportCredentials with * is refused",
        "Easy Auth answers what is not logged in with a redirect: answer 401 instead",
    ],
    signs: &[("x-ms-middleware-request-id", "")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let stated = Stated::exact(&plan, "App Service");
    let mut limits = stated.limits;
    limits.push(
        "WIDER: App Service allows every method and every request-header to the origins listed; \
         where that is too much, leave this list empty and take your framework's recipe"
            .to_owned(),
    );
    if !plan.expose.is_empty() {
        limits.push("App Service exposes no response-headers: they are left out".to_owned());
    }
    if plan.max_age.is_some() {
        limits.push("App Service sends no max-age: it is left out".to_owned());
    }
    let mut lines = Lines::default();
    lines.add("{\n  \"type\": \"Microsoft.Web/sites/config\",");
    lines.add("  \"apiVersion\": \"2023-12-01\",");
    lines.add("  \"name\": \"[concat(parameters('site'), '/web')]\",");
    lines.add("  \"properties\": {\n    \"cors\": {");
    lines.add(format!(
        "      \"allowedOrigins\": [{}],",
        listed(&stated.origins, json)
    ));
    lines.add(format!(
        "      \"supportCredentials\": {}",
        plan.credentials
    ));
    lines.add("    }\n  }\n}");
    Rendered {
        code: lines.text(),
        limits,
    }
}
