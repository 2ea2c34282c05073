//! The [CORS-preflight cache](https://fetch.spec.whatwg.org/#cors-preflight-cache).

use std::sync::Arc;

use url::{Position, Url};

use crate::cors_check::get_single;
use crate::cors_preflight_fetch::{Allowed, Question, is_non_wildcard_name};
use crate::header_list::HeaderList;
use crate::origin::Origin;
use crate::request_init::CacheMode;
use crate::safelist::is_safelisted_method;
use crate::user_agent::{CacheUpdate, InvalidMaxAge, MaxAgeSyntax, UserAgent};

/// How long a preflight holds that says nothing, in seconds.
const DEFAULT_MAX_AGE: u64 = 5;

/// How many entries are kept; the oldest goes first. Browsers keep about as many.
const ENTRY_LIMIT: usize = 1000;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    origin: Arc<str>,
    url: Box<str>,
    credentials: bool,
}

#[derive(Clone, Debug)]
struct Item {
    token: Box<[u8]>,
    is_wildcard: bool,
    /// The clock's reading at which it no longer holds, in milliseconds.
    expires: u64,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    methods: Vec<Item>,
    header_names: Vec<Item>,
}

/// What preflights have allowed, for how long. It has no clock: every question brings the time.
#[derive(Clone, Debug, Default)]
pub struct PreflightCache {
    entries: Vec<Entry>,
}

impl PreflightCache {
    /// An empty cache.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether an earlier preflight makes this one needless at `now` (milliseconds).
    pub fn covers(
        &self,
        question: &Question,
        page: &Origin,
        url: &Url,
        mode: CacheMode,
        user_agent: &UserAgent,
        now: u64,
    ) -> bool {
        let skips = match mode {
            CacheMode::NoStore | CacheMode::Reload => user_agent.reload_skips_cache,
            CacheMode::NoCache => user_agent.no_cache_skips_cache,
            _ => false,
        };
        if skips || self.entries.is_empty() {
            return false;
        }
        let url = key_url(url, user_agent);
        let usable: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| {
                let serves = if user_agent.credentialed_entry_serves_all {
                    entry.key.credentials || !question.include
                } else {
                    entry.key.credentials == question.include
                };
                serves && *entry.key.origin == *page.serialized() && *entry.key.url == *url
            })
            .collect();
        let method = question.method.as_bytes();
        let method_is_listed = usable.iter().any(|entry| {
            entry
                .methods
                .iter()
                .any(|item| item.expires > now && (item.is_wildcard || *item.token == *method))
        });
        let is_alive = || {
            usable.iter().any(|entry| {
                entry
                    .methods
                    .iter()
                    .chain(&entry.header_names)
                    .any(|item| item.expires > now)
            })
        };
        let method_is_safe = is_safelisted_method(method)
            && !(question.use_cors_preflight && user_agent.forced_preflight_needs_cached_method)
            && !(user_agent.head_needs_cached_method && method == b"HEAD");
        if !(method_is_listed || method_is_safe) {
            return false;
        }
        let header_is_listed = |name: &[u8]| {
            usable.iter().any(|entry| {
                entry.header_names.iter().any(|item| {
                    let by_wildcard = item.is_wildcard
                        && (user_agent.cached_wildcard_covers_authorization
                            || !is_non_wildcard_name(name));
                    item.expires > now && (by_wildcard || item.token.eq_ignore_ascii_case(name))
                })
            })
        };
        question.unsafe_names.iter().all(header_is_listed)
            && (method_is_listed || !question.unsafe_names.is_empty() || is_alive())
    }

    /// Stores what a preflight allows.
    #[expect(
        clippy::too_many_arguments,
        reason = "the standard's algorithm has these inputs"
    )]
    pub fn store(
        &mut self,
        question: &Question,
        allowed: &Allowed,
        response: &HeaderList,
        page: &Origin,
        url: &Url,
        mode: CacheMode,
        user_agent: &UserAgent,
        now: u64,
    ) {
        if (*page == Origin::Opaque && !user_agent.caches_opaque_origin)
            || (mode == CacheMode::NoStore && !user_agent.stores_for_no_store)
        {
            return;
        }
        let seconds = max_age(response, user_agent).unwrap_or(0);
        if seconds == 0 && self.entries.is_empty() {
            return;
        }
        let expires = now.saturating_add(seconds.saturating_mul(1000));
        let key = Key {
            origin: page.shared(),
            url: key_url(url, user_agent).into(),
            credentials: question.include,
        };
        let found = self.entries.iter().position(|entry| entry.key == key);
        let replaces = user_agent.cache_update == CacheUpdate::Replaces;
        if seconds == 0 && (replaces || found.is_none()) {
            if let Some(index) = found {
                self.entries.remove(index);
            }
            return;
        }
        let index = found.unwrap_or_else(|| {
            if self.entries.len() >= ENTRY_LIMIT {
                self.entries.remove(0);
            }
            self.entries.push(Entry {
                key,
                methods: Vec::new(),
                header_names: Vec::new(),
            });
            self.entries.len() - 1
        });
        let entry = &mut self.entries[index];
        if replaces {
            entry.methods.clear();
            entry.header_names.clear();
        }
        let wildcards = user_agent.caches_wildcard
            && (!question.include || user_agent.caches_credentialed_wildcard);
        let item = |token: &[u8]| {
            let is_star = token == b"*";
            (!is_star || wildcards || question.include).then(|| Item {
                token: token.into(),
                is_wildcard: is_star && wildcards,
                expires,
            })
        };
        if question.use_cors_preflight
            && !response.contains(crate::cors_preflight_fetch::ALLOW_METHODS)
        {
            renew(&mut entry.methods, item(question.method.as_bytes()));
        }
        for method in &allowed.methods {
            renew(&mut entry.methods, item(method.token));
        }
        for name in &allowed.header_names {
            renew(&mut entry.header_names, item(name.token));
        }
    }

    /// [Clears](https://fetch.spec.whatwg.org/#concept-cache-clear) the entries of an origin and a
    /// URL.
    pub fn clear(&mut self, page: &Origin, url: &Url, user_agent: &UserAgent) {
        if self.entries.is_empty() {
            return;
        }
        let url = key_url(url, user_agent);
        self.entries
            .retain(|entry| *entry.key.origin != *page.serialized() || *entry.key.url != *url);
    }
}

