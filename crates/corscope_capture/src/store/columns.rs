//! Rows as SQLite keeps them.

use std::borrow::Cow;

use corscope_fetch::Exchange;
use corscope_fetch::exchange::{Failure, Side};
use rusqlite::{Connection, Row as SqlRow, Statement, named_params};

use super::codec::{Decoder, Encoder};
use super::facts::Facts;
use crate::message::{Message, MessageKind, Sender};
use crate::row::{CorsOutcome, Judged, PreflightState, Row};

const SIDES: [Side; 3] = [Side::Client, Side::Server, Side::Corscope];

pub(super) const SELECT: &str = "SELECT id, started, ended, pinned, cors, preflight, reasons, lna,
    method, url, status, failure_code, failure_side, failure_net_error, failure_message, facts,
    request, response, modified, request_body, response_body FROM exchanges";

const PUT: &str =
    "INSERT INTO exchanges (id, started, ended, pinned, cors, preflight, reasons, lna,
    method, url, status, failure_code, failure_side, failure_net_error, failure_message, facts,
    request, response, modified, request_body, response_body)
    VALUES (:id, :started, :ended, :pinned, :cors, :preflight, :reasons, :lna,
    :method, :url, :status, :failure_code, :failure_side, :failure_net_error, :failure_message,
    :facts, :request, :response, :modified, :request_body, :response_body)
    ON CONFLICT (id) DO UPDATE SET started = excluded.started, ended = excluded.ended,
    pinned = excluded.pinned, cors = excluded.cors, preflight = excluded.preflight,
    reasons = excluded.reasons, lna = excluded.lna, method = excluded.method, url = excluded.url,
    status = excluded.status, failure_code = excluded.failure_code,
    failure_side = excluded.failure_side, failure_net_error = excluded.failure_net_error,
    failure_message = excluded.failure_message, facts = excluded.facts,
    request = excluded.request, response = excluded.response, modified = excluded.modified,
    request_body = excluded.request_body, response_body = excluded.response_body";

/// A message whose exchange is gone has no place.
const PUT_MESSAGE: &str = "INSERT INTO messages (exchange, at, sender, kind, len, bytes)
    SELECT :exchange, :at, :sender, :kind, :len, :bytes
    WHERE EXISTS (SELECT 1 FROM exchanges WHERE id = :exchange)";

/// The statements of one batch.
pub(super) struct Put<'a> {
    row: Statement<'a>,
    message: Statement<'a>,
}

impl<'a> Put<'a> {
    pub(super) fn new(connection: &'a Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            row: connection.prepare(PUT)?,
            message: connection.prepare(PUT_MESSAGE)?,
        })
    }

    pub(super) fn row(&mut self, row: &Row) -> rusqlite::Result<()> {
        let Row {
            exchange,
            judged,
            pinned,
        } = row;
        let failure = exchange.failure.as_ref();
        let side = failure.map(|failure| place(&SIDES, &failure.side));
        let response = exchange.response.as_ref();
        let mut request_bytes = Encoder::default();
        request_bytes.request(&exchange.request);
        let response_bytes = response.map(|response| encoded(|out| out.response(response)));
        let modified = exchange.modified.as_deref();
        let modified = modified.map(|modified| encoded(|out| out.modified(modified)));
        self.row.execute(named_params! {
            ":id": exchange.id as i64,
            ":started": exchange.started as i64,
            ":ended": exchange.ended,
            ":pinned": pinned,
            ":cors": place(&CorsOutcome::ALL, &judged.cors),
            ":preflight": place(&PreflightState::ALL, &judged.preflight),
            ":reasons": json(&judged.reasons),
            ":lna": judged.lna,
            ":method": exchange.request.method,
            ":url": exchange.request.url,
            ":status": response.map(|response| response.status),
            ":failure_code": failure.map(|failure| &failure.code),
            ":failure_side": side,
            ":failure_net_error": failure.and_then(|failure| failure.net_error.as_ref()),
            ":failure_message": failure.map(|failure| &failure.message),
            ":facts": json(&Facts::of(exchange)),
            ":request": request_bytes.0,
            ":response": response_bytes,
            ":modified": modified,
            ":request_body": exchange.request.body.bytes,
            ":response_body": response.map(|response| &response.body.bytes),
        })?;
        Ok(())
    }

    pub(super) fn message(&mut self, exchange: u64, message: &Message) -> rusqlite::Result<()> {
        self.message.execute(named_params! {
            ":exchange": exchange as i64,
            ":at": message.at as i64,
            ":sender": message.sender == Sender::Server,
            ":kind": place(&MessageKind::ALL, &message.kind),
            ":len": message.len as i64,
            ":bytes": message.bytes,
        })?;
        Ok(())
    }
}

