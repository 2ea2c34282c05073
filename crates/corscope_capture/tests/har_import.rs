//! HARs as they come: from many exporters, cut off, broken, packed.

use std::io::{Cursor, Read, Write};
use std::sync::{Arc, Mutex};

use corscope_capture::har::{HarEntry, HarError, HarFault, HarReader, ImportOptions};
use corscope_capture::message::{MessageKind, Sender};
use corscope_fetch::exchange::HttpVersion;
use corscope_fetch::request_init::Api;

fn read(text: impl Into<Vec<u8>>) -> Result<Vec<Result<HarEntry, HarError>>, HarError> {
    let reader = HarReader::new(Cursor::new(text.into()), ImportOptions::default())?;
    Ok(reader.collect())
}

fn entries(text: impl Into<Vec<u8>>) -> Vec<HarEntry> {
    let read = read(text).unwrap();
    read.into_iter().map(|entry| entry.unwrap()).collect()
}

fn fault(text: impl Into<Vec<u8>>) -> HarError {
    match read(text) {
        Err(error) => error,
        Ok(read) => read.into_iter().find_map(Result::err).unwrap(),
    }
}

fn one(entry: &str) -> HarEntry {
    let har = format!(r#"{{"log":{{"entries":[{entry}]}}}}"#);
    entries(har).remove(0)
}

const SMALL: &str =
    r#"{"request":{"method":"GET","url":"https://a.test/"},"response":{"status":200}}"#;

const CHROMIUM: &str = r#"{ "log": { "version": "1.2",
  "creator": { "name": "WebInspector", "version": "537.36" },
  "pages": [ { "id": "page_1", "title": "https://app.test/home" } ],
  "entries": [ {
    "_connectionId": "17", "_priority": "High", "_resourceType": "fetch",
    "_initiator": { "type": "script", "stack": { "callFrames": [ { "url": "x" } ] } },
    "connection": "443", "pageref": "page_1",
    "request": { "method": "PUT", "url": "https://api.test/items#top", "httpVersion": "http/2.0",
      "headers": [ { "name": ":authority", "value": "api.test" },
        { "name": "origin", "value": "https://app.test" },
        { "name": "if-match", "value": "W/\"1\"" } ],
      "queryString": [], "cookies": [ { "name": "a", "value": "b" } ], "headersSize": -1,
      "postData": { "mimeType": "application/json", "text": "{\"a\":1}" }, "bodySize": 7 },
    "response": { "status": 201, "statusText": "", "httpVersion": "http/2.0",
      "headers": [ { "name": "access-control-allow-origin", "value": "https://app.test" } ],
      "content": { "size": 5, "mimeType": "text/plain", "text": "aGVsbG8=", "encoding": "base64" },
      "redirectURL": "", "bodySize": -1, "_transferSize": 210, "_error": null,
      "_fetchedViaServiceWorker": true },
    "serverIPAddress": "[2001:db8::7]", "startedDateTime": "2026-11-22T10:00:00.250Z",
    "time": 12.5, "timings": { "blocked": 1.25, "dns": -1, "ssl": 2, "connect": 5, "send": 0.1,
      "wait": 4, "receive": 0.2, "_blocked_queueing": 0.9 } } ] } }"#;

