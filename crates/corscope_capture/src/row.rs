//! What is kept of an exchange: the exchange, and what the program has found out about it.

use std::borrow::Cow;
use std::sync::Arc;

use corscope_fetch::Exchange;
use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use corscope_fetch::header_list::HeaderList;

/// An exchange with its verdict's facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// What was observed; shared with whoever judges it.
    pub exchange: Arc<Exchange>,
    /// What the program has found out about it.
    pub judged: Judged,
    /// Whether it must be kept.
    pub pinned: bool,
}

/// What a verdict says of an exchange, as far as one may search for it. The program fills it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// What the CORS protocol says.
    pub cors: CorsOutcome,
    /// The codes of the rules that found something, the browser's own first failure first.
    pub reasons: Vec<Cow<'static, str>>,
    /// What became of its preflight.
    pub preflight: PreflightState,
    /// What Local Network Access says, where it has something to say: `denied`, `hidden-by-proxy`.
    pub lna: Option<Cow<'static, str>>,
}

/// What the CORS protocol says of an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CorsOutcome {
    /// Nothing: it was not judged yet, or is no CORS request.
    #[default]
    None,
    /// The page can read the response.
    Ok,
    /// The browser keeps the response from the page, or never sent the request.
    Fail,
    /// It depends on what is not known.
    Unknown,
}

/// What became of the CORS-preflight request of an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PreflightState {
    /// None is needed, or nothing was judged.
    #[default]
    None,
    /// It was seen, and allowed the request.
    Ok,
    /// It was seen, and did not allow the request.
    Failed,
    /// The CORS-preflight cache answered in its place.
    Cached,
    /// It is needed and was not seen.
    Missing,
}

impl CorsOutcome {
    /// All of them; the place of each is its number in files, so new ones go to the end.
    pub const ALL: [Self; 4] = [Self::None, Self::Ok, Self::Fail, Self::Unknown];

    /// Its word in the filter language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

impl PreflightState {
    /// All of them; the place of each is its number in files, so new ones go to the end.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Ok,
        Self::Failed,
        Self::Cached,
        Self::Missing,
    ];

    /// Its word in the filter language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Cached => "cached",
            Self::Missing => "missing",
        }
    }
}

impl Row {
    /// A row of an exchange that nobody has judged.
    pub fn of(exchange: impl Into<Arc<Exchange>>) -> Self {
        Self {
            exchange: exchange.into(),
            ..Self::default()
        }
    }

    /// How much memory it takes, nearly.
    pub fn cost(&self) -> usize {
        let exchange = &self.exchange;
        let original = exchange.modified.as_deref().map_or(0, |modified| {
            modified.request.as_ref().map_or(0, request_cost)
                + modified.response.as_ref().map_or(0, response_cost)
                + modified.by.iter().map(|by| by.len() + 24).sum::<usize>()
        });
        let said = exchange.hints.browser.as_deref().map_or(0, |browser| {
            100 + browser
                .console
                .iter()
                .map(|text| text.len() + 24)
                .sum::<usize>()
        });
        let failure = exchange.failure.as_ref();
        heap(size_of::<Self>() + COUNTS)
            + heap(size_of::<Exchange>() + COUNTS)
            + SLOT
            + request_cost(&exchange.request)
            + exchange.response.as_ref().map_or(0, response_cost)
            + failure.map_or(0, |failure| failure.message.capacity())
            + exchange.hints.page_url.as_ref().map_or(0, String::capacity)
            + exchange.connection.tls.as_ref().map_or(0, String::capacity)
            + self.judged.reasons.capacity() * size_of::<Cow<'_, str>>()
            + original
            + said
    }
}

/// What an allocation costs besides what it holds.
const ALLOCATION: usize = 16;

/// The counts of those who share it.
const COUNTS: usize = 2 * size_of::<usize>();

/// What the ring keeps for each row.
const SLOT: usize = 256;

fn heap(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        bytes => bytes + ALLOCATION,
    }
}

fn list_cost(list: &HeaderList) -> usize {
    heap(list.capacity())
}

fn request_cost(request: &ObservedRequest) -> usize {
    heap(request.method.capacity())
        + heap(request.url.capacity())
        + list_cost(&request.header_list)
        + request.raw_head.as_ref().map_or(0, |head| heap(head.len()))
        + heap(request.body.bytes.capacity())
}

fn response_cost(response: &ObservedResponse) -> usize {
    let informational = response.informational.iter();
    heap(response.reason.capacity())
        + list_cost(&response.header_list)
        + list_cost(&response.trailers)
        + response
            .raw_head
            .as_ref()
            .map_or(0, |head| heap(head.len()))
        + heap(response.body.bytes.capacity())
        + informational
            .map(|(_, list)| size_of::<(u16, HeaderList)>() + list_cost(list))
            .sum::<usize>()
}