fn place<T: PartialEq>(all: &[T], one: &T) -> i64 {
    all.iter().position(|other| other == one).unwrap_or(0) as i64
}

fn at<T: Copy>(all: &[T], place: i64) -> Option<T> {
    all.get(usize::try_from(place).ok()?).copied()
}

fn encoded(write: impl FnOnce(&mut Encoder)) -> Vec<u8> {
    let mut out = Encoder::default();
    write(&mut out);
    out.0
}

fn json(value: &impl serde::Serialize) -> String {
    // Strings, numbers and addresses: nothing that JSON has no form for.
    serde_json::to_string(value).unwrap_or_default()
}

/// The row of a [`SELECT`]; what does not fit together is told as corrupt.
pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let id: i64 = row.get(0)?;
    let corrupt = || {
        rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(format!("exchange {id} cannot be read")),
        )
    };
    let reasons: Vec<String> =
        serde_json::from_str(row.get_ref(6)?.as_str()?).map_err(|_| corrupt())?;
    let judged = Judged {
        cors: at(&CorsOutcome::ALL, row.get(4)?).ok_or_else(corrupt)?,
        preflight: at(&PreflightState::ALL, row.get(5)?).ok_or_else(corrupt)?,
        reasons: reasons.into_iter().map(Cow::Owned).collect(),
        lna: row.get::<_, Option<String>>(7)?.map(Cow::Owned),
    };
    let (method, url) = (row.get(8)?, row.get(9)?);
    let mut request = Decoder(row.get_ref(16)?.as_blob()?);
    let mut request = request.request(method, url).ok_or_else(corrupt)?;
    request.body.bytes = row.get(19)?;
    let mut response = None;
    if let (Some(status), Some(bytes)) = (row.get(10)?, row.get_ref(17)?.as_blob_or_null()?) {
        let mut read = Decoder(bytes).response(status).ok_or_else(corrupt)?;
        read.body.bytes = row.get::<_, Option<_>>(20)?.unwrap_or_default();
        response = Some(read);
    }
    let modified = match row.get_ref(18)?.as_blob_or_null()? {
        Some(bytes) => Some(Box::new(Decoder(bytes).modified().ok_or_else(corrupt)?)),
        None => None,
    };
    let mut exchange = Exchange {
        id: id as u64,
        started: row.get::<_, i64>(1)? as u64,
        ended: row.get(2)?,
        request,
        response,
        failure: failure(row)?,
        modified,
        ..Exchange::default()
    };
    let facts: Facts = serde_json::from_str(row.get_ref(15)?.as_str()?).map_err(|_| corrupt())?;
    facts.give_to(&mut exchange);
    Ok(Row {
        exchange: exchange.into(),
        judged,
        pinned: row.get(3)?,
    })
}

fn failure(row: &SqlRow<'_>) -> rusqlite::Result<Option<Failure>> {
    let Some(code) = row.get::<_, Option<String>>(11)? else {
        return Ok(None);
    };
    let net_error: Option<String> = row.get(13)?;
    Ok(Some(Failure {
        code: code.into(),
        side: at(&SIDES, row.get(12)?).unwrap_or(Side::Corscope),
        net_error: net_error.map(Cow::Owned),
        message: row.get::<_, Option<_>>(14)?.unwrap_or_default(),
    }))
}

pub(super) const SELECT_MESSAGES: &str =
    "SELECT at, sender, kind, len, bytes FROM messages WHERE exchange = ? ORDER BY rowid";

pub(super) fn read_message(row: &SqlRow<'_>) -> rusqlite::Result<Message> {
    let sender = match row.get(1)? {
        true => Sender::Server,
        false => Sender::Client,
    };
    Ok(Message {
        at: row.get::<_, i64>(0)? as u64,
        sender,
        kind: at(&MessageKind::ALL, row.get(2)?).unwrap_or_default(),
        len: row.get::<_, i64>(3)? as u64,
        bytes: row.get(4)?,
    })
}
