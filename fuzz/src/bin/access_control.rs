//! Access-Control-* headers, one a line: a letter for the name, then the value's bytes. Lists are
//! compared with a plain reading, and the CORS check of the `fetch` profile with the standard's five
//! sentences.

#![no_main]

use corscope_fetch::cors_check::cors_check;
use corscope_fetch::filtered_response::cors_visible_headers;
use corscope_fetch::forbidden::is_token;
use corscope_fetch::header_values::{extract_tokens, get_decode_and_split};
use corscope_fetch::preflight_cache::max_age;
use corscope_fetch::safelist::unsafe_request_header_names;
use corscope_fetch::trace::Record;
use corscope_fetch::{Browser, HeaderList};
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 8] = [
    "Access-Control-Allow-Origin",
    "access-control-allow-credentials",
    "Access-Control-Allow-Methods",
    "access-control-allow-headers",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Content-Type",
    "Range",
];

fuzz_target!(|input: &[u8]| {
    let mut list = HeaderList::new();
    for line in input.split(|byte| *byte == b'\n') {
        if let [name, value @ ..] = line {
            list.push(NAMES[usize::from(*name) % NAMES.len()], value);
        }
    }
    for name in NAMES {
        compare_list(&list, name);
    }
    for browser in Browser::ALL {
        let user_agent = browser.profile();
        let _ = max_age(&list, user_agent);
        let names = unsafe_request_header_names(&list, user_agent);
        assert!(names.iter().is_sorted());
        for include in [false, true] {
            for origin in ["https://a.test", "null"] {
                let mut record = Record::default();
                let passes = cors_check(&list, origin, include, user_agent, &mut record);
                assert_eq!(passes, record.faults.is_empty());
                if browser == Browser::Fetch {
                    assert_eq!(passes, plain_check(&list, origin, include), "{list:?}");
                }
            }
            let visible = cors_visible_headers(&list, include);
            assert!(visible.is_sorted());
        }
    }
});

fn plain_check(list: &HeaderList, origin: &str, include: bool) -> bool {
    let Some(allowed) = list.get(NAMES[0]) else {
        return false;
    };
    if !include && *allowed == *b"*" {
        return true;
    }
    *allowed == *origin.as_bytes() && (!include || list.get(NAMES[1]).as_deref() == Some(b"true"))
}

fn compare_list(list: &HeaderList, name: &str) {
    let white_space = |byte: &u8| b"\t\n\r ".contains(byte);
    let mut plain = Vec::new();
    for (_, header) in list.lines_named(name) {
        for part in header.value.split(|byte| *byte == b',') {
            let start = part
                .iter()
                .position(|byte| !white_space(byte))
                .unwrap_or(part.len());
            let end = part
                .iter()
                .rposition(|byte| !white_space(byte))
                .map_or(start, |it| it + 1);
            if start < end {
                plain.push(&part[start..end]);
            }
        }
    }
    match extract_tokens(list, name) {
        Ok(elements) => {
            assert!(plain.iter().all(|token| is_token(token)));
            let tokens: Vec<_> = elements.iter().map(|element| element.token).collect();
            assert_eq!(tokens, plain);
            for element in elements {
                let place = element.place();
                assert_eq!(
                    &list.line(place.line).unwrap().value[place.span],
                    element.token
                );
            }
        }
        Err(invalid) => {
            let first = plain.iter().find(|token| !is_token(token)).unwrap();
            assert_eq!(*first, invalid.token);
            let place = invalid.place;
            assert_eq!(
                &list.line(place.line).unwrap().value[place.span],
                invalid.token
            );
        }
    }
    if let Some(value) = list.get(name) {
        assert!(!get_decode_and_split(&value).is_empty());
    }
}
