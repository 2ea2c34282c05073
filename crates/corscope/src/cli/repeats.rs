//! Which failing fetches were told whole, so that the same again takes a line and no proof: a page that
//! asks every second would bury everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use corscope_diagnose::observed::{Finding, Judged, Standing};

/// How many are remembered.
const REMEMBERED: usize = 256;

/// The failing fetches that were told whole.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    told: BTreeMap<String, u64>,
    /// The judgement that the last of them shared, and with which: a burst is mostly of one kind.
    last: Option<(Arc<Judged>, u64)>,
}

impl Repeats {
    /// The number of the fetch that was told whole and came to the same; without one, this one counts
    /// as told from now on. A disagreement with the browser is always told whole.
    pub(super) fn of(&mut self, finding: &Finding) -> Option<u64> {
        let standing = finding.judged.standing;
        let fails = matches!(standing, Standing::Blocked | Standing::DependsOnCredentials);
        if !fails || finding.disagreement().is_some() {
            return None;
        }
        let number = finding.fetch.number;
        // Only what is alike in all that makes the sign shares a judgement.
        if let Some((judged, first)) = &self.last
            && Arc::ptr_eq(judged, &finding.judged)
        {
            return (*first != number).then_some(*first);
        }
        let sign = sign(finding);
        if let Some(first) = self.told.get(&sign) {
            self.last = Some((Arc::clone(&finding.judged), *first));
            return (*first != number).then_some(*first);
        }
        if self.told.len() == REMEMBERED {
            let oldest = self.told.iter().min_by_key(|(_, number)| **number);
            if let Some(oldest) = oldest.map(|(sign, _)| sign.clone()) {
                self.told.remove(&oldest);
            }
        }
        self.told.insert(sign, number);
        None
    }
}

/// What two fetches have in common that came to the same. Queries differ from poll to poll.
fn sign(finding: &Finding) -> String {
    let fetch = &finding.fetch;
    let exchange = fetch.lead();
    let url = exchange.map_or("", |exchange| exchange.request.url.as_str());
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let method = fetch.method(0).unwrap_or_default();
    let mut sign = format!(
        "{method} {path} {} {:?} {:?}",
        fetch.page_origin, finding.judged.standing, finding.judged.hidden_by_proxy
    );
    for diagnostic in finding.diagnostics.iter() {
        sign.push('\n');
        sign.push_str(&diagnostic.explanation.headline);
    }
    sign
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use corscope_diagnose::observed::Pairing;
    use corscope_fetch::Browser;
    use corscope_fetch::exchange::{Exchange, ObservedRequest, ObservedResponse};

    use super::*;

    /// Fetches of these URLs, each answered with this `Access-Control-Allow-Origin`.
    fn findings(asked: &[(&str, &str)]) -> Vec<Finding> {
        let mut pairing = Pairing::new();
        for (id, (url, allowed)) in (1..).zip(asked) {
            let origin = [
                ("Origin", "http://localhost:5173"),
                ("Sec-Fetch-Mode", "cors"),
            ];
            pairing.observe(Arc::new(Exchange {
                id,
                started: id * 1_000_000,
                request: ObservedRequest {
                    method: "GET".to_owned(),
                    url: (*url).to_owned(),
                    header_list: origin.into_iter().collect(),
                    ..ObservedRequest::default()
                },
                response: Some(ObservedResponse {
                    status: 200,
                    header_list: [("Access-Control-Allow-Origin", *allowed)]
                        .into_iter()
                        .collect(),
                    ..ObservedResponse::default()
                }),
                ended: true,
                ..Exchange::default()
            }));
        }
        let fetches = pairing.finish().into_iter();
        fetches
            .map(|fetch| Finding::of(fetch, Some(Browser::Chromium)).unwrap())
            .collect()
    }

    #[test]
    fn the_same_failure_again_names_the_first_and_another_is_told_whole() {
        let other = "http://other.example";
        let found = findings(&[
            ("http://api.example/items?page=1", other),
            ("http://api.example/items?page=2", other),
            ("http://api.example/items", "http://third.example"),
            ("http://api.example/users", other),
            ("http://api.example/items", "http://localhost:5173"),
            ("http://api.example/items", other),
        ]);
        let mut repeats = Repeats::default();
        let told: Vec<_> = found.iter().map(|it| repeats.of(it)).collect();
        let first = found[0].fetch.number;
        assert_eq!(told, [None, Some(first), None, None, None, Some(first)]);
        // A later state of the first itself is no repetition.
        assert_eq!(repeats.of(&found[0]), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let urls: Vec<String> = (0..2 * REMEMBERED)
            .map(|index| format!("http://api.example/{index}"))
            .collect();
        let asked: Vec<(&str, &str)> = urls.iter().map(|url| (url.as_str(), "null")).collect();
        let found = findings(&asked);
        let mut repeats = Repeats::default();
        for finding in &found {
            assert_eq!(repeats.of(finding), None);
        }
        assert_eq!(repeats.told.len(), REMEMBERED);
        let last = found.last().unwrap();
        assert!(
            repeats
                .told
                .values()
                .any(|number| *number == last.fetch.number)
        );
    }
}
