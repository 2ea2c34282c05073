//! What the server can change: the fewest header lines on the legs at fault.

use corscope_fetch::forbidden::is_token;
use corscope_fetch::header_values::list_elements;
use corscope_fetch::policy::PolicyDocument;
use corscope_fetch::safelist::is_safelisted_method;
use corscope_fetch::{Browser, Cause, Fault, Leg, Options, Origin, PreflightCache, Verdict};

use super::Candidate;
use super::exchange::{ExchangeChange, LegChange};
use crate::diagnostic::{Applicability, Remedy, Who};
use crate::scenario::{Subject, latin1};
use crate::sight::Sight;

/// How often mended answers may show further faults: each round reaches one leg further.
const ROUNDS: usize = 24;

/// The narrow change, and, where nothing private is at stake, the wide one.
pub(super) fn candidates(sight: &Sight<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let origin = &sight.subject.client.origin;
    if *origin != Origin::Opaque {
        found.extend(candidate(sight, false));
    }
    if !sight.includes_credentials() {
        found.extend(candidate(sight, true));
    }
    found
}

fn candidate(sight: &Sight<'_>, wildcard: bool) -> Option<Candidate> {
    let mending = match wildcard {
        true => Mending::WIDE,
        false => Mending::NARROW,
    };
    let own = sight.play.verdict.browser;
    let change = change(sight.subject, own, &Browser::ALL, mending)?;
    let subject = change.apply(sight.subject);
    let policy = policy(sight, &subject, wildcard);
    let (applicability, title) = if wildcard {
        (
            Applicability::Widens,
            format!("{} (every site may then read it)", change.title()),
        )
    } else {
        (Applicability::Narrow, change.title())
    };
    let remedy = Remedy {
        policy: Some(policy),
        ..Remedy::new(Who::Server, applicability, title)
    };
    Some(Candidate { remedy, subject })
}

/// How a server may be changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mending {
    /// Whether everybody may read what nothing private is in.
    pub(super) wildcard: bool,
    /// Whether the change is made by a proxy, for one browser, for as long as its user wants: it can
    /// answer where the server does not, and allow the origin `null`.
    pub(super) by_proxy: bool,
}

impl Mending {
    const NARROW: Self = Self {
        wildcard: false,
        by_proxy: false,
    };
    const WIDE: Self = Self {
        wildcard: true,
        by_proxy: false,
    };
}

/// What makes the fetch of `subject` pass, as far as a server can: for `own`, and for those of
/// `browsers` where it can. `None` when nothing can or need be changed.
pub(super) fn change(
    subject: &Subject,
    own: Browser,
    browsers: &[Browser],
    mending: Mending,
) -> Option<ExchangeChange> {
    let mut change = ExchangeChange::default();
    let mut mended = subject.clone();
    for _ in 0..ROUNDS {
        let mut is_settled = true;
        for browser in browsers.iter().copied() {
            let survey = survey(&mended, browser);
            for fault in &survey.faults {
                match mend(&survey, fault, mending, &mut change) {
                    Some(is_changed) => is_settled &= !is_changed,
                    // Another browser refuses it for reasons of its own: it stays as it was there.
                    None if browser != own => {}
                    None => return None,
                }
            }
            if let corscope_fetch::Outcome::Incomplete(_) = survey.outcome {
                is_settled &= !answer_unknown(&survey, mending, &mut change);
            }
        }
        if is_settled {
            break;
        }
        mended = change.apply(subject);
    }
    (!change.is_empty()).then_some(change)
}

fn survey(subject: &Subject, browser: Browser) -> Verdict {
    let options = Options {
        survey: true,
        trace: false,
        ..subject.options
    };
    subject.run(browser.profile(), options, &mut PreflightCache::new(), 0)
}

/// Adds what mends a fault. `Some(false)` when it was there already; `None` when no header can
/// mend it.
fn mend(
    verdict: &Verdict,
    fault: &Fault,
    mending: Mending,
    change: &mut ExchangeChange,
) -> Option<bool> {
    let leg = verdict.leg_of(fault)?;
    let slot = change.leg(leg.request.preflight, leg.hop);
    let before = slot.clone();
    match &fault.cause {
        // WebKit may check a leg with credentials that goes without.
        Cause::AcaoWildcardWithCredentials | Cause::AcacMissing | Cause::AcacNotTrue
            if mending.by_proxy =>
        {
            let narrow = Mending {
                wildcard: false,
                ..mending
            };
            allow_origin(leg, narrow, slot)?;
            slot.set("Access-Control-Allow-Credentials", "true");
        }
        cause if cause.is_cors_check() => allow_origin(leg, mending, slot)?,
        Cause::PreflightStatusNotOk { .. } | Cause::PreflightRedirect { .. } => {
            slot.status = Some(204);
            if matches!(fault.cause, Cause::PreflightRedirect { .. }) {
                slot.remove = vec!["Location"];
            }
        }
        Cause::AcamInvalidToken { .. } | Cause::AcamMethodMissing { .. } => {
            let mut methods = tokens(leg, "access-control-allow-methods");
            let wanted = asked(leg, "access-control-request-method");
            let is_safe = is_safelisted_method(wanted.as_bytes());
            if !methods.contains(&wanted) && !is_safe {
                methods.push(wanted.clone());
            }
            merge(slot, "Access-Control-Allow-Methods", methods);
        }
        Cause::AcahInvalidToken { .. } | Cause::AcahHeaderMissing { .. } => {
            let mut names = tokens(leg, "access-control-allow-headers");
            for name in asked(leg, "access-control-request-headers").split(',') {
                if !name.is_empty() && !names.iter().any(|it| it.eq_ignore_ascii_case(name)) {
                    names.push(name.to_owned());
                }
            }
            merge(slot, "Access-Control-Allow-Headers", names);
        }
        Cause::NetworkError { .. } | Cause::UnexpectedProxyAuthentication
            if mending.by_proxy && leg.request.preflight =>
        {
            pass_preflight(leg, mending, slot)?;
        }
        Cause::CorpBlocked { .. } if mending.by_proxy => {
            slot.set("Cross-Origin-Resource-Policy", "cross-origin");
        }
        _ => return None,
    }
    Some(*slot != before)
}

