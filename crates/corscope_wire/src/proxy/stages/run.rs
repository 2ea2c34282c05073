//! Asks the stages that take part in one exchange, in order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};

use super::{Interest, RequestDecision, ResponseDecision, Stage};

/// The stages that want something of one exchange.
pub(crate) struct Interested {
    list: Vec<(Arc<dyn Stage>, Interest)>,
    /// What any of them wants.
    pub(crate) all: Interest,
    exchange: u64,
}

/// What the stages made of a request or response.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What is noted of those that changed it or held it up.
    pub(crate) by: Vec<String>,
    /// How long they took.
    pub(crate) blocked: Duration,
    pub(crate) verdict: Verdict,
}

/// Whether it goes on.
#[derive(Debug, Default)]
pub(crate) enum Verdict {
    #[default]
    Go,
    Answer(Box<ObservedResponse>),
    Close(String),
}

impl Interested {
    /// Those of `stages` that want something of `request`'s exchange.
    pub(crate) fn of(
        stages: &[Arc<dyn Stage>],
        request: &ObservedRequest,
        exchange: u64,
    ) -> Option<Self> {
        let list: Vec<_> = stages
            .iter()
            .map(|stage| (Arc::clone(stage), stage.interest(request)))
            .filter(|(_, interest)| interest.is_any())
            .collect();
        let all = list
            .iter()
            .fold(Interest::NONE, |all, (_, interest)| all.or(*interest));
        (!list.is_empty()).then_some(Self {
            list,
            all,
            exchange,
        })
    }

    /// What is noted of a stage that took part.
    fn noted(&self, stage: &Arc<dyn Stage>) -> String {
        stage.noted(self.exchange).into_owned()
    }

    pub(crate) async fn on_request(&self, request: &mut ObservedRequest) -> Outcome {
        let started = Instant::now();
        let mut outcome = Outcome::default();
        let asked = self.list.iter().filter(|(_, interest)| interest.request);
        for (stage, _) in asked {
            match stage.on_request(self.exchange, request).await {
                RequestDecision::Pass => {}
                RequestDecision::Changed => outcome.by.push(self.noted(stage)),
                RequestDecision::Answer(response) => {
                    outcome.by.push(self.noted(stage));
                    outcome.verdict = Verdict::Answer(response);
                    break;
                }
                RequestDecision::Close => {
                    outcome.verdict = Verdict::Close(self.noted(stage));
                    break;
                }
                RequestDecision::Delay(span) => {
                    tokio::time::sleep(span).await;
                    outcome.by.push(self.noted(stage));
                }
            }
        }
        outcome.blocked = started.elapsed();
        outcome
    }

    pub(crate) async fn on_response(
        &self,
        request: &ObservedRequest,
        response: &mut ObservedResponse,
    ) -> Outcome {
        let started = Instant::now();
        let mut outcome = Outcome::default();
        let asked = self.list.iter().filter(|(_, interest)| interest.response);
        for (stage, _) in asked {
            let decision = stage.on_response(self.exchange, request, response).await;
            match decision {
                ResponseDecision::Pass => {}
                ResponseDecision::Changed => outcome.by.push(self.noted(stage)),
                ResponseDecision::Close => {
                    outcome.verdict = Verdict::Close(self.noted(stage));
                    break;
                }
                ResponseDecision::Delay(span) => {
                    tokio::time::sleep(span).await;
                    outcome.by.push(self.noted(stage));
                }
            }
        }
        outcome.blocked = started.elapsed();
        outcome
    }
}
