//! Judging one fetch after the other: of those that are alike only the first costs something.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _};
use std::sync::Arc;

use corscope_fetch::Browser;
use foldhash::fast::FixedState;

use super::alike::are_alike;
use super::fetch::ObservedFetch;
use super::finding::Finding;
use super::recent::Recent;
use crate::scenario::ScenarioError;

/// How many different fetches are remembered.
const REMEMBERED: usize = 256;

/// Judges fetches, and remembers the last ones: where a page asks for the same in a burst, and gets the
/// same answers, the judgement is the same.
#[derive(Clone, Debug, Default)]
pub struct Judgements {
    browser: Option<Browser>,
    /// By a hash of what was asked for and how it ended, which says where to look, and no more.
    known: Recent<u64, Finding, REMEMBERED>,
}

impl Judgements {
    /// Judges by the rules of `browser`; by default those of the browser that sent the request.
    pub fn by(browser: Option<Browser>) -> Self {
        Self {
            browser,
            ..Self::default()
        }
    }

    /// Judges a fetch: what [`Finding::of`] says of it.
    ///
    /// # Errors
    /// When something in it cannot be meant.
    pub fn finding(&mut self, fetch: Arc<ObservedFetch>) -> Result<Finding, ScenarioError> {
        let place = place(&fetch);
        if let Some(known) = self.known.values.get(&place)
            && are_alike(&known.fetch, &fetch)
        {
            return Ok(Finding {
                fetch,
                ..known.clone()
            });
        }
        let finding = Finding::of(fetch, self.browser)?;
        self.known.put(place, finding.clone());
        Ok(finding)
    }
}

fn place(fetch: &ObservedFetch) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    if let Some(lead) = fetch.lead() {
        lead.request.url.hash(&mut hasher);
        lead.request.method.hash(&mut hasher);
    }
    for exchange in fetch.exchanges() {
        let status = exchange.response.as_ref().map(|response| response.status);
        status.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use corscope_fetch::exchange::{Exchange, Failure, ObservedRequest, ObservedResponse, Side};
    use corscope_fetch::{CredentialsMode, HeaderList};

    use super::super::{Hop, PreflightSeen, Standing};
    use super::*;

    fn exchange() -> Exchange {
        let list = |lines: &[(&str, &str)]| lines.iter().copied().collect::<HeaderList>();
        Exchange {
            request: ObservedRequest {
                method: "GET".to_owned(),
                url: "https://api.test/items".to_owned(),
                header_list: list(&[("Origin", "https://app.test")]),
                ..ObservedRequest::default()
            },
            response: Some(ObservedResponse {
                status: 404,
                header_list: list(&[("Access-Control-Allow-Origin", "https://app.test")]),
                ..ObservedResponse::default()
            }),
            ended: true,
            ..Exchange::default()
        }
    }

    fn fetch(number: u64, exchange: Exchange) -> Arc<ObservedFetch> {
        let exchange = Arc::new(Exchange {
            id: number,
            started: number * 1000,
            ..exchange
        });
        Arc::new(ObservedFetch {
            number,
            hops: vec![Hop {
                preflight: PreflightSeen::None,
                actual: Some(exchange),
            }],
            page_origin: "https://app.test".to_owned(),
            page_url: None,
            page_space: None,
        })
    }

    /// All that is said of it.
    fn said(finding: &Finding) -> serde_json::Value {
        let mut proved = finding.clone();
        proved.prove();
        serde_json::to_value(proved.document()).unwrap()
    }

    #[test]
    fn what_is_alike_is_judged_once_and_told_by_its_own_number() {
        let mut judgements = Judgements::by(None);
        let first = judgements.finding(fetch(1, exchange())).unwrap();
        let mut later = exchange();
        later.timing.total = Some(77);
        later.connection.server = 9;
        let again = judgements.finding(fetch(2, later)).unwrap();
        assert!(Arc::ptr_eq(&first.judged, &again.judged));
        assert_eq!((first.fetch.number, again.fetch.number), (1, 2));
        assert_eq!(again.scenario().id.as_deref(), Some("#2"));
    }

    #[test]
    fn whatever_differs_is_judged_as_if_it_were_alone() {
        type Change = fn(&mut Exchange);
        let changes: [Change; 9] = [
            |it| it.request.method = "HEAD".to_owned(),
            |it| it.request.header_list.push("X-A", "1"),
            |it| it.request.header_list.push("Cookie", "a=b"),
            |it| it.response.as_mut().unwrap().status = 502,
            |it| it.response.as_mut().unwrap().body.bytes = b"<html>Sign in".to_vec(),
            |it| {
                let list = &mut it.response.as_mut().unwrap().header_list;
                list.push("Access-Control-Allow-Credentials", "true");
            },
            |it| it.hints.credentials = Some(CredentialsMode::Include),
            |it| it.connection.remote_addr = Some(([127, 0, 0, 1], 81).into()),
            |it| {
                it.response = None;
                it.failure = Some(Failure {
                    code: "connection-refused".into(),
                    net_error: Some("net::ERR_CONNECTION_REFUSED".into()),
                    side: Side::Server,
                    message: String::new(),
                });
            },
        ];
        let mut judgements = Judgements::by(None);
        let mut standings = Vec::new();
        // Twice: also after the others.
        for number in 0..2 * changes.len() {
            let mut changed = exchange();
            changes[number % changes.len()](&mut changed);
            let changed = fetch(number as u64, changed);
            let alone = Finding::of(Arc::clone(&changed), None).unwrap();
            let found = judgements.finding(changed).unwrap();
            assert_eq!(said(&found), said(&alone), "change {number}");
            standings.push(found.judged.standing);
            let plain = judgements.finding(fetch(99, exchange())).unwrap();
            let alone = Finding::of(fetch(99, exchange()), None).unwrap();
            assert_eq!(said(&plain), said(&alone), "after change {number}");
        }
        assert!(standings.contains(&Standing::Allowed) && standings.contains(&Standing::Blocked));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut judgements = Judgements::by(None);
        for number in 0..2 * REMEMBERED as u64 {
            let mut other = exchange();
            other.request.url = format!("https://api.test/{number}");
            judgements.finding(fetch(number, other)).unwrap();
        }
        assert_eq!(judgements.known.values.len(), REMEMBERED);
    }
}
