//! [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#concept-http-redirect-fetch).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use url::Url;

use crate::cause::Cause;
use crate::client_hints::is_hint;
use crate::cors_check::cors_check;
use crate::evidence::{Evidence, Part, Place};
use crate::fetch::{Fetch, Next, Tainting};
use crate::header_list::HeaderList;
use crate::origin::{has_credentials, is_http_scheme, same_origin};
use crate::preflight_cache::PreflightCache;
use crate::request::{Request, RequestBody};
use crate::request_init::{Api, CredentialsMode, Mode, RedirectMode};
use crate::response::Response;
use crate::steps::{self, Step};
use crate::trace::Record;
use crate::user_agent::{
    FailureDrops, LocationBytes, RedirectPreflight, RepeatedLocation, UserAgent,
};
use crate::verdict::Outcome;

/// How many redirects are followed.
const REDIRECT_LIMIT: usize = 20;

/// [Request-body-header names](https://fetch.spec.whatwg.org/#request-body-header-name).
const BODY_HEADERS: [&str; 4] = [
    "content-encoding",
    "content-language",
    "content-location",
    "content-type",
];

/// What a fetch remembers of its redirects.
#[derive(Debug, Default)]
pub(crate) struct RedirectState {
    /// Whether the request's origin is [redirect-tainted](https://fetch.spec.whatwg.org/#concept-request-tainted-origin).
    pub(crate) tainted: bool,
    /// Whether a preflight was made at any hop.
    pub(crate) preflighted: bool,
    /// Whether a preflight was needed at any hop, if only a cached one.
    pub(crate) needed_preflight: bool,
    /// Whether the first URL was same-origin.
    pub(crate) began_on_own_origin: bool,
    /// Whether a redirect turned the method into GET.
    pub(crate) method_changed: bool,
    /// The header list before any redirect, where the user agent still looks at it.
    pub(crate) first_header_list: Option<HeaderList>,
    /// What a user agent that judges late has against the redirect behind it: the leg, and the
    /// fault.
    late: Option<(usize, &'static Step, Cause)>,
    body_headers_stripped: bool,
    authorization_stripped: bool,
}

impl RedirectState {
    /// Whether the redirect that led to this hop removed header `name` (in lower case).
    pub(crate) fn is_stripped_at_this_hop(&self, name: &[u8]) -> bool {
        (self.body_headers_stripped && BODY_HEADERS.iter().any(|body| body.as_bytes() == name))
            || (self.authorization_stripped && name == b"authorization")
    }
}

/// A redirect's Location header.
#[derive(Debug)]
pub(crate) struct Location {
    pub(crate) line: usize,
    pub(crate) span: Range<usize>,
    pub(crate) value: Vec<u8>,
    /// Whether there are more lines than the user agent takes.
    is_ambiguous: bool,
}

/// The Location of a response; `None` when there is none.
pub(crate) fn location(response: &Response, user_agent: &UserAgent) -> Option<Location> {
    let mut lines = response
        .header_list
        .lines_named("location")
        .filter(|(_, header)| {
            !(user_agent.empty_location_is_absent && header.trimmed().is_empty())
        });
    let (line, header) = lines.next()?;
    let value = header.trimmed().to_vec();
    let is_ambiguous = match user_agent.repeated_location {
        RepeatedLocation::First => false,
        RepeatedLocation::Refused => lines.next().is_some(),
        RepeatedLocation::RefusedIfDifferent => lines.any(|(_, other)| other.trimmed() != value),
    };
    Some(Location {
        line,
        span: header.trimmed_span(),
        value,
        is_ambiguous,
    })
}

impl Fetch<'_> {
    /// Follows a redirect, or refuses it. The response's own CORS check is behind it.
    pub(crate) fn http_redirect_fetch(
        &mut self,
        response: &Response,
        location: Location,
        cache: &mut PreflightCache,
        now: u64,
    ) -> Next {
        let place = Place {
            line: location.line,
            span: location.span.clone(),
        };
        let target = self.target(&location);
        let waits = match (&target, self.redirect_mode()) {
            (None, RedirectMode::Manual) => self.user_agent.manual_redirect_needs_valid_location,
            (Some(target), RedirectMode::Error) => {
                self.user_agent.judges_redirect_credentials_before_mode
                    && self.tainting == Tainting::Cors
                    && has_credentials(target)
            }
            _ => false,
        };
        if !waits && let Some(next) = self.end_by_redirect_mode(cache) {
            return next;
        }
        let Some(target) = target else {
            let cause = Cause::RedirectLocationInvalid {
                place: place.clone(),
            };
            let evidence = |leg| vec![Evidence::response(leg, Part::Header(place))];
            self.record
                .fault(&steps::REDIRECT_LOCATION, cause, evidence);
            return self.fail_after_preflight(cache);
        };
        self.record.pass(&steps::REDIRECT_LOCATION, |leg| {
            vec![Evidence::response(leg, Part::Header(place.clone()))]
        });
        if !self.pass_target(&target, &place) {
            return self.fail_after_preflight(cache);
        }
        let body = self.request.as_deref().map(|request| request.body);
        if body == Some(RequestBody::Stream) {
            let step = &steps::REDIRECT_BODY;
            let evidence = |leg| vec![Evidence::response(leg, Part::Status)];
            if response.status == 303 {
                self.record.pass(step, evidence);
            } else if !self.record.fault(step, Cause::RedirectStreamBody, evidence) {
                return self.fail_after_preflight(cache);
            }
        }
        self.redirect_request(response.status, target);
        let next = self.main_fetch(cache, now);
        if self.outcome == Some(Outcome::Error)
            && self.user_agent.failure_drops_entry == FailureDrops::AfterPreflight
        {
            return self.fail_after_preflight(cache);
        }
        next
    }

