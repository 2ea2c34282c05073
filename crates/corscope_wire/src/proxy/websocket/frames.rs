//! Reads [frames](https://www.rfc-editor.org/rfc/rfc6455#section-5.2) and joins fragments, keeping
//! no more of a message than is told.

use super::inflate::Inflate;
use crate::proxy::observer::MessageKind;

/// A frame's header is at most this long.
const LONGEST_HEADER: usize = 14;

/// Compressed bytes of a message that are kept to be inflated, for each byte that is told.
const COMPRESSED_ROOM: usize = 4;

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// Who is told of a message: kind, first bytes, whole length.
type Tell<'a> = &'a mut dyn FnMut(MessageKind, &[u8], u64);

/// Follows the frames of one side.
pub(crate) struct Frames {
    room: usize,
    inflate: Option<Inflate>,
    header: Vec<u8>,
    frame: Option<Frame>,
    /// The message whose frames are coming.
    message: Option<Message>,
    /// A control frame may stand between the fragments of a message.
    control: Message,
    /// What comes is no WebSocket; the rest is left alone.
    lost: bool,
}

struct Frame {
    opcode: u8,
    last: bool,
    left: u64,
    mask: Option<[u8; 4]>,
    at: usize,
}

#[derive(Default)]
struct Message {
    kind: Option<MessageKind>,
    compressed: bool,
    bytes: Vec<u8>,
    len: u64,
}

impl Message {
    fn keep(&mut self, piece: &[u8], room: usize, unmask: impl Fn(usize, u8) -> u8) {
        self.len += piece.len() as u64;
        let take = piece.len().min(room.saturating_sub(self.bytes.len()));
        let unmasked = piece[..take].iter().enumerate();
        self.bytes
            .extend(unmasked.map(|(place, byte)| unmask(place, *byte)));
    }
}

impl Frames {
    /// Keeps at most `room` bytes of each message.
    pub(crate) fn new(room: usize, inflate: Option<Inflate>) -> Self {
        Self {
            room,
            inflate,
            header: Vec::with_capacity(LONGEST_HEADER),
            frame: None,
            message: None,
            control: Message::default(),
            lost: false,
        }
    }

    /// Takes bytes as they come, and tells each message that is whole.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], tell: Tell<'_>) {
        while !self.lost && (!bytes.is_empty() || self.has_empty_frame()) {
            let Some(frame) = &mut self.frame else {
                self.header.push(bytes[0]);
                bytes = &bytes[1..];
                if let Some(frame) = read_header(&self.header) {
                    self.begin(frame);
                }
                continue;
            };
            let take = bytes
                .len()
                .min(usize::try_from(frame.left).unwrap_or(usize::MAX));
            let (piece, rest) = bytes.split_at(take);
            let (mask, at) = (frame.mask, frame.at);
            let unmask = move |place: usize, byte: u8| match mask {
                Some(mask) => byte ^ mask[(at + place) % 4],
                None => byte,
            };
            let is_control = frame.opcode >= CLOSE;
            frame.left -= take as u64;
            frame.at = (at + take) % 4;
            let (over, last, opcode) = (frame.left == 0, frame.last, frame.opcode);
            match (is_control, &mut self.message) {
                (true, _) => self.control.keep(piece, 125, unmask),
                (false, Some(message)) => {
                    let factor = if message.compressed {
                        COMPRESSED_ROOM
                    } else {
                        1
                    };
                    message.keep(piece, self.room * factor, unmask);
                }
                (false, None) => {}
            }
            bytes = rest;
            if over {
                self.frame = None;
                if is_control {
                    self.tell_control(opcode, tell);
                } else if last {
                    self.tell_message(tell);
                }
            }
        }
    }

    /// A frame without content is over without another byte.
    fn has_empty_frame(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| frame.left == 0)
    }

    fn begin(&mut self, (frame, compressed): (Frame, bool)) {
        self.header.clear();
        let kind = match frame.opcode {
            TEXT => Some(MessageKind::Text),
            BINARY => Some(MessageKind::Binary),
            CONTINUATION | CLOSE | PING | PONG => None,
            _ => {
                self.lost = true;
                return;
            }
        };
        if let Some(kind) = kind {
            self.message = Some(Message {
                kind: Some(kind),
                compressed,
                ..Message::default()
            });
        }
        self.frame = Some(frame);
    }

    fn tell_control(&mut self, opcode: u8, tell: Tell<'_>) {
        let kind = match opcode {
            CLOSE => MessageKind::Close,
            PING => MessageKind::Ping,
            _ => MessageKind::Pong,
        };
        let message = std::mem::take(&mut self.control);
        tell(kind, &message.bytes, message.len);
    }

    fn tell_message(&mut self, tell: Tell<'_>) {
        let Some(message) = self.message.take() else {
            return;
        };
        let Some(kind) = message.kind else {
            return;
        };
        match &mut self.inflate {
            Some(inflate) if message.compressed => {
                let whole = message.bytes.len() as u64 == message.len;
                match inflate.message(&message.bytes, whole, self.room) {
                    Some((bytes, len)) => tell(kind, &bytes, len),
                    // Its beginning cannot be told without what came before it.
                    None => tell(kind, &[], message.len),
                }
            }
            _ => tell(kind, &message.bytes, message.len),
        }
    }
}

