//! A response on its way through the stages.

use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use tokio::io::AsyncRead;

use super::body_scan::BodyScan;
use super::downstream::Downstream;
use super::respond::{FinalHead, Relayed, Respond, Trouble};
use super::staged::{bound, note_changed, unless_gone};
use super::write::{self, Framed};
use crate::client::{self, Framing};
use crate::proxy::buffer::Buffer;
use crate::proxy::clock::micros;
use crate::proxy::fault::Fault;
use crate::proxy::stages::run::{Interested, Outcome, Verdict};

/// Who is asked about a response, and about which request.
pub(crate) struct AskAbout<'a> {
    pub(crate) stages: &'a Interested,
    pub(crate) request: &'a ObservedRequest,
}

impl Respond<'_> {
    /// Passes on a response whose head was read, the stages having been asked.
    pub(crate) async fn relay_staged<R, W>(
        &self,
        ask: &AskAbout<'_>,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
        read: (FinalHead, ObservedResponse, BodyScan),
    ) -> Result<Relayed, Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        let (FinalHead { len, head, framing }, mut response, mut scan) = read;
        let stays_open = client::stays_open(&head, framing);
        let mut raw = input.as_slice()[..len].to_vec();
        input.consume(len);
        let wants_body = ask.stages.all.response_body;
        if wants_body {
            self.hold(server, input, client, &mut scan, &mut raw, &mut response)
                .await?;
        }
        let held = wants_body && scan.is_over();
        let original = response.clone();
        self.watch.allow_any();
        let asking = ask.stages.on_response(ask.request, &mut response);
        let Some(outcome) = unless_gone(client, asking).await else {
            return Err(Trouble::ClientGone);
        };
        let Outcome {
            by,
            blocked,
            verdict,
        } = outcome;
        self.watch.record.edit(|draft| {
            let timing = &mut draft.exchange.timing;
            timing.blocked = Some(timing.blocked.unwrap_or_default() + micros(blocked));
        });
        if let Verdict::Close(name) = verdict {
            return Err(Trouble::Broke {
                failure: Fault::closed_by_stage(&name).failure(),
                by_reset: false,
            });
        }
        self.watch.allow(self.limits.silence);
        if !by.is_empty() {
            let framed = match framing {
                Framing::None => Framed::None,
                Framing::Chunked => Framed::Chunked,
                Framing::Length(_) | Framing::UntilClose => Framed::Plain,
            };
            let rest = raw.split_off(len);
            raw = self.written(&mut response, &original, held, framed, &rest);
            self.note_change(response, original, by);
        }
        self.write(client, &raw).await?;
        if !scan.is_over() {
            self.body(server, input, client, &mut scan, 0, None).await?;
        }
        self.trailers(&scan);
        Ok(Relayed {
            stays_open: stays_open && input.is_empty(),
            switched: false,
        })
    }

    /// The changed response as bytes, as far as its body was held.
    fn written(
        &self,
        response: &mut ObservedResponse,
        original: &ObservedResponse,
        held: bool,
        framed: Framed,
        raw_body: &[u8],
    ) -> Vec<u8> {
        if !held {
            write::keep_framing(&mut response.header_list, &original.header_list);
            let mut out = write::response_head(response);
            out.extend_from_slice(raw_body);
            return out;
        }
        let new = response.body.bytes.len() as u64;
        response.body.len = new;
        match framed {
            Framed::None => {}
            Framed::Plain => write::mend_length(&mut response.header_list, original.body.len, new),
            Framed::Chunked => {
                write::keep_framing(&mut response.header_list, &original.header_list);
            }
        }
        let mut out = write::response_head(response);
        write::body(&mut out, &response.body.bytes, framed, &response.trailers);
        out
    }

    fn note_change(
        &self,
        mut response: ObservedResponse,
        mut original: ObservedResponse,
        by: Vec<String>,
    ) {
        let room = self.watch.record.capture().body_bytes;
        bound(&mut response.body, room);
        bound(&mut original.body, room);
        self.watch.record.edit(|draft| {
            let exchange = &mut draft.exchange;
            exchange.response = Some(response);
            note_changed(&mut exchange.modified, original, by);
        });
        self.watch.record.tell_redirect();
    }

    /// Reads the body into memory, as far as there may be of it.
    async fn hold<R, W>(
        &self,
        server: &mut R,
        input: &mut Buffer,
        client: &mut W,
        scan: &mut BodyScan,
        raw: &mut Vec<u8>,
        response: &mut ObservedResponse,
    ) -> Result<(), Trouble>
    where
        R: AsyncRead + Unpin,
        W: Downstream,
    {
        loop {
            let record = &self.watch.record;
            let body = &mut response.body;
            let used = scan
                .feed(input.as_slice(), &mut |piece| {
                    record.response_data(piece);
                    body.bytes.extend_from_slice(piece);
                    body.len += piece.len() as u64;
                })
                .map_err(|fault| Trouble::Held(Fault::of_body(&fault)))?;
            raw.extend_from_slice(&input.as_slice()[..used]);
            input.consume(used);
            if scan.is_over() {
                response.trailers = client::read_trailers(scan.trailers());
                return Ok(());
            }
            if raw.len() >= self.limits.held_body {
                response.body.len = response.body.len.saturating_add(1);
                return Ok(());
            }
            self.watch.allow(self.limits.silence);
            match self.fill(server, input, client).await? {
                Ok(1..) => {}
                Ok(0) => match scan.cut_off() {
                    None => {
                        *scan = BodyScan::Over;
                        return Ok(());
                    }
                    Some(fault) => return Err(Trouble::Held(Fault::of_body(&fault))),
                },
                Err(error) => {
                    let error = self.network(client::Phase::ReadBody, &error);
                    let fault = client::BodyFault::Connection(Box::new(error));
                    return Err(Trouble::Held(Fault::of_body(&fault)));
                }
            }
        }
    }
}
