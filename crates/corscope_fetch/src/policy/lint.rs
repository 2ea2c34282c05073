//! Everything that is wrong or unwise in a policy, reported at once, each with its place and mend.

use std::collections::BTreeSet;

use super::document::{OriginPattern, PolicyDocument};
use super::finding::{Finding, FindingKind};
use crate::forbidden::{is_forbidden_method, is_forbidden_request_header, is_token};
use crate::origin::{Origin, OriginError};
use crate::safelist::{
    is_forbidden_response_header_name, is_safelisted_method, is_safelisted_response_header_name,
};
use crate::same_site::is_public_suffix;

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, kind: FindingKind, at: impl Into<String>, problem: String, mend: &str) {
        self.0.push(Finding {
            kind,
            at: at.into(),
            problem,
            mend: mend.to_owned(),
        });
    }
}

pub(super) fn lint(document: &PolicyDocument) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    lint_origins(document, &mut findings);
    lint_methods(document, &mut findings);
    lint_headers(document, &mut findings);
    lint_exposed(document, &mut findings);
    if let Some(seconds) = document.max_age
        && !(0..=86_400).contains(&seconds)
    {
        let problem = format!("{seconds} seconds are outside 0 to 86400");
        let mend = "write at most a day; Chromium caps it at 7200, WebKit at 600";
        findings.add(FindingKind::MaxAgeRange, "max-age", problem, mend);
    }
    if document.private_network {
        let problem = "no browser sends Access-Control-Request-Private-Network any more".to_owned();
        let mend = "leave it out; the user is asked for Local Network Access instead";
        findings.add(
            FindingKind::PrivateNetwork,
            "private-network",
            problem,
            mend,
        );
    }
    findings.0
}

fn lint_origins(document: &PolicyDocument, findings: &mut Findings) {
    if document.origins.is_empty() {
        let mend = "list the origins of the pages that may read, such as https://app.example";
        findings.add(
            FindingKind::NoOrigin,
            "origins",
            "nobody is allowed".to_owned(),
            mend,
        );
    }
    let mut seen = BTreeSet::new();
    for (index, entry) in document.origins.iter().enumerate() {
        let at = format!("origins[{index}]");
        if !seen.insert(entry) {
            findings.add(
                FindingKind::Duplicate,
                at,
                format!("{entry} is listed twice"),
                "once is enough",
            );
            continue;
        }
        match OriginPattern::parse(entry) {
            None => {
                let mend = mend_of_origin(entry);
                findings.add(
                    FindingKind::NotAnOrigin,
                    at,
                    format!("{entry:?} is no origin"),
                    &mend,
                );
            }
            Some(OriginPattern::Any) => {
                if document.origins.len() > 1 {
                    let mend = "leave the other origins out, or the *";
                    let problem = "* allows every origin, listed or not".to_owned();
                    findings.add(FindingKind::WildcardBesideOrigins, &*at, problem, mend);
                }
                if document.credentials {
                    let problem = "* with credentials: browsers refuse it, and echoing every \
                                   origin instead gives any site the user's data"
                        .to_owned();
                    let mend = "list the origins, or leave credentials out";
                    findings.add(FindingKind::WildcardWithCredentials, at, problem, mend);
                }
            }
            Some(OriginPattern::Exact(Origin::Opaque)) => {
                let problem =
                    "null is the origin of every sandboxed frame, anybody's included".to_owned();
                let mend = "give the page a real origin, and list that";
                findings.add(FindingKind::NullOrigin, at, problem, mend);
            }
            Some(OriginPattern::Exact(origin)) => {
                let (scheme, host) = (origin.scheme().unwrap_or(""), origin.host().unwrap_or(""));
                lint_scheme(document, findings, at, scheme, host);
            }
            Some(OriginPattern::Subdomains { scheme, suffix }) => {
                let host = suffix.trim_start_matches('.');
                let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
                if document.credentials && host != "localhost" && is_public_suffix(host) {
                    let problem = format!("anybody can have a name under {host}");
                    let mend = "list your own names, one by one";
                    findings.add(
                        FindingKind::PublicSuffixWithCredentials,
                        &*at,
                        problem,
                        mend,
                    );
                }
                lint_scheme(document, findings, at, &scheme, host);
            }
        }
    }
}

fn lint_scheme(
    document: &PolicyDocument,
    findings: &mut Findings,
    at: String,
    scheme: &str,
    host: &str,
) {
    let is_loopback = host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || host == "[::1]";
    if scheme == "http" && document.credentials && !is_loopback {
        let problem = format!("http://{host} can be forged by anyone on the user's network");
        let mend = "serve the page over https, and list that origin";
        findings.add(
            FindingKind::InsecureOriginWithCredentials,
            at,
            problem,
            mend,
        );
    } else if matches!(scheme, "ws" | "wss" | "ftp") {
        let problem = format!("no page has an origin of scheme {scheme}");
        let mend = "write the page's own scheme, http or https";
        findings.add(FindingKind::OriginScheme, at, problem, mend);
    }
}

fn mend_of_origin(entry: &str) -> String {
    match Origin::parse(entry) {
        Err(OriginError::NotSerialized(right)) if right != "null" => format!("write {right}"),
        Err(OriginError::NoScheme) if entry.starts_with("*.") => {
            format!("write https://{entry}")
        }
        Err(OriginError::NoScheme) => format!("write the scheme too: https://{entry}"),
        _ => "write scheme, host and port, such as https://app.example or https://*.example"
            .to_owned(),
    }
}

