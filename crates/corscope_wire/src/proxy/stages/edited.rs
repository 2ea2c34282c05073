//! Whether a message that somebody edited by hand can be sent.

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};
use corscope_fetch::forbidden::is_token;
use url::Url;

use super::answer::is_bodyless;
use super::hold::HoldError;
use super::mistake::{Mistakes, check_header_value};

pub(super) fn check_request(
    original: &ObservedRequest,
    edited: &ObservedRequest,
) -> Result<(), HoldError> {
    let mut mistakes = Mistakes::default();
    if !is_token(edited.method.as_bytes()) {
        let problem = format!("{:?} is no method", edited.method);
        mistakes.add("method", problem, "write a method, such as PUT");
    }
    if edited.url != original.url {
        let scheme = |url: &str| Url::parse(url).map(|url| url.scheme().to_owned());
        let is_fine = match scheme(&edited.url).as_deref() {
            Ok("http" | "https") => true,
            Ok(scheme) => original.url.starts_with(&format!("{scheme}:")),
            Err(_) => false,
        };
        if !is_fine {
            let mend = "write a whole URL, such as https://api.example/path";
            mistakes.add("url", format!("{:?} cannot be sent to", edited.url), mend);
        }
    }
    let bodies = (&original.body, &edited.body);
    check_list(
        Some(&original.header_list),
        &edited.header_list,
        bodies.1,
        &mut mistakes,
    );
    finish(mistakes, bodies)
}

pub(super) fn check_response(
    request: &ObservedRequest,
    original: &ObservedResponse,
    edited: &ObservedResponse,
) -> Result<(), HoldError> {
    let mut mistakes = Mistakes::default();
    if edited.status != original.status {
        mistakes.status("status", edited.status);
    }
    if check_header_value(&edited.reason).is_err() {
        mistakes.add("reason", "a line break", "write it in one line");
    }
    let is_empty = request.method == "HEAD" || is_bodyless(edited.status);
    if is_empty && !edited.body.bytes.is_empty() {
        let problem = match edited.status {
            status if is_bodyless(status) => format!("a response with status {status} has no body"),
            _ => "the response to a HEAD has no body".to_owned(),
        };
        mistakes.add("body", problem, "leave it empty, or write another status");
    }
    let bodies = (&original.body, &edited.body);
    check_list(
        Some(&original.header_list),
        &edited.header_list,
        bodies.1,
        &mut mistakes,
    );
    check_list(
        Some(&original.trailers),
        &edited.trailers,
        bodies.1,
        &mut mistakes,
    );
    finish(mistakes, bodies)
}

pub(super) fn check_answer(answer: &ObservedResponse) -> Result<(), HoldError> {
    let mut mistakes = Mistakes::default();
    mistakes.status("status", answer.status);
    if is_bodyless(answer.status) && !answer.body.bytes.is_empty() {
        let problem = format!("a response with status {} has no body", answer.status);
        mistakes.add("body", problem, "leave it empty, or write another status");
    }
    check_list(None, &answer.header_list, &answer.body, &mut mistakes);
    check_list(None, &answer.trailers, &answer.body, &mut mistakes);
    finish(mistakes, (&answer.body, &answer.body))
}

fn finish(
    mistakes: Mistakes,
    (original, edited): (&ObservedBody, &ObservedBody),
) -> Result<(), HoldError> {
    if !mistakes.found.is_empty() {
        return Err(HoldError::Unsendable(mistakes.found));
    }
    let is_changed = edited != original;
    if is_changed && !original.is_whole() {
        return Err(HoldError::BodyCutShort);
    }
    Ok(())
}

/// Lines that came over the wire may go on as they came; new ones must be proper.
fn check_list(
    original: Option<&HeaderList>,
    edited: &HeaderList,
    body: &ObservedBody,
    mistakes: &mut Mistakes,
) {
    for (index, header) in edited.iter().enumerate() {
        let is_old = original.is_some_and(|list| list.iter().any(|old| old == header));
        let length = body.bytes.len().to_string();
        let is_length = header.is("Content-Length") && header.trimmed() == length.as_bytes();
        if is_old || is_length {
            continue;
        }
        let name = String::from_utf8_lossy(header.name);
        let at = format!("headers[{index}]");
        mistakes.header_name(&at, &name);
        if let Err(problem) = check_header_value(header.value) {
            let mend = "write it in one line, and further lines as headers of their own";
            mistakes.add(at, problem, mend);
        }
    }
}
