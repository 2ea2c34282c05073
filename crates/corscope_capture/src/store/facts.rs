//! What a file keeps as JSON: facts that are few, mostly absent, and good to read with other tools.

use std::net::SocketAddr;

use corscope_fetch::exchange::{BrowserSaid, ConnectionFacts, Exchange, Hints, Timing};
use corscope_fetch::request_init::{Api, CredentialsMode, Mode};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Facts {
    #[serde(with = "TimingFields")]
    timing: Timing,
    #[serde(with = "ConnectionFields")]
    connection: ConnectionFacts,
    #[serde(with = "HintFields")]
    hints: Hints,
}

impl Facts {
    pub(super) fn of(exchange: &Exchange) -> Self {
        Self {
            timing: exchange.timing,
            connection: exchange.connection.clone(),
            hints: exchange.hints.clone(),
        }
    }

    pub(super) fn give_to(self, exchange: &mut Exchange) {
        exchange.timing = self.timing;
        exchange.connection = self.connection;
        exchange.hints = self.hints;
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Timing")]
struct TimingFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocked: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dns: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connect: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tls: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    send: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receive: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ConnectionFacts")]
struct ConnectionFields {
    #[serde(default)]
    client: u64,
    #[serde(default)]
    server: u64,
    #[serde(default)]
    reused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remote_addr: Option<SocketAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upstream_proxy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tls: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Hints")]
struct HintFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api: Option<Api>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<Mode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials: Option<CredentialsMode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paired_with: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "boxed")]
    browser: Option<Box<BrowserSaid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved_addr: Option<SocketAddr>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "BrowserSaid")]
struct BrowserFields {
    #[serde(default)]
    cors_error: Option<String>,
    #[serde(default)]
    failed_parameter: Option<String>,
    #[serde(default)]
    net_error: Option<String>,
    #[serde(default)]
    console: Vec<String>,
}

mod boxed {
    use super::{BrowserFields, BrowserSaid};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    struct Given<'a>(#[serde(with = "BrowserFields")] &'a BrowserSaid);

    #[derive(Deserialize)]
    struct Taken(#[serde(with = "BrowserFields")] BrowserSaid);

    #[allow(clippy::ref_option, clippy::borrowed_box, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(
        said: &Option<Box<BrowserSaid>>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        said.as_deref().map(Given).serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        input: D,
    ) -> Result<Option<Box<BrowserSaid>>, D::Error> {
        let said = Option::<Taken>::deserialize(input)?;
        Ok(said.map(|Taken(said)| Box::new(said)))
    }
}
