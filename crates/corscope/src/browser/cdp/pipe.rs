//! The debugging pipe: the browser reads commands from its file descriptor 3 and writes to 4. No
//! port is open for other programs or pages, and the browser ends when we are gone.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use command_fds::{CommandFdExt, FdMapping};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::process::Command;
use tokio::time::timeout;

use super::frames::Frames;

/// How long the browser may leave a command unread.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);

/// Our ends of the pipe.
#[derive(Debug)]
pub(in crate::browser) struct Pipe {
    commands: Sender,
    messages: Receiver,
    frames: Frames,
    ready: std::vec::IntoIter<Vec<u8>>,
}

/// The browser's ends.
#[derive(Debug)]
pub(in crate::browser) struct ChildEnds {
    commands: OwnedFd,
    messages: OwnedFd,
}

impl ChildEnds {
    /// Hands them to the command, which then holds them until it is dropped.
    pub(in crate::browser) fn give_to(self, command: &mut Command) -> io::Result<()> {
        command
            .fd_mappings(vec![
                FdMapping {
                    parent_fd: self.commands,
                    child_fd: 3,
                },
                FdMapping {
                    parent_fd: self.messages,
                    child_fd: 4,
                },
            ])
            .map(|_| ())
            .map_err(io::Error::other)
    }
}

impl Pipe {
    pub(in crate::browser) fn open() -> io::Result<(Self, ChildEnds)> {
        let (their_commands, our_commands) = io::pipe()?;
        let (our_messages, their_messages) = io::pipe()?;
        let ours = Self {
            commands: Sender::from_owned_fd(our_commands.into())?,
            messages: Receiver::from_owned_fd(our_messages.into())?,
            frames: Frames::default(),
            ready: Vec::new().into_iter(),
        };
        let theirs = ChildEnds {
            commands: their_commands.into(),
            messages: their_messages.into(),
        };
        Ok((ours, theirs))
    }

    /// The next message that is JSON; `None` once the browser is gone. Loses nothing when it is
    /// dropped before it ends.
    pub(super) async fn next(&mut self) -> Option<Value> {
        let mut chunk = [0; 16 << 10];
        loop {
            let parsed = self
                .ready
                .find_map(|bytes| serde_json::from_slice(&bytes).ok());
            if parsed.is_some() {
                return parsed;
            }
            match self.messages.read(&mut chunk).await {
                Ok(count @ 1..) => self.ready = self.frames.push(&chunk[..count]).into_iter(),
                _ => return None,
            }
        }
    }

    pub(super) async fn send(&mut self, message: &Value) -> io::Result<()> {
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        timeout(WRITE_PATIENCE, self.commands.write_all(&bytes)).await?
    }
}
