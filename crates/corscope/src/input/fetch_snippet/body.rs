//! The `body` option. Its kind decides the `Content-Type`, and so whether a preflight is needed.

use ::url::form_urlencoded;
use corscope_fetch::request_init::{Body, BodyType};

use super::super::error::InputError;
use super::super::js_literal::{Key, Node, Value};
use super::Call;

const NOT_KNOWN: &str = "the body's content is not known without running the code; its kind is, \
    and CORS asks for nothing else";

impl Call<'_> {
    pub(super) fn read_body(&mut self, node: &Node) -> Result<(), InputError> {
        self.unknown_body = None;
        let (kind, data) = match &node.value {
            Value::Null | Value::Undefined => {
                self.given.init.body = None;
                return Ok(());
            }
            Value::Text(text) | Value::Number(text) => (BodyType::String, text.clone()),
            Value::Bool(value) => (BodyType::String, value.to_string()),
            Value::Stringify { argument, inside } => {
                if !argument.as_deref().is_some_and(Node::is_known) {
                    self.given.note(NOT_KNOWN);
                }
                (
                    BodyType::String,
                    self.source.text[inside.clone()].trim().to_owned(),
                )
            }
            Value::UnknownText => {
                self.given.note(NOT_KNOWN);
                (BodyType::String, String::new())
            }
            Value::Object(_) | Value::Array(_) => {
                let note = "the browser sends a plain object as \"[object Object]\"; \
                    JSON.stringify(…) is missing";
                self.given.note(note);
                (BodyType::String, "[object Object]".to_owned())
            }
            Value::New { class, arguments } => {
                return self.constructed(node, class, arguments);
            }
            Value::Unknown => {
                self.unknown_body = Some(node.clone());
                return Ok(());
            }
        };
        self.given.init.body = Some(Body {
            kind,
            data,
            content_type: None,
        });
        Ok(())
    }

    /// A body that is a variable counts by its `Content-Type` alone, if the script sets one.
    pub(super) fn settle_body(&mut self) -> Result<(), InputError> {
        let Some(node) = self.unknown_body.take() else {
            return Ok(());
        };
        if !self
            .headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case("content-type"))
        {
            return Err(self.refused_body(&node));
        }
        self.given.note(NOT_KNOWN);
        let kind = BodyType::String;
        self.given.init.body = Some(Body {
            kind,
            data: String::new(),
            content_type: None,
        });
        Ok(())
    }

    fn refused_body(&self, node: &Node) -> InputError {
        let mend = "write how it is made: JSON.stringify({…}), new FormData(), \
            new URLSearchParams(\"…\") or a string";
        self.source.unknown(node, "what kind of body this is", mend)
    }

    fn constructed(
        &mut self,
        node: &Node,
        class: &str,
        arguments: &[Node],
    ) -> Result<(), InputError> {
        let first = arguments.first().map(|node| &node.value);
        let mut content_type = None;
        let (kind, data) = match class {
            "FormData" => (BodyType::FormData, None),
            "URLSearchParams" => (BodyType::UrlSearchParams, search_params(first)),
            "Blob" => {
                content_type = type_of(arguments.get(1));
                (BodyType::Blob, parts(first))
            }
            "File" => {
                content_type = type_of(arguments.get(2));
                (BodyType::Blob, parts(first))
            }
            "ReadableStream" => (BodyType::Stream, None),
            "String" => (BodyType::String, text_of(first)),
            class if class.ends_with("Array") || class.ends_with("ArrayBuffer") => {
                (BodyType::ArrayBuffer, None)
            }
            "DataView" => (BodyType::ArrayBuffer, None),
            _ => return Err(self.refused_body(node)),
        };
        if data.is_none() {
            self.given.note(NOT_KNOWN);
        }
        let data = data.unwrap_or_default();
        self.given.init.body = Some(Body {
            kind,
            data,
            content_type,
        });
        Ok(())
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        None => Some(String::new()),
        Some(Value::Text(text) | Value::Number(text)) => Some(text.clone()),
        _ => None,
    }
}

/// What `new URLSearchParams(init)` serializes to.
fn search_params(init: Option<&Value>) -> Option<String> {
    let mut out = form_urlencoded::Serializer::new(String::new());
    match init {
        None => {}
        Some(Value::Text(text)) => {
            let text = text.strip_prefix('?').unwrap_or(text);
            out.extend_pairs(form_urlencoded::parse(text.as_bytes()));
        }
        Some(Value::Object(entries)) => {
            for entry in entries {
                let Key::Name { name, .. } = &entry.key else {
                    return None;
                };
                out.append_pair(name, &text_of(Some(&entry.value.value))?);
            }
        }
        Some(Value::Array(pairs)) => {
            for pair in pairs {
                let Value::Array(items) = &pair.value else {
                    return None;
                };
                let [name, value] = items.as_slice() else {
                    return None;
                };
                out.append_pair(&text_of(Some(&name.value))?, &text_of(Some(&value.value))?);
            }
        }
        Some(_) => return None,
    }
    Some(out.finish())
}

/// The texts of a `Blob`'s parts.
fn parts(value: Option<&Value>) -> Option<String> {
    match value {
        None => Some(String::new()),
        Some(Value::Array(parts)) => parts
            .iter()
            .map(|part| text_of(Some(&part.value)))
            .collect(),
        Some(_) => None,
    }
}

/// The `type` of a `Blob`'s options.
fn type_of(options: Option<&Node>) -> Option<String> {
    let Value::Object(entries) = &options?.value else {
        return None;
    };
    let is_type = |key: &Key| matches!(key, Key::Name { name, .. } if name == "type");
    entries
        .iter()
        .rev()
        .find(|entry| is_type(&entry.key))
        .and_then(|entry| text_of(Some(&entry.value.value)))
}
