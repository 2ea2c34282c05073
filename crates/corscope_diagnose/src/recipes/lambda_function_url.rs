use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, listed};
use super::quoting::yaml;
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "lambda-function-url",
    aliases: &["aws-lambda", "lambda"],
    title: "AWS Lambda function URL",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "yaml",
    file: "template.yaml (CloudFormation or SAM)",
    place: "in Resources; a URL that exists gets Cors alone",
    pitfalls: &[
        "the function must not set CORS headers as well: both are sent, and browsers refuse two",
        "AuthType: AWS_IAM wants signed requests; a 403 from it is no CORS matter",
        "behind CloudFront or API Gateway the URL's own Cors is not what the browser sees",
    ],
    signs: &[("x-amzn-trace-id", "root=")],
    render,
};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "*"];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let stated = Stated::exact(&plan, "a function URL").only_methods(&METHODS, "a function URL");
    let mut lines = Lines::default();
    lines.add("Resources:\n  Url:\n    Type: AWS::Lambda::Url\n    Properties:");
    lines.add("      TargetFunctionArn: !Ref Function\n      AuthType: NONE\n      Cors:");
    let mut list = |name: &str, items: String| {
        if !items.is_empty() {
            lines.add(format!("        {name}: [{items}]"));
        }
    };
    list("AllowOrigins", listed(&stated.origins, yaml));
    list("AllowMethods", listed(&stated.methods, yaml));
    list("AllowHeaders", listed(&stated.headers, yaml));
    list("ExposeHeaders", listed(&stated.expose, yaml));
    lines.add(format!("        AllowCredentials: {}", plan.credentials));
    if let Some(seconds) = plan.max_age {
        lines.add(format!("        MaxAge: {seconds}"));
    }
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}
