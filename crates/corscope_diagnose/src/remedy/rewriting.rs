//! "Make it pass": what a proxy must change on the way so that a blocked fetch passes, proved by
//! running the engine on it.

use std::sync::Arc;

use corscope_fetch::verdict::{Outcome, Verdict};
use corscope_fetch::{Answer, Browser, CredentialsMode, HeaderList, Leg, PreflightCache, Response};

use super::exchange::{ExchangeChange, LegChange};
use super::server::{Mending, asked, change};
use crate::scenario::{Play, Subject, latin1, play};

/// The smallest changes that make a fetch pass in one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewriting {
    /// What to change, leg by leg, in the order of the fetch.
    pub legs: Vec<LegRewriting>,
    /// Whether the engine, run on the changed answers, lets the fetch pass. Always true for what
    /// [`make_it_pass`] gives.
    pub proved: bool,
    /// Whether more than the page's own origin could then read: every site (`*`), or every
    /// sandboxed frame (`null`). Fit for a proxy between one's own browser and the server, not as a
    /// policy.
    pub widens: bool,
    /// Whether cookies and other credentials may go with the request.
    pub credentials: bool,
}

/// What to change at one leg.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegRewriting {
    /// Whether the leg is a CORS-preflight request.
    pub preflight: bool,
    /// How many redirects came before it.
    pub hop: usize,
    /// The URL that is asked for.
    pub url: String,
    /// The method on the wire: `OPTIONS` for a preflight.
    pub method: String,
    /// The method that a preflight asks about.
    pub asked_method: Option<String>,
    /// The `Origin` header that is sent; `None` when none is.
    pub origin: Option<String>,
    /// Whether an answer of the server to this leg was seen. If not, it is taken to be good but for
    /// what is changed here.
    pub is_known: bool,
    /// Whether the leg is to be answered without the server, by exactly [`status`](Self::status) and
    /// [`set`](Self::set): what the server answers, if anything, cannot be mended header by header.
    pub answer: bool,
    /// The status, where it must be another.
    pub status: Option<u16>,
    /// Headers to set, replacing all lines of their names.
    pub set: Vec<(String, String)>,
    /// Header lines to add beside those that are there.
    pub add: Vec<(String, String)>,
    /// Headers to take out.
    pub remove: Vec<String>,
}

/// What a proxy must change so that the fetch passes in the browser that `play` is of. `None` when it
/// passes as it is, or no change of answers helps: the page or the network is at fault.
///
/// The page's own origin is allowed where that is enough; `*`, and at last `null`, only where the
/// request's origin is `null`.
pub fn make_it_pass(subject: &Subject, played: &Play) -> Option<Rewriting> {
    if is_passed(&played.verdict.outcome) {
        return None;
    }
    let browser = played.verdict.browser;
    let by_proxy = |wildcard| Mending {
        wildcard,
        by_proxy: true,
    };
    // In order of how much they let in; the third is for a `null` origin with credentials.
    let narrow = of(subject, browser, by_proxy(false));
    if narrow.as_ref().is_some_and(|found| !found.widens) {
        return narrow;
    }
    of(subject, browser, by_proxy(true)).or(narrow)
}

fn of(subject: &Subject, browser: Browser, mending: Mending) -> Option<Rewriting> {
    let change = change(subject, browser, &[browser], mending)?;
    let changed = change.apply(subject);
    let verdict = verdict(&changed, browser);
    let mut rewriting = Rewriting {
        legs: legs(&change, &verdict, subject, browser),
        proved: false,
        widens: false,
        credentials: includes_credentials(&verdict),
    };
    rewriting.proved = rewriting.passes(subject, browser);
    if !rewriting.proved {
        return None;
    }
    rewriting.leave_out_the_needless(subject, browser);
    let is_wide = |(name, value): &(String, String)| {
        name == "Access-Control-Allow-Origin" && (value == "*" || value == "null")
    };
    rewriting.widens = rewriting.legs.iter().any(|leg| leg.set.iter().any(is_wide));
    Some(rewriting)
}

impl Rewriting {
    /// The subject with the changes made on the way.
    pub fn apply(&self, subject: &Subject) -> Subject {
        let mut changed = subject.clone();
        for leg in &self.legs {
            if leg.preflight {
                if changed.preflights.len() <= leg.hop {
                    changed.preflights.resize(leg.hop + 1, None);
                }
                let own = subject.preflights.get(leg.hop).cloned().flatten();
                let old = own.or_else(|| subject.preflights.first().cloned().flatten());
                changed.preflights[leg.hop] = Some(leg.apply(old.as_ref()));
            } else {
                let answer = leg.apply(subject.responses.get(leg.hop));
                match changed.responses.get_mut(leg.hop) {
                    Some(slot) => *slot = answer,
                    None => changed.responses.push(answer),
                }
            }
        }
        changed
    }

    fn passes(&self, subject: &Subject, browser: Browser) -> bool {
        let verdict = verdict(&self.apply(subject), browser);
        is_passed(&verdict.outcome)
    }

