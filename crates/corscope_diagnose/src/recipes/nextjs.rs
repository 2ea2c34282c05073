use corscope_fetch::policy::Policy;

use super::javascript::{header_lines, is_allowed};
use super::plan::{Lines, Plan};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "nextjs",
    aliases: &["next", "next.js"],
    title: "Next.js",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "typescript",
    file: "middleware.ts beside app/ or pages/ (from Next 16 on: proxy.ts, its function named proxy)",
    place: "the whole file; widen `matcher` when your API is not below /api",
    pitfalls: &[
        "`headers()` in next.config.js knows one fixed origin and answers no preflight",
        "Next redirects a trailing slash before the middleware runs, and a preflight must not be \
         redirected: request the URL without it, or set skipTrailingSlashRedirect",
        "Next writes a Vary of its own over this one on prerendered pages, such as its 404",
        "server actions have an origin check of their own (serverActions.allowedOrigins)",
        "a route that sets Access-Control-Allow-Origin itself lets in whom it names, whatever this says",
    ],
    signs: &[("x-powered-by", "next.js")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("import { type NextRequest, NextResponse } from \"next/server\";\n");
    is_allowed(&plan, true, &mut lines);
    if !plan.wildcard && !plan.any {
        lines.add("");
    }
    lines.add("export function middleware(request: NextRequest) {");
    lines.add("  const origin = request.headers.get(\"Origin\");");
    lines.add("  const asked = request.headers.get(\"Access-Control-Request-Method\");");
    if plan.echoes_headers() {
        lines.add(
            "  const askedHeaders = request.headers.get(\"Access-Control-Request-Headers\") ?? \"\";",
        );
    }
    let allowed = if plan.any {
        "origin !== null"
    } else {
        "origin !== null && isAllowed(origin)"
    };
    lines.add(
        "  const preflight = request.method === \"OPTIONS\" && origin !== null && asked !== null;",
    );
    lines.add("  // A preflight ends here; everything else goes on to its route.");
    lines.add(
        "  const response = preflight ? new NextResponse(null, { status: 204 }) : NextResponse.next();",
    );
    let (indent, echoed) = if plan.wildcard {
        ("  ", "\"*\"")
    } else {
        lines.add("  response.headers.append(\"Vary\", \"Origin\");");
        lines.add(format!("  if ({allowed}) {{"));
        ("    ", "origin")
    };
    let set = |name: &str, value: &str| format!("{indent}response.headers.set({name}, {value});");
    let set_deeper = |name: &str, value: &str| format!("  {}", set(name, value));
    lines.add(set("\"Access-Control-Allow-Origin\"", echoed));
    header_lines(&plan.always(), &mut lines, set);
    lines.add(format!("{indent}if (preflight) {{"));
    header_lines(&plan.preflight(), &mut lines, set_deeper);
    if !plan.expose.is_empty() {
        lines.add(format!("{indent}}} else {{"));
        header_lines(&plan.actual(), &mut lines, set_deeper);
    }
    lines.add(format!("{indent}}}"));
    if !plan.wildcard {
        lines.add("  }");
    }
    lines.add("  return response;\n}\n");
    lines.add("export const config = { matcher: \"/api/:path*\" };");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
