//! "Make it pass" as rewrites of the proxy.

use corscope_diagnose::remedy::{LegRewriting, Rewriting};
use corscope_wire::proxy::stages::{
    ActionDocument, AnswerActionDocument, HeaderDocument, HeaderMatchDocument, MatchDocument,
    RewriteDocument,
};

/// The rewrites that make what `rewriting` says happen: one a leg, each for exactly that method, URL
/// (its query aside) and origin.
pub fn rewrites(rewriting: &Rewriting) -> Vec<RewriteDocument> {
    rewriting.legs.iter().map(rewrite).collect()
}

fn rewrite(leg: &LegRewriting) -> RewriteDocument {
    let asked = leg.asked_method.as_ref();
    let place = leg.url.split(['?', '#']).next().unwrap_or_default();
    let name = match asked {
        Some(method) => format!("make it pass: preflight of {method} {place}"),
        None => format!("make it pass: {} {place}", leg.method),
    };
    let request_header = asked.map(|method| HeaderMatchDocument {
        name: "Access-Control-Request-Method".to_owned(),
        value: Some(method.clone()),
        absent: false,
    });
    RewriteDocument {
        name,
        matches: MatchDocument {
            method: vec![leg.method.clone()],
            origin: leg.origin.iter().cloned().collect(),
            url: vec![place.to_owned()],
            preflight: Some(leg.preflight),
            request_header: request_header.into_iter().collect(),
            ..MatchDocument::default()
        },
        actions: actions(leg),
        ..RewriteDocument::default()
    }
}

fn actions(leg: &LegRewriting) -> Vec<ActionDocument> {
    let mut set: Vec<HeaderDocument> = leg.set.iter().map(line).collect();
    if leg.preflight {
        // What the browser remembers would outlive the rewrite.
        set.push(HeaderDocument {
            name: "Access-Control-Max-Age".to_owned(),
            value: "0".to_owned(),
        });
    }
    if leg.answer {
        return vec![ActionDocument::Answer(AnswerActionDocument {
            status: leg.status.unwrap_or(204),
            headers: set.into_iter().chain(leg.add.iter().map(line)).collect(),
            ..AnswerActionDocument::default()
        })];
    }
    let status = leg.status.map(ActionDocument::SetStatus);
    let remove = leg.remove.iter().cloned();
    let add = leg.add.iter().map(line);
    status
        .into_iter()
        .chain(remove.map(ActionDocument::RemoveResponseHeader))
        .chain(set.into_iter().map(ActionDocument::SetResponseHeader))
        .chain(add.map(ActionDocument::AddResponseHeader))
        .collect()
}

fn line((name, value): &(String, String)) -> HeaderDocument {
    HeaderDocument {
        name: name.clone(),
        value: value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use corscope_diagnose::remedy::make_it_pass;
    use corscope_diagnose::scenario::{Subject, play, scenario_from_json};
    use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
    use corscope_fetch::{Answer, Browser, Leg, Outcome, PreflightCache, Response};
    use corscope_wire::proxy::stages::{Ground, RequestDecision, Rewrite, Stage};

    use super::*;

    /// What the browser gets for a leg, the rewrites taking part.
    async fn through(rewrites: &[Rewrite], leg: &Leg, server: Option<&Answer>) -> Answer {
        let mut request = ObservedRequest {
            method: leg.request.method.to_string(),
            url: leg.request.url.to_string(),
            header_list: leg.request.header_list.clone(),
            ..ObservedRequest::default()
        };
        let takers = rewrites
            .iter()
            .filter(|it| it.interest(&request).is_any())
            .collect::<Vec<_>>();
        assert_eq!(takers.len(), 1, "{request:?}");
        if let RequestDecision::Answer(answer) = takers[0].on_request(1, &mut request).await {
            return Answer::Response(Arc::new(Response::new(answer.status, answer.header_list)));
        }
        let mut response = match server {
            Some(Answer::Response(response)) => ObservedResponse {
                status: response.status,
                header_list: response.header_list.clone(),
                ..ObservedResponse::default()
            },
            // What the server would have said, had it been asked.
            _ => ObservedResponse {
                status: 200,
                header_list: [("Access-Control-Allow-Origin", "*")].into_iter().collect(),
                ..ObservedResponse::default()
            },
        };
        takers[0].on_response(1, &request, &mut response).await;
        let after = Response::new(response.status, response.header_list);
        Answer::Response(Arc::new(after))
    }

    #[tokio::test]
    async fn the_rewrites_do_what_the_engine_proved() {
        let page = r#""page": { "origin": "https://app.test" }"#;
        let put = r#""request": { "url": "https://api.test/items?page=2", "method": "PUT",
            "headers": [["X-Tag", "1"]], "credentials": "include" }"#;
        let get = r#""request": { "url": "https://api.test/items", "credentials": "include" }"#;
        for (rest, legs) in [
            (format!(r#"{put}, "preflight": {{ "status": 404 }}"#), 2),
            (
                format!(r#"{put}, "preflight": {{ "status": 200, "close": true }}"#),
                2,
            ),
            (
                format!(
                    r#"{put}, "preflight": {{ "status": 204, "headers": [
                        ["Access-Control-Allow-Origin", "https://app.test"],
                        ["Access-Control-Allow-Origin", "https://app.test"]] }}"#
                ),
                2,
            ),
            (
                format!(
                    r#"{get}, "responses": [{{ "status": 500, "headers": [
                        ["Access-Control-Allow-Origin", "*"]] }}]"#
                ),
                1,
            ),
        ] {
            let document = format!("{{ {page}, {rest} }}");
            let scenario = scenario_from_json(document.as_bytes()).unwrap();
            let mut subject = Subject::new(&scenario).unwrap();
            let run =
                |subject: &Subject| play(subject, Browser::Chromium, &mut PreflightCache::new(), 0);
            let found = make_it_pass(&subject, &run(&subject)).unwrap();
            let documents = rewrites(&found);
            assert_eq!(documents.len(), legs, "{documents:#?}");
            let ready: Vec<Rewrite> = documents
                .iter()
                .map(|it| it.build(&Ground::default()).ok().unwrap())
                .collect();
            for leg in run(&found.apply(&subject)).verdict.legs {
                if leg.request.preflight {
                    let server = subject.preflights[0].clone();
                    let answer = through(&ready, &leg, server.as_ref()).await;
                    subject.preflights[0] = Some(answer);
                } else {
                    let server = subject.responses.first().cloned();
                    let answer = through(&ready, &leg, server.as_ref()).await;
                    subject.responses = vec![answer];
                }
            }
            let after = run(&subject).verdict.outcome;
            assert!(
                matches!(after, Outcome::Readable { .. }),
                "{rest}: {after:?}"
            );
        }
    }
}
