//! Instants as HARs write them (ISO 8601), in microseconds since the Unix epoch, without a calendar
//! library: the days are counted as Howard Hinnant's `chrono`-compatible algorithms do.

use std::fmt;

const DAY: i64 = 86_400_000_000;

/// Reads `2026-11-22T10:20:30.123456+01:00`; the fraction, the seconds and the zone may be missing.
pub(super) fn parse(text: &[u8]) -> Option<u64> {
    let mut rest = Digits(text.trim_ascii());
    let year = rest.number(4)?;
    rest.byte(b"-")?;
    let month = rest.number(2)?;
    rest.byte(b"-")?;
    let day = rest.number(2)?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut micros = days_from_epoch(year, month, day) * DAY;
    if rest.byte(b"Tt ").is_some() {
        micros += rest.number(2)? * 3_600_000_000;
        rest.byte(b":")?;
        micros += rest.number(2)? * 60_000_000;
        if rest.byte(b":").is_some() {
            micros += rest.number(2)? * 1_000_000;
        }
        if rest.byte(b".,").is_some() {
            micros += rest.fraction();
        }
        micros -= rest.zone()? * 60_000_000;
    }
    u64::try_from(micros).ok()
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn byte(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any_of.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |value, digit| {
            digit
                .is_ascii_digit()
                .then(|| value * 10 + i64::from(digit - b'0'))
        })
    }

    fn fraction(&mut self) -> i64 {
        let (mut micros, mut unit) = (0, 100_000);
        while let Some(digit) = self.byte(b"0123456789") {
            micros += i64::from(digit - b'0') * unit;
            unit /= 10;
        }
        micros
    }

    /// Minutes ahead of UTC.
    fn zone(&mut self) -> Option<i64> {
        let sign = match self.byte(b"+-Zz") {
            None | Some(b'Z' | b'z') => return Some(0),
            Some(b'-') => -1,
            Some(_) => 1,
        };
        let hours = self.number(2)?;
        let _ = self.byte(b":");
        let minutes = self.number(2).unwrap_or(0);
        Some(sign * (hours * 60 + minutes))
    }
}

fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// An instant that is written as ISO 8601 in UTC.
pub(super) struct Iso(pub(super) u64);

impl fmt::Display for Iso {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = i64::try_from(self.0).unwrap_or(i64::MAX);
        let (days, micros) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = (shifted_month + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(
            out,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for micros in [
            0,
            1,
            951_782_399_999_999,
            951_782_400_000_000,
            1_795_341_291_123_456,
            4_107_542_400_000_000,
        ] {
            let text = Iso(micros).to_string();
            assert_eq!(parse(text.as_bytes()), Some(micros), "{text}");
        }
        assert_eq!(
            Iso(951_782_400_000_000).to_string(),
            "2000-02-29T00:00:00.000000Z"
        );
    }

    #[test]
    fn zones_and_what_exporters_leave_out() {
        let noon = parse(b"2026-11-22T12:00:00Z");
        assert!(noon.is_some());
        for text in [
            "2026-11-22T13:00:00.000+01:00",
            "2026-11-22T12:00",
            "2026-11-22 06:30:00-0530",
            " 2026-11-22T12:00:00.0000000000Z ",
        ] {
            assert_eq!(parse(text.as_bytes()), noon, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "1960-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
