use std::net::{IpAddr, SocketAddr};

use corscope_fetch::exchange::{BrowserSaid, Exchange, Timing};
use corscope_fetch::request_init::{Api, Mode};

use super::failures;
use super::import::ImportOptions;
use super::instant;
use super::lexer::{LexFault, Lexer};
use super::messages;
use super::parts::{self, ReadRequest, ReadResponse};
use super::source::Source;
use crate::message::Message;

/// A URL longer than this is cut; Chromium refuses them at 2 MiB.
pub(super) const URL_LIMIT: usize = 2 << 20;

/// One entry of a HAR.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HarEntry {
    /// What was observed; its number is the entry's place, counted from 1.
    ///
    /// A HAR holds response bodies decoded: `Content-Encoding` no longer tells of them.
    pub exchange: Exchange,
    /// The entry's place, counted from 0, malformed ones included.
    pub index: u64,
    /// The page it belongs to, as the HAR names it.
    pub page: Option<String>,
    /// What made the browser send it.
    pub initiator: Option<Initiator>,
    /// The browser's word for what was loaded: `xhr`, `preflight`, `document`.
    pub resource_type: Option<String>,
    /// The browser's priority: `High`, `VeryLow`.
    pub priority: Option<String>,
    /// The cache that answered: `disk`, `memory`; then nothing went over a wire.
    pub from_cache: Option<String>,
    /// Whether a service worker answered.
    pub from_service_worker: bool,
    /// Whether cookies are listed as sent. A HAR without secrets may list none that were.
    pub cookies_listed: bool,
    /// The first WebSocket messages.
    pub messages: Vec<Message>,
    /// How many more messages there were.
    pub messages_left_out: u64,
}

/// What made a browser send a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Initiator {
    /// The browser's word: `script`, `parser`, `preflight`, `other`.
    pub kind: String,
    /// The script or page, where it is told.
    pub url: Option<String>,
}

pub(super) enum EntryFault {
    Lex(LexFault),
    Malformed(String),
}

impl From<LexFault> for EntryFault {
    fn from(fault: LexFault) -> Self {
        Self::Lex(fault)
    }
}

/// What the rest of an entry says of the connection, in the order of a HAR's own fields.
#[derive(Default)]
struct Carried {
    address: Option<IpAddr>,
    connection: Option<String>,
    port: Option<u16>,
    error: Option<String>,
}

pub(super) fn read(
    lexer: &mut Lexer,
    options: ImportOptions,
    source: &mut Source,
) -> Result<HarEntry, EntryFault> {
    let mut entry = HarEntry::default();
    let mut carried = Carried::default();
    let (mut request, mut response) = (None, None);
    if !lexer.open(b'{')? {
        return Err(EntryFault::Malformed("it is not an object".into()));
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"request" => request = parts::request(lexer, options)?,
            b"response" => response = parts::response(lexer, options)?,
            b"startedDateTime" => {
                let started = lexer.text(64)?.and_then(|text| instant::parse(text.bytes));
                entry.exchange.started = started.unwrap_or(0);
            }
            b"time" => entry.exchange.timing.total = micros(lexer)?,
            b"timings" => timings(lexer, &mut entry.exchange.timing)?,
            b"serverIPAddress" => {
                let text = lexer.text(128)?;
                carried.address = text.and_then(|text| address(text.bytes));
            }
            b"connection" | b"_connectionId" => {
                carried.connection = string(lexer, 64)?.or(carried.connection);
            }
            b"_serverPort" => carried.port = number(lexer)?.and_then(|n| u16::try_from(n).ok()),
            b"_error" => carried.error = string(lexer, 1024)?,
            b"pageref" => entry.page = string(lexer, 256)?,
            b"_initiator" => entry.initiator = initiator(lexer)?,
            b"_resourceType" => entry.resource_type = string(lexer, 64)?,
            b"_priority" => entry.priority = string(lexer, 64)?,
            b"_fromCache" => entry.from_cache = string(lexer, 64)?,
            b"_webSocketMessages" => messages::read(lexer, options, &mut entry)?,
            _ => lexer.skip_value()?,
        }
    }
    let Some(request) = request else {
        return Err(EntryFault::Malformed("it has no `request`".into()));
    };
    if request.url.is_empty() {
        return Err(EntryFault::Malformed("it has no `request.url`".into()));
    }
    assemble(&mut entry, request, response, carried, source);
    Ok(entry)
}

fn assemble(
    entry: &mut HarEntry,
    request: ReadRequest,
    response: Option<ReadResponse>,
    carried: Carried,
    source: &mut Source,
) {
    let exchange = &mut entry.exchange;
    exchange.ended = true;
    entry.cookies_listed = request.cookies_listed;
    exchange.request = request.into_observed();
    let mut error = carried.error;
    if let Some(response) = response {
        entry.from_service_worker = response.from_service_worker;
        error = error.or(response.error.clone());
        exchange.response = response.into_observed();
    }
    if let Some(error) = error {
        let has_response = exchange.response.is_some();
        exchange.failure = failures::of(&error, has_response);
        if failures::is_browsers(&error) {
            exchange.hints.browser = Some(Box::new(BrowserSaid {
                net_error: Some(error),
                ..BrowserSaid::default()
            }));
        }
    }
    if let Some(address) = carried.address {
        let port = carried.port.or_else(|| port_of(&exchange.request.url));
        exchange.connection.remote_addr = Some(SocketAddr::new(address, port.unwrap_or(0)));
    }
    if let Some(connection) = carried.connection
        && !source.is_firefox()
    {
        exchange.connection.server = connection.parse().unwrap_or(0);
        exchange.connection.reused =
            exchange.connection.server != 0 && exchange.timing.connect.is_none();
    }
    let kind = entry.resource_type.as_deref().unwrap_or_default();
    exchange.hints.api = api_of(kind);
    exchange.hints.mode = match kind {
        "websocket" => Some(Mode::WebSocket),
        "document" => Some(Mode::Navigate),
        _ => None,
    };
    if kind == "document"
        && let Some(page) = &entry.page
    {
        source.remember_page(page.clone(), exchange.request.url.clone());
    }
    let page = entry.page.as_ref();
    exchange.hints.page_url = page.and_then(|page| source.pages.get(page).cloned());
}

