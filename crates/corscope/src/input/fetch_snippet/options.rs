//! The options of `fetch()`.

use corscope_fetch::request_init::{CacheMode, CredentialsMode, Mode, RedirectMode};

use super::super::error::{InputError, quoted};
use super::super::js_literal::{Node, Value};
use super::super::method;
use super::{Call, Snippet};

const MODES: &[(&str, Mode)] = &[
    ("cors", Mode::Cors),
    ("no-cors", Mode::NoCors),
    ("same-origin", Mode::SameOrigin),
    ("navigate", Mode::Navigate),
];

const CREDENTIALS: &[(&str, CredentialsMode)] = &[
    ("omit", CredentialsMode::Omit),
    ("same-origin", CredentialsMode::SameOrigin),
    ("include", CredentialsMode::Include),
];

const REDIRECTS: &[(&str, RedirectMode)] = &[
    ("follow", RedirectMode::Follow),
    ("error", RedirectMode::Error),
    ("manual", RedirectMode::Manual),
];

const CACHES: &[(&str, CacheMode)] = &[
    ("default", CacheMode::Default),
    ("no-store", CacheMode::NoStore),
    ("reload", CacheMode::Reload),
    ("no-cache", CacheMode::NoCache),
    ("force-cache", CacheMode::ForceCache),
    ("only-if-cached", CacheMode::OnlyIfCached),
];

/// Options that change nothing about a verdict.
const WITHOUT_PART: &[&str] = &[
    "adAuctionHeaders",
    "attributionReporting",
    "browsingTopics",
    "duplex",
    "priority",
    "privateToken",
    "referrerPolicy",
    "retryOptions",
    "sharedStorageWritable",
    "signal",
    "targetAddressSpace",
    "window",
];

/// Options of other libraries and slips of the pen, with what `fetch()` has for them.
const MISTAKEN: &[(&str, &str)] = &[
    ("withCredentials", "credentials: \"include\""),
    ("credential", "credentials"),
    ("header", "headers"),
    ("data", "body"),
    ("json", "body: JSON.stringify(…)"),
    ("params", "a query in the URL"),
    ("type", "method"),
    ("redirects", "redirect"),
    ("referer", "referrer"),
    ("timeout", "signal: AbortSignal.timeout(…)"),
    ("url", "the first argument"),
];

impl Call<'_> {
    pub(super) fn option(&mut self, name: &str, node: &Node) -> Result<(), InputError> {
        let init = &mut self.given.init;
        match name {
            "method" => {
                let Some(text) = text(&self.source, "the method", node)? else {
                    return Ok(());
                };
                init.method = method::method(&self.source.place(node.span.start), text)?;
            }
            "headers" => {
                let headers = super::headers::read(&self.source, node)?;
                self.headers = headers;
            }
            "body" => self.read_body(node)?,
            "mode" => init.mode = choice(&self.source, "mode", node, MODES)?,
            "credentials" => {
                init.credentials = choice(&self.source, "credentials mode", node, CREDENTIALS)?;
            }
            "redirect" => {
                init.redirect =
                    choice(&self.source, "redirect mode", node, REDIRECTS)?.unwrap_or_default();
            }
            "cache" => {
                init.cache = choice(&self.source, "cache mode", node, CACHES)?.unwrap_or_default();
            }
            "integrity" => {
                init.integrity = text(&self.source, "the integrity", node)?
                    .unwrap_or_default()
                    .to_owned();
            }
            "keepalive" => {
                init.keepalive = match &node.value {
                    Value::Bool(is_set) => *is_set,
                    Value::Undefined | Value::Null => false,
                    _ => {
                        let mend = "write keepalive: true, or leave it out";
                        return Err(self.source.unknown(node, "keepalive", mend));
                    }
                };
            }
            "referrer" => {
                // `about:client` is the page itself, the empty string nobody.
                if let Value::Text(referrer) = &node.value
                    && referrer.contains("://")
                {
                    let place = self.source.place(node.span.start);
                    self.referrer = Some((place, referrer.clone()));
                }
            }
            name if WITHOUT_PART.contains(&name) => {}
            name => {
                let instead = MISTAKEN.iter().find(|(mistaken, _)| *mistaken == name);
                let instead = instead.map_or(String::new(), |(_, is)| format!("; it has {is}"));
                let note = format!(
                    "fetch() has no option {}, and ignores it{instead}",
                    quoted(name)
                );
                self.given.note(note);
            }
        }
        Ok(())
    }
}

/// A text; `None` when the option is as good as absent.
fn text<'n>(
    source: &Snippet<'_>,
    what: &str,
    node: &'n Node,
) -> Result<Option<&'n str>, InputError> {
    match &node.value {
        Value::Text(text) => Ok(Some(text)),
        Value::Undefined => Ok(None),
        _ => Err(source.unknown(node, what, "write it out as a string")),
    }
}

/// One of a few words, as the browser takes them: in lower case only.
fn choice<T: Copy>(
    source: &Snippet<'_>,
    what: &str,
    node: &Node,
    choices: &[(&str, T)],
) -> Result<Option<T>, InputError> {
    let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
    let mend = format!("write one of {}", names.join(", "));
    let found = match &node.value {
        Value::Undefined => return Ok(None),
        Value::Text(found) => found.clone(),
        Value::Bool(found) => found.to_string(),
        Value::Null => "null".to_owned(),
        Value::Number(found) => found.clone(),
        _ => return Err(source.unknown(node, &format!("the {what}"), &mend)),
    };
    match choices.iter().find(|(name, _)| *name == found) {
        Some((_, choice)) => Ok(Some(*choice)),
        None => {
            let found = quoted(&found);
            let problem = format!("{found} is no {what}; fetch() throws a TypeError");
            Err(source.error(node, problem, mend))
        }
    }
}
