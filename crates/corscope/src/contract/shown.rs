//! What may be shown of a fetch: the same request and answers, without the secrets.

use std::sync::Arc;

use corscope_diagnose::contract::{Case, Secret, shown_headers};
use corscope_diagnose::scenario::Subject;
use corscope_fetch::{Answer, HeaderList, Response};

/// Headers that decide a verdict. A secret does not belong there, and its like may: `eu`.
const DECIDING: [&[u8]; 4] = [b"access-control-", b"cross-origin-", b"vary", b"location"];
/// A shorter value is hidden only where it stands alone: it is part of too many words.
const SHORTEST: usize = 6;

/// The subject as reports show it. The engine judges it as it judges the real one: no value that
/// decides anything is changed.
pub(super) fn without_secrets(subject: &Subject, case: &Case, secrets: &[Secret]) -> Subject {
    let mut shown = subject.clone();
    shown.guesses_no_preflight = case.is_live();
    shown.init.headers = shown_headers(
        &case.scenario.request.headers,
        &corscope_capture::redact::is_secret_header,
    );
    if secrets.is_empty() {
        return shown;
    }
    let preflights = shown.preflights.iter_mut().flatten();
    for answer in preflights.chain(&mut shown.responses) {
        if let Answer::Response(response) = answer {
            *response = Arc::new(Response {
                status: response.status,
                header_list: hidden_in_list(&response.header_list, secrets),
                body: response.body.as_deref().map(|body| hidden(body, secrets)),
            });
        }
    }
    shown
}

fn hidden_in_list(list: &HeaderList, secrets: &[Secret]) -> HeaderList {
    list.iter()
        .map(|header| {
            let name = header.name.to_ascii_lowercase();
            let decides = DECIDING.iter().any(|start| name.starts_with(start));
            let value = match decides {
                true => header.value.to_vec(),
                false => hidden(header.value, secrets),
            };
            (header.name.to_vec(), value)
        })
        .collect()
}

/// Bytes with a star for each byte of a secret, so that columns stay.
fn hidden(bytes: &[u8], secrets: &[Secret]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for secret in secrets.iter().map(|it| it.expose().as_bytes()) {
        if secret.len() < SHORTEST {
            if out.trim_ascii() == secret {
                let start = out.len() - out.trim_ascii_start().len();
                out[start..start + secret.len()].fill(b'*');
            }
            continue;
        }
        let mut from = 0;
        while let Some(at) = memchr::memmem::find(&out[from..], secret) {
            out[from + at..from + at + secret.len()].fill(b'*');
            from += at + secret.len();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use corscope_diagnose::contract::contract_from_toml;

    use super::*;

    #[test]
    fn an_echoed_token_is_not_shown() {
        let text = "version = 1\n[[case]]\nname = 'a'\nexpect = 'allowed'\n\
                    page.origin = 'https://a.test'\nrequest.url = 'https://b.test'\n\
                    request.headers = [['X-Api-Key', '${K}'], ['X-Env', '${E}'], ['Authorization', 'Basic x']]\n\
                    responses = [{ status = 200, body = 'you sent s3cret-token', headers = [\
                    ['Echo', 'k=s3cret-token;'], ['Env', ' eu'], ['Access-Control-Allow-Origin', 'https://eu.test']] }]";
        let case = contract_from_toml(text.as_bytes(), None)
            .unwrap()
            .cases
            .remove(0);
        let of = |name: &str| Some(if name == "K" { "s3cret-token" } else { "eu" }.to_owned());
        let secrets = case.filled_headers(&of).unwrap().secrets;
        let subject = Subject::new(&case.scenario).unwrap();
        let shown = without_secrets(&subject, &case, &secrets);
        let Answer::Response(response) = &shown.responses[0] else {
            panic!("{shown:?}")
        };
        let body = response.body.as_deref().unwrap();
        assert_eq!(body, b"you sent ************");
        let value = |name: &str| response.header_list.get(name).unwrap().into_owned();
        assert_eq!(value("echo"), b"k=************;");
        assert_eq!(value("env").trim_ascii(), b"**");
        assert_eq!(value("access-control-allow-origin"), b"https://eu.test");
        let values: Vec<&str> = shown
            .init
            .headers
            .iter()
            .map(|(_, value)| &**value)
            .collect();
        assert_eq!(values, ["${K}", "${E}", "(redacted)"]);
    }
}
