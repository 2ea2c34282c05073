//! Client hints that a script may set itself. Chromium treats them as facts about the device that any
//! origin may send, as long as they look like what it would send.

/// Whether a value is well-formed.
type Judge = fn(&[u8]) -> bool;

/// Their names, each with the values that are well-formed.
const CLIENT_HINTS: [(&str, Judge); 9] = [
    ("device-memory", is_decimal),
    ("downlink", is_decimal),
    ("dpr", is_decimal),
    ("ect", |value| {
        matches!(value, b"slow-2g" | b"2g" | b"3g" | b"4g")
    }),
    (INTERVENTION, |_| true),
    ("rtt", is_integer),
    ("save-data", |value| value.eq_ignore_ascii_case(b"on")),
    ("viewport-width", is_integer),
    ("width", is_integer),
];

/// No hint about the device, but safelisted with them.
const INTERVENTION: &str = "intervention";

/// Whether a header is one of them, and its value well-formed.
pub(crate) fn is_well_formed(name: &[u8], value: &[u8]) -> bool {
    CLIENT_HINTS
        .into_iter()
        .any(|(hint, judge)| name.eq_ignore_ascii_case(hint.as_bytes()) && judge(value))
}

/// Whether a header is a hint about the device.
pub(crate) fn is_hint(name: &[u8]) -> bool {
    CLIENT_HINTS
        .into_iter()
        .any(|(hint, _)| hint != INTERVENTION && name.eq_ignore_ascii_case(hint.as_bytes()))
}

fn is_integer(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_digit)
}

fn is_decimal(value: &[u8]) -> bool {
    value.splitn(2, |byte| *byte == b'.').all(is_integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Asked of Chromium 156, value by value (live, the grid `hint`).
    #[test]
    fn a_hint_is_well_formed_as_chromium_has_it() {
        for (name, good, bad) in [
            (
                "DPR",
                &["1", "1.5", "00", "0.25"][..],
                &["-1", "1.", ".5", "1e3", "x", "", "1,2"][..],
            ),
            ("device-memory", &["0.5", "64"], &["+1", "inf"]),
            ("Downlink", &["10"], &["1.5.1", "1x"]),
            ("Width", &["100"], &["1.5", "-0", ""]),
            ("Viewport-Width", &["0"], &["0.5"]),
            ("RTT", &["50"], &["1.5", "x"]),
            ("ECT", &["4g", "slow-2g"], &["4G", "5g", ""]),
            ("Save-Data", &["on", "ON"], &["off", "1", ""]),
            ("Intervention", &["", "x"], &[]),
            ("X-Foo", &[], &["1"]),
        ] {
            for value in good {
                assert!(
                    is_well_formed(name.as_bytes(), value.as_bytes()),
                    "{name}: {value}"
                );
            }
            for value in bad {
                assert!(
                    !is_well_formed(name.as_bytes(), value.as_bytes()),
                    "{name}: {value}"
                );
            }
        }
    }
}
