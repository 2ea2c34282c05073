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

    /// A probe of another path of the server at a fault's leg that would have passed.
    pub fn sibling_probe(&self, fault: &Fault) -> Option<&'a ProbeDocument> {
        let url = self.url(fault)?;
        self.probes().iter().find(|probe| {
            probe.method != "OPTIONS"
                && allows(&probe.headers.0, self.wanted_origin(fault))
                && Url::parse(&probe.url)
                    .is_ok_and(|it| it.origin() == url.origin() && it.path() != url.path())
        })
    }

    /// The status with which a URL's path answers GET, by a probe or by the request itself.
    pub fn status_of_get(&self, url: &Url) -> Option<u16> {
        let is_path = |it: &Url| it.origin() == url.origin() && it.path() == url.path();
        let mut legs = self.whole().legs.iter();
        let sent = legs.find_map(|leg| {
            let is_get = &*leg.request.method == "GET" && is_path(&leg.request.url);
            leg.response().filter(|_| is_get).map(|it| it.status)
        });
        sent.or_else(|| {
            let mut probes = self.probes().iter();
            let probe = probes.find(|probe| {
                probe.method == "GET"
                    && probe.status > 0
                    && Url::parse(&probe.url).is_ok_and(|it| is_path(&it))
            });
            probe.map(|probe| probe.status)
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
