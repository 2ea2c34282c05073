//! A browser's fetch, as far as it was observed.

use std::sync::Arc;

use corscope_fetch::{AddressSpace, Exchange};

/// One fetch: the exchanges that belong together.
#[derive(Clone, Debug)]
pub struct ObservedFetch {
    /// Its number: that of the exchange it began with.
    pub number: u64,
    /// Its hops: the request, then what each redirect led to. Never empty.
    pub hops: Vec<Hop>,
    /// The serialized origin of the page that fetched.
    pub page_origin: String,
    /// The page's URL, if known.
    pub page_url: Option<String>,
    /// The address space that the page was loaded from, if that was observed.
    pub page_space: Option<AddressSpace>,
}

/// A hop of an observed fetch.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Its preflight.
    pub preflight: PreflightSeen,
    /// The request itself; `None` when it was not sent, or not yet.
    pub actual: Option<Arc<Exchange>>,
}

/// What was seen of a hop's preflight.
#[derive(Clone, Debug)]
pub enum PreflightSeen {
    /// None was, and whether one was needed is the engine's to say.
    None,
    /// It was observed.
    Exchange(Arc<Exchange>),
    /// The CORS-preflight cache may have answered: this earlier preflight put the entry there.
    Cached(Arc<Exchange>),
}

impl PreflightSeen {
    /// The preflight that went over the wire for this very fetch.
    pub fn sent(&self) -> Option<&Arc<Exchange>> {
        match self {
            Self::Exchange(exchange) => Some(exchange),
            Self::None | Self::Cached(_) => None,
        }
    }
}

impl Hop {
    /// The exchange that says most about the request: itself, else its preflight.
    pub fn lead(&self) -> Option<&Arc<Exchange>> {
        self.actual.as_ref().or_else(|| self.preflight.sent())
    }
}

impl ObservedFetch {
    /// The exchanges of this fetch, in the order of its legs.
    pub fn exchanges(&self) -> impl Iterator<Item = &Arc<Exchange>> {
        self.hops
            .iter()
            .flat_map(|hop| hop.preflight.sent().into_iter().chain(&hop.actual))
    }

    /// The first hop's request, else its preflight.
    pub fn lead(&self) -> Option<&Arc<Exchange>> {
        self.hops.first().and_then(Hop::lead)
    }

    /// The method of the request at `hop`; of one that was not sent, as its preflight asks.
    pub fn method(&self, hop: usize) -> Option<String> {
        let hop = self.hops.get(hop)?;
        if let Some(actual) = &hop.actual {
            return Some(actual.request.method.clone());
        }
        let preflight = hop.preflight.sent()?;
        let asked = preflight
            .request
            .header_list
            .get("Access-Control-Request-Method")?;
        Some(String::from_utf8_lossy(&asked).into_owned())
    }

    /// Whether a preflight was observed and the request that it asked for was not.
    pub fn is_never_sent(&self) -> bool {
        self.hops
            .last()
            .is_some_and(|hop| hop.actual.is_none() && hop.preflight.sent().is_some())
    }

    /// The request that the browser ended with, its last hop's.
    pub fn last_actual(&self) -> Option<&Arc<Exchange>> {
        self.hops.last().and_then(|hop| hop.actual.as_ref())
    }
}
