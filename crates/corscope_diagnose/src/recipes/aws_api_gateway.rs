use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, listed};
use super::quoting::yaml;
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "aws-api-gateway",
    aliases: &["api-gateway", "apigateway", "aws-http-api"],
    title: "AWS API Gateway (HTTP API)",
    kind: StackKind::Platform,
    assurance: Assurance::Rendered,
    language: "yaml",
    file: "template.yaml (CloudFormation or SAM)",
    place: "in Resources; an API that exists gets CorsConfiguration alone",
    pitfalls: &[
        "an authorizer on the $default route answers preflights with 401: add a route OPTIONS /{proxy+} without one",
        "with CorsConfiguration, an HTTP API ignores the CORS headers that the integration returns",
        "a REST API is another thing: it needs an OPTIONS method, the headers in the Lambda function's own answers, and gateway responses DEFAULT_4XX and DEFAULT_5XX with them",
        "an API key on OPTIONS refuses every preflight: browsers send none",
        "\"Missing Authentication Token\" means that the path or the stage is wrong",
    ],
    signs: &[
        ("apigw-requestid", ""),
        ("x-amz-apigw-id", ""),
        ("x-amzn-apigateway-api-id", ""),
    ],
    render,
};

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*",
];

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let stated = Stated::exact(&plan, "API Gateway").only_methods(&METHODS, "API Gateway");
    let mut lines = Lines::default();
    lines.add("Resources:\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties:");
    lines.add("      Name: api\n      ProtocolType: HTTP\n      CorsConfiguration:");
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
