//! The rows that differ on purpose, each with its reason; checked both ways.

use std::collections::BTreeSet;
use std::fs;
use std::io;

use corscope_fetch::Browser;
use serde::Deserialize;

use crate::recorded::{Field, folder};
use crate::replay::Mismatch;

/// One reason, and the rows that it covers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Divergence {
    browser: Browser,
    fields: Vec<Field>,
    rows: Vec<String>,
    reason: String,
}

/// The list in `divergences.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergences {
    #[serde(default)]
    divergence: Vec<Divergence>,
}

/// What a check of the list against the mismatches found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Mismatches without a reason.
    pub unexplained: Vec<Mismatch>,
    /// Entries that no longer differ.
    pub stale: Vec<String>,
}

impl Divergences {
    /// Reads the list.
    ///
    /// # Errors
    /// When it cannot be read, or an entry has no reason.
    pub fn read() -> io::Result<Self> {
        let text = fs::read_to_string(folder().join("divergences.toml"))?;
        let list: Self = toml::from_str(&text).map_err(io::Error::other)?;
        match list
            .divergence
            .iter()
            .find(|entry| entry.reason.trim().is_empty())
        {
            Some(entry) => Err(io::Error::other(format!(
                "no reason given for {:?}",
                entry.rows
            ))),
            None => Ok(list),
        }
    }

    /// Holds the list against one browser's mismatches.
    pub fn verify(&self, browser: Browser, mismatches: &[Mismatch]) -> Verified {
        let mut open: BTreeSet<(Field, &str)> = self
            .divergence
            .iter()
            .filter(|entry| entry.browser == browser)
            .flat_map(|entry| {
                entry
                    .fields
                    .iter()
                    .flat_map(|field| entry.rows.iter().map(|row| (*field, row.as_str())))
            })
            .collect();
        let unexplained = mismatches
            .iter()
            .filter(|mismatch| !open.remove(&(mismatch.field, mismatch.id.as_str())))
            .cloned()
            .collect();
        let stale = open
            .into_iter()
            .map(|(field, row)| format!("{browser} {row} {field}"))
            .collect();
        Verified { unexplained, stale }
    }
}
