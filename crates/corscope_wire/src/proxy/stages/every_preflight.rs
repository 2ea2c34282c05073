//! Keeping browsers from remembering preflights, so that each one is seen.

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};

use super::edit::HeaderEdit;
use super::matcher::is_preflight;
use super::{Interest, ResponseDecision, Stage, StageFuture};

/// Answers every preflight with `Access-Control-Max-Age: 0`; what the server said stays in
/// [`Modified::response`](corscope_fetch::exchange::Modified::response).
#[derive(Clone, Copy, Debug, Default)]
pub struct EveryPreflight;

impl Stage for EveryPreflight {
    fn name(&self) -> &str {
        "show every preflight"
    }

    fn interest(&self, request: &ObservedRequest) -> Interest {
        Interest {
            response: is_preflight(request),
            ..Interest::NONE
        }
    }

    fn on_response<'a>(
        &'a self,
        _: u64,
        _: &'a ObservedRequest,
        response: &'a mut ObservedResponse,
    ) -> StageFuture<'a, ResponseDecision> {
        Box::pin(async move {
            let list = &mut response.header_list;
            // A refusal is never remembered. Without the header, passes are, for five seconds.
            let is_remembered = (200..300).contains(&response.status)
                && list.contains("Access-Control-Allow-Origin");
            let zero = HeaderEdit::Set("Access-Control-Max-Age".into(), "0".into());
            if is_remembered && zero.apply(list) {
                ResponseDecision::Changed
            } else {
                ResponseDecision::Pass
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passes_are_not_remembered_and_refusals_not_touched() {
        let request = ObservedRequest {
            method: "OPTIONS".into(),
            url: "https://api.test/".into(),
            header_list: [
                ("Origin", "https://a.test"),
                ("Access-Control-Request-Method", "PUT"),
            ]
            .into_iter()
            .collect(),
            ..ObservedRequest::default()
        };
        assert!(EveryPreflight.interest(&request).response);
        assert!(
            !EveryPreflight
                .interest(&ObservedRequest::default())
                .is_any()
        );
        for (status, headers, wanted) in [
            (204, vec![("Access-Control-Allow-Origin", "*")], true),
            (
                200,
                vec![
                    ("Access-Control-Allow-Origin", "*"),
                    ("access-control-max-age", "600"),
                ],
                true,
            ),
            (
                200,
                vec![
                    ("Access-Control-Allow-Origin", "*"),
                    ("Access-Control-Max-Age", "0"),
                ],
                false,
            ),
            (204, vec![], false),
            (403, vec![("Access-Control-Allow-Origin", "*")], false),
        ] {
            let mut response = ObservedResponse {
                status,
                header_list: headers.into_iter().collect(),
                ..ObservedResponse::default()
            };
            let decision = EveryPreflight.on_response(1, &request, &mut response).await;
            assert_eq!(decision == ResponseDecision::Changed, wanted, "{status}");
            if wanted {
                let age = response.header_list.get("Access-Control-Max-Age");
                assert_eq!(age.as_deref(), Some(&b"0"[..]));
            }
        }
    }
}