fn renew(items: &mut Vec<Item>, new: Option<Item>) {
    let Some(new) = new else { return };
    match items.iter_mut().find(|item| item.token == new.token) {
        Some(old) => *old = new,
        None => items.push(new),
    }
}

fn key_url<'a>(url: &'a Url, user_agent: &UserAgent) -> &'a str {
    if user_agent.cache_key_without_fragment {
        &url[..Position::AfterQuery]
    } else {
        url.as_str()
    }
}

/// How many seconds a preflight response holds; `None` when it must not be cached.
pub fn max_age(list: &HeaderList, user_agent: &UserAgent) -> Option<u64> {
    let value = get_single(list, "access-control-max-age", user_agent);
    let value = match value.as_deref() {
        None | Some(b"") => return Some(DEFAULT_MAX_AGE),
        Some(value) => value,
    };
    let seconds = match read_seconds(value, user_agent) {
        Some(seconds) => seconds,
        None => match user_agent.invalid_max_age {
            InvalidMaxAge::Default => DEFAULT_MAX_AGE,
            InvalidMaxAge::NotCached => return None,
        },
    };
    Some(
        user_agent
            .max_age_cap
            .map_or(seconds, |cap| seconds.min(cap)),
    )
}

fn read_seconds(value: &[u8], user_agent: &UserAgent) -> Option<u64> {
    let (is_negative, digits) = match (user_agent.max_age_syntax, value) {
        (MaxAgeSyntax::Signed | MaxAgeSyntax::Negative, [b'-', digits @ ..]) => (true, digits),
        (MaxAgeSyntax::Signed, [b'+', digits @ ..]) => (false, digits),
        _ => (false, value),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if is_negative {
        return Some(0);
    }
    match str::from_utf8(digits).ok()?.parse() {
        Ok(seconds) => Some(seconds),
        Err(_) if user_agent.saturates_max_age => Some(u64::MAX),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent::Browser;

    #[test]
    fn max_age_of_each_browser() {
        let read = |value: &str, browser: Browser| {
            let list: HeaderList = [("Access-Control-Max-Age", value)].into_iter().collect();
            max_age(&list, browser.profile())
        };
        for (value, [fetch, chromium, firefox, webkit]) in [
            ("", [Some(5); 4]),
            ("600", [Some(600); 4]),
            ("0", [Some(0); 4]),
            ("99999", [Some(99_999), Some(7200), Some(86_400), Some(600)]),
            ("600.5", [Some(5), Some(5), None, Some(5)]),
            ("+8", [Some(5), Some(8), None, Some(8)]),
            ("-1", [Some(5), Some(0), Some(0), Some(0)]),
            (
                "99999999999999999999",
                [Some(u64::MAX), Some(5), Some(86_400), Some(5)],
            ),
        ] {
            for (browser, expected) in Browser::ALL
                .into_iter()
                .zip([fetch, chromium, firefox, webkit])
            {
                assert_eq!(read(value, browser), expected, "{value:?} in {browser}");
            }
        }
    }
}
