//! Up to six small requests that tell look-alikes apart. All are GET or OPTIONS, without
//! credentials, and sent at once.

use std::time::{SystemTime, UNIX_EPOCH};

use corscope_diagnose::scenario::{ProbeDocument, RawHeaders};
use corscope_fetch::{Answer, HeaderList, Outcome};
use corscope_wire::client::{Client, WireExchange, WireRequest};
use url::Url;

use super::{Drive, Plan};

/// An origin that no server has on its list.
const STRANGER: &str = "https://corscope-probe.invalid";

/// A probe, and what came back.
#[derive(Debug)]
pub struct Probe {
    /// What it is for.
    pub purpose: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its URL.
    pub url: Url,
    /// The `Origin` that it carried.
    pub origin: Option<String>,
    /// What came back.
    pub wire: WireExchange,
}

struct Ask {
    purpose: &'static str,
    method: &'static str,
    url: Url,
    origin: Option<String>,
}

/// Chooses the probes that could tell something about a fetch that is blocked or not known, and
/// sends them.
pub async fn run_probes(plan: &Plan, drive: &Drive, client: &Client) -> Vec<Probe> {
    let asks = choose(plan, drive);
    let mut slots: Vec<Option<Ask>> = asks.into_iter().map(Some).collect();
    slots.resize_with(6, || None);
    let [a, b, c, d, e, f] = [0, 1, 2, 3, 4, 5].map(|index| {
        let ask = slots[index].take();
        async move {
            match ask {
                Some(ask) => Some(send(ask, client).await),
                None => None,
            }
        }
    });
    let (a, b, c, d, e, f) = tokio::join!(a, b, c, d, e, f);
    [a, b, c, d, e, f].into_iter().flatten().collect()
}

fn choose(plan: &Plan, drive: &Drive) -> Vec<Ask> {
    let verdict = &drive.play.verdict;
    if let Outcome::Incomplete(_) = verdict.outcome {
        return choose_for_unknown(plan, drive);
    }
    let Some(fault) = verdict.blocked_by() else {
        return Vec::new();
    };
    let Some(leg) = verdict.leg_of(fault) else {
        return Vec::new();
    };
    if matches!(leg.answer, Some(Answer::Failure(_)) | None) && !leg.request.preflight {
        return Vec::new(); // the network is at fault: asking again tells nothing of CORS
    }
    let url = Url::clone(&leg.request.url);
    let origin = plan.subject.client.origin.serialized().to_owned();
    let ask = |purpose, method, url: &Url, origin: Option<&str>| Ask {
        purpose,
        method,
        url: url.clone(),
        origin: origin.map(str::to_owned),
    };
    let mut asks = vec![
        ask("without Origin", "GET", &url, None),
        ask("another Origin", "GET", &url, Some(STRANGER)),
        ask("a cache-busting query", "GET", &busted(&url), Some(&origin)),
    ];
    if leg.request.preflight {
        asks.push(ask("a bare OPTIONS", "OPTIONS", &url, None));
    }
    if plan.subject.init.method != "GET" && !plan.subject.init.method.is_empty() {
        asks.push(ask("the same path with GET", "GET", &url, Some(&origin)));
    }
    if let Ok(root) = url.join("/")
        && root != url
    {
        asks.push(ask("the sibling path /", "GET", &root, Some(&origin)));
    }
    asks
}

/// A request that was not sent: what the same path answers to a harmless one is the best guess.
fn choose_for_unknown(plan: &Plan, drive: &Drive) -> Vec<Ask> {
    let Some(leg) = drive.play.verdict.legs.last() else {
        return Vec::new();
    };
    let url = Url::clone(&leg.request.url);
    let origin = Some(plan.subject.client.origin.serialized().to_owned());
    vec![Ask {
        purpose: "the same path with GET",
        method: "GET",
        url,
        origin,
    }]
}

fn busted(url: &Url) -> Url {
    let mut url = url.clone();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_nanos());
    url.query_pairs_mut()
        .append_pair("corscope", &format!("{now:x}"));
    url
}

async fn send(ask: Ask, client: &Client) -> Probe {
    let mut list = HeaderList::new();
    list.push("Connection", "keep-alive");
    list.push(
        "User-Agent",
        concat!("corscope/", env!("CARGO_PKG_VERSION")),
    );
    list.push("Accept", "*/*");
    if let Some(origin) = &ask.origin {
        list.push("Origin", origin);
    }
    let request = WireRequest {
        method: ask.method.to_owned(),
        url: ask.url.clone(),
        header_list: list,
        body: None,
    };
    let wire = client.exchange(request).await;
    Probe {
        purpose: ask.purpose,
        method: ask.method,
        url: ask.url,
        origin: ask.origin,
        wire,
    }
}

impl Probe {
    /// The probe as evidence in a scenario.
    pub fn document(&self) -> ProbeDocument {
        let (status, headers, body) = match &self.wire.result {
            Ok(response) => (
                response.status,
                response.header_list.clone(),
                Some(String::from_utf8_lossy(&response.body).into_owned()),
            ),
            Err(_) => (0, HeaderList::new(), None),
        };
        let request_headers = self
            .origin
            .iter()
            .map(|origin| ("Origin", origin))
            .collect();
        ProbeDocument {
            note: self.purpose.to_owned(),
            method: self.method.to_owned(),
            url: self.url.to_string(),
            request_headers: RawHeaders(request_headers),
            status,
            headers: RawHeaders(headers),
            body,
        }
    }

    /// What came back, in a line.
    pub fn outcome(&self) -> String {
        match &self.wire.result {
            Ok(response) => {
                let allowed = response.header_list.get("access-control-allow-origin");
                let allowed = allowed.map_or_else(
                    || "no Access-Control-Allow-Origin".to_owned(),
                    |value| format!("Access-Control-Allow-Origin: {}", value.escape_ascii()),
                );
                format!("{}, {allowed}", response.status)
            }
            Err(error) => error.to_string(),
        }
    }
}
