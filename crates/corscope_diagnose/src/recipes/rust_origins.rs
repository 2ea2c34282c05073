//! What the recipes in Rust share.

use super::literal::rust;
use super::plan::{Lines, Plan};

/// A function `is_allowed` that knows the subdomain patterns, and with `exact` the origins, too.
/// No regular expression, so that the user's program needs no crate for it.
pub(super) fn is_allowed_subdomain(plan: &Plan<'_>, exact: bool, lines: &mut Lines) {
    let exact: &[&str] = if exact { &plan.exact } else { &[] };
    lines.add("fn is_allowed(origin: &str) -> bool {");
    if !exact.is_empty() {
        lines.add("    const EXACT: &[&str] = &[");
        for origin in exact {
            lines.add(format!("        {},", rust(origin)));
        }
        lines.add("    ];");
    }
    lines.add("    const SUBDOMAINS: &[(&str, &str)] = &[");
    for (scheme, suffix) in &plan.subdomains {
        let start = rust(&format!("{scheme}://"));
        lines.add(format!("        ({start}, {}),", rust(suffix)));
    }
    lines.add("    ];");
    let start = if exact.is_empty() {
        "    "
    } else {
        "    EXACT.contains(&origin) || "
    };
    lines.add(format!("{start}SUBDOMAINS.iter().any(|(start, end)| {{"));
    lines.add(
        "        let name = origin.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));",
    );
    lines.add("        name.is_some_and(|name| {");
    lines.add("            !name.is_empty()");
    lines.add("                && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))");
    lines.add("        })\n    })\n}\n");
}
