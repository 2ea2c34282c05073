//! What is exported can be read again, by us and by others, and holds no secrets unless asked.

use std::io::Cursor;

use corscope_capture::har::{
    Besides, ExportOptions, HarEntry, HarReader, HarWriter, ImportOptions,
};
use corscope_capture::message::{Message, MessageKind, Sender};
use corscope_fetch::exchange::{
    ConnectionFacts, Exchange, Failure, HttpVersion, Modified, ObservedBody, ObservedRequest,
    ObservedResponse, Side, Timing,
};
use serde_json::{Value, json};

fn body(bytes: &[u8]) -> ObservedBody {
    ObservedBody {
        bytes: bytes.to_vec(),
        len: bytes.len() as u64,
    }
}

fn exchange() -> Exchange {
    Exchange {
        id: 1,
        started: 1_795_341_600_250_001,
        request: ObservedRequest {
            method: "PUT".into(),
            url: "https://api.test/items?a=1&token=s3cr3t".into(),
            version: HttpVersion::Http2,
            header_list: [("origin", "https://app.test"), ("cookie", "sid=s3cr3t")]
                .into_iter()
                .collect(),
            body: body(br#"{"password":"s3cr3t"}"#),
            ..ObservedRequest::default()
        },
        response: Some(ObservedResponse {
            status: 201,
            version: HttpVersion::Http2,
            header_list: [("Set-Cookie", "sid=s3cr3t; Secure"), ("X-é", "\"ü\"")]
                .into_iter()
                .collect(),
            body: body(b"hello"),
            ..ObservedResponse::default()
        }),
        timing: Timing {
            connect: Some(3_000),
            tls: Some(2_000),
            send: Some(10),
            wait: Some(4_001),
            receive: Some(0),
            total: Some(9_011),
            ..Timing::default()
        },
        connection: ConnectionFacts {
            server: 7,
            remote_addr: Some("[2001:db8::7]:8443".parse().unwrap()),
            ..ConnectionFacts::default()
        },
        ended: true,
        ..Exchange::default()
    }
}

fn written(exchange: &Exchange, besides: &Besides<'_>, secrets: bool) -> String {
    let mut options = ExportOptions::default();
    if secrets {
        options.redactor = None;
    }
    let mut writer = HarWriter::new(Vec::new(), options).unwrap();
    writer.entry(exchange, besides).unwrap();
    writer.entry(exchange, besides).unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn read(har: &str) -> HarEntry {
    let options = ImportOptions {
        body_limit: 1 << 20,
        ..ImportOptions::default()
    };
    let reader = HarReader::new(Cursor::new(har.as_bytes().to_vec()), options).unwrap();
    let mut entries: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(entries.len(), 2);
    entries.remove(0)
}

#[test]
fn with_secrets_everything_a_har_can_hold_comes_back() {
    let exchange = exchange();
    let messages = [
        Message {
            at: 1_795_341_600_500_000,
            bytes: b"hi".to_vec(),
            len: 2,
            ..Message::default()
        },
        Message {
            kind: MessageKind::Binary,
            sender: Sender::Server,
            bytes: vec![0xff, 1],
            len: 2,
            at: 1_795_341_601_000_000,
        },
    ];
    let besides = Besides {
        messages: messages.iter().collect(),
        ..Besides::default()
    };
    let entry = read(&written(&exchange, &besides, true));
    assert_eq!(entry.exchange, exchange);
    assert_eq!(entry.messages, messages);
}

#[test]
fn no_secret_leaves_unless_asked() {
    let mut exchange = exchange();
    let original = exchange.response.clone();
    exchange.modified = Some(Box::new(Modified {
        response: original,
        by: vec!["make it pass".into()],
        ..Modified::default()
    }));
    let message = Message {
        bytes: br#"{"token":"s3cr3t"}"#.to_vec(),
        len: 18,
        ..Message::default()
    };
    let besides = Besides {
        messages: vec![&message],
        verdict: Some(json!({"code": "acao-missing", "url": "https://api.test/?token=s3cr3t"})),
        decoded: Some(br#"{"access_token":"s3cr3t","x":1}"#),
    };
    let har = written(&exchange, &besides, false);
    assert!(!har.contains("s3cr3t"), "{har}");
    let har: Value = serde_json::from_str(&har).unwrap();
    let entry = &har["log"]["entries"][0];
    assert_eq!(entry["_corscope"]["code"], "acao-missing");
    assert_eq!(entry["_corscope_modified"]["by"], json!(["make it pass"]));
    assert_eq!(entry["_corscope_modified"]["response"]["status"], 201);
    assert_eq!(
        entry["response"]["content"]["text"],
        r#"{"access_token":"[redacted]","x":1}"#
    );
    assert_eq!(
        entry["request"]["cookies"],
        json!([{"name": "sid", "value": "[redacted]"}])
    );
    assert!(
        entry["comment"]
            .as_str()
            .unwrap()
            .contains("values redacted")
    );
}

#[test]
fn a_failure_is_status_0_with_the_browsers_name_for_it() {
    let exchange = Exchange {
        request: ObservedRequest {
            method: "GET".into(),
            url: "https://a.test/".into(),
            ..ObservedRequest::default()
        },
        failure: Some(Failure {
            code: "connection-refused".into(),
            net_error: Some("net::ERR_CONNECTION_REFUSED".into()),
            side: Side::Server,
            message: "the server refused the connection".into(),
        }),
        ended: true,
        ..Exchange::default()
    };
    let entry = read(&written(&exchange, &Besides::default(), false));
    assert_eq!(entry.exchange.response, None);
    assert_eq!(entry.exchange.failure, exchange.failure);
}

#[test]
fn bodies_are_decoded_when_that_is_cheap_and_told_of_when_not() {
    use std::io::Write;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"hello").unwrap();
    let packed = packed.finish().unwrap();
    let content = |encoding: &str, bytes: &[u8], len: u64| {
        let mut exchange = exchange();
        let response = exchange.response.as_mut().unwrap();
        response.header_list = [("content-encoding", encoding)].into_iter().collect();
        response.body = ObservedBody {
            bytes: bytes.to_vec(),
            len,
        };
        let har = written(&exchange, &Besides::default(), true);
        serde_json::from_str::<Value>(&har).unwrap()["log"]["entries"][0]["response"]["content"]
            .clone()
    };
    assert_eq!(
        content("deflate", &packed, packed.len() as u64)["text"],
        "hello"
    );
    let encoded = content("br", b"\x8b\x02\x80hello\x03", 9);
    assert_eq!(encoded["encoding"], "base64");
    assert_eq!(encoded["comment"], "as transferred, encoded with br");
    let cut = content("", b"hel", 5);
    assert_eq!((&cut["text"], &cut["size"]), (&json!("hel"), &json!(5)));
    assert_eq!(cut["comment"], "3 of 5 bytes are kept");
}