#[test]
fn all_that_chromium_tells_is_kept() {
    let har = entries(CHROMIUM);
    let [entry] = har.as_slice() else { panic!() };
    let exchange = &entry.exchange;
    assert_eq!((exchange.id, exchange.started), (1, 1_795_341_600_250_000));
    assert_eq!(exchange.request.method, "PUT");
    assert_eq!(exchange.request.url, "https://api.test/items");
    assert_eq!(exchange.request.version, HttpVersion::Http2);
    let list = &exchange.request.header_list;
    assert_eq!(list.len(), 2, "pseudo-headers are no headers");
    assert_eq!(list.get("if-match").as_deref(), Some(&b"W/\"1\""[..]));
    assert_eq!(exchange.request.body.bytes, br#"{"a":1}"#);
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(
        (response.status, response.body.bytes.as_slice()),
        (201, &b"hello"[..])
    );
    assert!(response.body.is_whole());
    let timing = exchange.timing;
    assert_eq!((timing.total, timing.dns), (Some(12_500), None));
    assert_eq!((timing.connect, timing.tls), (Some(3_000), Some(2_000)));
    let connection = &exchange.connection;
    assert_eq!(
        connection.remote_addr.unwrap().to_string(),
        "[2001:db8::7]:443"
    );
    assert_eq!(
        (exchange.hints.api, exchange.ended),
        (Some(Api::Fetch), true)
    );
    assert_eq!(
        exchange.hints.page_url.as_deref(),
        Some("https://app.test/home")
    );
    assert_eq!(entry.page.as_deref(), Some("page_1"));
    assert_eq!(entry.priority.as_deref(), Some("High"));
    assert_eq!(entry.initiator.as_ref().unwrap().kind, "script");
    assert!(entry.cookies_listed && entry.from_service_worker);
}

#[test]
fn the_order_of_fields_does_not_matter() {
    let entry = one(
        r#"{"response":{"content":{"encoding":"base64","text":"aGk="},
        "headers":[{"comment":"x","value":"1","name":"a"},{"name":"b"},{"value":"nameless"},7,null],
        "status":"204"},"request":{"url":"http://a.test/x","method":"DELETE"}}"#,
    );
    let response = entry.exchange.response.unwrap();
    assert_eq!(
        response.header_list,
        [("a", "1"), ("b", "")].into_iter().collect()
    );
    assert_eq!(
        (response.status, response.body.bytes),
        (204, b"hi".to_vec())
    );
}

#[test]
fn what_exporters_leave_out_or_bend_is_let_pass() {
    for bent in [
        r#"{"request":{"method":"GET","url":"https://a.test/"}}"#,
        r#"{"request":{"method":"GET","url":"https://a.test/","headers":null,"postData":null},"response":null}"#,
        r#"{"request":{"method":"GET","url":"https://a.test/","headers":[],"cookies":{}},"response":{}}"#,
        r#"{"timings":[],"time":"","startedDateTime":null,"pageref":7,"serverIPAddress":"","connection":null,
            "request":{"method":"GET","url":"https://a.test/","httpVersion":"unknown","bodySize":1.5},
            "response":{"status":0,"statusText":"","headers":[],"content":{}},"_webSocketMessages":null}"#,
    ] {
        let entry = one(bent);
        assert_eq!(entry.exchange.request.url, "https://a.test/", "{bent}");
        assert_eq!(entry.exchange.response, None, "{bent}");
    }
    // Headers as an object; `log` left out; a byte order mark; rubbish after the end.
    let har = "\u{feff}{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"http://a.test/\",\
        \"headers\":{\"Origin\":\"null\"}}},]}\0\0";
    let entries = entries(har);
    assert_eq!(entries[0].exchange.origin().as_deref(), Some("null"));
}

#[test]
fn firefoxs_connection_is_a_port_and_no_connection() {
    let har = format!(
        r#"{{"log":{{"creator":{{"name":"Firefox","version":"153"}},"entries":[{}]}}}}"#,
        SMALL.replace("\"request\"", "\"connection\":\"443\",\"request\"")
    );
    assert_eq!(entries(har)[0].exchange.connection.server, 0);
}

