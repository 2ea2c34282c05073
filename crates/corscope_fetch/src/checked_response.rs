//! What becomes of a response that passed the CORS check: the checks behind it, and the filter.

use crate::cause::Cause;
use crate::evidence::{Evidence, Part};
use crate::fetch::{Fetch, Next, Tainting};
use crate::filtered_response::{basic_visible_headers, cors_visible_headers};
use crate::integrity;
use crate::preflight_cache::PreflightCache;
use crate::request_init::{CredentialsMode, RedirectMode};
use crate::resource_policy_check::{self, Refusal};
use crate::response::Response;
use crate::steps;
use crate::verdict::{Outcome, ResponseType};

impl Fetch<'_> {
    /// The cross-origin resource policy check, for opaque responses; redirects are checked, too.
    pub(crate) fn pass_resource_policy(&mut self, response: &Response) -> bool {
        let Some(request) = self
            .request
            .as_deref()
            .filter(|_| self.tainting == Tainting::Opaque)
        else {
            return true;
        };
        let include = request.credentials == CredentialsMode::Include;
        let list = &response.header_list;
        let refusal = resource_policy_check::check(list, self.client, &request.url, include);
        let evidence = |leg| Evidence::header(leg, list, "cross-origin-resource-policy");
        let Some(refusal) = refusal else {
            self.record.pass(&steps::CORP, evidence);
            return true;
        };
        let by_embedder_policy = refusal == Refusal::EmbedderPolicy;
        let cause = Cause::CorpBlocked { by_embedder_policy };
        self.record.fault(&steps::CORP, cause, evidence)
    }

    /// What redirect mode says to a redirect: `Some` when the fetch ends there.
    pub(crate) fn end_by_redirect_mode(&mut self, cache: &mut PreflightCache) -> Option<Next> {
        let evidence = |leg| vec![Evidence::response(leg, Part::Status)];
        let request = self.request.as_deref()?;
        let integrity = &request.integrity;
        match request.redirect {
            RedirectMode::Follow => {
                self.record.pass(&steps::REDIRECT_MODE, evidence);
                None
            }
            RedirectMode::Manual => {
                // What is hidden has no body to compare.
                let is_missed = self.user_agent.integrity_needs_body && !integrity.is_empty();
                if is_missed {
                    let cause = Cause::IntegrityMismatch;
                    self.record.fault(&steps::INTEGRITY, cause, |_| vec![]);
                    return Some(self.fail_after_preflight(cache));
                }
                self.record.pass(&steps::REDIRECT_MODE, evidence);
                Some(self.end(Outcome::OpaqueRedirect))
            }
            RedirectMode::Error => {
                let cause = Cause::RedirectModeError;
                let goes_on = self.record.fault(&steps::REDIRECT_MODE, cause, evidence);
                (!goes_on).then(|| self.fail_after_preflight(cache))
            }
        }
    }

    /// Ends the fetch with a filtered response, after the checks that come behind CORS.
    pub(crate) fn filter(&mut self, response: &Response, cache: &mut PreflightCache) -> Next {
        let Some(request) = self.request.as_deref() else {
            return self.fail();
        };
        let include = request.credentials == CredentialsMode::Include;
        if !self.pass_integrity(response) {
            return self.fail_after_preflight(cache);
        }
        if self.tainting == Tainting::Opaque {
            return self.end(Outcome::Opaque);
        }
        let list = &response.header_list;
        let (response_type, visible_headers) = match self.tainting {
            Tainting::Cors => (ResponseType::Cors, cors_visible_headers(list, include)),
            _ => (ResponseType::Basic, basic_visible_headers(list)),
        };
        self.record.pass(&steps::FILTER, |leg| {
            Evidence::header(leg, list, "access-control-expose-headers")
        });
        self.end(Outcome::Readable {
            status: response.status,
            response_type,
            visible_headers,
        })
    }

    /// Whether the body matches the integrity metadata, and may be compared with it.
    pub(crate) fn pass_integrity(&mut self, response: &Response) -> bool {
        let Some(request) = self.request.as_deref() else {
            return false;
        };
        let metadata = &*request.integrity;
        let any_case = self.user_agent.integrity_algorithm_in_any_case;
        if metadata.is_empty() || (any_case && metadata.trim_ascii().is_empty()) {
            return true;
        }
        let is_bodyless = &*request.method == "HEAD" || response.has_null_body_status();
        let body = if is_bodyless {
            Some(&[][..])
        } else {
            response.body.as_deref()
        };
        let cause = if self.tainting == Tainting::Opaque {
            Some(Cause::IntegrityNeedsCors)
        } else if (is_bodyless && self.user_agent.integrity_needs_body)
            || integrity::is_mismatch(metadata, body, any_case)
        {
            Some(Cause::IntegrityMismatch)
        } else {
            None
        };
        match cause {
            // There is nothing behind it to find.
            Some(cause) => {
                self.record.fault(&steps::INTEGRITY, cause, |_| vec![]);
                false
            }
            None => {
                self.record.pass(&steps::INTEGRITY, |_| vec![]);
                true
            }
        }
    }
}
