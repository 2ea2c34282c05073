//! What a message rules out: the browser checks in a fixed order, and came as far as this.

use corscope_fetch::Browser;

use super::message::{ConsoleMessage, Effect, MessageLeg};

const REACHED: &str = "The server was reached: no network fault, no CSP, no mixed content.";
const PREFLIGHT_PASSED: &str = "If there was a preflight, it passed.";
const NOT_SENT: &str = "The request itself was not sent: whatever handles it has not run.";
const ORIGIN_RIGHT: &str = "The preflight's Access-Control-Allow-Origin is right.";
const CREDENTIALS_RIGHT: &str = "The preflight's Access-Control-Allow-Credentials is right.";
const STATUS_RIGHT: &str = "The preflight's status is 2xx, so no login and no missing route.";
const LISTS_PARSE: &str = "Access-Control-Allow-Methods and -Headers can be parsed.";
const METHOD_RIGHT: &str = "The method is allowed.";
const OWN_ORIGIN_RIGHT: &str = "Access-Control-Allow-Origin is right.";
const NOTHING_SENT: &str = "Nothing was sent: no server and no proxy took part.";
const HEADER_THERE: &str = "The header is there: it is not simply missing.";

/// The sentences for a message.
pub(super) fn rules_out(message: &ConsoleMessage) -> Vec<&'static str> {
    if message.partial || message.translated || message.effect != Effect::Blocked {
        return Vec::new();
    }
    let Some(cause) = message.causes.first() else {
        return Vec::new();
    };
    if message.leg == MessageLeg::Request {
        return vec![NOTHING_SENT];
    }
    let is_webkit = message.browser == Some(Browser::WebKit);
    let is_check = cause.starts_with("acao-");
    let is_credentials = cause.starts_with("acac-");
    let mut out = Vec::new();
    match message.leg {
        MessageLeg::Preflight => {
            out.push(REACHED);
            out.push(NOT_SENT);
            // WebKit looks at the status first, the others after the CORS check.
            let after_check = !is_check && !is_credentials;
            if is_credentials || (after_check && !(is_webkit && cause.contains("status"))) {
                out.push(ORIGIN_RIGHT);
            }
            if after_check && !cause.contains("status") && !cause.contains("redirect") {
                out.extend([CREDENTIALS_RIGHT, STATUS_RIGHT]);
            } else if is_webkit && (is_check || is_credentials) {
                out.push(STATUS_RIGHT);
            }
            if cause.contains("method-missing") || cause.contains("header-missing") {
                out.push(LISTS_PARSE);
            }
            if *cause == "acah-header-missing" {
                out.push(METHOD_RIGHT);
            }
        }
        MessageLeg::Actual | MessageLeg::Redirect if is_check || is_credentials => {
            out.push(REACHED);
            // WebKit's reasons do not tell the legs apart.
            if !message.or_legs.contains(&MessageLeg::Preflight) {
                out.push(PREFLIGHT_PASSED);
            }
            if is_credentials {
                out.push(OWN_ORIGIN_RIGHT);
            } else if !message.causes.contains(&"acao-missing") {
                out.push(HEADER_THERE);
            }
        }
        _ => {}
    }
    out
}
