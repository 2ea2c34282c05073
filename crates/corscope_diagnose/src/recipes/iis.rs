use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::quoting::xml;
use super::stated::Stated;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "iis",
    aliases: &["internet-information-services", "windows-server"],
    title: "IIS with the CORS module",
    kind: StackKind::Server,
    assurance: Assurance::Rendered,
    language: "xml",
    file: "web.config of the site",
    place: "inside of <configuration>; the IIS CORS module must be installed",
    pitfalls: &[
        "without the module, OPTIONSVerbHandler answers preflights with 200 and no headers",
        "Windows authentication without the module answers preflights with 401",
        "an ASP.NET application that also sets CORS headers doubles them: let one of them do it",
        "customHeaders with Access-Control-Allow-Origin beside the module doubles the header, too",
    ],
    signs: &[("server", "microsoft-iis")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let stated = Stated::starred(&plan, "IIS");
    let mut lines = Lines::default();
    lines.add("<system.webServer>");
    if !plan.wildcard {
        lines.add("  <httpProtocol>");
        lines.add("    <customHeaders>");
        lines.add("      <!-- Always, so that no cache hands out another origin's answer. -->");
        lines.add("      <add name=\"Vary\" value=\"Origin\" />");
        lines.add("    </customHeaders>");
        lines.add("  </httpProtocol>");
    }
    lines.add("  <cors enabled=\"true\" failUnlistedOrigins=\"false\">");
    for origin in &stated.origins {
        let mut attributes = format!(
            "origin={} allowCredentials=\"{}\"",
            xml(origin),
            plan.credentials
        );
        if let Some(seconds) = plan.max_age {
            attributes.push_str(&format!(" maxAge=\"{seconds}\""));
        }
        lines.add(format!("    <add {attributes}>"));
        let is_all = stated.headers.contains(&"*");
        lines.add(format!(
            "      <allowHeaders allowAllRequestedHeaders=\"{is_all}\">"
        ));
        if !is_all {
            add(&stated.headers, "header", &mut lines);
        }
        lines.add("      </allowHeaders>\n      <allowMethods>");
        add(&stated.methods, "method", &mut lines);
        lines.add("      </allowMethods>\n      <exposeHeaders>");
        add(&stated.expose, "header", &mut lines);
        lines.add("      </exposeHeaders>\n    </add>");
    }
    lines.add("  </cors>\n</system.webServer>");
    Rendered {
        code: lines.text(),
        limits: stated.limits,
    }
}

fn add(names: &[&str], attribute: &str, lines: &mut Lines) {
    for name in names {
        lines.add(format!("        <add {attribute}={} />", xml(name)));
    }
}
