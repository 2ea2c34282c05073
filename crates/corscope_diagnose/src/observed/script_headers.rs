//! Which of a request's headers the page's script set.

use corscope_fetch::exchange::Exchange;
use corscope_fetch::forbidden::is_forbidden_request_header;
use corscope_fetch::header_list::{Header, HeaderList};
use corscope_fetch::safelist::SAFELISTED_BY_VALUE;

use crate::added_headers::{added, is_own_accept};
use crate::scenario::latin1;

/// The headers of `request` that a script set, in their order. Where its preflight was seen, that
/// names all that had to be asked for, and what it leaves out the browser has added; `later` are the
/// preflights behind redirects, which name what had not to be asked for before.
pub(super) fn script_headers(
    request: &Exchange,
    preflight: Option<&Exchange>,
    later: &[&Exchange],
) -> Vec<(String, String)> {
    let later: Vec<String> = later.iter().flat_map(|it| asked_names(it)).collect();
    let asked = preflight.map(asked_names);
    let list = &request.request.header_list;
    let is_reload = ["cache-control", "pragma"]
        .iter()
        .all(|name| list.get(name).is_some_and(|value| &*value == b"no-cache"));
    list.iter()
        .filter(|header| match &asked {
            Some(asked) => {
                asked.iter().any(|name| header.is(name))
                    || (is_one_of(*header, &SAFELISTED_BY_VALUE)
                        && is_the_scripts(*header, is_reload))
            }
            None => later.iter().any(|name| header.is(name)) || is_the_scripts(*header, is_reload),
        })
        .map(|header| {
            let name = String::from_utf8_lossy(header.name).into_owned();
            (name, latin1(header.trimmed()).into_owned())
        })
        .collect()
}

/// The headers of a request that was never sent: as its preflight names them, with stand-ins for the
/// values.
pub(super) fn asked_headers(preflight: &Exchange) -> Vec<(String, String)> {
    asked_names(preflight)
        .into_iter()
        .map(|name| {
            // Values for which leave has to be asked.
            let value = match name.as_str() {
                "content-type" => "application/json",
                "range" => "bytes=0-0,1-1",
                "accept" | "accept-language" | "content-language" => "\"",
                _ => "1",
            };
            (name, value.to_owned())
        })
        .collect()
}

/// The names in `Access-Control-Request-Headers`.
pub(super) fn asked_names(preflight: &Exchange) -> Vec<String> {
    let list: &HeaderList = &preflight.request.header_list;
    let Some(value) = list.get("Access-Control-Request-Headers") else {
        return Vec::new();
    };
    String::from_utf8_lossy(&value)
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
        .collect()
}

fn is_one_of(header: Header<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| header.is(name))
}

fn is_the_scripts(header: Header<'_>, is_reload: bool) -> bool {
    let value = header.trimmed();
    if is_forbidden_request_header(header.name, value) {
        return false;
    }
    let name = String::from_utf8_lossy(header.name).to_ascii_lowercase();
    let text = String::from_utf8_lossy(value);
    match name.as_str() {
        "accept" => !(value == b"*/*" || is_own_accept(&text) || text == "text/event-stream"),
        "cache-control" => !(is_reload || value == b"max-age=0"),
        "pragma" => !is_reload,
        // Credentials that the user typed into the browser's own dialogue.
        "authorization" => !text.to_ascii_lowercase().starts_with("basic "),
        // A media element asks for all bytes from the first on.
        "range" => value != b"bytes=0-",
        name => added(name).is_empty() && !name.starts_with("sec-"),
    }
}
