//! An explanation as JSON.

use corscope_diagnose::console::read::{Channel, Effect, MessageLeg};
use serde::Serialize;
use serde_json::Value;

use super::Explained;

/// One message's explanation; what is not known is null.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a Value>,
    browser: &'static str,
    /// All that print it so, when it is not one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    browsers: Vec<&'static str>,
    browser_code: Option<&'static str>,
    leg: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    or_legs: Vec<MessageLeg>,
    page_origin: Option<&'a str>,
    url: Option<&'a str>,
    initial_url: Option<&'a str>,
    kind: Option<&'a str>,
    method: Option<&'a str>,
    header: Option<&'a str>,
    status: Option<u16>,
    credentials: Option<bool>,
    values: serde_json::Map<String, Value>,
    causes: Vec<&'static str>,
    /// The rule that the facts fit exactly.
    rule: Option<&'static str>,
    rules_out: &'a [&'static str],
    not_cors: Option<&'static str>,
    effect: Option<Effect>,
    channel: Option<Channel>,
    legacy: bool,
    partial: bool,
    translated: bool,
    times: usize,
    next: Option<String>,
    /// Further messages of the same text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<Document<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl<'a> Document<'a> {
    pub(super) fn new(found: &'a [Explained]) -> Self {
        let Some((first, others)) = found.split_first() else {
            return Self::unknown();
        };
        let mut document = Self::of(first);
        document.also = others.iter().map(Self::of).collect();
        document
    }

    fn of(explained: &'a Explained) -> Self {
        let message = &explained.message;
        let browser = message.browser.map_or("unknown", |browser| browser.name());
        let browsers = message.browsers.iter().map(|browser| browser.name());
        let values = message.values.iter();
        let next = match (&explained.command, explained.causes().first()) {
            (Some(command), _) => Some(command.line()),
            (None, Some(rule)) => Some(format!("corscope explain {rule}")),
            (None, None) => None,
        };
        Self {
            id: None,
            browser,
            browsers: match message.browser {
                Some(_) => Vec::new(),
                None => browsers.collect(),
            },
            browser_code: message.browser_code,
            leg: message.leg.name(),
            or_legs: message.or_legs.clone(),
            page_origin: message.page_origin.as_deref(),
            url: message.url.as_deref(),
            initial_url: message.initial_url.as_deref(),
            kind: message.kind.as_deref(),
            method: message.method.as_deref(),
            header: message.header.as_deref(),
            status: message.status,
            credentials: message.credentials,
            values: values
                .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
                .collect(),
            causes: explained.causes(),
            rule: explained.rule,
            rules_out: &message.rules_out,
            not_cors: message.not_cors.map(|kind| kind.name()),
            effect: Some(message.effect),
            channel: Some(message.channel),
            legacy: message.legacy,
            partial: message.partial,
            translated: message.translated,
            times: message.times,
            next,
            also: Vec::new(),
            error: None,
        }
    }

    /// A text that is no message.
    fn unknown() -> Self {
        Self {
            id: None,
            browser: "unknown",
            browsers: Vec::new(),
            browser_code: None,
            leg: "unknown",
            or_legs: Vec::new(),
            page_origin: None,
            url: None,
            initial_url: None,
            kind: None,
            method: None,
            header: None,
            status: None,
            credentials: None,
            values: serde_json::Map::new(),
            causes: Vec::new(),
            rule: None,
            rules_out: &[],
            not_cors: None,
            effect: None,
            channel: None,
            legacy: false,
            partial: false,
            translated: false,
            times: 0,
            next: Some("corscope check URL --from ORIGIN".to_owned()),
            also: Vec::new(),
            error: Some("not a message that we know; give the URL and the page's origin"),
        }
    }
}

/// One message's explanation.
pub(super) fn of(explained: &Explained) -> Value {
    serde_json::to_value(Document::of(explained)).unwrap_or_default()
}

/// On several lines, for `--format json`.
pub(super) fn json(found: &[Explained]) -> String {
    serde_json::to_string_pretty(&Document::new(found)).unwrap_or_default() + "\n"
}