    /// Takes out whatever the fetch passes without. `Vary` stays: caches need it, browsers do not.
    fn leave_out_the_needless(&mut self, subject: &Subject, browser: Browser) {
        let mut without = self.clone();
        for leg in 0..self.legs.len() {
            for index in (0..self.legs[leg].set.len()).rev() {
                if self.legs[leg].set[index].0 == "Vary" {
                    continue;
                }
                without.legs[leg].set.remove(index);
                if !without.passes(subject, browser) {
                    without.legs[leg].set.clone_from(&self.legs[leg].set);
                } else {
                    self.legs[leg].set.clone_from(&without.legs[leg].set);
                }
            }
        }
    }
}

impl LegRewriting {
    /// The answer after the change; an unknown one is taken to be plain and good.
    fn apply(&self, answer: Option<&Answer>) -> Answer {
        let old = match answer {
            Some(Answer::Response(response)) if !self.answer => response.as_ref().clone(),
            _ => Response::new(if self.preflight { 204 } else { 200 }, HeaderList::new()),
        };
        let is_gone = |name: &[u8]| {
            let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
            self.remove.iter().any(|name| is(name)) || self.set.iter().any(|(name, _)| is(name))
        };
        let mut list = old.header_list.without(|header| is_gone(header.name));
        for (name, value) in self.set.iter().chain(&self.add) {
            list.push(name, value);
        }
        Answer::Response(Arc::new(Response {
            status: self.status.unwrap_or(old.status),
            header_list: list,
            body: old.body,
        }))
    }
}

/// The legs that are changed, as they are sent once those before them pass.
fn legs(
    change: &ExchangeChange,
    verdict: &Verdict,
    subject: &Subject,
    browser: Browser,
) -> Vec<LegRewriting> {
    let found = verdict.legs.iter().filter_map(|leg| {
        let change = change.of_leg(leg.request.preflight, leg.hop)?;
        let answer = known(subject, browser, leg);
        Some(rewriting(leg, change, answer.as_ref()))
    });
    found.collect()
}

/// What the server itself answered to a leg.
fn known(subject: &Subject, browser: Browser, leg: &Leg) -> Option<Answer> {
    if !leg.request.preflight {
        return subject.responses.get(leg.hop).cloned();
    }
    let own = subject.preflights.get(leg.hop).cloned().flatten();
    // A document's one answer stands for all hops; it was seen where the fetch got to.
    own.or_else(|| {
        let first = subject.preflights.first().cloned().flatten();
        let legs = verdict(subject, browser).legs;
        let is_reached = legs
            .iter()
            .any(|sent| sent.request.preflight && sent.hop == leg.hop);
        first.filter(|_| is_reached)
    })
}

fn rewriting(leg: &Leg, change: &LegChange, known: Option<&Answer>) -> LegRewriting {
    let header = |name: &str| {
        let value = leg.request.header_list.get(name);
        value.map(|value| latin1(&value).into_owned())
    };
    let preflight = leg.request.preflight;
    // A preflight with the wrong status, or none, is answered as a whole.
    let answer = preflight && (change.status.is_some() || known.is_none());
    let mut found = LegRewriting {
        preflight,
        hop: leg.hop,
        url: leg.request.url.to_string(),
        method: leg.request.method.to_string(),
        asked_method: preflight.then(|| asked(leg, "access-control-request-method")),
        origin: header("origin"),
        is_known: known.is_some(),
        answer,
        status: change.status,
        ..LegRewriting::default()
    };
    if answer {
        found.status = found.status.or(Some(204));
        let after = change.apply(known, 204);
        let Answer::Response(after) = after else {
            return found;
        };
        for header in after.header_list.iter() {
            let name = latin1(header.name).into_owned();
            let is_first = !found
                .set
                .iter()
                .any(|(set, _)| set.eq_ignore_ascii_case(&name));
            let is_cors = name
                .to_ascii_lowercase()
                .starts_with("access-control-allow-");
            if is_cors && is_first {
                let value = after.header_list.get(&name).unwrap_or_default();
                found.set.push((name, latin1(&value).into_owned()));
            }
        }
        let is_one_origin = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("Access-Control-Allow-Origin") && value != "*"
        };
        if found.set.iter().any(is_one_origin) {
            found.set.push(("Vary".to_owned(), "Origin".to_owned()));
        }
        return found;
    }
    for (name, value) in &change.set {
        if *name == "Vary" {
            // Beside what the server's next answer may vary on.
            found.add.push(("Vary".to_owned(), "Origin".to_owned()));
        } else {
            found.set.push(((*name).to_owned(), value.clone()));
        }
    }
    found.remove = change.remove.iter().map(|&name| name.to_owned()).collect();
    found
}

fn verdict(subject: &Subject, browser: Browser) -> Verdict {
    play(subject, browser, &mut PreflightCache::new(), 0).verdict
}

fn is_passed(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Readable { .. } | Outcome::Opaque | Outcome::OpaqueRedirect
    )
}

fn includes_credentials(verdict: &Verdict) -> bool {
    verdict
        .request
        .as_ref()
        .is_some_and(|request| request.credentials == CredentialsMode::Include)
}