    fn redirect_mode(&self) -> RedirectMode {
        let request = self.request.as_deref();
        request.map_or(RedirectMode::Follow, |request| request.redirect)
    }

    /// The [location URL](https://fetch.spec.whatwg.org/#concept-response-location-url).
    fn target(&self, location: &Location) -> Option<Url> {
        let request = self.request.as_deref()?;
        if location.is_ambiguous {
            return None;
        }
        let text = location_text(&location.value, self.user_agent.location_bytes);
        let mut target = request.url.join(&text).ok()?;
        if target.fragment().is_none() {
            target.set_fragment(request.url.fragment());
        }
        Some(target)
    }

    /// The rules on a redirect's new URL.
    fn pass_target(&mut self, target: &Url, place: &Place) -> bool {
        let Some(request) = self.request.as_deref() else {
            return false;
        };
        let is_cors_mode = request.mode == Mode::Cors;
        let evidence = |leg| vec![Evidence::response(leg, Part::Header(place.clone()))];
        if !is_http_scheme(target.scheme()) {
            let cause = Cause::RedirectToNonHttpScheme;
            self.record.fault(&steps::REDIRECT_SCHEME, cause, evidence);
            return false;
        }
        self.record.pass(&steps::REDIRECT_SCHEME, evidence);
        if self.hop >= REDIRECT_LIMIT {
            self.record
                .fault(&steps::REDIRECT_COUNT, Cause::RedirectLoop, evidence);
            return false;
        }
        self.record.pass(&steps::REDIRECT_COUNT, |_| vec![]);
        let leaves_origin = is_cors_mode && !self.client.origin.is_same_as(target);
        let refused = leaves_origin
            || self.tainting == Tainting::Cors
            || !(self.user_agent.follows_to_url_with_credentials || request.api == Api::Xhr);
        if has_credentials(target) && refused {
            let cause = Cause::RedirectUrlHasCredentials;
            let step = &steps::REDIRECT_CREDENTIALS;
            let is_late = self.user_agent.judges_redirects_after_next_preflight
                && self.tainting == Tainting::Basic;
            if is_late {
                self.redirects.late = self.record.leg.map(|leg| (leg, step, cause));
                return true;
            }
            return self.record.fault(step, cause, evidence);
        }
        self.record.pass(&steps::REDIRECT_CREDENTIALS, evidence);
        self.check_late_credentials();
        true
    }

