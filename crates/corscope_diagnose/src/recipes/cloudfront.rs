use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, listed};
use super::quoting::yaml;
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "cloudfront",
    aliases: &["aws-cloudfront"],
    title: "Amazon CloudFront",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "yaml",
    file: "template.yaml (CloudFormation)",
    place: "in Resources, and its id in the cache behavior",
    pitfalls: &[
        "CloudFront does not answer preflights: what the origin answers to OPTIONS must be 2xx",
        "a cache behavior that does not allow OPTIONS answers preflights with 403",
        "without the policy, Origin must be part of the cache key, or one origin gets another's answer",
        "errors that CloudFront makes itself may lack the headers: look at one with corscope check",
    ],
    signs: &[("x-amz-cf-id", ""), ("server", "cloudfront")],
    render,
};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut stated = Stated::exact(&plan, "CloudFront").only_methods(&METHODS, "CloudFront");
    if stated.headers.contains(&"*") {
        stated = stated.only_named_headers("CloudFront");
    }
    let mut lines = Lines::default();
    lines.add("Resources:\n  CorsPolicy:\n    Type: AWS::CloudFront::ResponseHeadersPolicy");
    lines.add("    Properties:\n      ResponseHeadersPolicyConfig:\n        Name: cors");
    lines.add("        CorsConfig:");
    let mut list = |name: &str, items: String| {
        lines.add(format!("          {name}:\n            Items: [{items}]"));
    };
    list("AccessControlAllowOrigins", listed(&stated.origins, yaml));
    list("AccessControlAllowMethods", listed(&stated.methods, yaml));
    if stated.headers.is_empty() {
        // The property is required; accept needs no permission.
        list("AccessControlAllowHeaders", yaml("accept"));
    } else {
        list("AccessControlAllowHeaders", listed(&stated.headers, yaml));
    }
    if !stated.expose.is_empty() {
        list("AccessControlExposeHeaders", listed(&stated.expose, yaml));
    }
    lines.add(format!(
        "          AccessControlAllowCredentials: {}",
        plan.credentials
    ));
    if let Some(seconds) = plan.max_age {
        lines.add(format!("          AccessControlMaxAgeSec: {seconds}"));
    }
    lines.add("          # This policy replaces what the origin says.");
    lines.add("          OriginOverride: true");
    lines.add("\n# In the distribution's cache behavior:");
    lines.add("#   ResponseHeadersPolicyId: !Ref CorsPolicy");
    lines.add("#   AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]");
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}
