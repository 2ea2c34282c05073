use corscope_fetch::policy::Policy;

use super::literal::csharp;
use super::plan::{Lines, Plan, listed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "aspnet-core",
    aliases: &["aspnet", "asp.net", "asp.net-core", "dotnet", "kestrel"],
    title: "ASP.NET Core",
    kind: StackKind::Framework,
    assurance: Assurance::Rendered,
    language: "csharp",
    file: "Program.cs",
    place: "the first part before builder.Build(), the second right after it",
    pitfalls: &[
        "UseHttpsRedirection before UseCors redirects preflights, which browsers refuse",
        "UseAuthentication before UseCors answers preflights with 401",
        "AllowAnyOrigin with AllowCredentials throws when the policy is built",
        "without UseExceptionHandler inside of UseCors, an unhandled exception answers 500 without \
         CORS headers",
        "the middleware sends no `Vary: Origin` for one origin, nor to requests without Origin: the \
         first lines see to it",
        "Windows authentication in IIS refuses preflights before they reach the app: use IIS's CORS \
         module there",
    ],
    signs: &[("server", "kestrel")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy");
    let mut origins: Vec<String> = plan.exact.iter().map(|&origin| origin.to_owned()).collect();
    for (scheme, suffix) in &plan.subdomains {
        origins.push(format!("{scheme}://*{suffix}"));
    }
    let mut calls = Vec::new();
    if plan.wildcard {
        calls.push(".AllowAnyOrigin()".to_owned());
    } else if plan.any {
        calls.push(".SetIsOriginAllowed(_ => true)".to_owned());
    } else {
        calls.push(format!(".WithOrigins({})", listed(&origins, csharp)));
        if !plan.subdomains.is_empty() {
            calls.push(".SetIsOriginAllowedToAllowWildcardSubdomains()".to_owned());
        }
    }
    calls.push(if plan.methods.is_all() {
        ".AllowAnyMethod()".to_owned()
    } else {
        format!(".WithMethods({})", listed(plan.methods.listed(), csharp))
    });
    if plan.headers.is_all() {
        calls.push(".AllowAnyHeader()".to_owned());
    } else if !plan.headers.is_none() {
        let names = listed(plan.headers.listed(), csharp);
        calls.push(format!(".WithHeaders({names})"));
    }
    if !plan.expose.is_empty() {
        let names = listed(&plan.expose, csharp);
        calls.push(format!(".WithExposedHeaders({names})"));
    }
    if plan.credentials {
        calls.push(".AllowCredentials()".to_owned());
    }
    if let Some(seconds) = plan.max_age {
        calls.push(format!(
            ".SetPreflightMaxAge(TimeSpan.FromSeconds({seconds}))"
        ));
    }
    let calls = calls.join("\n    ");
    lines.add(format!("    {calls}));\n\nvar app = builder.Build();\n"));
    if !plan.wildcard {
        lines.add("app.Use((context, next) =>\n{");
        lines.add("    context.Response.OnStarting(() =>\n    {");
        lines.add("        var vary = context.Response.Headers.Vary.ToString();");
        lines.add("        if (!vary.Contains(\"Origin\", StringComparison.OrdinalIgnoreCase))");
        lines.add("        {\n            context.Response.Headers.Append(\"Vary\", \"Origin\");\n        }");
        lines.add("        return Task.CompletedTask;\n    });");
        lines.add("    return next();\n});");
    }
    lines.add("// First of all, so that 401, 404 and 500 carry the headers, too.");
    lines.add("app.UseCors();");
    lines.add("app.UseExceptionHandler(\"/error\");");
    lines.add("// Here the rest: UseHttpsRedirection, UseAuthentication, UseAuthorization, Map…");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
