use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan, Value};
use super::quoting::lua;
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "lighttpd",
    aliases: &["lighty"],
    title: "lighttpd 1.4.60 or later, with mod_magnet",
    kind: StackKind::Server,
    assurance: Assurance::Run,
    language: "lua",
    file: "/etc/lighttpd/cors.lua, and two lines in lighttpd.conf",
    place: "the script in a file of its own; the lines that its first comment holds in \
            lighttpd.conf (on Debian: apt-get install lighttpd-modules-lua)",
    pitfalls: &[
        "setenv.add-response-header adds to what the application says: two values, which no \
         browser takes",
        "setenv cannot echo one of several origins: the script can",
        "auth.require answers preflights with 401 unless the script runs first, at \
         attract-raw-url-to",
        "lighttpd answers OPTIONS for static files itself, with 200 and without CORS headers",
    ],
    signs: &[("server", "lighttpd")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("-- server.modules += ( \"mod_magnet\" )  # before mod_auth and mod_proxy");
    lines.add("-- magnet.attract-raw-url-to = ( \"/etc/lighttpd/cors.lua\" )");
    lines.add("-- magnet.attract-response-start-to = ( \"/etc/lighttpd/cors.lua\" )\n");
    lines.add("local r = lighty.r");
    lines.add("local origin = r.req_header[\"Origin\"]");
    lines.add("local preflight = r.req_attr[\"request.method\"] == \"OPTIONS\"");
    lines.add("  and origin and r.req_header[\"Access-Control-Request-Method\"]");
    is_allowed(&plan, &mut lines);
    lines.add("\n-- The first time, only preflights end here: before authentication and the app.");
    lines.add(
        "-- The second time, the answer is ready to be sent, and this policy replaces what the",
    );
    lines.add("-- application says.");
    lines.add("if not preflight and r.req_item.http_status == 0 then return 0 end");
    lines.add("local h = r.resp_header");
    lines
        .add("for _, name in ipairs({ \"Allow-Origin\", \"Allow-Credentials\", \"Allow-Methods\",");
    lines.add("    \"Allow-Headers\", \"Expose-Headers\", \"Max-Age\" }) do");
    lines.add("  h[\"Access-Control-\" .. name] = nil");
    lines.add("end");
    let allow_origin = if plan.wildcard {
        lua("*")
    } else {
        lines.add("-- Also without Origin, so that no cache hands out another origin's answer.");
        lines.add("local vary = h[\"Vary\"]");
        lines.add("if not vary or vary == \"\" then");
        lines.add("  h[\"Vary\"] = \"Origin\"");
        lines.add("elseif not (\",\" .. vary:lower():gsub(\" \", \"\") .. \",\"):find(\",origin,\", 1, true) then");
        lines.add("  h[\"Vary\"] = vary .. \", Origin\"");
        lines.add("end");
        "origin".to_owned()
    };
    lines.add("if allowed then");
    lines.add(format!(
        "  h[\"Access-Control-Allow-Origin\"] = {allow_origin}"
    ));
    for (name, value) in plan.always().iter().chain(&plan.actual()) {
        set("  ", name, value, &mut lines);
    }
    lines.add("  if preflight then");
    for (name, value) in &plan.preflight() {
        set("    ", name, value, &mut lines);
    }
    lines.add("  end\nend");
    lines.add("if preflight and r.req_item.http_status == 0 then return 204 end");
    lines.add("return 0");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}

fn is_allowed(plan: &Plan<'_>, lines: &mut Lines) {
    if plan.wildcard {
        lines.add("local allowed = true");
        return;
    }
    if plan.any {
        lines.add("local allowed = origin");
        return;
    }
    lines.add("\nlocal origins = {");
    for origin in &plan.exact {
        lines.add(format!("  [{}] = true,", lua(origin)));
    }
    lines.add("}");
    lines.add("local allowed = origin and origins[origin]");
    if plan.subdomains.is_empty() {
        return;
    }
    lines.add("-- What stands between the scheme and the domain must be labels of a host.");
    lines.add("local function is_below(scheme, domain)");
    lines.add("  return #origin > #scheme + #domain");
    lines.add("    and origin:sub(1, #scheme) == scheme");
    lines.add("    and origin:sub(-#domain) == domain");
    lines.add("    and origin:sub(#scheme + 1, -#domain - 1):match(\"^[%w_-][%w._-]*$\")");
    lines.add("end");
    for (scheme, suffix) in &plan.subdomains {
        lines.add(format!(
            "allowed = allowed or origin and is_below({}, {})",
            lua(&format!("{scheme}://")),
            lua(suffix)
        ));
    }
}

fn set(indent: &str, name: &str, value: &Value, lines: &mut Lines) {
    let value = match value {
        Value::Text(text) => lua(text),
        Value::AskedMethod => "r.req_header[\"Access-Control-Request-Method\"]".to_owned(),
        Value::AskedHeaders => "r.req_header[\"Access-Control-Request-Headers\"]".to_owned(),
    };
    lines.add(format!("{indent}h[\"{name}\"] = {value}"));
}