    /// A credentialed check on the redirect response of a request that is not, where a user agent
    /// makes one.
    fn check_late_credentials(&mut self) {
        let Some(leg) = self.legs.last() else { return };
        let is_same_origin_mode = self
            .request
            .as_deref()
            .is_some_and(|request| request.credentials == CredentialsMode::SameOrigin);
        if !(self.user_agent.credentialed_redirects_from_own_origin
            && self.redirects.began_on_own_origin
            && is_same_origin_mode)
        {
            return;
        }
        let (Some(origin), Some(response)) = (&leg.checked_origin, leg.response()) else {
            return;
        };
        let mut credentialed = Record {
            leg: self.record.leg,
            ..Record::default()
        };
        cors_check(
            &response.header_list,
            origin,
            true,
            self.user_agent,
            &mut credentialed,
        );
        let late = credentialed.faults.pop();
        self.redirects.late =
            late.and_then(|fault| fault.leg.map(|leg| (leg, fault.step, fault.cause)));
    }

    /// The rules on the redirect behind, for a user agent that applies them late. `false` when the
    /// fetch ends here.
    pub(crate) fn pass_late_redirect_rules(&mut self) -> bool {
        let Some((leg, step, cause)) = self.redirects.late.take() else {
            return true;
        };
        self.record.leg = Some(leg);
        self.record.fault(step, cause, |_| vec![])
    }

    /// Changes the request as a redirect with `status` to `target` does.
    fn redirect_request(&mut self, status: u16, target: Url) {
        let Some(request) = self.request.as_deref_mut() else {
            return;
        };
        let state = &mut self.redirects;
        let origin = &self.client.origin;
        if self.hop == 0 {
            state.began_on_own_origin = origin.is_same_as(&request.url);
            if self.user_agent.redirect_preflight != RedirectPreflight::Fresh {
                state.first_header_list = Some(request.header_list.clone());
            }
        }
        let crosses = !same_origin(&target, &request.url);
        if crosses && !origin.is_same_as(&request.url) {
            state.tainted = true;
        }
        let as_get =
            self.user_agent.redirects_delete_as_get && crosses && &*request.method == "DELETE";
        let becomes_get = match status {
            301 | 302 => &*request.method == "POST",
            303 => !matches!(&*request.method, "GET" | "HEAD"),
            _ => false,
        } || as_get;
        state.body_headers_stripped = becomes_get;
        state.authorization_stripped = crosses;
        if becomes_get {
            state.method_changed = true;
            request.method = "GET".into();
            request.body = RequestBody::None;
            remove(request, &BODY_HEADERS);
        }
        if crosses && self.user_agent.removes_client_hints_across_origins {
            request.header_list = request.header_list.without(|header| is_hint(header.name));
        }
        if crosses {
            remove(request, &["authorization"]);
        } else if self.user_agent.restores_authorization
            && let Some(first) = &state.first_header_list
            && !request.header_list.contains("authorization")
        {
            for (_, header) in first.lines_named("authorization") {
                request.header_list.push(header.name, header.value);
            }
        }
        let left = std::mem::replace(&mut request.url, target.into());
        self.redirected_from.get_or_insert(left);
        self.hop += 1;
    }
}

/// A Location's value as text.
pub fn location_text(value: &[u8], bytes: LocationBytes) -> Cow<'_, str> {
    fn one_by_one(bytes: &[u8]) -> String {
        bytes.iter().copied().map(char::from).collect()
    }
    if value.is_ascii() {
        return String::from_utf8_lossy(value);
    }
    match bytes {
        LocationBytes::Utf8OrLatin1 => match str::from_utf8(value) {
            Ok(text) => text.into(),
            Err(_) => one_by_one(value).into(),
        },
        LocationBytes::PercentEncoded => {
            let mut text = String::with_capacity(value.len() + 8);
            for byte in value {
                if byte.is_ascii() {
                    text.push(char::from(*byte));
                } else {
                    let _ = write!(text, "%{byte:02X}"); // a String takes every write
                }
            }
            text.into()
        }
        LocationBytes::Utf8AsLatin1 => one_by_one(String::from_utf8_lossy(value).as_bytes()).into(),
    }
}

fn remove(request: &mut Request, names: &[&str]) {
    if names.iter().any(|name| request.header_list.contains(name)) {
        request.header_list = request
            .header_list
            .without(|header| names.iter().any(|name| header.is(name)));
    }
}
