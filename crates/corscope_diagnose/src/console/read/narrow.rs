//! From the facts inside a message to the rule that fits them: the facts are played as a scenario,
//! and what the rules say about it is what they would say about the real exchange.

use corscope_fetch::{Browser, PreflightCache};
use serde_json::{Value, json};

use super::message::{ConsoleMessage, MessageLeg};
use crate::rule::Group;
use crate::rules::by_code;
use crate::scenario::{Subject, play, scenario_from_json};
use crate::{Sight, diagnose, root_cause};

/// The rule that fits the facts inside a message, when they say more than its own cause.
pub fn narrow(message: &ConsoleMessage) -> Option<&'static str> {
    let cause = *message.causes.first()?;
    let scenario = scenario(message, cause)?;
    let scenario = scenario_from_json(scenario.to_string().as_bytes()).ok()?;
    let subject = Subject::new(&scenario).ok()?;
    let browser = message.browser.unwrap_or(Browser::Chromium);
    let play = play(&subject, browser, &mut PreflightCache::new(), 0);
    let sight = Sight {
        subject: &subject,
        scenario: Some(&scenario),
        play: &play,
    };
    let rule = by_code(root_cause(&diagnose(&sight))?.rule)?;
    // The message itself says that CORS refused.
    let is_cors = matches!(
        rule.group,
        Group::Actual | Group::Preflight | Group::Redirect
    );
    (is_cors && rule.code != cause).then_some(rule.code)
}

/// A scenario of what is known, good where nothing is.
fn scenario(message: &ConsoleMessage, cause: &str) -> Option<Value> {
    let origin = message.page_origin.as_deref();
    let url = message.url.as_deref()?;
    let is_preflight = message.leg == MessageLeg::Preflight;
    // Of the URL's own scheme, so that mixed content does not come up.
    let page = origin.unwrap_or(match url.starts_with("http:") {
        true => "http://page.invalid",
        false => "https://page.invalid",
    });
    let credentials = if message.credentials == Some(true) {
        "include"
    } else {
        "same-origin"
    };
    let good = json!([["Access-Control-Allow-Origin", page], ["Vary", "Origin"]]);
    let mut method = message.method.as_deref().unwrap_or("GET");
    let mut headers = Vec::new();
    let mut preflight = json!({ "status": 204, "headers": good.clone() });
    let mut response = json!({ "status": 200, "headers": good });
    match cause {
        "acao-mismatch" | "acao-invalid-value" | "acao-multiple-values" => {
            let value = message.fact("value")?;
            // Which part differs cannot be told without the page's origin; that there are several
            // values can.
            if origin.is_none() && !value.contains(',') {
                return None;
            }
            let found = json!([["Access-Control-Allow-Origin", value], ["Vary", "Origin"]]);
            let place = if is_preflight {
                method = "PUT";
                &mut preflight
            } else {
                &mut response
            };
            place["headers"] = found;
        }
        "acah-header-missing" => {
            let name = message.header.as_deref()?;
            headers.push(json!([name, sample_value(name)]));
        }
        "acam-method-missing" => {
            // A method in small letters is most often listed in capitals.
            let capitals = message.method.as_deref()?.to_ascii_uppercase();
            if let Some(list) = preflight["headers"].as_array_mut() {
                list.push(json!(["Access-Control-Allow-Methods", capitals]));
            }
            if capitals == method {
                return None;
            }
        }
        "preflight-status-not-ok" | "preflight-redirect" => {
            preflight["status"] = json!(message.status?);
            method = "PUT";
        }
        _ => return None,
    }
    Some(json!({
        "page": { "origin": page },
        "request": { "method": method, "url": url, "headers": headers, "credentials": credentials },
        "preflight": preflight,
        "responses": [response],
    }))
}

/// A value that makes a header need a preflight.
fn sample_value(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "content-type" => "application/json",
        "accept" => "{}",
        "accept-language" | "content-language" => "en_US",
        "range" => "items=0-1",
        _ => "1",
    }
}
