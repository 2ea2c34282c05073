//! The table of messages, read once.

use std::collections::HashMap;
use std::sync::OnceLock;

use corscope_fetch::Browser;

use super::message::{Channel, Effect, MessageLeg};
use super::not_cors::NotCors;
use super::rows::Document;
use super::template::{Node, compile};
use crate::rules::by_code;

/// The methods that developer tools print before a URL.
const VERBS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// A message, or a reason that stands in a frame or alone.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) browsers: &'static [Browser],
    pub(super) code: &'static str,
    /// The code when the reason is about the preflight.
    pub(super) preflight_code: Option<&'static str>,
    pub(super) leg: MessageLeg,
    pub(super) causes: Vec<&'static str>,
    pub(super) preflight_causes: Vec<&'static str>,
    pub(super) not_cors: Option<NotCors>,
    pub(super) channel: Channel,
    pub(super) effect: Effect,
    pub(super) legacy: bool,
    /// It never stands alone.
    framed: bool,
    pub(super) lone: bool,
    pub(super) is_reason: bool,
    /// Facts that the text states by its form.
    pub(super) fixed: Option<(&'static str, &'static str)>,
    pub(super) nodes: Vec<Node>,
}

/// What stands around a reason.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) template: Template,
    /// Its text with what stands between.
    pub(super) before_reason: Vec<Node>,
    pub(super) between: &'static str,
    pub(super) lead: &'static str,
    pub(super) preflight: bool,
    pub(super) reasons: Vec<usize>,
    pub(super) needs_reason: bool,
}

/// What a network error's name tells.
#[derive(Debug)]
pub(super) struct NetError {
    names: &'static [String],
    pub(super) not_cors: Option<NotCors>,
    pub(super) causes: Vec<&'static str>,
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    Template(usize),
    Frame(usize),
    /// A template that starts with a quoted URL, by what follows that.
    Quoted(usize),
    /// The name of a message; of its preflight form, or not.
    Code(usize, bool),
}

/// Everything that is known, with an index by the first bytes.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) templates: Vec<Template>,
    pub(super) frames: Vec<Frame>,
    pub(super) net_errors: Vec<NetError>,
    starts: HashMap<[u8; 4], Vec<Start>>,
    /// Which first two bytes can start anything.
    pairs: Vec<u64>,
}

/// The table.
pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| document().map(build).unwrap_or_default())
}

fn document() -> Option<&'static Document> {
    static DOCUMENT: OnceLock<Option<Document>> = OnceLock::new();
    // A test holds that it can be read.
    DOCUMENT
        .get_or_init(|| toml::from_str(include_str!("../messages.toml")).ok())
        .as_ref()
}

fn build(document: &'static Document) -> Table {
    let mut table = Table {
        pairs: vec![0; 1024],
        ..Table::default()
    };
    let tails = |name: &str| document.tails.get(name).map(Vec::as_slice);
    let causes = |text: &'static str| codes(text, document);
    let mut sets: HashMap<&str, Vec<usize>> = HashMap::new();
    for group in &document.group {
        for row in &group.messages {
            for (fixed, nodes) in expand(compile(&row.text, &tails), &[]) {
                if let Some(set) = &group.set {
                    sets.entry(set).or_default().push(table.templates.len());
                }
                table.templates.push(Template {
                    browsers: &group.browsers,
                    code: &row.code,
                    preflight_code: row.preflight.as_deref(),
                    leg: row.leg.unwrap_or_default(),
                    causes: causes(&row.causes),
                    preflight_causes: causes(&row.preflight_causes),
                    not_cors: row.not_cors,
                    channel: group.channel,
                    effect: row.effect,
                    legacy: row.legacy,
                    framed: row.framed,
                    lone: row.lone,
                    is_reason: group.set.is_some(),
                    fixed,
                    nodes,
                });
            }
        }
    }
    for row in &document.frame {
        let reasons: Vec<usize> = row
            .sets
            .iter()
            .filter_map(|set| sets.get(set.as_str()))
            .flatten()
            .copied()
            .collect();
        for (fixed, nodes) in expand(compile(&row.text, &tails), &row.starts) {
            let kind = row.kind.as_deref().map(|kind| ("kind", kind));
            table.frames.push(Frame {
                template: Template {
                    browsers: &row.browsers,
                    code: row.code.as_deref().unwrap_or_default(),
                    preflight_code: None,
                    leg: row.leg.unwrap_or_default(),
                    causes: causes(&row.causes),
                    preflight_causes: Vec::new(),
                    not_cors: None,
                    channel: row.channel,
                    effect: Effect::Blocked,
                    legacy: row.legacy,
                    framed: false,
                    lone: false,
                    is_reason: false,
                    fixed: fixed.or(kind),
                    nodes: nodes.clone(),
                },
                between: &row.between,
                lead: &row.lead,
                preflight: row.preflight,
                reasons: reasons.clone(),
                before_reason: {
                    let mut nodes = nodes;
                    nodes.push(Node::Literal(row.between.as_str().into()));
                    joined(nodes)
                },
                needs_reason: row.needs_reason,
            });
        }
    }
    table.net_errors = document
        .net_error
        .iter()
        .map(|row| NetError {
            names: &row.names,
            not_cors: row.not_cors,
            causes: causes(&row.causes),
        })
        .collect();
    index(&mut table);
    table
}

/// Rule codes; `@name` stands for a list. Codes without a rule are left out (a test finds them).
fn codes(text: &'static str, document: &'static Document) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let words = match word.strip_prefix('@') {
            Some(list) => document.lists.get(list).map_or("", String::as_str),
            None => word,
        };
        for rule in words.split(' ').filter_map(by_code) {
            if !codes.contains(&rule.code) {
                codes.push(rule.code);
            }
        }
    }
    codes
}