/// The frame that a header announces, once it is whole, and whether its message is compressed.
fn read_header(header: &[u8]) -> Option<(Frame, bool)> {
    let (first, second) = (*header.first()?, *header.get(1)?);
    let (left, mut size) = match second & 0x7f {
        126 => (
            u64::from(u16::from_be_bytes(header.get(2..4)?.try_into().ok()?)),
            4,
        ),
        127 => (u64::from_be_bytes(header.get(2..10)?.try_into().ok()?), 10),
        short => (u64::from(short), 2),
    };
    let mask = if second & 0x80 == 0 {
        None
    } else {
        size += 4;
        Some(header.get(size - 4..size)?.try_into().ok()?)
    };
    (header.len() == size).then_some((
        Frame {
            opcode: first & 0x0f,
            last: first & 0x80 != 0,
            left,
            mask,
            at: 0,
        },
        first & 0x40 != 0,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], room: usize, size: usize) -> Vec<(MessageKind, Vec<u8>, u64)> {
        let mut frames = Frames::new(room, Some(Inflate::new(false)));
        let mut told = Vec::new();
        for piece in bytes.chunks(size) {
            frames.feed(piece, &mut |kind, bytes, len| {
                told.push((kind, bytes.to_vec(), len))
            });
        }
        told
    }

    #[test]
    fn messages_are_joined_wherever_the_bytes_are_cut() {
        let bytes = [
            b"\x01\x02he\x89\x01!\x80\x03llo".as_slice(),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
            b"\x82\x7e\x00\x80",
            &[7; 128],
            b"\x81\x00",
            b"\x88\x02\x03\xe8",
        ]
        .concat();
        for size in [1, 2, 3, 1000] {
            let told = told(&bytes, 100, size);
            assert_eq!(told[0], (MessageKind::Ping, b"!".to_vec(), 1));
            assert_eq!(told[1], (MessageKind::Text, b"hello".to_vec(), 5));
            assert_eq!(told[2], (MessageKind::Text, b"Hello".to_vec(), 5));
            assert_eq!(told[3], (MessageKind::Binary, vec![7; 100], 128));
            assert_eq!(told[4], (MessageKind::Text, vec![], 0));
            assert_eq!(told[5], (MessageKind::Close, vec![3, 0xe8], 2));
            assert_eq!(told.len(), 6);
        }
    }

    #[test]
    fn compressed_messages_are_inflated_with_what_came_before() {
        // The examples of RFC 7692, section 7.2.3.
        let bytes = [
            b"\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00".as_slice(),
            b"\xc1\x05\xf2\x00\x11\x00\x00",
            b"\x41\x03\xf2\x00\x11\x80\x02\x00\x00",
        ]
        .concat();
        for size in [1, 100] {
            let told = told(&bytes, 100, size);
            assert_eq!(told.len(), 3);
            for message in told {
                assert_eq!(message, (MessageKind::Text, b"Hello".to_vec(), 5));
            }
        }
    }

    #[test]
    fn what_is_no_websocket_is_left_alone() {
        assert_eq!(told(b"\x83\x01a\x81\x01b", 100, 100), []);
    }
}
