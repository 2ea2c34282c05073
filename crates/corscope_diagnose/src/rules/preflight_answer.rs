//! What a preflight asks, what its answer lacks, and the answer that would pass. Rules about
//! preflights name all of it at once, so that one change mends the leg.

use std::borrow::Cow;
use std::fmt::Write as _;

use corscope_fetch::forbidden::is_token;
use corscope_fetch::header_values::list_elements;
use corscope_fetch::request_init::BodyType;
use corscope_fetch::safelist::is_safelisted_method;
use corscope_fetch::{Api, Cause, Fault, Leg, Response};

use crate::diagnostic::{Explanation, Who};
use crate::scenario::latin1;
use crate::sight::Sight;

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_METHODS: &str = "access-control-allow-methods";
pub(super) const ALLOW_HEADERS: &str = "access-control-allow-headers";

/// The preflight of the first hop that a fault is on. Preflights of later hops belong to the rules
/// about redirects.
pub(super) fn first_preflight<'a>(sight: &Sight<'a>, fault: &Fault) -> Option<&'a Leg> {
    sight
        .leg(fault)
        .filter(|leg| leg.request.preflight && leg.hop == 0)
}

/// The answer to the first hop's preflight, if a fault is on it and there is one.
pub(super) fn first_answer<'a>(
    sight: &Sight<'a>,
    fault: &Fault,
) -> Option<(&'a Leg, &'a Response)> {
    let leg = first_preflight(sight, fault)?;
    leg.response().map(|response| (leg, response.as_ref()))
}

/// The origin that a leg's response must allow.
pub(super) fn wanted_origin(leg: &Leg) -> &str {
    leg.checked_origin.as_deref().unwrap_or("null")
}

/// The method that a preflight asks for.
pub(super) fn asked_method(leg: &Leg) -> Cow<'_, str> {
    asked(leg, "access-control-request-method").unwrap_or(Cow::Borrowed("GET"))
}

/// The header names that a preflight asks for, separated by commas; empty when there is none.
pub(super) fn asked_names(leg: &Leg) -> Cow<'_, str> {
    asked(leg, "access-control-request-headers").unwrap_or_default()
}

fn asked<'a>(leg: &'a Leg, name: &str) -> Option<Cow<'a, str>> {
    let header = leg.request.header_list.iter().find(|it| it.is(name))?;
    Some(latin1(header.value))
}

/// The header lines with which a preflight's answer passes, in backticks.
pub(super) fn passing_lines(leg: &Leg) -> String {
    let (origin, include) = (wanted_origin(leg), leg.checked_with_credentials);
    // `null` is what every sandboxed page sends; `*` says openly what allowing it would mean.
    let origin = match origin {
        "null" if !include => "*",
        origin => origin,
    };
    let mut lines = format!("`Access-Control-Allow-Origin: {origin}`");
    let method = asked_method(leg);
    if !is_safelisted_method(method.as_bytes()) {
        let _ = write!(lines, ", `Access-Control-Allow-Methods: {method}`");
    }
    let names = asked_names(leg);
    if !names.is_empty() {
        let names = names.replace(',', ", ");
        let _ = write!(lines, ", `Access-Control-Allow-Headers: {names}`");
    }
    if include {
        lines.push_str(", `Access-Control-Allow-Credentials: true`");
    }
    lines
}

/// With the remedy that the whole answer is given right, and with those that need no preflight.
pub(super) fn with_remedies(found: Explanation, sight: &Sight<'_>, leg: &Leg) -> Explanation {
    let lines = passing_lines(leg);
    let title = format!("answer OPTIONS with status 204 and {lines}");
    let found = match (wanted_origin(leg), leg.checked_with_credentials) {
        ("null", false) => found.widens(Who::Server, format!("{title}, if any page may ask")),
        ("null", true) => found.widens(
            Who::Server,
            format!("{title}, which lets every sandboxed page in"),
        ),
        _ => found.narrow(Who::Server, title),
    };
    with_way_around(found, sight, leg)
}

