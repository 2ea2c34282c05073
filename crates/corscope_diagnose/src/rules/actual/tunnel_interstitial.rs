use corscope_fetch::Fault;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, Signs};

rule!(
    "tunnel-interstitial",
    Actual,
    Refusal,
    "tunnel_interstitial.md",
    "a tunnel shows its own warning page in place of the answer",
    Finds::Faults(&["acao_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    if !sight.on_actual(fault) {
        return None;
    }
    let sign = Signs(sight.response(fault)?).tunnel()?;
    Some(
        Explanation::new(
            Who::Client,
            format!("the tunnel answered with a page of its own (`{sign}`), not your server"),
        )
        .note("Free tunnels show browsers a warning page first; your server was not asked.")
        .narrow(
            Who::Client,
            "send the request header `ngrok-skip-browser-warning: 1` (localtunnel: \
             `bypass-tunnel-reminder: 1`)",
        )
        .narrow(
            Who::Server,
            "list that header in `Access-Control-Allow-Headers`, since it needs a preflight",
        )
        .manual(
            Who::Client,
            "use a paid tunnel, or another one that shows no such page",
        )
        .beyond_headers(),
    )
}
