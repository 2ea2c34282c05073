use corscope_fetch::policy::Policy;

use super::literal::javascript as json;
use super::plan::{Lines, Plan, listed};
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "gcs",
    aliases: &["google-cloud-storage", "cloud-storage"],
    title: "Google Cloud Storage",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "json",
    file: "cors.json",
    place: "gcloud storage buckets update gs://BUCKET --cors-file=cors.json",
    pitfalls: &[
        "storage.cloud.google.com never answers with CORS headers: use storage.googleapis.com",
        "a 403 without headers is a matter of permissions",
        "a preflight that was answered before may be remembered for maxAgeSeconds",
    ],
    signs: &[("server", "uploadserver"), ("x-goog-storage-class", "")],
    render,
};

const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let stated = Stated::exact(&plan, "Cloud Storage")
        .only_methods(&METHODS, "Cloud Storage")
        .only_named_headers("Cloud Storage")
        .only_named_expose("Cloud Storage")
        .without_credentials(&plan, "Cloud Storage");
    // One list for both directions.
    let mut names = stated.headers.clone();
    for name in &stated.expose {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    let mut limits = stated.limits;
    if !stated.expose.is_empty() && !stated.headers.is_empty() {
        limits.push(
            "WIDER: Cloud Storage has one list of names for request-headers and for exposed \
             response-headers: both kinds stand in it"
                .to_owned(),
        );
    }
    let mut lines = Lines::default();
    lines.add("[\n  {");
    lines.add(format!(
        "    \"origin\": [{}],",
        listed(&stated.origins, json)
    ));
    if let Some(seconds) = plan.max_age {
        lines.add(format!("    \"maxAgeSeconds\": {seconds},"));
    }
    if !names.is_empty() {
        lines.add(format!(
            "    \"responseHeader\": [{}],",
            listed(&names, json)
        ));
    }
    lines.add(format!(
        "    \"method\": [{}]",
        listed(&stated.methods, json)
    ));
    lines.add("  }\n]");
    Rendered {
        code: lines.text(),
        limits,
    }
}
