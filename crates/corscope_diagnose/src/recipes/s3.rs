use corscope_fetch::policy::Policy;

use super::literal::javascript as json;
use super::plan::{Lines, Plan, listed};
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "s3",
    aliases: &["aws-s3", "amazon-s3"],
    title: "Amazon S3",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "json",
    file: "cors.json",
    place: "aws s3api put-bucket-cors --bucket BUCKET --cors-configuration file://cors.json",
    pitfalls: &[
        "without Origin, S3 sends no Vary: a cached plain load (an <img> without crossorigin) is later handed to a script",
        "a 403 AccessDenied without headers is the bucket's policy, not CORS",
        "CloudFront in front must forward Origin or use a response headers policy",
        "a redirect to the bucket's region loses the preflight: use the regional host name",
    ],
    signs: &[("server", "amazons3")],
    render,
};

const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "PUT", "DELETE"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut stated = Stated::starred(&plan, "S3")
        .only_methods(&METHODS, "S3")
        .only_named_expose("S3");
    // Authorization is covered by S3's own `*`.
    if stated.headers.contains(&"*") {
        stated.headers = vec!["*"];
    }
    if !plan.credentials && !plan.wildcard {
        stated.limits.push(
            "WIDER: S3 sends Access-Control-Allow-Credentials: true to every origin that is not \
             allowed by *; buckets know no cookies, so that it opens nothing"
                .to_owned(),
        );
    }
    let mut lines = Lines::default();
    lines.add("{\n  \"CORSRules\": [\n    {");
    lines.add(format!(
        "      \"AllowedOrigins\": [{}],",
        listed(&stated.origins, json)
    ));
    lines.add(format!(
        "      \"AllowedMethods\": [{}],",
        listed(&stated.methods, json)
    ));
    if let Some(seconds) = plan.max_age {
        lines.add(format!("      \"MaxAgeSeconds\": {seconds},"));
    }
    if !stated.expose.is_empty() {
        lines.add(format!(
            "      \"ExposeHeaders\": [{}],",
            listed(&stated.expose, json)
        ));
    }
    lines.add(format!(
        "      \"AllowedHeaders\": [{}]",
        listed(&stated.headers, json)
    ));
    lines.add("    }\n  ]\n}");
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}