fn lint_methods(document: &PolicyDocument, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (index, method) in document.methods.iter().enumerate() {
        let at = format!("methods[{index}]");
        if !seen.insert(method) {
            findings.add(
                FindingKind::Duplicate,
                at,
                format!("{method} is listed twice"),
                "once is enough",
            );
        } else if !is_token(method.as_bytes()) {
            let problem = format!("{method:?} is no method");
            findings.add(
                FindingKind::NotAMethod,
                at,
                problem,
                "write one method an entry, such as PUT",
            );
        } else if is_forbidden_method(method.as_bytes()) {
            let problem = format!("no script can send {method}");
            findings.add(FindingKind::ForbiddenMethod, at, problem, "leave it out");
        } else if is_safelisted_method(method.as_bytes()) {
            let problem = format!("{method} needs no permission");
            findings.add(
                FindingKind::Needless,
                at,
                problem,
                "leave it out, or keep it for the reader",
            );
        } else if ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]
            .iter()
            .any(|usual| usual.eq_ignore_ascii_case(method) && *usual != method)
        {
            let problem = format!(
                "{method} is not {}: methods compare byte for byte",
                method.to_ascii_uppercase()
            );
            findings.add(FindingKind::MethodCase, at, problem, "write it in capitals");
        }
    }
}

fn lint_headers(document: &PolicyDocument, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (index, name) in document.headers.iter().enumerate() {
        let at = format!("headers[{index}]");
        let lower = name.to_ascii_lowercase();
        let bytes = lower.as_bytes();
        if !seen.insert(lower.clone()) {
            findings.add(
                FindingKind::Duplicate,
                at,
                format!("{name} is listed twice"),
                "once is enough",
            );
        } else if !is_token(bytes) {
            let problem = format!("{name:?} is no header name");
            findings.add(
                FindingKind::NotAHeaderName,
                at,
                problem,
                "write one name an entry, such as X-Foo",
            );
        } else if lower.starts_with("access-control-") || lower == "origin" {
            let problem = format!("{name} is not a header that a script sends");
            findings.add(
                FindingKind::ResponseHeaderAsRequestHeader,
                at,
                problem,
                "leave it out",
            );
        } else if is_forbidden_request_header(bytes, b"") {
            let problem = format!("no script can set {name}");
            findings.add(
                FindingKind::ForbiddenRequestHeader,
                at,
                problem,
                "leave it out",
            );
        }
    }
}

fn lint_exposed(document: &PolicyDocument, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (index, name) in document.expose.iter().enumerate() {
        let at = format!("expose[{index}]");
        let lower = name.to_ascii_lowercase();
        if !seen.insert(lower.clone()) {
            findings.add(
                FindingKind::Duplicate,
                at,
                format!("{name} is listed twice"),
                "once is enough",
            );
        } else if name == "*" && document.credentials {
            let problem = "with credentials, * is the literal name of a header".to_owned();
            let mend = "list the names";
            findings.add(
                FindingKind::ExposeWildcardWithCredentials,
                at,
                problem,
                mend,
            );
        } else if !is_token(lower.as_bytes()) {
            let problem = format!("{name:?} is no header name");
            findings.add(
                FindingKind::NotAHeaderName,
                at,
                problem,
                "write one name an entry, such as ETag",
            );
        } else if is_forbidden_response_header_name(lower.as_bytes()) {
            let problem = format!("no script can read {name}");
            findings.add(
                FindingKind::ForbiddenExposedHeader,
                at,
                problem,
                "leave it out",
            );
        } else if is_safelisted_response_header_name(lower.as_bytes()) {
            let problem = format!("{name} can be read without being exposed");
            findings.add(FindingKind::Needless, at, problem, "leave it out");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(document: &PolicyDocument) -> Vec<(&'static str, String)> {
        document
            .lint()
            .into_iter()
            .map(|finding| (finding.kind.code(), finding.at))
            .collect()
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let document = PolicyDocument {
            origins: strings(&[
                "https://a.test/",
                "null",
                "http://b.test",
                "https://*.github.io",
                "*",
            ]),
            methods: strings(&["TRACE", "GET", "patch", "G ET"]),
            headers: strings(&["Cookie", "Access-Control-Allow-Origin", "x y", "X-A", "x-a"]),
            expose: strings(&["*", "Set-Cookie", "ETag", "Content-Type"]),
            credentials: true,
            max_age: Some(100_000),
            private_network: true,
        };
        let found: Vec<&str> = codes(&document).into_iter().map(|(code, _)| code).collect();
        assert_eq!(
            found,
            [
                "not-an-origin",
                "null-origin",
                "insecure-origin-with-credentials",
                "public-suffix-with-credentials",
                "wildcard-beside-origins",
                "wildcard-with-credentials",
                "forbidden-method",
                "needless",
                "method-case",
                "not-a-method",
                "forbidden-request-header",
                "response-header-as-request-header",
                "not-a-header-name",
                "duplicate",
                "expose-wildcard-with-credentials",
                "forbidden-exposed-header",
                "needless",
                "max-age-range",
                "private-network",
            ]
        );
        assert!(document.build(true).is_err());
    }

    #[test]
    fn the_mend_of_an_origin_is_the_origin() {
        for (entry, mend) in [
            ("https://a.test/", "write https://a.test"),
            ("a.test", "write the scheme too: https://a.test"),
            ("*.a.test", "write https://*.a.test"),
            ("https://A.test", "write https://a.test"),
        ] {
            assert_eq!(mend_of_origin(entry), mend, "{entry}");
        }
    }

    #[test]
    fn a_good_policy_has_no_findings() {
        let document = PolicyDocument {
            origins: vec!["https://app.example".into(), "http://localhost:5173".into()],
            methods: vec!["PUT".into()],
            headers: vec!["X-Foo".into()],
            credentials: true,
            max_age: Some(600),
            ..PolicyDocument::default()
        };
        assert_eq!(codes(&document), []);
    }
}
