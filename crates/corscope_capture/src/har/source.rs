//! What a HAR says of itself and of its pages, as far as it was read.

use std::collections::HashMap;

/// More pages than this are not remembered, so that memory stays bounded.
const PAGES: usize = 4096;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) creator: Option<String>,
    pub(super) browser: Option<String>,
    pub(super) pages: HashMap<String, String>,
}

impl Source {
    pub(super) fn remember_page(&mut self, id: String, url: String) {
        if self.pages.len() < PAGES {
            self.pages.entry(id).or_insert(url);
        }
    }

    /// Firefox writes the port where others write the connection's number.
    pub(super) fn is_firefox(&self) -> bool {
        let named = |name: &Option<String>| {
            name.as_ref()
                .is_some_and(|name| name.to_ascii_lowercase().contains("firefox"))
        };
        named(&self.creator) || named(&self.browser)
    }
}
