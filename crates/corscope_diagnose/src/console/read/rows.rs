//! The table of messages as it is written down.

use std::collections::HashMap;

use corscope_fetch::Browser;
use serde::Deserialize;

use super::message::{Channel, Effect, MessageLeg};
use super::not_cors::NotCors;

/// All of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) lists: HashMap<String, String>,
    pub(super) tails: HashMap<String, Vec<String>>,
    pub(super) frame: Vec<FrameRow>,
    pub(super) group: Vec<Group>,
    pub(super) net_error: Vec<NetErrorRow>,
}

/// What stands around reasons.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameRow {
    pub(super) browsers: Vec<Browser>,
    #[serde(default)]
    pub(super) channel: Channel,
    #[serde(default)]
    pub(super) legacy: bool,
    pub(super) code: Option<String>,
    pub(super) leg: Option<MessageLeg>,
    #[serde(default)]
    pub(super) causes: String,
    pub(super) kind: Option<String>,
    pub(super) text: String,
    #[serde(default)]
    pub(super) starts: Vec<String>,
    pub(super) between: String,
    #[serde(default)]
    pub(super) lead: String,
    #[serde(default)]
    pub(super) preflight: bool,
    pub(super) sets: Vec<String>,
    #[serde(default)]
    pub(super) needs_reason: bool,
}

/// Messages of the same browsers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) browsers: Vec<Browser>,
    pub(super) set: Option<String>,
    #[serde(default)]
    pub(super) channel: Channel,
    pub(super) messages: Vec<Row>,
}

/// One message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) preflight: Option<String>,
    pub(super) leg: Option<MessageLeg>,
    #[serde(default)]
    pub(super) causes: String,
    #[serde(default)]
    pub(super) preflight_causes: String,
    pub(super) not_cors: Option<NotCors>,
    #[serde(default)]
    pub(super) effect: Effect,
    #[serde(default)]
    pub(super) legacy: bool,
    #[serde(default)]
    pub(super) framed: bool,
    #[serde(default)]
    pub(super) lone: bool,
    pub(super) text: String,
}

/// What network errors tell, by the start of their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetErrorRow {
    pub(super) names: Vec<String>,
    pub(super) not_cors: Option<NotCors>,
    #[serde(default)]
    pub(super) causes: String,
}
