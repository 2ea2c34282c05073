//! Which headers matter to a reader, and how their values are shown.

use corscope_fetch::{Response, ResponseType};

use super::printable;
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::secrets::is_secret;

/// Whether a response header can matter to a reader who debugs CORS.
pub(super) fn matters(response: &Response, name: &[u8]) -> bool {
    const ALWAYS: &[&str] = &[
        "timing-allow-origin",
        "vary",
        "location",
        "www-authenticate",
        "proxy-authenticate",
        "age",
        "x-cache",
        "cf-cache-status",
        "content-type",
        "set-cookie",
        "allow",
        "cf-mitigated",
        "x-content-type-options",
    ];
    const ON_ERRORS: &[&str] = &[
        "server",
        "via",
        "x-amzn-errortype",
        "x-squid-error",
        "retry-after",
    ];
    let name = name.to_ascii_lowercase();
    let Ok(name) = str::from_utf8(&name) else {
        return false;
    };
    name.starts_with("access-control-")
        || name.starts_with("cross-origin-")
        || ALWAYS.contains(&name)
        || (response.status >= 400 && ON_ERRORS.contains(&name))
}

/// A header's value as it may be shown: secrets are no part of a CORS verdict.
pub(super) fn shown_value(name: &[u8], value: &[u8], with_secrets: bool) -> String {
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
    let value = printable::bytes(value.trim_ascii());
    if with_secrets || !is_secret(name) {
        return value;
    }
    let hidden = |kept: &str, secret: &str| format!("{kept}[{} bytes not shown]", secret.len());
    if is("authorization") || is("proxy-authorization") {
        match value.split_once(' ') {
            Some((scheme, secret)) => hidden(&format!("{scheme} "), secret),
            None => hidden("", &value),
        }
    } else if is("set-cookie") {
        let (pair, attributes) = value.split_once(';').unwrap_or((&value, ""));
        let (name, secret) = pair.split_once('=').unwrap_or(("", pair));
        let shown = hidden(&format!("{name}="), secret);
        if attributes.is_empty() {
            shown
        } else {
            format!("{shown};{attributes}")
        }
    } else {
        hidden("", &value)
    }
}

/// Response headers that came and that the script cannot read: lower case, sorted.
pub(super) fn hidden_headers(report: &Report<'_>) -> Vec<String> {
    let Some((_, response)) = report.sight.final_response() else {
        return Vec::new();
    };
    let visible = report.document.visible_headers;
    let mut names: Vec<String> = response
        .header_list
        .iter()
        .map(|header| printable::bytes(&header.name.to_ascii_lowercase()))
        .collect();
    names.sort_unstable();
    names.dedup();
    // They are sorted, too.
    names.retain(|name| visible.binary_search_by(|it| (**it).cmp(name)).is_err());
    names
}

/// What would show hidden headers to the script, if anything would.
pub(super) fn why_hidden(report: &Report<'_>, hidden: &[String]) -> &'static str {
    let is_cookie = |name: &String| matches!(&**name, "set-cookie" | "set-cookie2");
    let is_basic = report.document.response_type == Some(ResponseType::Basic);
    match (hidden.iter().any(is_cookie), hidden.iter().all(is_cookie)) {
        (_, true) => "no script may ever read it",
        _ if is_basic => "no script may ever read them",
        (true, false) => "`Access-Control-Expose-Headers` would show them, but never set-cookie",
        (false, false) => "`Access-Control-Expose-Headers` would show them",
    }
}

/// Which request headers the browser keeps from the network, unless a finding already says so.
pub(super) fn dropped_words(report: &Report<'_>) -> Option<String> {
    let request = report.sight.play.verdict.request.as_ref()?;
    let is_told = |it: &Diagnostic| it.rule.code == "forbidden-header-ignored";
    if request.dropped.is_empty() || report.diagnostics.iter().any(is_told) {
        return None;
    }
    let names = request.dropped.iter();
    let names: Vec<String> = names.map(|header| printable::bytes(header.name)).collect();
    let (plural, them) = if names.len() == 1 {
        ("", "it")
    } else {
        ("s", "them")
    };
    let names = names.join("`, `");
    Some(format!(
        "the browser drops the header{plural} `{names}`: this script may not set {them}"
    ))
}

/// A header's name as people write it: `access-control-allow-origin` in title case.
pub(super) fn spelled(name: &str) -> String {
    let mut at_start = true;
    name.chars()
        .map(|character| {
            let shown = if at_start {
                character.to_ascii_uppercase()
            } else {
                character
            };
            at_start = character == '-';
            shown
        })
        .collect()
}