#[test]
fn a_browsers_refusal_is_not_a_failure_below_http() {
    let with_error = |status: u16, error: &str| {
        one(&format!(
            r#"{{"request":{{"method":"GET","url":"https://a.test/"}},
            "response":{{"status":{status},"_error":"{error}"}}}}"#
        ))
        .exchange
    };
    let refused = with_error(0, "net::ERR_FAILED");
    assert_eq!((&refused.failure, &refused.response), (&None, &None));
    let said = refused.hints.browser.unwrap();
    assert_eq!(said.net_error.as_deref(), Some("net::ERR_FAILED"));
    let dns = with_error(0, "net::ERR_NAME_NOT_RESOLVED").failure.unwrap();
    assert_eq!(dns.code, "dns-failed");
    assert_eq!(
        with_error(200, "net::ERR_BLOCKED_BY_RESPONSE").failure,
        None
    );
    let told = with_error(0, "Connection killed").failure.unwrap();
    assert_eq!(
        (told.code.as_ref(), told.message.as_str()),
        ("told-by-har", "Connection killed")
    );
}

#[test]
fn websocket_messages_are_read_up_to_a_limit() {
    let mut messages = String::from(
        r#"{"type":"send","time":1795341600.5,"opcode":1,"data":"hi"},
        {"type":"receive","time":1795341601,"opcode":2,"data":"AQID"}"#,
    );
    for _ in 0..100 {
        messages.push_str(r#",{"type":"receive","opcode":1,"data":"x"}"#);
    }
    let entry = one(&format!(
        r#"{{"_webSocketMessages":[{messages}],"_resourceType":"websocket",
        "request":{{"method":"GET","url":"wss://a.test/"}},"response":{{"status":101}}}}"#
    ));
    let [sent, received, ..] = entry.messages.as_slice() else {
        panic!()
    };
    assert_eq!(
        (sent.sender, sent.at, sent.bytes.as_slice()),
        (Sender::Client, 1_795_341_600_500_000, &b"hi"[..])
    );
    assert_eq!(
        (received.sender, received.kind),
        (Sender::Server, MessageKind::Binary)
    );
    assert_eq!(
        (received.bytes.as_slice(), received.len),
        (&[1, 2, 3][..], 3)
    );
    assert_eq!((entry.messages.len(), entry.messages_left_out), (64, 38));
}

#[test]
fn a_body_is_kept_up_to_the_limit_and_its_size_is_known() {
    let long = "\\u00e9\\n".repeat(5_000);
    let entry = one(&format!(
        r#"{{"request":{{"method":"GET","url":"https://a.test/"}},
        "response":{{"status":200,"content":{{"size":15000,"text":"{long}"}}}}}}"#
    ));
    let body = entry.exchange.response.unwrap().body;
    assert_eq!((body.bytes.len(), body.len), (1024, 15_000));
    assert!(body.bytes.starts_with("é\né".as_bytes()));
}

#[test]
fn lone_surrogates_and_unknown_escapes_do_not_stop_the_reading() {
    let entry = one(
        r#"{"request":{"method":"G\/T","url":"https://a.test/\ud83d\ude00\ud83dx\udc00\q\u12"}}"#,
    );
    assert_eq!(entry.exchange.request.method, "G/T");
    assert_eq!(
        entry.exchange.request.url,
        "https://a.test/😀\u{fffd}x\u{fffd}q\u{fffd}12"
    );
}

