use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "http-to-https-port",
    Adjacent,
    Refusal,
    "http_to_https_port.md",
    "plain http was sent to a port that speaks TLS",
    Finds::Faults(
        &[
            "acao_missing",
            "preflight_status_not_ok",
            "acam_method_missing",
            "acah_header_missing",
        ],
        explain
    )
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    let leg = sight.leg(fault)?;
    if leg.request.url.scheme() != "http" {
        return None;
    }
    let words = Signs(sight.response(fault)?).wants_tls()?;
    let mut secure = leg.request.url.as_ref().clone();
    secure.set_scheme("https").ok()?;
    let port = secure.port().unwrap_or(443);
    let found = Explanation::new(
        Who::Client,
        format!("port {port} speaks TLS, and was asked in plain http"),
    )
    .note(format!(
        "The server says so itself (\"{words}\"). No application saw the request, so no CORS \
         header could come: it is not CORS."
    ))
    .beyond_headers();
    Some(match leg.hop {
        0 => found.narrow(Who::Client, format!("ask `{secure}`")),
        _ => found.narrow(Who::Server, format!("redirect to `{secure}`")),
    })
}