fn initiator(lexer: &mut Lexer) -> Result<Option<Initiator>, LexFault> {
    let mut initiator = Initiator::default();
    if !lexer.open(b'{')? {
        return Ok(None);
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"type" => initiator.kind = string(lexer, 64)?.unwrap_or_default(),
            b"url" => initiator.url = string(lexer, URL_LIMIT)?,
            _ => lexer.skip_value()?,
        }
    }
    Ok(Some(initiator))
}

fn timings(lexer: &mut Lexer, timing: &mut Timing) -> Result<(), LexFault> {
    if !lexer.open(b'{')? {
        return Ok(());
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"blocked" => timing.blocked = micros(lexer)?,
            b"dns" => timing.dns = micros(lexer)?,
            b"connect" => timing.connect = micros(lexer)?,
            b"ssl" => timing.tls = micros(lexer)?,
            b"send" => timing.send = micros(lexer)?,
            b"wait" => timing.wait = micros(lexer)?,
            b"receive" => timing.receive = micros(lexer)?,
            _ => lexer.skip_value()?,
        }
    }
    // A HAR counts the TLS handshake into the connecting.
    if let (Some(connect), Some(tls)) = (timing.connect, timing.tls) {
        timing.connect = Some(connect.saturating_sub(tls));
    }
    Ok(())
}

fn api_of(resource_type: &str) -> Option<Api> {
    Some(match resource_type {
        "fetch" => Api::Fetch,
        "xhr" => Api::Xhr,
        "image" => Api::Img,
        "script" => Api::Script,
        "stylesheet" => Api::Style,
        "font" => Api::Font,
        "media" => Api::Media,
        "eventsource" => Api::EventSource,
        "ping" | "beacon" => Api::Beacon,
        "websocket" => Api::WebSocket,
        _ => return None,
    })
}

fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_start_matches('[').trim_end_matches(']');
    text.parse().ok()
}

/// The port of an absolute URL, the scheme's own if it names none.
fn port_of(url: &str) -> Option<u16> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    match host.rsplit_once(':') {
        Some((_, port)) if !port.ends_with(']') => port.parse().ok(),
        _ if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss") => {
            Some(443)
        }
        _ => Some(80),
    }
}

pub(super) fn string(lexer: &mut Lexer, limit: usize) -> Result<Option<String>, LexFault> {
    let text = lexer.text(limit)?;
    Ok(text.map(|text| String::from_utf8_lossy(text.bytes).into_owned()))
}

pub(super) fn number(lexer: &mut Lexer) -> Result<Option<i64>, LexFault> {
    let text = lexer.text(64)?;
    Ok(text.and_then(|text| {
        let text = std::str::from_utf8(text.bytes).ok()?.trim();
        let number = text.parse().ok();
        number.or_else(|| text.parse().ok().map(|number: f64| number as i64))
    }))
}

/// Milliseconds, as microseconds; `None` where a HAR says -1.
fn micros(lexer: &mut Lexer) -> Result<Option<u64>, LexFault> {
    Ok(lexer.text(64)?.and_then(|text| micros_of(text.bytes)))
}

fn micros_of(text: &[u8]) -> Option<u64> {
    let (mut micros, mut decimals) = (0u64, None);
    for byte in text {
        match byte {
            b'0'..=b'9' if decimals.unwrap_or(0) < 3 => {
                micros = micros
                    .checked_mul(10)?
                    .checked_add(u64::from(byte - b'0'))?;
                decimals = decimals.map(|decimals| decimals + 1);
            }
            b'0'..=b'9' => {}
            b'.' if decimals.is_none() => decimals = Some(0),
            _ => {
                let millis: f64 = std::str::from_utf8(text).ok()?.trim().parse().ok()?;
                return (millis >= 0.0).then_some((millis * 1000.0) as u64);
            }
        }
    }
    let missing = 3 - decimals.unwrap_or(0);
    (!text.is_empty()).then(|| micros.saturating_mul(10u64.pow(missing)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_become_microseconds() {
        let table = [
            ("0", Some(0)),
            ("12", Some(12_000)),
            ("12.3456789", Some(12_345)),
            ("1.5", Some(1_500)),
            ("1e3", Some(1_000_000)),
            ("-1", None),
            ("", None),
            ("x", None),
        ];
        for (text, wanted) in table {
            assert_eq!(micros_of(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn ports_are_the_urls_or_the_schemes() {
        let table = [
            ("https://a.test/x:1", Some(443)),
            ("http://u:p@a.test:8080?x", Some(8080)),
            ("wss://[::1]/", Some(443)),
            ("http://[::1]:81/", Some(81)),
            ("data:,x", None),
        ];
        for (url, wanted) in table {
            assert_eq!(port_of(url), wanted, "{url}");
        }
    }
}
