//! The rows that pass a filter, kept up to date by what changed.

use std::ops::Range;

use corscope_diagnose::observed::Standing;

use super::table::Entry;

/// How many rows pass, by how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// All of them.
    pub all: usize,
    /// The response can be read.
    pub allowed: usize,
    /// The browser refuses.
    pub blocked: usize,
    /// CORS has a say, and it is not known which, or the response is opaque.
    pub other: usize,
}

impl Matched {
    /// Those in which CORS has no say.
    pub const fn aside(self) -> usize {
        self.all - self.allowed - self.blocked - self.other
    }

    fn counter(&mut self, standing: Option<Standing>) -> Option<&mut usize> {
        match standing? {
            Standing::Allowed => Some(&mut self.allowed),
            Standing::Blocked => Some(&mut self.blocked),
            Standing::Opaque | Standing::DependsOnCredentials | Standing::Unknown => {
                Some(&mut self.other)
            }
        }
    }

    pub(super) fn add(&mut self, standing: Option<Standing>) {
        self.all += 1;
        if let Some(counter) = self.counter(standing) {
            *counter += 1;
        }
    }

    fn take(&mut self, standing: Option<Standing>) {
        self.all -= 1;
        if let Some(counter) = self.counter(standing) {
            *counter -= 1;
        }
    }
}

/// The numbers of the rows that pass a filter.
#[derive(Debug)]
pub(super) struct View {
    filter: String,
    /// By rising number.
    rows: Vec<(u64, Option<Standing>)>,
    matched: Matched,
    /// The table's revision that it shows; 0 before it was built.
    revision: u64,
}

impl View {
    pub(super) fn new(filter: &str) -> Self {
        Self {
            filter: filter.to_owned(),
            rows: Vec::new(),
            matched: Matched::default(),
            revision: 0,
        }
    }

    pub(super) fn filter(&self) -> &str {
        &self.filter
    }

    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    pub(super) const fn is_at(&mut self, revision: u64) {
        self.revision = revision;
    }

    pub(super) const fn matched(&self) -> Matched {
        self.matched
    }

    /// Takes all rows that pass anew.
    pub(super) fn build<'a>(&mut self, rows: impl Iterator<Item = &'a Entry>) {
        self.rows = rows.map(|row| (row.number, row.standing)).collect();
        self.matched = Matched::default();
        for (_, standing) in &self.rows {
            self.matched.add(*standing);
        }
    }

    /// Takes what became of one row: itself if it passes now.
    pub(super) fn update(&mut self, number: u64, row: Option<&Entry>) {
        let at = self.rows.binary_search_by_key(&number, |row| row.0);
        if let Ok(at) = at {
            self.matched.take(self.rows[at].1);
        }
        match (at, row) {
            (Ok(at), Some(row)) => self.rows[at].1 = row.standing,
            (Err(at), Some(row)) => self.rows.insert(at, (number, row.standing)),
            (Ok(at), None) => {
                self.rows.remove(at);
            }
            (Err(_), None) => {}
        }
        if let Some(row) = row {
            self.matched.add(row.standing);
        }
    }

    /// The numbers at these places; fewer where there are no more.
    pub(super) fn numbers(&self, range: Range<usize>) -> Vec<u64> {
        let end = range.end.min(self.rows.len());
        let start = range.start.min(end);
        self.rows[start..end].iter().map(|row| row.0).collect()
    }

    /// The place of a row, or where it would be.
    pub(super) fn place(&self, number: u64) -> usize {
        self.rows.partition_point(|row| row.0 < number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, standing: Option<Standing>) -> Entry {
        Entry {
            standing,
            ..Entry::aside(number)
        }
    }

    #[test]
    fn rows_come_change_and_go() {
        let mut view = View::new("");
        let rows = [row(2, None), row(5, Some(Standing::Blocked))];
        view.build(rows.iter());
        view.update(3, Some(&row(3, Some(Standing::Unknown))));
        assert_eq!(view.numbers(0..9), [2, 3, 5]);
        view.update(3, Some(&row(3, Some(Standing::Allowed))));
        view.update(5, None);
        view.update(7, None);
        assert_eq!(view.numbers(1..9), [3]);
        assert_eq!(view.place(3), 1);
        let matched = view.matched();
        assert_eq!((matched.all, matched.allowed, matched.blocked), (2, 1, 0));
        assert_eq!((matched.other, matched.aside()), (0, 1));
    }
}
