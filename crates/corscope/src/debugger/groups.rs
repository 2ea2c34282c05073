//! The rows under the origins of the pages that asked for them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::table::Entry;
use super::view::Matched;

/// The rows of one origin.
#[derive(Clone, Debug)]
pub struct Group {
    /// The page's origin; `None` where CORS has no say.
    pub origin: Option<Arc<str>>,
    /// How its rows stand.
    pub matched: Matched,
    /// Whether its rows are shown below it.
    pub is_open: bool,
}

/// A line of a grouped list.
#[derive(Clone, Debug)]
pub enum Line {
    /// A group's own.
    Group(Group),
    /// A row of the group above.
    Row(Entry),
}

/// Some lines of a grouped list.
#[derive(Debug, Default)]
pub struct GroupedWindow {
    /// The state of the table that this shows.
    pub revision: u64,
    /// How many rows there are.
    pub total: usize,
    /// How many of them pass the filter, by how they stand.
    pub matched: Matched,
    /// How many lines there are.
    pub places: usize,
    /// The lines asked for.
    pub lines: Vec<Line>,
}

/// Which groups are closed; no name is that of the rows in which CORS has no say.
pub type Closed = HashSet<Option<String>>;

/// The lines at these places, and how many there are. Groups stand in the order in which they came,
/// so that none moves while one looks at it; what CORS has no say in comes last.
pub(super) fn grouped<'a>(
    rows: impl Iterator<Item = &'a Entry>,
    closed: &Closed,
    range: &Range<usize>,
) -> (usize, Vec<Line>) {
    let mut groups: Vec<(Group, Vec<&Entry>)> = Vec::new();
    let mut known: HashMap<Option<&str>, usize> = HashMap::new();
    for row in rows {
        let at = *known.entry(row.origin.as_deref()).or_insert_with(|| {
            let origin = row.origin.clone();
            let is_open = !closed.contains(&origin.as_deref().map(str::to_owned));
            let matched = Matched::default();
            let group = Group {
                origin,
                matched,
                is_open,
            };
            groups.push((group, Vec::new()));
            groups.len() - 1
        });
        let (group, rows) = &mut groups[at];
        group.matched.add(row.standing);
        if group.is_open {
            rows.push(row);
        }
    }
    groups.sort_by_key(|(group, _)| group.origin.is_none());
    let mut places = 0;
    let mut lines = Vec::new();
    for (group, rows) in groups {
        if range.contains(&places) {
            lines.push(Line::Group(group));
        }
        let first = places + 1;
        places = first + rows.len();
        let from = range.start.max(first).min(places);
        let to = range.end.max(first).min(places);
        let wanted = rows.iter().take(to - first).skip(from - first);
        lines.extend(wanted.map(|row| Line::Row((*row).clone())));
    }
    (places, lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use corscope_diagnose::observed::Standing;

    fn row(number: u64, origin: Option<&str>) -> Entry {
        Entry {
            origin: origin.map(Arc::from),
            standing: origin.map(|_| Standing::Blocked),
            ..Entry::aside(number)
        }
    }

    fn told(lines: &[Line]) -> Vec<String> {
        let told = |line: &Line| match line {
            Line::Group(group) => format!(
                "{} {}",
                group.origin.as_deref().unwrap_or("-"),
                group.matched.all
            ),
            Line::Row(row) => row.number.to_string(),
        };
        lines.iter().map(told).collect()
    }

    #[test]
    fn rows_stand_under_their_origins_in_the_order_in_which_they_came() {
        let rows = [
            row(1, None),
            row(2, Some("https://b.test")),
            row(3, Some("https://a.test")),
            row(4, Some("https://b.test")),
        ];
        let none = Closed::new();
        let (places, lines) = grouped(rows.iter(), &none, &(0..99));
        let whole = [
            "https://b.test 2",
            "2",
            "4",
            "https://a.test 1",
            "3",
            "- 1",
            "1",
        ];
        assert_eq!(told(&lines), whole);
        assert_eq!(places, 7);
        for from in 0..8 {
            for to in from..9 {
                let (_, lines) = grouped(rows.iter(), &none, &(from..to));
                assert_eq!(told(&lines), whole[from.min(7)..to.min(7)], "{from}..{to}");
            }
        }
        let closed = Closed::from([Some("https://b.test".to_owned()), None]);
        let (places, lines) = grouped(rows.iter(), &closed, &(0..99));
        assert_eq!(
            told(&lines),
            ["https://b.test 2", "https://a.test 1", "3", "- 1"]
        );
        assert_eq!(places, 4);
    }
}
