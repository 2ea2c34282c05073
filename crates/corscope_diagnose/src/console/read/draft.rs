//! One line as a message of its own.

use corscope_fetch::Browser;

use super::message::{ConsoleMessage, Effect, MessageLeg};
use super::scan::Part;
use super::table::{Template, table};
use crate::rules::by_code;

/// What a line is for its failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// It only says that something failed.
    Symptom,
    /// It goes with a reason that another line holds.
    Companion,
    /// It says why.
    Reason,
}

/// A message under way.
pub(super) struct Draft {
    pub(super) message: ConsoleMessage,
    pub(super) role: Role,
    /// The codes of its lines.
    pub(super) codes: Vec<&'static str>,
}

/// Lines that stand beside a reason, by their codes.
const COMPANIONS: [&str; 18] = [
    "CORSDidNotSucceed",
    "CORSDidNotSucceed2",
    "ScriptSourceLoadFailed",
    "ModuleSourceLoadFailed",
    "ScriptSourceNotAllowed",
    "ModuleSourceNotAllowed",
    "FontDownloadFailed",
    "ResourceBlockedORBShort",
    "ConnectionFailure",
    "WkFetchAccessControl",
    "WkXhrAccessControl",
    "WkEventSourceAccessControl",
    "WkImageAccessControl",
    "WkStylesheetAccessControl",
    "WkScriptDenied",
    "WkTrackDenied",
    "WkMediaDenied",
    "WkNotAllowed",
];

fn role(template: Option<&Template>, message: &ConsoleMessage) -> Role {
    match template {
        Some(template) if COMPANIONS.contains(&template.code) => Role::Companion,
        Some(template) if template.effect == Effect::Symptom => match message.is_bare() {
            true => Role::Symptom,
            false => Role::Reason,
        },
        Some(template)
            if ["DevToolsStatus", "DevToolsPreflightStatus"].contains(&template.code) =>
        {
            Role::Symptom
        }
        _ => Role::Reason,
    }
}

/// One line as a message of its own.
pub(super) fn draft(part: Part) -> Draft {
    let template = part.main();
    let mut message = ConsoleMessage {
        partial: part.partial,
        times: 1,
        span: part.range.clone(),
        lines: vec![part.range.clone()],
        ..ConsoleMessage::default()
    };
    if let Some(template) = template {
        // Who prints the frame prints the reason in it.
        let owner = part.frame.map_or(template, |frame| &frame.template);
        message.browsers = owner.browsers.to_vec();
        for browser in part.others.iter().flat_map(|other| other.browsers) {
            if !message.browsers.contains(browser) {
                message.browsers.push(*browser);
            }
        }
        message.browser = match message.browsers.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let code = match template.preflight_code {
            Some(code) if part.preflight => code,
            _ => template.code,
        };
        message.browser_code = Some(code).filter(|code| !code.is_empty());
        message.leg = match (part.preflight, part.frame) {
            (true, _) => MessageLeg::Preflight,
            (_, Some(frame)) if frame.template.leg != MessageLeg::Unknown => frame.template.leg,
            _ => template.leg,
        };
        message.causes = if part.preflight && !template.preflight_causes.is_empty() {
            template.preflight_causes.clone()
        } else {
            template.causes.clone()
        };
        message.not_cors = template.not_cors;
        message.channel = part
            .frame
            .map_or(template.channel, |frame| frame.template.channel);
        message.effect = template.effect;
        message.legacy = template.legacy || part.frame.is_some_and(|frame| frame.template.legacy);
    }
    if let Some(frame) = part.frame
        && part.template.is_some()
        && frame.template.code == "WkRedirectDenied"
        && template.is_some_and(|reason| reason.leg != MessageLeg::Redirect)
    {
        for cause in &frame.template.causes {
            if !message.causes.contains(cause) {
                message.causes.push(cause);
            }
        }
    }
    if let Some(reading) = &part.localised {
        message.browsers = vec![Browser::Firefox];
        message.browser = Some(Browser::Firefox);
        message.browser_code = reading.code;
        message.leg = reading.leg;
        message.causes = reading
            .causes
            .iter()
            .filter_map(|code| by_code(code))
            .map(|rule| rule.code)
            .collect();
        message.translated = true;
    }
    for (name, value) in part.facts {
        fact(&mut message, name, value);
    }
    let code = message.browser_code.unwrap_or_default();
    Draft {
        role: role(template, &message),
        codes: vec![code],
        message,
    }
}

/// An origin that somebody took from the address bar, without its slash.
fn without_slash(mut origin: String) -> String {
    if origin.ends_with('/') && !origin.ends_with("//") {
        origin.pop();
    }
    origin
}

fn fact(message: &mut ConsoleMessage, name: &'static str, value: String) {
    match name {
        "kind" => message.kind = Some(value),
        "origin" => message.page_origin = Some(without_slash(value)),
        "url" if !value.is_empty() => message.url = Some(value),
        "initial_url" => message.initial_url = Some(value),
        "method" => message.method = Some(value),
        "header" => message.header = Some(value),
        "status" => {
            message.status = value
                .parse()
                .ok()
                .filter(|status| (1..=999).contains(status));
            message.value("status", value);
        }
        "page" | "referrer" => {
            if message.page_origin.is_none() {
                message.page_origin = url::Url::parse(&value)
                    .ok()
                    .map(|url| url.origin().ascii_serialization());
            }
            message.value(name, value);
        }
        "error" => {
            let bare = value.trim_start_matches("net::");
            if let Some(error) = table().net_error(bare) {
                message.not_cors = error.not_cors.or(message.not_cors);
                if !error.causes.is_empty() {
                    message.causes = error.causes.clone();
                }
            }
            message.value(name, value);
        }
        _ => message.value(name, value),
    }
}
