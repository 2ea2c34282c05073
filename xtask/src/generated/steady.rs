//! What of a printed text stays the same from run to run.

const UNITS: [&str; 4] = [" ms", " µs", " s ", " s\n"];

/// What stands before the made-up part of a query that gets past caches.
const MADE_UP: &str = "?corscope=";

/// `text` without what changes by itself: times, dates, made-up queries, and the ports that the system
/// picks.
pub(super) fn steady(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let name = line.trim_start().trim_start_matches(['<', '|', ' ']);
        if name
            .get(..5)
            .is_some_and(|name| name.eq_ignore_ascii_case("date:"))
        {
            return "date: #\n".to_owned();
        }
        numbers(&format!("{}\n", without_made_up(line)))
    });
    lines.collect()
}

fn without_made_up(line: &str) -> String {
    let Some((before, made_up)) = line.split_once(MADE_UP) else {
        return line.to_owned();
    };
    let after = made_up.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
    [before, MADE_UP, "#", after].concat()
}

fn numbers(line: &str) -> String {
    let mut steady = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (number, after) = from.split_at(end.unwrap_or(from.len()));
        steady.push_str(before);
        let is_time = UNITS.iter().any(|unit| after.starts_with(unit));
        let is_port =
            before.ends_with(':') && number.parse::<u16>().is_ok_and(|port| port >= 32_768);
        if is_time {
            // A number of another width moves the spaces before it.
            steady.truncate(steady.trim_end_matches(' ').len());
        }
        steady.push_str(if is_time || is_port { "#" } else { number });
        rest = after;
    }
    steady + rest
}

#[cfg(test)]
mod tests {
    use super::steady;

    #[test]
    fn times_dates_and_picked_ports_do_not_count() {
        let one = "preflight   4 ms  204\n< Date: Mon, 1 Jan\n127.0.0.1:40123 took 1.2 s\n";
        let two = "preflight 113 ms  204\n< date: Sun, 7 Feb\n127.0.0.1:51999 took 20 s\n";
        assert_eq!(steady(one), steady(two));
        let (one, two) = ("/a?corscope=18ec7f, x", "/a?corscope=00, x");
        assert_eq!(steady(one), steady(two));
    }

    #[test]
    fn everything_else_counts() {
        for (one, two) in [
            ("200", "204"),
            (":8100/", ":8101/"),
            ("4 ms", "4 lines"),
            ("a", "b"),
        ] {
            assert_ne!(steady(one), steady(two), "{one}");
        }
    }
}