/// The origin that the leg's response is compared with, and whatever goes with it.
fn allow_origin(leg: &Leg, mending: Mending, slot: &mut LegChange) -> Option<()> {
    let wanted = leg.checked_origin.as_deref()?;
    if mending.wildcard {
        slot.set("Access-Control-Allow-Origin", "*");
        return Some(());
    }
    if wanted == "null" && !mending.by_proxy {
        return None; // allowing null lets every sandboxed frame in
    }
    slot.set("Access-Control-Allow-Origin", wanted);
    if leg.checked_with_credentials {
        slot.set("Access-Control-Allow-Credentials", "true");
    }
    let varies = leg.response().is_some_and(|response| {
        list_elements(&response.header_list, "vary")
            .any(|element| element.token.eq_ignore_ascii_case(b"origin") || element.token == b"*")
    });
    if !varies {
        let kept = leg
            .response()
            .and_then(|response| response.header_list.get("vary"));
        let kept = kept
            .map(|value| latin1(&value).into_owned())
            .filter(|value| !value.is_empty());
        slot.set(
            "Vary",
            kept.map_or_else(|| "Origin".to_owned(), |value| format!("{value}, Origin")),
        );
    }
    Some(())
}

/// A leg that nothing is known of gets a plain good answer, so that the rest can be proved.
fn answer_unknown(verdict: &Verdict, mending: Mending, change: &mut ExchangeChange) -> bool {
    let Some(leg) = verdict.legs.last().filter(|leg| leg.answer.is_none()) else {
        return false;
    };
    let slot = change.leg(leg.request.preflight, leg.hop);
    let before = slot.clone();
    if leg.request.preflight {
        let _ = pass_preflight(leg, mending, slot);
    } else {
        let _ = allow_origin(leg, mending, slot);
    }
    *slot != before
}

/// All that a preflight needs to pass; `None` when its origin cannot be allowed.
fn pass_preflight(leg: &Leg, mending: Mending, slot: &mut LegChange) -> Option<()> {
    slot.status = Some(204);
    let method = asked(leg, "access-control-request-method");
    if !is_safelisted_method(method.as_bytes()) {
        slot.set("Access-Control-Allow-Methods", method);
    }
    let names = asked(leg, "access-control-request-headers");
    if !names.is_empty() {
        slot.set("Access-Control-Allow-Headers", names.replace(',', ", "));
    }
    allow_origin(leg, mending, slot)
}

fn tokens(leg: &Leg, name: &'static str) -> Vec<String> {
    let Some(response) = leg.response() else {
        return Vec::new();
    };
    let mut found: Vec<String> = list_elements(&response.header_list, name)
        .filter(|element| is_token(element.token))
        .map(|element| latin1(element.token).into_owned())
        .collect();
    found.dedup();
    found
}

pub(super) fn asked(leg: &Leg, name: &str) -> String {
    let value = leg.request.header_list.get(name);
    value
        .map(|value| latin1(&value).into_owned())
        .unwrap_or_default()
}

/// Sets a list header; what another profile already needed there stays.
fn merge(slot: &mut LegChange, name: &'static str, mut wanted: Vec<String>) {
    if let Some((_, old)) = slot.set.iter().find(|(set, _)| *set == name) {
        let old = old
            .split(", ")
            .filter(|it| !it.is_empty())
            .map(str::to_owned);
        wanted = old.chain(wanted).collect();
    }
    let mut unique: Vec<String> = Vec::new();
    for item in wanted {
        if !unique.iter().any(|it| it == &item) {
            unique.push(item);
        }
    }
    slot.set(name, unique.join(", "));
}

/// The policy that grants exactly what this fetch needs, in every browser.
fn policy(sight: &Sight<'_>, mended: &Subject, wildcard: bool) -> PolicyDocument {
    let mut policy = PolicyDocument {
        origins: vec![if wildcard {
            "*".to_owned()
        } else {
            sight.page_origin().to_owned()
        }],
        credentials: sight.includes_credentials(),
        ..PolicyDocument::default()
    };
    if let Some(scenario) = sight.scenario {
        policy.expose.clone_from(&scenario.reads);
    }
    for browser in Browser::ALL {
        for leg in survey(mended, browser)
            .legs
            .iter()
            .filter(|leg| leg.request.preflight)
        {
            let method = asked(leg, "access-control-request-method");
            if !is_safelisted_method(method.as_bytes()) && !policy.methods.contains(&method) {
                policy.methods.push(method);
            }
            for name in asked(leg, "access-control-request-headers").split(',') {
                if !name.is_empty() && !policy.headers.iter().any(|it| it == name) {
                    policy.headers.push(name.to_owned());
                }
            }
        }
    }
    policy
}
