//! The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check).

use std::borrow::Cow;

use url::Url;

use crate::cause::Cause;
use crate::evidence::Evidence;
use crate::header_list::HeaderList;
use crate::steps;
use crate::trace::Record;
use crate::user_agent::UserAgent;

/// `Access-Control-Allow-Origin`
pub const ALLOW_ORIGIN: &str = "access-control-allow-origin";
/// `Access-Control-Allow-Credentials`
pub const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";

/// Gets a header that should have one value, joined as `user_agent` joins it.
pub fn get_single<'a>(
    list: &'a HeaderList,
    name: &str,
    user_agent: &UserAgent,
) -> Option<Cow<'a, [u8]>> {
    if user_agent.joins_without_empty_values {
        let is_empty_line =
            |header: crate::Header<'_>| header.is(name) && header.trimmed().is_empty();
        let filled = list
            .iter()
            .filter(|header| header.is(name) && !header.trimmed().is_empty());
        if filled.count() > 0 && list.iter().any(is_empty_line) {
            let kept = list.without(is_empty_line);
            return kept.get(name).map(|value| Cow::Owned(value.into_owned()));
        }
    }
    list.get(name)
}

/// Runs the CORS check on a response's header list.
///
/// `origin` is the serialized request origin, `include` whether the credentials mode is `include`.
/// Where `record` goes on after a fault, the faults that would come up next are found too: a wrong
/// origin and missing credentials. The answer is whether the check passed, or was gone through to
/// its end.
pub fn cors_check(
    list: &HeaderList,
    origin: &str,
    include: bool,
    user_agent: &UserAgent,
    record: &mut Record,
) -> bool {
    let origin_lines = |leg| Evidence::header(leg, list, ALLOW_ORIGIN);
    let lines = || {
        list.iter()
            .filter(|header| header.name == b"Access-Control-Allow-Origin")
            .count()
    };
    if user_agent.refuses_two_origin_lines && lines() > 1 {
        let step = &steps::CORS_CHECK_ORIGIN;
        return record.fault(step, Cause::AcaoMultipleValues, origin_lines)
            && check_credentials(list, include, user_agent, record);
    }
    let allowed = get_single(list, ALLOW_ORIGIN, user_agent);
    match allowed.as_deref() {
        Some(b"*") if !include => {
            record.pass(&steps::CORS_CHECK_WILDCARD, origin_lines);
            return true;
        }
        Some(value) if value == origin.as_bytes() => {
            record.pass(&steps::CORS_CHECK_ORIGIN, origin_lines);
        }
        refused => {
            let step = match refused {
                None => &steps::CORS_CHECK_ABSENT,
                Some(_) => &steps::CORS_CHECK_ORIGIN,
            };
            if !record.fault(step, origin_fault(refused), origin_lines) {
                return false;
            }
        }
    }
    check_credentials(list, include, user_agent, record)
}

/// The second half of the check, once the origin has passed.
fn check_credentials(
    list: &HeaderList,
    include: bool,
    user_agent: &UserAgent,
    record: &mut Record,
) -> bool {
    if !include {
        record.pass(&steps::CORS_CHECK_NO_CREDENTIALS, |_| vec![]);
        return true;
    }
    let credential_lines = |leg| Evidence::header(leg, list, ALLOW_CREDENTIALS);
    let step = &steps::CORS_CHECK_CREDENTIALS;
    match get_single(list, ALLOW_CREDENTIALS, user_agent).as_deref() {
        Some(b"true") => {
            record.pass(step, credential_lines);
            true
        }
        Some(_) => record.fault(step, Cause::AcacNotTrue, credential_lines),
        None => record.fault(step, Cause::AcacMissing, credential_lines),
    }
}

/// Names what is wrong with a value that did not pass. The standard only compares bytes; the
/// shapes are those that Chromium tells apart.
fn origin_fault(value: Option<&[u8]>) -> Cause {
    match value {
        None => Cause::AcaoMissing,
        Some(b"*") => Cause::AcaoWildcardWithCredentials,
        Some(value) if value.iter().any(|byte| matches!(byte, b' ' | b',')) => {
            Cause::AcaoMultipleValues
        }
        Some(b"null") => Cause::AcaoMismatch,
        Some(value) if str::from_utf8(value).is_ok_and(|text| Url::parse(text).is_ok()) => {
            Cause::AcaoMismatch
        }
        Some(_) => Cause::AcaoInvalidValue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user_agent::Browser;

    fn faults(headers: &[(&str, &str)], origin: &str, include: bool) -> Vec<&'static str> {
        let list: HeaderList = headers.iter().copied().collect();
        let mut record = Record {
            goes_on: true,
            ..Record::default()
        };
        cors_check(
            &list,
            origin,
            include,
            Browser::Fetch.profile(),
            &mut record,
        );
        record
            .faults
            .iter()
            .map(|fault| fault.cause.name())
            .collect()
    }

    #[test]
    fn only_equal_bytes_or_a_wildcard_without_credentials_pass() {
        const A: &str = "https://a.test";
        for (value, expected) in [
            ("*", vec![]),
            (" * ", vec![]),
            (A, vec![]),
            ("\thttps://a.test \t", vec![]),
            ("https://a.test/", vec!["acao_mismatch"]),
            ("HTTPS://A.TEST", vec!["acao_mismatch"]),
            ("https://a.test:443", vec!["acao_mismatch"]),
            (
                "https://a.test, https://b.test",
                vec!["acao_multiple_values"],
            ),
            ("a.test", vec!["acao_invalid_value"]),
            ("", vec!["acao_invalid_value"]),
            ("null", vec!["acao_mismatch"]),
        ] {
            assert_eq!(
                faults(&[("Access-Control-Allow-Origin", value)], A, false),
                expected,
                "{value}"
            );
        }
        assert_eq!(faults(&[], A, false), ["acao_missing"]);
    }

    #[test]
    fn credentials_need_an_exact_origin_and_true() {
        const A: &str = "https://a.test";
        let check = |acao: &str, acac: &str| {
            faults(
                &[
                    ("Access-Control-Allow-Origin", acao),
                    ("Access-Control-Allow-Credentials", acac),
                ],
                A,
                true,
            )
        };
        assert_eq!(check(A, " true\t"), Vec::<&str>::new());
        for wrong in ["True", "TRUE", "true, true", "1", ""] {
            assert_eq!(check(A, wrong), ["acac_not_true"], "{wrong}");
        }
        assert_eq!(check("*", "true"), ["acao_wildcard_with_credentials"]);
        assert_eq!(
            check("*", "no"),
            ["acao_wildcard_with_credentials", "acac_not_true"]
        );
        assert_eq!(
            faults(&[("Access-Control-Allow-Origin", A)], A, true),
            ["acac_missing"]
        );
    }

    #[test]
    fn an_opaque_origin_matches_null() {
        assert_eq!(
            faults(&[("Access-Control-Allow-Origin", "null")], "null", false),
            Vec::<&str>::new()
        );
    }
}
