//! The live verdict document: the verdict, and every exchange as it went over the wire.

use corscope_diagnose::VerdictDocument;
use corscope_diagnose::scenario::RawHeaders;
use corscope_diagnose::secrets::{is_secret, masked, userinfos};
use corscope_fetch::HeaderList;
use corscope_wire::client::WireExchange;
use serde::Serialize;

use super::{LiveExchange, Probe};

/// A verdict with its exchanges.
#[derive(Serialize)]
pub struct LiveDocument<'a> {
    /// The verdict, as for a scenario.
    #[serde(flatten)]
    pub verdict: &'a VerdictDocument<'a>,
    /// What went over the wire, in order.
    pub exchanges: Vec<ExchangeDocument>,
    /// The diagnostic probes.
    pub probes: Vec<ProbeExchange>,
    /// The configuration that mends it, or why there is none; absent where no header helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe: Option<serde_json::Value>,
    /// What the user should know about this check.
    pub notes: &'a [String],
}

/// One exchange.
#[derive(Serialize)]
pub struct ExchangeDocument {
    preflight: bool,
    /// Not part of what the browser does: sent to look behind a failure.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    behind_a_failure: bool,
    #[serde(flatten)]
    wire: WireDocument,
}

/// One probe.
#[derive(Serialize)]
pub struct ProbeExchange {
    purpose: &'static str,
    #[serde(flatten)]
    wire: WireDocument,
}

#[derive(Serialize)]
struct WireDocument {
    request: RequestDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<ResponseDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDocument>,
    remote_address: Option<String>,
    http_version: Option<&'static str>,
    reused_connection: bool,
    timing_ms: TimingDocument,
}

#[derive(Serialize)]
struct RequestDocument {
    method: String,
    url: String,
    headers: RawHeaders,
}

#[derive(Serialize)]
struct ResponseDocument {
    status: u16,
    reason: String,
    headers: RawHeaders,
    body_bytes: usize,
    body: &'static str,
}

#[derive(Serialize)]
struct ErrorDocument {
    code: &'static str,
    net_error: &'static str,
    message: String,
}

#[derive(Serialize)]
struct TimingDocument {
    dns: Option<f64>,
    connect: Option<f64>,
    tls: Option<f64>,
    first_byte: Option<f64>,
    total: Option<f64>,
}

/// Writes a check down.
pub fn live_document<'a>(
    verdict: &'a VerdictDocument<'a>,
    exchanges: &[LiveExchange],
    probes: &[Probe],
    recipe: Option<serde_json::Value>,
    notes: &'a [String],
) -> LiveDocument<'a> {
    LiveDocument {
        verdict,
        exchanges: exchanges
            .iter()
            .map(|exchange| ExchangeDocument {
                preflight: exchange.request.preflight,
                behind_a_failure: exchange.behind,
                wire: wire_document(exchange.request.url.as_str(), &exchange.wire),
            })
            .collect(),
        probes: probes
            .iter()
            .map(|probe| ProbeExchange {
                purpose: probe.purpose,
                wire: wire_document(probe.url.as_str(), &probe.wire),
            })
            .collect(),
        recipe,
        notes,
    }
}

fn wire_document(url: &str, wire: &WireExchange) -> WireDocument {
    use corscope_wire::client::BodyEnd;
    let milliseconds = |duration: Option<std::time::Duration>| {
        duration.map(|duration| (duration.as_secs_f64() * 1e6).round() / 1e3)
    };
    WireDocument {
        request: RequestDocument {
            method: wire.request.method.clone(),
            url: masked(url).into_owned(),
            headers: RawHeaders(without_secrets(&wire.request.header_list)),
        },
        response: wire.result.as_ref().ok().map(|response| ResponseDocument {
            status: response.status,
            reason: String::from_utf8_lossy(&response.reason).into_owned(),
            headers: RawHeaders(without_secrets(&response.header_list)),
            body_bytes: response.body.len(),
            body: match response.body_end {
                BodyEnd::Complete => "complete",
                BodyEnd::Truncated => "truncated",
                BodyEnd::TimedOut => "timed-out",
                BodyEnd::Broken(_) => "broken",
            },
        }),
        error: wire.result.as_ref().err().map(|error| ErrorDocument {
            code: error.code(),
            net_error: error.chromium_net_error(),
            message: error.to_string(),
        }),
        remote_address: wire.remote_addr.map(|address| address.to_string()),
        http_version: wire.http_version.map(|version| version.as_str()),
        reused_connection: wire.reused,
        timing_ms: TimingDocument {
            dns: milliseconds(wire.timing.dns),
            connect: milliseconds(wire.timing.connect),
            tls: milliseconds(wire.timing.tls),
            first_byte: milliseconds(wire.timing.first_byte),
            total: milliseconds(wire.timing.total),
        },
    }
}

/// A list whose secrets are replaced.
pub(crate) fn without_secrets(list: &HeaderList) -> HeaderList {
    list.iter()
        .map(|header| {
            let value = match is_secret(header.name) {
                true => b" (redacted)".to_vec(),
                false => without_userinfo(header.value),
            };
            (header.name.to_vec(), value)
        })
        .collect()
}

/// A value without the user names and the passwords of URLs in it.
fn without_userinfo(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    for userinfo in userinfos(&value).into_iter().rev() {
        value.splice(userinfo, *b"(redacted)");
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_leaves_in_a_document() {
        let list = [
            ("Authorization", " Bearer abc"),
            ("Set-Cookie", "sid=1"),
            ("Location", " https://user:secret@b.test/x?y=a@b"),
            ("X-Mail", "a@b.test"),
        ];
        let shown = without_secrets(&list.into_iter().collect());
        let expected = [
            ("Authorization", " (redacted)"),
            ("Set-Cookie", " (redacted)"),
            ("Location", " https://(redacted)@b.test/x?y=a@b"),
            ("X-Mail", "a@b.test"),
        ];
        assert_eq!(shown, expected.into_iter().collect());
    }
}
