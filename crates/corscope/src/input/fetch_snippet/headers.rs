//! The `headers` option: an object, an array of pairs, or a `Headers`.

use super::super::browser_headers::Placed;
use super::super::error::{InputError, quoted};
use super::super::header;
use super::super::js_literal::{Key, Node, Value};
use super::Snippet;

const MEND: &str = "write the headers out: headers: { \"X-Foo\": \"1\" }";

pub(super) fn read(source: &Snippet<'_>, node: &Node) -> Result<Vec<Placed>, InputError> {
    // `new Headers(new Headers(…))` nests no deeper than the reader of literals lets it.
    let mut node = node;
    while let Value::New { class, arguments } = &node.value
        && class == "Headers"
    {
        match arguments.first() {
            Some(inner) => node = inner,
            None => return Ok(Vec::new()),
        }
    }
    match &node.value {
        Value::Undefined | Value::Null => Ok(Vec::new()),
        Value::Object(entries) => entries
            .iter()
            .map(|entry| match &entry.key {
                Key::Name { name, .. } => pair(source, &entry.value, name),
                Key::Unknown => Err(source.unknown(&entry.value, "which headers this adds", MEND)),
            })
            .collect(),
        Value::Array(pairs) => pairs.iter().map(|pair| array_pair(source, pair)).collect(),
        _ => Err(source.unknown(node, "which headers there are", MEND)),
    }
}

fn array_pair(source: &Snippet<'_>, node: &Node) -> Result<Placed, InputError> {
    match &node.value {
        Value::Array(items) => match items.as_slice() {
            [
                Node {
                    value: Value::Text(name),
                    ..
                },
                value,
            ] => pair(source, value, name),
            _ => {
                let mend = "write pairs: [[\"X-Foo\", \"1\"]]";
                Err(source.error(node, "this is no pair of a name and a value", mend))
            }
        },
        _ => Err(source.unknown(node, "which header this is", MEND)),
    }
}

fn pair(source: &Snippet<'_>, node: &Node, name: &str) -> Result<Placed, InputError> {
    let text = match &node.value {
        Value::Text(text) | Value::Number(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        // As the browser makes strings of them: a frequent surprise, so not refused.
        Value::Null => "null".to_owned(),
        Value::Undefined => "undefined".to_owned(),
        _ => {
            let what = format!("the value of {}", quoted(name));
            let mend = "write a value like it; for CORS the name counts, seldom the value";
            return Err(source.unknown(node, &what, mend));
        }
    };
    let place = source.place(node.span.start);
    let (name, value) = header::pair(&place, name, &text)?;
    Ok(Placed { place, name, value })
}
