//! What the server must answer, so that every browser lets the script read the response: the
//! narrowest policy for this one request, and the answers that it gives.

use std::sync::Arc;

use corscope_diagnose::Sight;
use corscope_diagnose::scenario::{Play, RawHeaders, Scenario, ScenarioError, Subject};
use corscope_fetch::policy::{Policy, PolicyDocument, PolicyRequest};
use corscope_fetch::safelist::is_safelisted_method;
use corscope_fetch::{
    Answer, Browser, Fetch, HeaderList, Next, Origin, Outcome, PreflightCache, Response,
    SentRequest,
};
use serde::Serialize;

/// More requests than a fetch can make.
const MOST_LEGS: usize = 64;

/// What the server must answer.
#[derive(Debug, Serialize)]
pub(super) struct Needs {
    /// The narrowest policy that allows this request.
    policy: PolicyDocument,
    /// Whether the answers make it pass in every browser; if not, no header of the server can.
    works: bool,
    /// The answers, in the order of the requests.
    answers: Vec<NeededAnswer>,
}

/// The answer to one request.
#[derive(Debug, Serialize)]
struct NeededAnswer {
    /// Whether the request is a preflight.
    preflight: bool,
    /// How many redirects came before.
    hop: usize,
    /// The request's method.
    method: String,
    /// The request's URL.
    url: String,
    /// The answer's status.
    status: u16,
    /// The answer's header lines, those of the scenario's own redirect included.
    headers: RawHeaders,
    /// Why each CORS header is needed.
    because: Vec<Because>,
}

/// Why a header is needed.
#[derive(Debug, Serialize)]
struct Because {
    /// The header.
    name: String,
    /// Why, in plain words.
    why: &'static str,
}

/// Finds the answers. `None` where no policy can be written: for a page without an origin of its
/// own that sends credentials, or a page that asks for nothing that is sent.
pub(super) fn needs(scenario: &Scenario) -> Result<Option<Needs>, ScenarioError> {
    let asked = Scenario {
        preflight: None,
        responses: Vec::new(),
        network: None,
        ..scenario.clone()
    };
    let subject = Subject::new(&asked)?;
    let Some(mut policy) = first_policy(&subject, scenario) else {
        return Ok(None);
    };
    let mut works = true;
    // Browsers differ in what they ask for: the policy grows by what each of them needs.
    for browser in Browser::ALL {
        works &= drive(&subject, scenario, browser, &mut policy, &mut Vec::new());
    }
    let mut answers = Vec::new();
    drive(
        &subject,
        scenario,
        Browser::Chromium,
        &mut policy,
        &mut answers,
    );
    Ok((!answers.is_empty()).then_some(Needs {
        policy,
        works,
        answers,
    }))
}

fn first_policy(subject: &Subject, scenario: &Scenario) -> Option<PolicyDocument> {
    let verdict = subject.run(
        Browser::Fetch.profile(),
        subject.options,
        &mut PreflightCache::new(),
        0,
    );
    let play = Play {
        verdict,
        survey: None,
    };
    let sight = Sight {
        subject,
        scenario: None,
        play: &play,
    };
    let credentials = sight.includes_credentials();
    let origin = match (&subject.client.origin, credentials) {
        (Origin::Opaque, true) => return None,
        (Origin::Opaque, false) => "*".to_owned(),
        (origin, _) => origin.serialized().to_owned(),
    };
    Some(PolicyDocument {
        origins: vec![origin],
        expose: scenario.reads.clone(),
        credentials,
        ..PolicyDocument::default()
    })
}

/// Lets one browser ask, and answers by the policy. The answer is whether the script can read the
/// response in the end.
fn drive(
    subject: &Subject,
    scenario: &Scenario,
    browser: Browser,
    document: &mut PolicyDocument,
    answers: &mut Vec<NeededAnswer>,
) -> bool {
    let mut cache = PreflightCache::new();
    let user_agent = browser.profile();
    let mut fetch = Fetch::new(&subject.init, &subject.client, user_agent, subject.options);
    let mut next = fetch.start(&mut cache, 0);
    for _ in 0..MOST_LEGS {
        if next != Next::Send {
            break;
        }
        let Some(request) = fetch.outgoing() else {
            break;
        };
        let hop = fetch.hop();
        if request.preflight {
            extend(document, request);
        }
        let Ok(policy) = document.build(false) else {
            return false;
        };
        let (status, header_list) = answer(request, hop, scenario, &policy);
        answers.push(NeededAnswer {
            preflight: request.preflight,
            hop,
            method: request.method.to_string(),
            url: request.url.to_string(),
            status,
            because: because(&header_list),
            headers: RawHeaders(header_list.clone()),
        });
        let response = Answer::Response(Arc::new(Response {
            status,
            header_list,
            body: None,
        }));
        next = fetch.receive(response, &mut cache, 0);
    }
    matches!(
        fetch.finish().outcome,
        Outcome::Readable { .. } | Outcome::Opaque | Outcome::OpaqueRedirect
    )
}

fn extend(document: &mut PolicyDocument, preflight: &SentRequest) {
    let asked = |name: &str| {
        let value = preflight.header_list.get(name);
        value.map(|value| latin1(&value))
    };
    let method = asked("access-control-request-method").unwrap_or_default();
    if !is_safelisted_method(method.as_bytes()) && !document.methods.contains(&method) {
        document.methods.push(method);
    }
    let names = asked("access-control-request-headers").unwrap_or_default();
    for name in names.split(',').map(str::trim) {
        if !name.is_empty() && !document.headers.iter().any(|it| it == name) {
            document.headers.push(name.to_owned());
        }
    }
}

/// The policy's answer; of a redirect that the scenario has, the status and what is not CORS stay.
fn answer(
    request: &SentRequest,
    hop: usize,
    scenario: &Scenario,
    policy: &Policy,
) -> (u16, HeaderList) {
    let given = scenario.responses.get(hop).filter(|given| {
        !request.preflight
            && matches!(given.status, 301 | 302 | 303 | 307 | 308)
            && given.headers.0.contains("location")
    });
    let is_cors = request.header_list.contains("origin");
    let is_ours = |name: &[u8]| {
        let name = name.to_ascii_lowercase();
        name.starts_with(b"access-control-") || name == b"vary"
    };
    let mut list = match given {
        Some(given) => given.headers.0.without(|header| is_ours(header.name)),
        None => HeaderList::new(),
    };
    if is_cors {
        let ours = policy.answer(PolicyRequest {
            method: &request.method,
            header_list: &request.header_list,
        });
        for header in ours.iter() {
            list.push(header.name, header.value);
        }
    }
    let status = match (given, request.preflight) {
        (Some(given), _) => given.status,
        (None, true) => 204,
        (None, false) => 200,
    };
    (status, list)
}

fn because(list: &HeaderList) -> Vec<Because> {
    list.iter()
        .filter_map(|header| {
            let name = latin1(header.name);
            let why = match name.to_ascii_lowercase().as_str() {
                "access-control-allow-origin" => "names the page that may read the answer",
                "access-control-allow-credentials" => "allows cookies and logins to go along",
                "access-control-allow-methods" => {
                    "lists the method, which a plain form could not send"
                }
                "access-control-allow-headers" => {
                    "lists the request headers that a plain form could not send"
                }
                "access-control-expose-headers" => {
                    "lets the script read these response headers, too"
                }
                "access-control-max-age" => "lets the browser remember this preflight",
                "vary" => "keeps caches from giving this answer to another site's page",
                _ => return None,
            };
            Some(Because { name, why })
        })
        .collect()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
