//! Chromium's `_webSocketMessages`, which other tools write too.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::entry::{HarEntry, string};
use super::import::ImportOptions;
use super::lexer::{LexFault, Lexer};
use crate::message::{Message, MessageKind, Sender};

pub(super) fn read(
    lexer: &mut Lexer,
    options: ImportOptions,
    entry: &mut HarEntry,
) -> Result<(), LexFault> {
    if !lexer.open(b'[')? {
        return Ok(());
    }
    while lexer.more()? {
        if entry.messages.len() >= options.message_limit {
            entry.messages_left_out += 1;
            lexer.skip_value()?;
        } else if let Some(message) = one(lexer, options)? {
            entry.messages.push(message);
        }
    }
    Ok(())
}

fn one(lexer: &mut Lexer, options: ImportOptions) -> Result<Option<Message>, LexFault> {
    let mut message = Message::default();
    let mut opcode = 1;
    if !lexer.open(b'{')? {
        return Ok(None);
    }
    while let Some(key) = lexer.key()? {
        match key {
            b"type" => {
                let received = string(lexer, 16)?.is_some_and(|kind| kind.starts_with("rec"));
                message.sender = if received {
                    Sender::Server
                } else {
                    Sender::Client
                };
            }
            b"time" => {
                let text = string(lexer, 64)?.unwrap_or_default();
                let seconds: f64 = text.trim().parse().unwrap_or(0.0);
                message.at = (seconds * 1e6).round() as u64;
            }
            b"opcode" => opcode = super::entry::number(lexer)?.unwrap_or(1),
            b"data" => {
                // Base64 is a third longer than what it stands for.
                if let Some(text) = lexer.text(options.body_limit / 3 * 4 + 4)? {
                    message.bytes = text.bytes.to_vec();
                    message.len = text.bytes.len() as u64 + text.left_out;
                }
            }
            _ => lexer.skip_value()?,
        }
    }
    let opcode = u64::try_from(opcode).unwrap_or(1);
    message.kind = MessageKind::of_opcode(opcode).unwrap_or_default();
    if message.kind != MessageKind::Text
        && let Ok(bytes) = STANDARD.decode(whole_quads(&message.bytes))
        && !bytes.is_empty()
    {
        message.len = if message.is_whole() {
            bytes.len() as u64
        } else {
            message.len / 4 * 3
        };
        message.bytes = bytes;
    }
    message.bytes.truncate(options.body_limit);
    Ok(Some(message))
}

/// Base64 can be decoded up to any fourth byte.
pub(super) fn whole_quads(text: &[u8]) -> &[u8] {
    &text[..text.len() / 4 * 4]
}
