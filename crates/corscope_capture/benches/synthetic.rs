//! A HAR as Chromium writes it, made up and as large as wanted: no large file is kept anywhere.

use std::io::{self, Write};

/// Numbers that look random and are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Writes a HAR of at least `size` bytes; how many entries it has.
pub(crate) fn write(out: &mut impl Write, size: u64) -> io::Result<u64> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut out = Counted { out, written: 0 };
    out.write_all(HEAD.as_bytes())?;
    let mut entries = 0;
    while out.written < size {
        if entries > 0 {
            out.write_all(b",")?;
        }
        entry(&mut out, &mut dice, entries)?;
        entries += 1;
    }
    out.write_all(b"\n    ]\n  }\n}\n")?;
    Ok(entries)
}

struct Counted<'a, W> {
    out: &'a mut W,
    written: u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

const HEAD: &str = r#"{
  "log": {
    "version": "1.2",
    "creator": {"name": "WebInspector", "version": "537.36"},
    "pages": [{"startedDateTime": "2026-11-22T10:00:00.000Z", "id": "page_1",
      "title": "https://app.example.com/", "pageTimings": {"onLoad": 312.5}}],
    "entries": ["#;

const REQUEST_HEADERS: [(&str, &str); 9] = [
    ("accept", "application/json, text/plain, */*"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.9,de;q=0.8"),
    ("origin", "https://app.example.com"),
    ("referer", "https://app.example.com/"),
    (
        "sec-ch-ua",
        r#"\"Chromium\";v=\"156\", \"Not.A/Brand\";v=\"24\""#,
    ),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-site", "same-site"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
    ),
];

const RESPONSE_HEADERS: [(&str, &str); 8] = [
    ("access-control-allow-origin", "https://app.example.com"),
    ("access-control-allow-credentials", "true"),
    ("cache-control", "private, max-age=0, must-revalidate"),
    ("content-type", "application/json; charset=utf-8"),
    ("date", "Sun, 22 Nov 2026 10:00:00 GMT"),
    ("etag", r#"W/\"2f-8a7f6b5c4d3e2f1a\""#),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("vary", "Origin, Accept-Encoding"),
];

fn headers(out: &mut impl Write, list: &[(&str, &str)]) -> io::Result<()> {
    for (place, (name, value)) in list.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(
            out,
            "{comma}\n            {{\n              \"name\": \"{name}\",\n              \"value\": \"{value}\"\n            }}"
        )?;
    }
    Ok(())
}

fn entry(out: &mut impl Write, dice: &mut Dice, number: u64) -> io::Result<()> {
    let wait = dice.below(90_000) as f64 / 1000.0;
    write!(
        out,
        r#"
      {{
        "_connectionId": "{connection}",
        "_initiator": {{"type": "script", "stack": {{"callFrames": [
          {{"functionName": "load", "scriptId": "12", "url": "https://app.example.com/app.js", "lineNumber": 10, "columnNumber": 3}},
          {{"functionName": "", "scriptId": "12", "url": "https://app.example.com/app.js", "lineNumber": 99, "columnNumber": 1}}]}}}},
        "_priority": "High",
        "_resourceType": "fetch",
        "cache": {{}},
        "connection": "443",
        "pageref": "page_1",
        "request": {{
          "method": "GET",
          "url": "https://api.example.com/items/{number}?page={page}",
          "httpVersion": "http/2.0",
          "headers": ["#,
        connection = dice.below(200),
        page = dice.below(50),
    )?;
    headers(out, &REQUEST_HEADERS)?;
    write!(
        out,
        r#"],
          "queryString": [{{"name": "page", "value": "3"}}],
          "cookies": [],
          "headersSize": -1,
          "bodySize": 0
        }},
        "response": {{
          "status": 200,
          "statusText": "",
          "httpVersion": "http/2.0",
          "headers": ["#
    )?;
    headers(out, &RESPONSE_HEADERS)?;
    // From 0.1 to 40 kB, mostly small.
    let size = 100 + dice.below(200) * dice.below(200);
    write!(
        out,
        r#"],
          "cookies": [],
          "content": {{
            "size": {size},
            "mimeType": "application/json",
            "text": ""#
    )?;
    let encoding = body(out, dice, size)?;
    write!(
        out,
        r#""{encoding}
          }},
          "redirectURL": "",
          "headersSize": -1,
          "bodySize": -1,
          "_transferSize": {size},
          "_error": null,
          "_fetchedViaServiceWorker": false
        }},
        "serverIPAddress": "192.0.2.7",
        "startedDateTime": "2026-11-22T10:{minute:02}:{second:02}.123Z",
        "time": {total},
        "timings": {{"blocked": 1.2340000001, "dns": -1, "ssl": -1, "connect": -1, "send": 0.123, "wait": {wait}, "receive": 1.5000000000291038, "_blocked_queueing": 0.9}}
      }}"#,
        minute = number / 60 % 60,
        second = number % 60,
        total = wait + 3.0,
    )
}

/// Half JSON with its many escapes, some plain text, some base64.
fn body(out: &mut impl Write, dice: &mut Dice, size: u64) -> io::Result<&'static str> {
    let (piece, encoding): (&[u8], _) = match dice.below(10) {
        0..=4 => (
            br#"{\"id\":12345,\"name\":\"a name of some length\",\"tags\":[\"x\",\"y\"]},"#,
            "",
        ),
        5..=7 => (
            b"<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit</p>\\n",
            "",
        ),
        _ => (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA",
            ",\n            \"encoding\": \"base64\"",
        ),
    };
    for _ in 0..=size / piece.len() as u64 {
        out.write_all(piece)?;
    }
    Ok(encoding)
}