/// With the remedy that lets a leg's origin pass the CORS check; `answer` says of which response.
pub(super) fn with_origin_allowed(found: Explanation, leg: &Leg, answer: &str) -> Explanation {
    match (wanted_origin(leg), leg.checked_with_credentials) {
        ("null", false) => found.widens(
            Who::Server,
            format!(
                "answer {answer} with `Access-Control-Allow-Origin: *`, if anybody may read it"
            ),
        ),
        // Every sandboxed page has the origin `null`: no advice for answers with credentials.
        ("null", true) => found,
        (origin, false) => found.narrow(
            Who::Server,
            format!(
                "answer {answer} with `Access-Control-Allow-Origin: {origin}` and `Vary: Origin`"
            ),
        ),
        (origin, true) => found.narrow(
            Who::Server,
            format!(
                "answer {answer} with `Access-Control-Allow-Origin: {origin}`, \
                 `Access-Control-Allow-Credentials: true` and `Vary: Origin`"
            ),
        ),
    }
}

/// Whether a fault is the first that its leg fails at, so that its remedies are read first.
pub(super) fn is_first_of_leg(sight: &Sight<'_>, fault: &Fault) -> bool {
    let first = sight.faults().iter().find(|it| it.leg == fault.leg);
    first == Some(fault)
}

/// With the client's ways to do without the preflight.
pub(super) fn with_way_around(found: Explanation, sight: &Sight<'_>, leg: &Leg) -> Explanation {
    let found = match without_preflight(sight, leg) {
        Some(title) => found.manual(Who::Client, title),
        None => found,
    };
    found.manual(Who::Client, crate::diagnostic::OWN_SERVER)
}

/// How the request would need no preflight.
fn without_preflight(sight: &Sight<'_>, leg: &Leg) -> Option<String> {
    let (method, names) = (asked_method(leg), asked_names(leg));
    let mut title = String::new();
    if !is_safelisted_method(method.as_bytes()) {
        let _ = write!(title, "use `POST` in place of `{method}`");
    }
    if !names.is_empty() {
        let and = if title.is_empty() { "" } else { " and " };
        let _ = match &*names {
            "content-type" => write!(title, "{and}send the body as `text/plain`"),
            names => write!(title, "{and}leave out `{}`", names.replace(',', "`, `")),
        };
    }
    if !title.is_empty() {
        title.push_str(", if the server takes it like that: then no preflight is sent");
        return Some(title);
    }
    let init = sight.init();
    let is_stream = init
        .body
        .as_ref()
        .is_some_and(|body| body.kind == BodyType::Stream);
    if init.api == Api::Xhr && init.upload_listener {
        Some("take the listeners off `xhr.upload`: they alone make it need a preflight".to_owned())
    } else if is_stream {
        Some("send a string or a Blob, not a stream: the stream alone needs a preflight".to_owned())
    } else {
        None
    }
}

/// How the script asks for credentials.
pub(super) fn credentials_switch(sight: &Sight<'_>) -> &'static str {
    match sight.init().api {
        Api::Fetch => "`credentials: \"include\"`",
        Api::Xhr => "`withCredentials`",
        Api::EventSource => "`withCredentials`",
        _ => "`crossorigin=\"use-credentials\"`",
    }
}

/// What the lists of a preflight's answer do not allow, over all faults of the leg.
#[derive(Debug, Default)]
pub(super) struct Lacking<'a> {
    /// The method, if it is not allowed.
    pub(super) method: Option<&'a str>,
    /// The header names that are not allowed: lower case, sorted.
    pub(super) names: Vec<&'a str>,
}

/// What no server should allow: response headers that a script sends by mistake.
pub(super) const RESPONSE_HEADER_PREFIX: &str = "access-control-";

/// Everything that the answer at a fault's leg does not allow, and should.
pub(super) fn lacking<'a>(sight: &Sight<'a>, fault: &Fault) -> Lacking<'a> {
    let mut lacking = Lacking::default();
    for other in sight.faults().iter().filter(|it| it.leg == fault.leg) {
        match &other.cause {
            Cause::AcamMethodMissing { method } => lacking.method = Some(&**method),
            Cause::AcahHeaderMissing { name } => {
                let name = str::from_utf8(name).unwrap_or_default();
                if !name.starts_with(RESPONSE_HEADER_PREFIX) {
                    lacking.names.push(name);
                }
            }
            _ => {}
        }
    }
    lacking
}

