//! The [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch): what it asks,
//! and how its response is judged.

use std::borrow::Cow;
use std::sync::Arc;

use crate::cause::Cause;
use crate::cors_check::cors_check;
use crate::evidence::{Evidence, Part};
use crate::header_list::HeaderList;
use crate::header_values::{Element, InvalidToken, extract_tokens};
use crate::response::Response;
use crate::safelist::{UnsafeNames, is_safelisted_method};
use crate::steps;
use crate::trace::Record;
use crate::user_agent::{PreflightOrder, UserAgent};

/// `Access-Control-Allow-Methods`
pub const ALLOW_METHODS: &str = "access-control-allow-methods";
/// `Access-Control-Allow-Headers`
pub const ALLOW_HEADERS: &str = "access-control-allow-headers";

/// What a preflight asks permission for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The request's method.
    pub method: Cow<'static, str>,
    /// The CORS-unsafe request-header names: lower case, sorted.
    pub unsafe_names: UnsafeNames,
    /// Whether the credentials mode is `include`.
    pub include: bool,
    /// Whether the use-CORS-preflight flag is set.
    pub use_cors_preflight: bool,
    /// The origin sent, and compared with the response.
    pub origin: Arc<str>,
    /// Whether the response must pass the CORS check; every standard one must.
    pub is_checked: bool,
}

/// What a preflight response allows, for the cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed<'a> {
    /// The methods listed.
    pub methods: Vec<Element<'a>>,
    /// The header names listed.
    pub header_names: Vec<Element<'a>>,
}

/// A CORS non-wildcard request-header name: only Authorization.
pub fn is_non_wildcard_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"authorization")
}

impl Question {
    /// The headers of the CORS-preflight request that servers look at.
    pub fn header_list(&self) -> HeaderList {
        let names = self.unsafe_names.joined();
        let mut list = HeaderList::with_capacity(3, 96 + names.len() + self.origin.len());
        list.push("Access-Control-Request-Method", self.method.as_bytes());
        if !names.is_empty() {
            list.push("Access-Control-Request-Headers", names);
        }
        list.push("Origin", self.origin.as_bytes());
        list
    }

    /// Judges the response in `user_agent`'s order. `None` when it refuses the request; where
    /// `record` goes on after faults, what the lists allow is still given.
    pub fn judge<'a>(
        &self,
        response: &'a Response,
        user_agent: &UserAgent,
        record: &mut Record,
    ) -> Option<Allowed<'a>> {
        let list = &response.header_list;
        let check = |record: &mut Record| {
            !self.is_checked || cors_check(list, &self.origin, self.include, user_agent, record)
        };
        let status = |record: &mut Record| judge_status(response, record);
        let is_redirect = user_agent.refuses_preflight_redirect_first && leads_on(response);
        let goes_on = match user_agent.preflight_order {
            _ if is_redirect => status(record) && check(record),
            PreflightOrder::CorsCheckFirst => check(record) && status(record),
            PreflightOrder::StatusFirst => status(record) && check(record),
        };
        if !goes_on {
            return None;
        }
        let allowed = if user_agent.judges_methods_before_parsing_headers {
            let methods = parse(list, ALLOW_METHODS, methods_fault, record)?;
            self.judge_method(list, &methods, user_agent, record)?;
            let header_names = parse(list, ALLOW_HEADERS, headers_fault, record)?;
            self.judge_headers(list, &header_names, user_agent, record)?;
            Allowed {
                methods,
                header_names,
            }
        } else {
            let methods = parse(list, ALLOW_METHODS, methods_fault, record)?;
            let header_names = parse(list, ALLOW_HEADERS, headers_fault, record)?;
            self.judge_method(list, &methods, user_agent, record)?;
            self.judge_headers(list, &header_names, user_agent, record)?;
            Allowed {
                methods,
                header_names,
            }
        };
        Some(allowed)
    }

    /// What a response allows, whether or not that suffices: only its status, its CORS check and
    /// its syntax count.
    pub fn read_lists<'a>(
        &self,
        response: &'a Response,
        user_agent: &UserAgent,
    ) -> Option<Allowed<'a>> {
        let mut record = Record::default();
        let list = &response.header_list;
        let passes = response.is_ok()
            && cors_check(list, &self.origin, self.include, user_agent, &mut record);
        let methods = extract_tokens(list, ALLOW_METHODS)
            .ok()
            .filter(|_| passes)?;
        let header_names = extract_tokens(list, ALLOW_HEADERS).ok()?;
        Some(Allowed {
            methods,
            header_names,
        })
    }

    fn judge_method(
        &self,
        list: &HeaderList,
        methods: &[Element],
        user_agent: &UserAgent,
        record: &mut Record,
    ) -> Option<()> {
        let method = self.method.as_bytes();
        let listed = |wanted: &[u8]| methods.iter().any(|element| element.token == wanted);
        let allowed = listed(method)
            || is_safelisted_method(method)
            || (!self.include && listed(b"*"))
            || (self.use_cors_preflight
                && user_agent.absent_methods_allow_forced_preflight
                && !list.contains(ALLOW_METHODS));
        let evidence = |leg| Evidence::header(leg, list, ALLOW_METHODS);
        if allowed {
            record.pass(&steps::PREFLIGHT_METHOD, evidence);
            return Some(());
        }
        let cause = Cause::AcamMethodMissing {
            method: self.method.as_ref().into(),
        };
        record
            .fault(&steps::PREFLIGHT_METHOD, cause, evidence)
            .then_some(())
    }

    fn judge_headers(
        &self,
        list: &HeaderList,
        allowed: &[Element],
        user_agent: &UserAgent,
        record: &mut Record,
    ) -> Option<()> {
        let evidence = |leg| Evidence::header(leg, list, ALLOW_HEADERS);
        let wildcard = !self.include && allowed.iter().any(|element| element.token == b"*");
        let is_listed = |name: &[u8]| {
            allowed
                .iter()
                .any(|element| element.token.eq_ignore_ascii_case(name))
        };
        for name in self.unsafe_names.iter() {
            let needs_listing =
                is_non_wildcard_name(name) && !user_agent.wildcard_covers_authorization;
            if is_listed(name) || (wildcard && !needs_listing) {
                if needs_listing {
                    record.pass(&steps::PREFLIGHT_NON_WILDCARD, evidence);
                }
                continue;
            }
            let step = if needs_listing {
                &steps::PREFLIGHT_NON_WILDCARD
            } else {
                &steps::PREFLIGHT_HEADERS
            };
            let cause = Cause::AcahHeaderMissing { name: name.into() };
            if !record.fault(step, cause, evidence) {
                return None;
            }
        }
        if self.unsafe_names.is_empty() {
            record.skip(&steps::PREFLIGHT_HEADERS, "no header needs permission");
        } else {
            record.pass(&steps::PREFLIGHT_HEADERS, evidence);
        }
        Some(())
    }
}