#[test]
fn everything_before_a_cut_is_read_and_the_place_is_told() {
    let har = format!(r#"{{"log":{{"entries":[{SMALL},{SMALL},{SMALL}]}}}}"#);
    let third = har.rfind(SMALL).unwrap();
    for cut in 0..har.len() {
        let mut got = match read(&har.as_bytes()[..cut]) {
            Ok(read) => read,
            Err(error) => vec![Err(error)],
        };
        let error = got.pop().unwrap().unwrap_err();
        assert_eq!(error.offset, cut as u64, "cut at {cut}");
        assert!(error.is_final() && !error.mend().is_empty());
        if cut == 0 {
            assert!(matches!(error.fault, HarFault::Empty));
            continue;
        }
        assert!(
            matches!(error.fault, HarFault::CutOff),
            "cut at {cut}: {error}"
        );
        assert!(got.iter().all(Result::is_ok), "cut at {cut}");
        if cut > third && cut < third + SMALL.len() {
            assert_eq!((got.len(), error.entry), (2, Some(2)));
            assert!(
                error
                    .to_string()
                    .ends_with(&format!("at byte {cut} (entry 2, counted from 0)"))
            );
        }
    }
}

#[test]
fn a_malformed_entry_is_told_and_the_next_one_read() {
    for bad in [
        r#"{"request":{"method":"GET"}}"#,
        r#"{"response":{"status":200}}"#,
        "7",
        "null",
        r#"{"request":{"method":"GET","url":"https://a.test/" "x"}}"#,
        r#"{"request":{"method":"GET","url":"https://a.test/",x:1}}"#,
        r#"{"request":{"url":}}"#,
        r#"{"request":{"headers":[{"name" "x"}],"deep":{"er":[{}]}}}"#,
    ] {
        let har = format!(r#"{{"log":{{"entries":[{SMALL},{bad},{SMALL}]}}}}"#);
        let got = read(har).unwrap();
        assert_eq!(got.len(), 3, "{bad}");
        let error = got[1].as_ref().unwrap_err();
        assert!(
            matches!(error.fault, HarFault::EntryMalformed { .. }),
            "{bad}: {error}"
        );
        assert_eq!((error.entry, error.is_final()), (Some(1), false));
        assert!(got[0].is_ok());
        assert_eq!(got[2].as_ref().unwrap().index, 2, "{bad}");
    }
}

#[test]
fn what_is_no_har_is_named() {
    let table = [
        ("", "the HAR is empty"),
        ("  \n", "the HAR is empty"),
        ("<!doctype html>", "not a HAR: it is HTML or XML, not JSON"),
        ("hello", "not a HAR: it is text, not JSON"),
        (
            "PK\u{3}\u{4}\0\0",
            "not a HAR: it is a ZIP archive (unpack it first), not JSON",
        ),
        (
            "[1]",
            "not a HAR: the JSON is an array, not an object with `log`",
        ),
        ("{}", "not a HAR: the JSON object is empty"),
        (
            r#"{"a":1,"b":{}}"#,
            "not a HAR: the JSON has no `log`, but `a`, `b`",
        ),
        (
            r#"{"constants":{},"events":[]}"#,
            "not a HAR: it is a NetLog of Chromium, not a HAR",
        ),
        (
            r#"{"log":{"pages":[]}}"#,
            "the HAR's `log` has no `entries`, at byte 20",
        ),
        (
            r#"{"log":{"entries":{}}}"#,
            "the HAR's `log` has no `entries`, at byte 22",
        ),
        (
            r#"{"log":{"entries":[}}"#,
            "the HAR breaks off: wanted a value or `]`, found `}`, at byte 19 (entry 0, counted from 0)",
        ),
    ];
    for (text, wanted) in table {
        let error = fault(text);
        assert_eq!(error.to_string(), wanted, "{text}");
        assert!(error.is_final());
    }
}

#[test]
fn utf16_and_gzip_are_read_and_progress_counts_the_files_bytes() {
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(
        CHROMIUM
            .replace("items", "it€😀ms")
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    let url = &entries(utf16)[0].exchange.request.url;
    assert_eq!(url, "https://api.test/it€😀ms");
    let big: Vec<u8> = CHROMIUM.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(entries(big).len(), 1);

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(CHROMIUM.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let watcher = Arc::clone(&told);
    let reader = HarReader::new(Cursor::new(packed.clone()), ImportOptions::default()).unwrap();
    let reader = reader.on_progress(move |progress| watcher.lock().unwrap().push(progress.read));
    assert_eq!(reader.filter(Result::is_ok).count(), 1);
    assert_eq!(told.lock().unwrap().last(), Some(&(packed.len() as u64)));
    let error = fault(&packed[..packed.len() - 12]);
    assert!(matches!(error.fault, HarFault::CutOff), "{error}");
}

/// A reader that gives a few bytes at a time, so that everything straddles a window.
struct Trickle(Cursor<Vec<u8>>, usize);

impl Read for Trickle {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let limit = out.len().min(self.1);
        self.0.read(&mut out[..limit])
    }
}

#[test]
fn it_does_not_matter_how_the_bytes_come() {
    let wanted = entries(CHROMIUM);
    for step in 1..40 {
        let trickle = Trickle(Cursor::new(CHROMIUM.into()), step);
        let reader = HarReader::new(trickle, ImportOptions::default()).unwrap();
        let got: Vec<_> = reader.map(Result::unwrap).collect();
        assert_eq!(got, wanted, "{step} bytes at a time");
    }
}

#[test]
fn rubbish_in_place_of_a_value_is_refused_alike_however_the_bytes_come() {
    for length in [1, 63, 64, 65, 200] {
        let rubbish = "y".repeat(length);
        let har = format!(r#"{{"log":{{"version":{rubbish}"1.2","entries":[]}}}}"#);
        let told = |step: usize| -> Vec<String> {
            let trickle = Trickle(Cursor::new(har.clone().into()), step);
            match HarReader::new(trickle, ImportOptions::default()) {
                Ok(reader) => reader.map(|it| it.unwrap_err().to_string()).collect(),
                Err(error) => vec![error.to_string()],
            }
        };
        let whole = told(har.len());
        assert!(!whole.is_empty(), "{length} bytes of rubbish pass");
        for step in 1..8 {
            assert_eq!(
                told(step),
                whole,
                "{length} bytes of rubbish, {step} at a time"
            );
        }
    }
}

#[test]
fn an_empty_name_is_not_taken_for_the_one_before() {
    let har = r#"{"a\u0062c" : 1, "" : {"log":{"entries":[]}}}"#;
    let error = HarReader::new(Cursor::new(har), ImportOptions::default());
    let told = error.and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
    let told = told.unwrap_err().to_string();
    assert!(told.contains("`abc`, ``"), "{told}");
}

#[test]
fn rubbish_among_the_entries_ends_the_reading() {
    for length in [10, 64, 200] {
        let rubbish = "y".repeat(length);
        let har = format!(r#"{{"log":{{"entries":[{rubbish}]}}}}"#);
        let reader = HarReader::new(Cursor::new(har), ImportOptions::default()).unwrap();
        let told: Vec<_> = reader.take(9).collect();
        assert!((1..9).contains(&told.len()), "{length}: {told:?}");
        assert!(told.iter().all(Result::is_err), "{length}: {told:?}");
    }
}

/// Yields an endless body without holding it.
struct Endless {
    head: Cursor<Vec<u8>>,
    body: u64,
    tail: Cursor<Vec<u8>>,
}

impl Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.head.read(out)?;
        if read > 0 {
            return Ok(read);
        }
        if self.body > 0 {
            let read = (out.len() as u64).min(self.body);
            out[..read as usize].fill(b'x');
            self.body -= read;
            return Ok(read as usize);
        }
        self.tail.read(out)
    }
}

#[test]
fn one_huge_body_is_passed_over_without_being_held() {
    let size = 300_000_000;
    let endless = Endless {
        head: Cursor::new(
            br#"{"log":{"entries":[{"request":{"method":"GET","url":"https://a.test/"},"response":{"status":200,"content":{"text":""#
                .to_vec(),
        ),
        body: size,
        tail: Cursor::new(br#""}}}]}}"#.to_vec()),
    };
    let reader = HarReader::new(endless, ImportOptions::default()).unwrap();
    let entry = reader.map(Result::unwrap).next().unwrap();
    let body = entry.exchange.response.unwrap().body;
    assert_eq!((body.len, body.bytes.capacity() < 4096), (size, true));
}
