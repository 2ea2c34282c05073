use corscope_fetch::safelist::{
    TOTAL_LIMIT, Unsafe, VALUE_LIMIT, is_no_cors_safelisted_name, safelisted_request_header,
};
use corscope_fetch::{Cause, Fault, HeaderList};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::rules::preflight_answer::{first_preflight, with_complete_lists};
use crate::scenario::latin1;
use crate::sight::Sight;

rule!(
    "safelisted-header-value-unsafe",
    Preflight,
    Refusal,
    "safelisted_header_value_unsafe.md",
    "a header that needs no permission by its name needs it for its value",
    Finds::Faults(&["acah_header_missing"], explain)
);

fn explain(sight: &Sight<'_>, fault: &Fault) -> Option<Explanation> {
    first_preflight(sight, fault)?;
    let Cause::AcahHeaderMissing { name } = &fault.cause else {
        return None;
    };
    if !is_no_cors_safelisted_name(name) && **name != *b"range" {
        return None;
    }
    let name = str::from_utf8(name).ok()?;
    let list = first_header_list(sight)?;
    let (value, reason) = reason(sight, list, name)?;
    let shown = latin1(&value[..value.len().min(60)]);
    let dots = if value.len() > 60 { "…" } else { "" };
    let (why, mend) = match reason {
        Unsafe::TooLong => (
            format!("has {} bytes, wanted at most {VALUE_LIMIT}", value.len()),
            "a shorter value",
        ),
        Unsafe::Byte { at } => {
            let byte = value.get(at).copied().unwrap_or_default();
            let shown = match byte {
                b'!'..=b'~' if byte != b'`' => format!("`{}`", char::from(byte)),
                _ => format!("the byte 0x{byte:02X}"),
            };
            (
                format!("has {shown} at position {at}"),
                "a value without it",
            )
        }
        Unsafe::Range => (
            "is no simple range, wanted `bytes=FIRST-` or `bytes=FIRST-LAST`".to_owned(),
            "such a range",
        ),
        Unsafe::Total => (
            format!("and the other such values have more than {TOTAL_LIMIT} bytes together"),
            "shorter values",
        ),
        // Another MIME type is no odd value: that is a header to be allowed like any other.
        Unsafe::Name | Unsafe::ContentType => return None,
    };
    let found = Explanation::new(
        Who::Client,
        format!("request header `{name}: {shown}{dots}` needs permission: its value {why}"),
    )
    .note(
        "`Accept`, `Accept-Language`, `Content-Language`, `Content-Type` and `Range` need no \
         permission as long as their values are short and plain, such as forms and links could \
         send.",
    )
    .narrow(Who::Client, format!("send `{name}` with {mend}"));
    Some(with_complete_lists(found, sight, fault))
}

/// The header list that the preflight was made for.
fn first_header_list<'a>(sight: &Sight<'a>) -> Option<&'a HeaderList> {
    let whole = sight.whole();
    let sent = whole
        .legs
        .iter()
        .find(|leg| leg.hop == 0 && !leg.request.preflight)
        .map(|leg| &leg.request.header_list);
    sent.or_else(|| whole.request.as_ref().map(|request| &request.header_list))
}

/// The value that is unsafe, and why.
fn reason(sight: &Sight<'_>, list: &HeaderList, name: &str) -> Option<(Vec<u8>, Unsafe)> {
    let profile = sight.play.verdict.browser.profile();
    let judge = |value: &[u8]| {
        let reason = safelisted_request_header(name.as_bytes(), value, profile);
        reason.err().map(|reason| (value.to_vec(), reason))
    };
    let joined = list.get(name)?;
    let found = if profile.joins_repeated_headers {
        judge(&joined)
    } else {
        list.lines_named(name)
            .find_map(|(_, header)| judge(header.value))
    };
    Some(found.unwrap_or_else(|| (joined.into_owned(), Unsafe::Total)))
}
