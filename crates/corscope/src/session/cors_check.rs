//! Whether CORS fails on one exchange, for rewrites and breakpoints that ask.

use std::sync::Arc;

use corscope_diagnose::observed::{Pairing, Standing, judge, user_agent_of};
use corscope_fetch::Exchange;
use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use corscope_wire::proxy::stages::CorsCheck;

/// Asks the engine about the one exchange: what came before it is not known here.
#[derive(Clone, Copy, Debug)]
pub struct EngineSays;

impl CorsCheck for EngineSays {
    fn fails(&self, request: &ObservedRequest, response: &ObservedResponse) -> bool {
        let exchange = Exchange {
            id: 1,
            request: request.clone(),
            response: Some(response.clone()),
            ended: true,
            ..Exchange::default()
        };
        let mut pairing = Pairing::new();
        pairing.observe(Arc::new(exchange));
        pairing.finish().first().is_some_and(|fetch| {
            judge(fetch, user_agent_of(fetch))
                .is_ok_and(|judged| judged.standing == Standing::Blocked)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_asked_about_either_half() {
        let table = [
            ("GET", vec![], "https://app.test", false),
            ("GET", vec![], "https://other.test", true),
            (
                "OPTIONS",
                vec![("Access-Control-Request-Method", "PUT")],
                "https://app.test",
                true,
            ),
            (
                "OPTIONS",
                vec![("Access-Control-Request-Method", "POST")],
                "https://app.test",
                false,
            ),
        ];
        for (method, headers, allowed, fails) in table {
            let mut request = ObservedRequest {
                method: method.to_owned(),
                url: "https://api.test/x".to_owned(),
                header_list: headers.into_iter().collect(),
                ..ObservedRequest::default()
            };
            request.header_list.push("Origin", "https://app.test");
            let mut response = ObservedResponse {
                status: 200,
                ..ObservedResponse::default()
            };
            response
                .header_list
                .push("Access-Control-Allow-Origin", allowed);
            response
                .header_list
                .push("Access-Control-Allow-Credentials", "true");
            assert_eq!(
                EngineSays.fails(&request, &response),
                fails,
                "{method} {allowed}"
            );
        }
    }
}