/// Whether a response is a redirect with somewhere to go.
fn leads_on(response: &Response) -> bool {
    response.has_redirect_status() && response.header_list.contains("location")
}

fn judge_status(response: &Response, record: &mut Record) -> bool {
    let evidence = |leg| vec![Evidence::response(leg, Part::Status)];
    if response.is_ok() {
        record.pass(&steps::PREFLIGHT_STATUS, evidence);
        return true;
    }
    let status = response.status;
    let cause = if leads_on(response) {
        Cause::PreflightRedirect { status }
    } else {
        Cause::PreflightStatusNotOk { status }
    };
    record.fault(&steps::PREFLIGHT_STATUS, cause, evidence)
}

fn methods_fault(invalid: InvalidToken) -> Cause {
    Cause::AcamInvalidToken { invalid }
}

fn headers_fault(invalid: InvalidToken) -> Cause {
    Cause::AcahInvalidToken { invalid }
}

fn parse<'a>(
    list: &'a HeaderList,
    name: &'static str,
    cause: fn(InvalidToken) -> Cause,
    record: &mut Record,
) -> Option<Vec<Element<'a>>> {
    match extract_tokens(list, name) {
        Ok(elements) => {
            record.pass(&steps::PREFLIGHT_PARSE, |leg| {
                Evidence::header(leg, list, name)
            });
            Some(elements)
        }
        Err(invalid) => {
            let place = invalid.place.clone();
            let evidence = |leg| vec![Evidence::response(leg, Part::Header(place))];
            if !record.fault(&steps::PREFLIGHT_PARSE, cause(invalid), evidence) {
                return None;
            }
            // Whoever mends the bad element keeps the good ones.
            let is_token = |element: &Element| crate::forbidden::is_token(element.token);
            Some(
                crate::header_values::list_elements(list, name)
                    .filter(is_token)
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent::Browser;

    #[test]
    fn a_redirected_preflight_is_a_redirect_for_chromium_whatever_its_headers_say() {
        let question = Question {
            method: "PUT".into(),
            unsafe_names: Default::default(),
            include: false,
            use_cors_preflight: false,
            origin: "https://a.test".into(),
            is_checked: true,
        };
        let header_list = [("Location", "https://c.test/")].into_iter().collect();
        let response = Response::new(302, header_list);
        for (browser, expected) in [
            (Browser::Chromium, "preflight_redirect"),
            (Browser::Firefox, "acao_missing"),
            (Browser::WebKit, "preflight_redirect"),
        ] {
            let mut record = Record::default();
            assert_eq!(
                question.judge(&response, browser.profile(), &mut record),
                None
            );
            assert_eq!(record.faults[0].cause.name(), expected, "{browser}");
        }
    }
}
