//! What probes and earlier loads say about a fault.

use corscope_fetch::{Fault, HeaderList};
use url::Url;

use super::Sight;
use crate::scenario::{PriorDocument, ProbeDocument};

impl<'a> Sight<'a> {
    /// The probes.
    pub fn probes(&self) -> &'a [ProbeDocument] {
        self.scenario
            .map_or(&[], |scenario| scenario.probes.as_slice())
    }

    /// A probe of the server at a fault's leg that was answered without an error and would have
    /// passed.
    pub fn healthy_probe(&self, fault: &Fault) -> Option<&'a ProbeDocument> {
        let url = self.url(fault)?;
        self.probes().iter().find(|probe| {
            (200..400).contains(&probe.status)
                && probe.method != "OPTIONS"
                && allows(&probe.headers.0, self.wanted_origin(fault))
                && Url::parse(&probe.url).is_ok_and(|it| it.origin() == url.origin())
        })
    }

    /// A probe of the same URL with another query, which a cache has not seen before.
    pub fn cache_busting_probe(&self, fault: &Fault) -> Option<&'a ProbeDocument> {
        let url = self.url(fault)?;
        self.probes().iter().find(|probe| {
            probe.method != "OPTIONS"
                && Url::parse(&probe.url).is_ok_and(|it| {
                    it.origin() == url.origin()
                        && it.path() == url.path()
                        && it.query() != url.query()
                })
        })
    }

    /// An earlier load of the URL at a fault's leg that carried no `Origin`, so that its cached
    /// answer may be one for nobody.
    pub fn prior_without_origin(&self, fault: &Fault) -> Option<&'a PriorDocument> {
        let url = self.url(fault)?;
        let scenario = self.scenario?;
        scenario.prior.iter().find(|prior| {
            !prior.request_headers.0.contains("origin")
                && Url::parse(&prior.url).is_ok_and(|it| it == *url)
        })
    }
}

/// Whether a header list lets `origin` read, without credentials.
pub(crate) fn allows(list: &HeaderList, origin: &str) -> bool {
    list.get("access-control-allow-origin")
        .is_some_and(|value| *value == *b"*" || *value == *origin.as_bytes())
}