type Expanded = (Option<(&'static str, &'static str)>, Vec<Node>);

/// A template for each form: optional parts in the middle are there or not, and a hole at the start
/// is each of the things that it can be.
fn expand(nodes: Vec<Node>, starts: &'static [String]) -> Vec<Expanded> {
    let middle = nodes
        .iter()
        .take(nodes.len().saturating_sub(1))
        .position(|node| matches!(node, Node::Tail(_)));
    if let Some(at) = middle {
        let mut forms = vec![Vec::new()];
        if let Node::Tail(tail) = &nodes[at] {
            forms.extend(tail.iter().cloned());
        }
        return forms
            .into_iter()
            .rev()
            .flat_map(|form| {
                let mut whole = nodes[..at].to_vec();
                whole.extend(form);
                whole.extend_from_slice(&nodes[at + 1..]);
                expand(joined(whole), starts)
            })
            .collect();
    }
    let words: Vec<&'static str> = match nodes.first() {
        Some(Node::Hole(_, "verb")) => VERBS.to_vec(),
        Some(Node::Hole(_, "kind")) => starts.iter().map(String::as_str).collect(),
        _ => return vec![(None, nodes)],
    };
    let name = if starts.is_empty() { "method" } else { "kind" };
    words
        .into_iter()
        .map(|word| {
            let mut whole = vec![Node::Literal(word.into())];
            whole.extend_from_slice(&nodes[1..]);
            (Some((name, word)), joined(whole))
        })
        .collect()
}

/// Neighbouring literals as one.
fn joined(nodes: Vec<Node>) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (out.last_mut(), node) {
            (Some(Node::Literal(before)), Node::Literal(after)) => {
                *before = format!("{before}{after}").into();
            }
            (_, node) => out.push(node),
        }
    }
    out
}

fn index(table: &mut Table) {
    let mut starts: Vec<(String, Start)> = Vec::new();
    for (at, template) in table.templates.iter().enumerate() {
        match template.nodes.as_slice() {
            _ if template.framed => {}
            [Node::Literal(first), ..] if first.len() >= 4 => {
                starts.push((first.to_string(), Start::Template(at)));
            }
            [Node::Literal(_), Node::Hole(..), Node::Literal(then), ..] => {
                starts.push((then.to_string(), Start::Quoted(at)));
            }
            _ => {}
        }
        let is_named = template.is_reason && !template.code.contains('|');
        if is_named && template.browsers != [Browser::WebKit] {
            starts.push((template.code.to_owned(), Start::Code(at, false)));
            let preflight = template.preflight_code.map(str::to_owned);
            starts.extend(preflight.map(|code| (code, Start::Code(at, true))));
        }
    }
    for (at, frame) in table.frames.iter().enumerate() {
        if let Some(Node::Literal(first)) = frame.template.nodes.first() {
            starts.push((first.to_string(), Start::Frame(at)));
        }
    }
    for (first, start) in starts {
        let Some(key) = first.as_bytes().first_chunk::<4>() else {
            continue;
        };
        let pair = usize::from(u16::from_be_bytes([key[0], key[1]]));
        table.pairs[pair / 64] |= 1 << (pair % 64);
        table.starts.entry(*key).or_default().push(start);
    }
}

impl Table {
    /// What can start with these bytes.
    pub(super) fn starting(&self, text: &[u8]) -> &[Start] {
        let Some(key) = text.first_chunk::<4>() else {
            return &[];
        };
        let pair = usize::from(u16::from_be_bytes([key[0], key[1]]));
        if self
            .pairs
            .get(pair / 64)
            .is_none_or(|bits| bits & (1 << (pair % 64)) == 0)
        {
            return &[];
        }
        self.starts.get(key).map_or(&[], Vec::as_slice)
    }

    /// What a network error's name (without `net::`) tells.
    pub(super) fn net_error(&self, name: &str) -> Option<&NetError> {
        self.net_errors.iter().find(|error| {
            error
                .names
                .iter()
                .any(|start| name.starts_with(start.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::Group;
    use super::*;

    #[test]
    fn the_table_can_be_read_and_names_only_rules_that_exist() {
        let document: Document = toml::from_str(include_str!("../messages.toml"))
            .unwrap_or_else(|error| panic!("{error}"));
        let lists = document.lists.values();
        let rows = document.group.iter().flat_map(|group| &group.messages);
        let frames = document.frame.iter().map(|frame| &frame.causes);
        let errors = document.net_error.iter().map(|row| &row.causes);
        let all = lists
            .chain(rows.flat_map(|row| [&row.causes, &row.preflight_causes]))
            .chain(frames)
            .chain(errors);
        for text in all {
            for word in text.split_whitespace() {
                match word.strip_prefix('@') {
                    Some(list) => assert!(document.lists.contains_key(list), "{word}"),
                    None => assert!(by_code(word).is_some(), "{word} is no rule"),
                }
            }
        }
        for frame in &document.frame {
            for set in &frame.sets {
                let is_known = |group: &Group| group.set.as_ref() == Some(set);
                assert!(document.group.iter().any(is_known), "{set}");
            }
        }
    }

    #[test]
    fn every_template_can_be_found() {
        for template in &table().templates {
            match template.nodes.as_slice() {
                [Node::Literal(first), ..] if first.len() >= 4 => {}
                [Node::Literal(_), Node::Hole(..), Node::Literal(_), ..] => {}
                other => panic!("{}: {other:?}", template.code),
            }
        }
    }
}
