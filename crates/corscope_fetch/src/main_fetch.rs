//! [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch): the policies that block before
//! the network, and the routing between same-origin, no-CORS, preflighted and plain CORS requests.

use std::sync::Arc;

use url::Host;

use crate::bad_port::is_bad_port;
use crate::cause::{Cause, NetworkFailure};
use crate::csp;
use crate::data_url;
use crate::evidence::Part;
use crate::fetch::{Fetch, Next, Tainting};
use crate::integrity;
use crate::local_network_access::{Permission, address_space_of};
use crate::mixed_content::is_mixed_content;
use crate::origin::is_http_scheme;
use crate::preflight_cache::PreflightCache;
use crate::request_init::{Api, Mode, RedirectMode};
use crate::steps;
use crate::verdict::{Awaited, Outcome, ResponseType};

impl Fetch<'_> {
    /// Runs main fetch for the current URL; again for each redirect.
    pub(crate) fn main_fetch(&mut self, cache: &mut PreflightCache, now: u64) -> Next {
        self.record.leg = None; // nothing of this hop is sent yet
        if !self.pass_policies() {
            return if self.outcome.is_some() {
                Next::Done
            } else {
                self.fail()
            };
        }
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let scheme = request.url.scheme();
        let same_origin = self.client.origin.is_same_as(&request.url);
        let speaks_websocket = matches!(scheme, "ws" | "wss" | "http" | "https");
        if request.mode == Mode::WebSocket && !speaks_websocket {
            self.refuse(&steps::ROUTE_SCHEME, Cause::UnsupportedScheme, Part::Url);
            return self.fail();
        }
        if same_origin && scheme == "blob" && &*request.method != "GET" {
            let failure = NetworkFailure {
                error: "net::ERR_METHOD_NOT_SUPPORTED".into(),
                closed: false,
            };
            let cause = Cause::NetworkError { failure };
            self.refuse(&steps::HTTP_NETWORK, cause, Part::Method);
            return self.fail();
        }
        if matches!(request.mode, Mode::Navigate | Mode::WebSocket) {
            self.record.pass(&steps::ROUTE_SAME_ORIGIN, |_| vec![]);
            return self.send();
        }
        if (same_origin && self.tainting == Tainting::Basic) || scheme == "data" {
            self.record.pass(&steps::ROUTE_SAME_ORIGIN, |_| vec![]);
            return if scheme == "data" {
                self.end_data_url()
            } else {
                self.send()
            };
        }
        match request.mode {
            Mode::SameOrigin => {
                let cause = match (self.hop, request.api) {
                    (_, Api::Worker) => Cause::MustBeSameOrigin,
                    (0, _) => Cause::ModeSameOrigin,
                    _ => Cause::RedirectOutOfSameOrigin,
                };
                if !self.refuse(&steps::ROUTE_MODE_SAME_ORIGIN, cause, Part::Url) {
                    return self.fail();
                }
            }
            Mode::NoCors => {
                let is_follow = request.redirect == RedirectMode::Follow;
                if !is_follow {
                    let cause = Cause::NoCorsRedirectMode;
                    if !self.refuse(&steps::ROUTE_NO_CORS, cause, Part::Url) {
                        return self.fail();
                    }
                }
                if is_http_scheme(self.scheme()) {
                    self.tainting = Tainting::Opaque;
                    self.record.pass(&steps::ROUTE_NO_CORS, |_| vec![]);
                    return self.send();
                }
            }
            Mode::Cors | Mode::Navigate | Mode::WebSocket => {}
        }
        if !is_http_scheme(self.scheme()) {
            self.refuse(&steps::ROUTE_SCHEME, Cause::UnsupportedScheme, Part::Url);
            return self.fail();
        }
        self.tainting = Tainting::Cors;
        self.cors_fetch(cache, now)
    }

    fn scheme(&self) -> &str {
        self.request
            .as_deref()
            .map_or("", |request| request.url.scheme())
    }

    /// A `data:` URL is its own response.
    fn end_data_url(&mut self) -> Next {
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let Some(body) = data_url::body(&request.url) else {
            let failure = NetworkFailure {
                error: "net::ERR_INVALID_URL".into(),
                closed: false,
            };
            self.refuse(
                &steps::HTTP_NETWORK,
                Cause::NetworkError { failure },
                Part::Url,
            );
            return self.fail();
        };
        let any_case = self.user_agent.integrity_algorithm_in_any_case;
        if integrity::is_mismatch(&request.integrity, Some(&body), any_case) {
            self.refuse(&steps::INTEGRITY, Cause::IntegrityMismatch, Part::Url);
            return self.fail();
        }
        let mut visible_headers = vec!["content-type".into()];
        if self.user_agent.data_url_has_content_length && request.api == Api::Fetch {
            visible_headers.insert(0, "content-length".into());
        }
        self.end(Outcome::Readable {
            status: 200,
            response_type: ResponseType::Basic,
            visible_headers,
        })
    }

    /// The policies of main fetch, in the standard's order. `false` when the fetch ends here.
    fn pass_policies(&mut self) -> bool {
        self.upgrade();
        let Some(request) = self.request.as_deref() else {
            return false;
        };
        let port = request
            .url
            .port()
            .filter(|_| matches!(request.url.scheme(), "http" | "https" | "ws" | "wss"));
        if let Some(port) = port.filter(|port| is_bad_port(*port)) {
            self.refuse(&steps::BAD_PORT, Cause::UnsafePort { port }, Part::Url);
            return false;
        }
        self.record.pass(&steps::BAD_PORT, |_| vec![]);
        let client = self.client;
        if is_mixed_content(
            &client.origin,
            client.url.as_ref(),
            &request.url,
            self.user_agent,
        ) {
            let cause = if self.hop == 0 {
                Cause::MixedContent
            } else {
                Cause::RedirectMixedContent
            };
            if !self.refuse(&steps::MIXED_CONTENT, cause, Part::Url) {
                return false;
            }
        } else {
            self.record.pass(&steps::MIXED_CONTENT, |_| vec![]);
        }
        self.pass_csp() && self.pass_local_network_access()
    }

    /// Upgrades http URLs, where the page's policy asks for it, or where an image, audio or video
    /// would be mixed content.
    fn upgrade(&mut self) {
        let client = self.client;
        let Some(request) = self.request.as_deref_mut() else {
            return;
        };
        let secure = match request.url.scheme() {
            "http" => "https",
            "ws" => "wss",
            _ => return,
        };
        let by_policy = || {
            let csp = client.csp.as_deref();
            csp.is_some_and(csp::upgrades_insecure_requests)
        };
        let by_kind = || {
            matches!(request.api, Api::Img | Api::Media | Api::Canvas)
                && matches!(request.url.host(), Some(Host::Domain(_)))
                && is_mixed_content(
                    &client.origin,
                    client.url.as_ref(),
                    &request.url,
                    self.user_agent,
                )
        };
        if by_policy() || by_kind() {
            let _ = Arc::make_mut(&mut request.url).set_scheme(secure); // http to https always works
            self.record.pass(&steps::UPGRADE, |_| vec![]);
        }
    }

    fn pass_csp(&mut self) -> bool {
        let (Some(csp), Some(request)) = (&self.client.csp, self.request.as_deref()) else {
            return true;
        };
        let origin = &self.client.origin;
        let blocked = csp::blocking_directive(csp, origin, request.api, &request.url, self.hop > 0);
        match blocked {
            Some(directive) => {
                let cause = Cause::CspConnectSrc {
                    directive: directive.into(),
                };
                self.refuse(&steps::CSP, cause, Part::Url)
            }
            None => {
                self.record.pass(&steps::CSP, |_| vec![]);
                true
            }
        }
    }

    /// Local Network Access is decided at the first connection, before any CORS header is read.
    fn pass_local_network_access(&mut self) -> bool {
        let Some(request) = self.request.as_deref() else {
            return true;
        };
        if !self.user_agent.enforces_local_network_access || !is_http_scheme(request.url.scheme()) {
            return true;
        }
        let target = self
            .target_space
            .filter(|_| self.hop == 0)
            .or_else(|| address_space_of(&request.url));
        let (Some(page), Some(space)) = (self.client.address_space, target) else {
            return true;
        };
        if space >= page || self.client.origin.is_same_as(&request.url) {
            return true;
        }
        let step = &steps::LOCAL_NETWORK_ACCESS;
        if self.user_agent.local_network_needs_secure_context && !self.client.is_secure_context() {
            return self.refuse(step, Cause::LnaInsecureContext { space }, Part::Url);
        }
        match self.client.local_network_permission {
            Some(Permission::Granted) => {
                self.record.pass(step, |_| vec![]);
                true
            }
            Some(Permission::Prompt) => {
                self.end(Outcome::Incomplete(Awaited::Permission));
                false
            }
            Some(Permission::Denied) | None => {
                self.refuse(step, Cause::LnaPermissionDenied { space }, Part::Url)
            }
        }
    }
}
