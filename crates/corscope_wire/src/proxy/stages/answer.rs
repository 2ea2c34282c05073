//! Answers without the server.

use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};
use corscope_fetch::policy::{Policy, PolicyRequest};
use corscope_fetch::{Header, HeaderList};

use super::action_document::{AnswerActionDocument, AnswerPreflightDocument};
use super::edit::NewBody;
use super::matcher::is_preflight;
use super::mistake::Mistakes;
use super::rewrite::Ground;

/// A response made here.
pub(super) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Option<NewBody>,
    readable: bool,
}

impl Answer {
    pub(super) fn build(
        document: &AnswerActionDocument,
        at: &str,
        ground: &Ground,
        mistakes: &mut Mistakes,
    ) -> Self {
        mistakes.status(&format!("{at}.status"), document.status);
        for (index, header) in document.headers.iter().enumerate() {
            mistakes.header_name(&format!("{at}.headers[{index}].name"), &header.name);
            mistakes.header_value(&format!("{at}.headers[{index}].value"), &header.value);
        }
        let body = document.body.as_ref().and_then(|body| {
            NewBody::build(body, &format!("{at}.body"), &ground.directory, mistakes)
        });
        if body.is_some() && is_bodyless(document.status) {
            let problem = format!("a response with status {} has no body", document.status);
            mistakes.add(format!("{at}.body"), problem, "leave it out");
        }
        Self {
            status: document.status,
            headers: document
                .headers
                .iter()
                .map(|header| (header.name.clone(), header.value.clone()))
                .collect(),
            body,
            readable: document.readable,
        }
    }

    pub(super) async fn make(&self, request: &ObservedRequest) -> ObservedResponse {
        let mut list: HeaderList = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .collect();
        let mut bytes = Vec::new();
        if let Some(body) = &self.body {
            match body.read().await {
                Ok(read) => bytes = read,
                Err(problem) => return failed(request, &problem),
            }
            if let Some(content_type) = &body.content_type {
                list.set("Content-Type", content_type);
            }
        }
        if self.readable {
            make_readable(request, &mut list);
        }
        response(request, self.status, list, bytes)
    }
}

/// A response with the header that tells its body's length. A HEAD request gets only the head.
pub(super) fn response(
    request: &ObservedRequest,
    status: u16,
    mut list: HeaderList,
    bytes: Vec<u8>,
) -> ObservedResponse {
    if !is_bodyless(status) {
        list.set("Content-Length", bytes.len().to_string());
    }
    let bytes = match request.method.as_str() {
        "HEAD" => Vec::new(),
        _ => bytes,
    };
    ObservedResponse {
        status,
        reason: reason(status),
        header_list: list,
        body: ObservedBody {
            len: bytes.len() as u64,
            bytes,
        },
        ..ObservedResponse::default()
    }
}

/// An answer that says why there is no better one, in a form that the page can read.
pub(super) fn failed(request: &ObservedRequest, problem: &str) -> ObservedResponse {
    told(request, 500, problem)
}

/// A plain text, readable by the page that asks.
pub(super) fn told(request: &ObservedRequest, status: u16, problem: &str) -> ObservedResponse {
    let mut list = HeaderList::new();
    list.push("Content-Type", "text/plain; charset=utf-8");
    make_readable(request, &mut list);
    let text = format!("corscope: {problem}\n");
    response(request, status, list, text.into_bytes())
}

/// Lets the page that asks read the response, with its credentials.
pub(super) fn make_readable(request: &ObservedRequest, list: &mut HeaderList) {
    let Some(origin) = request.header_list.get("Origin") else {
        return;
    };
    list.set("Access-Control-Allow-Origin", &origin);
    list.set("Access-Control-Allow-Credentials", "true");
    // With credentials `*` is a name like any other, so the names are listed.
    let is_listed = |header: &Header<'_>| !header.is("Set-Cookie") && !header.is("Vary");
    let mut names: Vec<String> = list
        .iter()
        .filter(is_listed)
        .map(|header| String::from_utf8_lossy(header.name).into_owned())
        .filter(|name| !name.to_ascii_lowercase().starts_with("access-control-"))
        .collect();
    names.dedup();
    if !names.is_empty() && !list.contains("Access-Control-Expose-Headers") {
        list.push("Access-Control-Expose-Headers", names.join(", "));
    }
    list.push("Vary", "Origin");
}

/// How a policy answers preflights.
pub(super) struct AnswerPreflight(Policy);

impl AnswerPreflight {
    pub(super) fn build(
        document: &AnswerPreflightDocument,
        at: &str,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        match document.policy.build(document.allow_unsafe) {
            Ok(policy) => Some(Self(policy)),
            Err(findings) => {
                for finding in findings {
                    if finding.kind.is_wrong() || finding.kind.is_unsafe() {
                        let at = format!("{at}.policy.{}", finding.at);
                        mistakes.add(at, finding.problem, finding.mend);
                    }
                }
                None
            }
        }
    }

    /// The answer to a preflight; anything else goes to the server.
    pub(super) fn make(&self, request: &ObservedRequest) -> Option<ObservedResponse> {
        if !is_preflight(request) {
            return None;
        }
        let mut list = self.0.answer(PolicyRequest {
            method: &request.method,
            header_list: &request.header_list,
        });
        // What the browser remembers would outlive the rewrite.
        if !list.contains("Access-Control-Max-Age") {
            list.push("Access-Control-Max-Age", "0");
        }
        Some(response(request, 204, list, Vec::new()))
    }
}

/// Whether responses with `status` never have a body.
pub(super) fn is_bodyless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 205 | 304)
}

/// The usual reason phrase.
pub(super) fn reason(status: u16) -> Vec<u8> {
    http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default()
        .into()
}
