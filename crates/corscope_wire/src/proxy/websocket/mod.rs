//! WebSocket: frames pass as they are, and a copy of them is read for the messages inside.

mod frames;
mod inflate;

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::Side;

use super::splice::Onlooker;
use super::watch::Watch;
use frames::Frames;
use inflate::Inflate;

/// What the two sides agreed on for messages that one of them sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Deflate {
    /// Messages may be compressed.
    agreed: bool,
    /// Each message is compressed on its own.
    no_context: bool,
}

/// Reads the messages of one side.
pub(crate) struct Messages {
    frames: Frames,
}

impl Messages {
    /// A reader for the messages of `side`, by the headers of the server's 101.
    pub(crate) fn of(side: Side, agreed: &HeaderList, room: usize) -> Self {
        let deflate = deflate(side, agreed);
        let inflate = deflate.agreed.then(|| Inflate::new(deflate.no_context));
        Self {
            frames: Frames::new(room, inflate),
        }
    }
}

impl Onlooker for Messages {
    fn see(&mut self, from: Side, bytes: &[u8], watch: &Watch) {
        let record = &watch.record;
        self.frames.feed(bytes, &mut |kind, bytes, len| {
            record.tell_message(from, kind, bytes, len)
        });
    }
}

/// [permessage-deflate](https://www.rfc-editor.org/rfc/rfc7692) as the server agreed to it.
fn deflate(side: Side, agreed: &HeaderList) -> Deflate {
    let value = agreed.get("Sec-WebSocket-Extensions").unwrap_or_default();
    let value = String::from_utf8_lossy(&value).to_ascii_lowercase();
    let extension = value
        .split(',')
        .find(|extension| extension.trim().starts_with("permessage-deflate"));
    let wanted = match side {
        Side::Client => "client_no_context_takeover",
        _ => "server_no_context_takeover",
    };
    Deflate {
        agreed: extension.is_some(),
        no_context: extension.is_some_and(|extension| {
            extension
                .split(';')
                .any(|parameter| parameter.trim() == wanted)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_is_as_the_server_agreed_for_each_side() {
        let table = [
            ("", (false, false), (false, false)),
            ("permessage-deflate", (true, false), (true, false)),
            (
                "x, Permessage-Deflate; server_no_context_takeover; client_max_window_bits=15",
                (true, false),
                (true, true),
            ),
        ];
        for (value, client, server) in table {
            let list: HeaderList = [("sec-websocket-extensions", value)].into_iter().collect();
            let found = |side| {
                let deflate = deflate(side, &list);
                (deflate.agreed, deflate.no_context)
            };
            assert_eq!(found(Side::Client), client, "{value}");
            assert_eq!(found(Side::Server), server, "{value}");
        }
    }
}
