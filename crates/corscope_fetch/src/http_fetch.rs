//! [HTTP fetch](https://fetch.spec.whatwg.org/#concept-http-fetch): the preflight and its cache,
//! the request itself, and the checks on its response.

use std::sync::Arc;

use crate::cause::Cause;
use crate::cors_check::cors_check;
use crate::cors_preflight_fetch::Question;
use crate::evidence::{Evidence, Part};
use crate::fetch::{Fetch, Next, Pending, Tainting};
use crate::http_redirect_fetch::location;
use crate::preflight_cache::PreflightCache;
use crate::request::{Request, RequestBody};
use crate::request_init::{CredentialsMode, Mode, RedirectMode};
use crate::response::Response;
use crate::safelist::{UnsafeNames, is_safelisted_method, unsafe_request_header_names};
use crate::steps;
use crate::user_agent::{RedirectPreflight, TaintedPreflight};
use crate::verdict::SentRequest;

impl Fetch<'_> {
    /// Sends a CORS request, after a preflight where one is needed and none is cached.
    pub(crate) fn cors_fetch(&mut self, cache: &mut PreflightCache, now: u64) -> Next {
        let Some(question) = self.question() else {
            self.record.pass(&steps::ROUTE_CORS, |_| vec![]);
            return self.send();
        };
        self.redirects.needed_preflight = true;
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let page = &self.client.origin;
        let (url, mode) = (&request.url, request.cache);
        if cache.covers(&question, page, url, mode, self.user_agent, now) {
            self.record.pass(&steps::PREFLIGHT_CACHE, |_| vec![]);
            return self.send();
        }
        let sent = SentRequest {
            method: "OPTIONS".into(),
            url: wire_url(url),
            header_list: question.header_list(),
            preflight: true,
            include_credentials: false,
        };
        let why = "no earlier preflight holds that allows all of it";
        self.record.skip(&steps::PREFLIGHT_CACHE, why);
        self.redirects.preflighted = true;
        self.push_leg(sent, Some(question.origin.clone()), question.include);
        self.record.pass(&steps::ROUTE_PREFLIGHT, |leg| {
            vec![Evidence::request(leg, Part::Method)]
        });
        self.pending = Pending::Preflight(question);
        Next::Send
    }

    /// What a preflight has to ask; `None` when none is needed.
    fn question(&self) -> Option<Question> {
        let request = self.request.as_deref()?;
        if !request.unsafe_request && !request.use_cors_preflight {
            return None;
        }
        let (unsafe_names, needed) = self.unsafe_names(request);
        let needed = needed
            || request.use_cors_preflight
            || !is_safelisted_method(request.method.as_bytes())
            || !unsafe_names.is_empty();
        needed.then(|| {
            let origin = match self.user_agent.tainted_preflight {
                TaintedPreflight::Null => self.shared_origin(),
                TaintedPreflight::Page => self.client.origin.shared(),
            };
            let is_checked = self.user_agent.tainted_preflight == TaintedPreflight::Null
                || !self.client.origin.is_same_as(&request.url);
            Question {
                is_checked,
                method: request.method.clone(),
                unsafe_names,
                include: request.credentials == CredentialsMode::Include,
                use_cors_preflight: request.use_cors_preflight,
                origin,
            }
        })
    }

    /// The header names to ask for, and whether an earlier hop makes a preflight needed although
    /// there may be nothing left to ask.
    fn unsafe_names(&self, request: &Request) -> (UnsafeNames, bool) {
        let judge = |list| unsafe_names_of(list, request, self.user_agent);
        match self.user_agent.redirect_preflight {
            RedirectPreflight::Fresh => (judge(&request.header_list), false),
            _ if self.hop == 0 => (judge(&request.header_list), false),
            RedirectPreflight::FirstHeadersRemainingNamed => {
                let first = self
                    .redirects
                    .first_header_list
                    .as_ref()
                    .unwrap_or(&request.header_list);
                let names = judge(first);
                let needed = !names.is_empty() || self.redirects.needed_preflight;
                let remains = |name: &[u8]| !self.redirects.is_stripped_at_this_hop(name);
                (names.filtered(remains), needed)
            }
            RedirectPreflight::OnceNeededAllNamed => {
                let first = self
                    .redirects
                    .first_header_list
                    .as_ref()
                    .unwrap_or(&request.header_list);
                (judge(first), self.redirects.preflighted)
            }
        }
    }

    /// The serialized request origin: `null` once redirects have tainted it.
    pub(crate) fn serialized_origin(&self) -> &str {
        if self.redirects.tainted {
            "null"
        } else {
            self.client.origin.serialized()
        }
    }

    /// The same, to be kept.
    fn shared_origin(&self) -> Arc<str> {
        if self.redirects.tainted {
            "null".into()
        } else {
            self.client.origin.shared()
        }
    }

    /// Sends the request itself to the current URL.
    pub(crate) fn send(&mut self) -> Next {
        if !self.pass_late_redirect_rules() || !self.pass_refusal() {
            return self.fail();
        }
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let is_cors = self.tainting == Tainting::Cors;
        self.record.leg = None;
        if request.body == RequestBody::Stream && request.url.scheme() == "http" {
            // HTTP/2 is spoken over TLS only, so a stream over http: can go nowhere.
            let cause = Cause::StreamUploadNeedsHttp2;
            if !self.refuse(&steps::HTTP_NETWORK, cause, Part::Url) {
                return self.fail();
            }
        }
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let include = match request.credentials {
            CredentialsMode::Include => true,
            CredentialsMode::Omit => false,
            CredentialsMode::SameOrigin => self.tainting == Tainting::Basic,
        };
        let origin = self.origin_header(request);
        let mut header_list = request.header_list.with("Origin", origin);
        if self.user_agent.sends_last_authorization {
            let mut lines = header_list.lines_named("authorization");
            if let (Some(_), Some((_, last))) = (lines.next(), lines.last()) {
                let last = last.value.to_vec();
                header_list.set("Authorization", last);
            }
        }
        let sent = SentRequest {
            method: request.method.clone(),
            url: wire_url(&request.url),
            header_list,
            preflight: false,
            include_credentials: include,
        };
        let with_credentials = request.credentials == CredentialsMode::Include;
        let checked = is_cors.then(|| self.shared_origin());
        self.push_leg(sent, checked, with_credentials);
        self.pending = Pending::Response;
        Next::Send
    }

    /// [Appends a request `Origin` header](https://fetch.spec.whatwg.org/#append-a-request-origin-header).
    fn origin_header(&self, request: &Request) -> Option<&str> {
        let always = self.tainting == Tainting::Cors || request.mode == Mode::WebSocket;
        let changes = !matches!(&*request.method, "GET" | "HEAD");
        let kept =
            self.user_agent.keeps_origin_after_method_change && self.redirects.method_changed;
        // The default referrer policy hides the page from a URL that is less secure.
        let hidden = !always
            && request.mode == Mode::NoCors
            && self.user_agent.referrer_policy_hides_origin
            && self.client.origin.scheme() == Some("https")
            && request.url.scheme() == "http";
        (always || changes || kept).then(|| {
            if hidden {
                "null"
            } else {
                self.serialized_origin()
            }
        })
    }

    pub(crate) fn receive_preflight(
        &mut self,
        question: &Question,
        response: &Arc<Response>,
        cache: &mut PreflightCache,
        now: u64,
    ) -> Next {
        if self.user_agent.fails_preflight_on_407 && !self.pass_proxy_authentication(response) {
            self.clear_cache(cache);
            return self.fail();
        }
        let faults_before = self.record.faults.len();
        let allowed = question.judge(response, self.user_agent, &mut self.record);
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let refused = self.record.faults.len() > faults_before;
        if self.record.goes_on {
            // A survey leaves the cache alone.
        } else if !refused || self.user_agent.refusal_is_stored {
            let read = allowed.or_else(|| question.read_lists(response, self.user_agent));
            if let Some(allowed) = read {
                let list = &response.header_list;
                let page = &self.client.origin;
                let (url, mode) = (&request.url, request.cache);
                cache.store(
                    question,
                    &allowed,
                    list,
                    page,
                    url,
                    mode,
                    self.user_agent,
                    now,
                );
            }
        } else if self.user_agent.refusal_drops_entry {
            cache.clear(&self.client.origin, &request.url, self.user_agent);
        }
        if refused && !self.record.goes_on {
            self.fail()
        } else {
            self.send()
        }
    }

    pub(crate) fn receive_response(
        &mut self,
        response: &Arc<Response>,
        cache: &mut PreflightCache,
        now: u64,
    ) -> Next {
        if !self.pass_proxy_authentication(response) {
            return self.fail_after_preflight(cache);
        }
        self.record.pass(&steps::HTTP_NETWORK, |_| vec![]);
        if !self.pass_cors_check(response) {
            return self.fail_after_preflight(cache);
        }
        if !self.pass_resource_policy(response) {
            return self.fail();
        }
        if response.has_redirect_status() {
            if let Some(location) = location(response, self.user_agent) {
                return self.http_redirect_fetch(response, location, cache, now);
            }
            let is_manual = self
                .request
                .as_deref()
                .is_some_and(|request| request.redirect == RedirectMode::Manual);
            let counts = is_manual || self.user_agent.redirect_mode_error_counts_without_location;
            if counts && let Some(next) = self.end_by_redirect_mode(cache) {
                return next;
            }
        }
        self.filter(response, cache)
    }

    /// A 407 that no proxy sent, where a user agent takes it for one.
    fn pass_proxy_authentication(&mut self, response: &Response) -> bool {
        if response.status != 407 || !self.user_agent.fails_on_407 {
            return true;
        }
        let cause = Cause::UnexpectedProxyAuthentication;
        let evidence = |leg| vec![Evidence::response(leg, Part::Status)];
        self.record.fault(&steps::HTTP_NETWORK, cause, evidence)
    }

    /// The CORS check on the current leg's response, when its tainting is `cors`.
    pub(crate) fn pass_cors_check(&mut self, response: &Response) -> bool {
        let Some(leg) = self.legs.last() else {
            return true;
        };
        let Some(origin) = &leg.checked_origin else {
            return true;
        };
        let include = leg.checked_with_credentials;
        cors_check(
            &response.header_list,
            origin,
            include,
            self.user_agent,
            &mut self.record,
        )
    }
}

/// The unsafe names of a header list. A Content-Type that XHR took from the body may be judged
/// more mildly.
fn unsafe_names_of(
    list: &crate::HeaderList,
    request: &Request,
    user_agent: &crate::UserAgent,
) -> UnsafeNames {
    let names = unsafe_request_header_names(list, user_agent);
    let is_mild = request.content_type_from_body
        && request.api == crate::request_init::Api::Xhr
        && !user_agent.limits_body_content_type;
    if is_mild {
        let is_safe = list.get("content-type").is_some_and(|value| {
            crate::safelist::safelisted_content_type(&value, user_agent).is_ok()
        });
        if is_safe {
            return names.filtered(|name| name != b"content-type");
        }
    }
    names
}

/// The URL as it goes over the wire: without fragment, user name and password.
fn wire_url(url: &Arc<url::Url>) -> Arc<url::Url> {
    let mut url = Arc::clone(url);
    if url.fragment().is_some() {
        Arc::make_mut(&mut url).set_fragment(None);
    }
    if crate::origin::has_credentials(&url) {
        let url = Arc::make_mut(&mut url);
        let _ = url.set_username(""); // http URLs can always lose them
        let _ = url.set_password(None);
    }
    url
}
