use corscope_fetch::{Cause, Fault};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{NetworkKind, Sight};

rule!(
    "csp-connect-src",
    Adjacent,
    Refusal,
    "csp_connect_src.md",
    "the page's own Content-Security-Policy forbids the URL",
    Finds::Faults(&["csp_connect_src", "network_error"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let directive = match &fault.cause {
        Cause::CspConnectSrc { directive } => &**directive,
        _ if NetworkKind::of_fault(fault) == Some(NetworkKind::ContentSecurityPolicy) => {
            "connect-src"
        }
        _ => return None,
    };
    let name = directive
        .split_ascii_whitespace()
        .next()
        .unwrap_or(directive);
    let source = sight
        .url(fault)
        .map(|url| url.origin().ascii_serialization());
    let found = Explanation::new(
        Who::Client,
        format!("the page's own `Content-Security-Policy` forbids it: `{directive}`"),
    )
    .note("Nothing was sent. This is the page's policy, not CORS; the other server cannot help.");
    Some(match source {
        Some(source) => found.narrow(
            Who::Client,
            format!("add `{source}` to `{name}` in the page's policy"),
        ),
        None => found.narrow(
            Who::Client,
            format!("add the URL's origin to `{name}` in the page's policy"),
        ),
    })
}
