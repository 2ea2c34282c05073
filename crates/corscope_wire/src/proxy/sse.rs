//! Tells the events of an event stream as they pass; the stream itself is never held.

use corscope_fetch::exchange::Side;

use super::observer::MessageKind;
use super::record::Record;

/// Follows [an event stream](https://html.spec.whatwg.org/multipage/server-sent-events.html) as far
/// as finding where an event ends: an empty line, whichever way lines end.
pub(crate) struct EventStream {
    event: Vec<u8>,
    len: u64,
    room: usize,
    line_is_empty: bool,
    after_cr: bool,
}

impl EventStream {
    /// Keeps at most `room` bytes of each event.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            event: Vec::new(),
            len: 0,
            room,
            line_is_empty: true,
            after_cr: false,
        }
    }

    pub(crate) fn feed(&mut self, piece: &[u8], record: &Record) {
        for byte in piece {
            if self.take(*byte) {
                record.tell_message(
                    Side::Server,
                    MessageKind::ServerSentEvent,
                    &self.event,
                    self.len,
                );
                self.event.clear();
                self.len = 0;
            }
        }
    }

    /// Takes a byte; whether an event is whole now.
    fn take(&mut self, byte: u8) -> bool {
        let second_of_pair = byte == b'\n' && std::mem::take(&mut self.after_cr);
        self.after_cr = byte == b'\r';
        if second_of_pair {
            if self.len > 0 {
                self.keep(byte);
            }
            return false;
        }
        if !matches!(byte, b'\r' | b'\n') {
            self.line_is_empty = false;
            self.keep(byte);
            return false;
        }
        if self.line_is_empty {
            return self.len > 0;
        }
        self.line_is_empty = true;
        self.keep(byte);
        false
    }

    fn keep(&mut self, byte: u8) {
        self.len += 1;
        if self.event.len() < self.room {
            self.event.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_end_at_an_empty_line_however_lines_end() {
        for text in [
            "data: a\ndata: b\n\n\n: c\n\n",
            "data: a\r\ndata: b\r\n\r\n\r\n: c\r\n\r\n",
            "data: a\rdata: b\r\r\r: c\r\r",
        ] {
            let mut stream = EventStream::new(100);
            let mut events = Vec::new();
            for byte in text.bytes() {
                if stream.take(byte) {
                    let event = String::from_utf8(std::mem::take(&mut stream.event)).unwrap();
                    stream.len = 0;
                    events.push(event.replace("\r\n", "\n").replace('\r', "\n"));
                }
            }
            assert_eq!(events, ["data: a\ndata: b\n", ": c\n"], "{text:?}");
        }
    }
}