impl Lacking<'_> {
    /// The header lines to send in place of those that lack something or do not parse, in
    /// backticks.
    fn lines(&self, leg: &Leg, response: &Response) -> String {
        let mut lines = String::new();
        if self.method.is_some() || has_bad_element(response, ALLOW_METHODS) {
            let method = self.method.as_ref().map(std::slice::from_ref);
            let method = method.unwrap_or_default();
            extend(&mut lines, leg, response, ALLOW_METHODS, method);
        }
        if !self.names.is_empty() || has_bad_element(response, ALLOW_HEADERS) {
            extend(&mut lines, leg, response, ALLOW_HEADERS, &self.names);
        }
        lines
    }

    /// The names, each in backticks.
    pub(super) fn quoted_names(&self) -> String {
        format!("`{}`", self.names.join("`, `"))
    }
}

fn has_bad_element(response: &Response, name: &str) -> bool {
    list_elements(&response.header_list, name).any(|element| !is_token(element.token))
}

fn extend(out: &mut String, leg: &Leg, response: &Response, name: &'static str, more: &[&str]) {
    if !out.is_empty() {
        out.push_str(" and ");
    }
    let spelled = match name {
        ALLOW_METHODS => "Access-Control-Allow-Methods",
        _ => "Access-Control-Allow-Headers",
    };
    let _ = write!(out, "`{spelled}: ");
    let start = out.len();
    let listed = list_elements(&response.header_list, name)
        .flat_map(|element| tokens_of(element.token))
        // With credentials `*` is a name like any other, and means nothing.
        .filter(|token| *token != b"*" || !leg.checked_with_credentials)
        .filter(|token| !more.iter().any(|it| it.as_bytes() == *token))
        .map(latin1);
    for token in listed.chain(more.iter().map(|token| Cow::Borrowed(*token))) {
        let comma = if out.len() == start { "" } else { ", " };
        let _ = write!(out, "{comma}{token}");
    }
    out.push('`');
}

/// The tokens that a list's element was meant to hold: itself, or what stands between the bytes
/// that are wrong in it.
fn tokens_of(element: &[u8]) -> impl Iterator<Item = &[u8]> {
    element
        .split(|byte| !is_token(std::slice::from_ref(byte)))
        .filter(|token| !token.is_empty())
}

/// Whether a method or name that a list lacks stands in the list, in an element that does not
/// parse.
pub(super) fn stands_in_bad_element(response: &Response, name: &str, token: &[u8]) -> bool {
    list_elements(&response.header_list, name)
        .filter(|element| !is_token(element.token))
        .flat_map(|element| tokens_of(element.token))
        .any(|meant| meant.eq_ignore_ascii_case(token))
}

/// With the remedy that adds all that the lists lack.
pub(super) fn with_complete_lists(
    found: Explanation,
    sight: &Sight<'_>,
    fault: &Fault,
) -> Explanation {
    let Some(leg) = sight.leg(fault) else {
        return found;
    };
    let Some(response) = leg.response() else {
        return found;
    };
    let lines = lacking(sight, fault).lines(leg, response);
    if lines.is_empty() {
        return found;
    }
    found.narrow(Who::Server, format!("answer the preflight with {lines}"))
}

/// Whether the answer to the request itself, as far as it is known, allows an origin: then only
/// OPTIONS is treated otherwise.
pub(super) fn request_is_answered_with_cors(sight: &Sight<'_>) -> bool {
    sight
        .final_response()
        .is_some_and(|(_, response)| response.header_list.contains(ALLOW_ORIGIN))
}

/// Whether a response has any header of a CORS answer.
pub(super) fn has_cors_headers(response: &Response) -> bool {
    response.header_list.iter().any(|header| {
        header
            .name
            .get(..21)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-allow-"))
    })
}
