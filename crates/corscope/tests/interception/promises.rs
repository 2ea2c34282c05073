//! What corscope promises about secrets, its authority and its port, asked of the program itself. The
//! table of all such promises is `docs/guide/promises.md`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::Directory;
use super::faults::{ANY_PORT, origin, proxy, raw_origin, run};
use super::program::Program;

const SECRETS: [&str; 4] = ["c00kie-value", "bearer-value", "query-value", "json-value"];

/// A request with a secret in each place where there may be one.
fn tell_secrets(proxy: &str, port: u16) {
    let body = r#"{"password": "json-value", "name": "ann"}"#;
    let mut stream = TcpStream::connect(proxy).unwrap();
    write!(
        stream,
        "POST http://127.0.0.1:{port}/items?access_token=query-value&page=2 HTTP/1.1\r\n\
         Host: 127.0.0.1:{port}\r\nOrigin: http://localhost:5173\r\nCookie: sid=c00kie-value\r\n\
         Authorization: Bearer bearer-value\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_har_of_the_proxy_has_no_secrets_unless_they_are_asked_for() {
    for asked_for in [false, true] {
        let home = Directory::new();
        let har = home.join("capture.har");
        let mut command = Program::corscope(home.path());
        command.args(["proxy", "--har"]).arg(&har);
        if asked_for {
            command.arg("--secrets");
        }
        let (program, address) = proxy(&mut command);
        tell_secrets(&address, origin(2));
        let ended = program.interrupt();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let written = std::fs::read_to_string(har).unwrap();
        assert!(written.contains("/items?"), "{written}");
        for secret in SECRETS {
            assert_eq!(written.contains(secret), asked_for, "{secret}: {written}");
        }
        let word = if asked_for {
            "with secrets"
        } else {
            "without secrets"
        };
        assert!(ended.stderr.contains(word), "{ended:?}");
    }
}

#[test]
fn printed_documents_have_no_secrets_unless_they_are_asked_for() {
    for asked_for in [false, true] {
        let home = Directory::new();
        let har = home.join("capture.har");
        let mut command = Program::corscope(home.path());
        command.args(["proxy", "--secrets", "--har"]).arg(&har);
        let (program, address) = proxy(&mut command);
        tell_secrets(&address, origin(2));
        program.interrupt();
        let mut live = Program::corscope(home.path());
        live.arg("proxy");
        let more: &[&str] = if asked_for { &["--secrets"] } else { &[] };
        let (program, address) = proxy(live.args(more));
        tell_secrets(&address, origin(2));
        let mut printed = vec![program.interrupt().lines.join("\n")];
        for format in ["text", "json", "jsonl", "markdown", "sarif"] {
            let args = ["har", har.to_str().unwrap(), "--format", format];
            let ended = run(home.path(), &[&args[..], more].concat());
            assert_eq!(ended.code, Some(1), "{format}: {ended:?}");
            printed.push(ended.lines.join("\n"));
        }
        for text in printed {
            assert!(text.contains("/items"), "{text}");
            assert_eq!(text.contains("query-value"), asked_for, "{text}");
            for secret in ["c00kie-value", "bearer-value", "json-value"] {
                assert!(asked_for || !text.contains(secret), "{secret}: {text}");
            }
        }
    }
}

#[test]
fn nothing_that_a_server_sends_reaches_the_terminal_as_a_command() {
    let home = Directory::new();
    let mut program = Program::start(
        Program::corscope(home.path())
            .args(["proxy", "--all"])
            .args(ANY_PORT),
    );
    let address = program
        .line("the address")
        .replace("corscope proxy: listening on ", "");
    let server = raw_origin(
        b"HTTP/1.1 200 \x1b[2Jgone\r\nAccess-Control-Allow-Origin: \x1b]0;title\x07http://x\x9b31m\r\n\
          X-\x1b[A: y\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET http://127.0.0.1:{server}/\x1b[31m HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\n\
         Origin: http://localhost:5173\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    let ended = program.interrupt();
    let printed = ended.lines.join("\n") + &ended.stderr;
    let is_command = |letter: char| letter.is_control() && letter != '\n';
    assert!(!printed.contains(is_command), "{printed:?}");
}

#[test]
fn the_authoritys_key_is_never_exported() {
    let home = Directory::new();
    let file = home.join("exported.pem");
    let to_file = ["ca", "export", file.to_str().unwrap()];
    assert_eq!(run(home.path(), &to_file).code, Some(0));
    let ended = run(home.path(), &["ca", "export"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let exported = std::fs::read_to_string(file).unwrap();
    for text in [ended.lines.join("\n"), exported] {
        assert!(text.contains("BEGIN CERTIFICATE"), "{text}");
        assert!(!text.contains("PRIVATE KEY"), "{text}");
    }
    // It is kept in our own directory, and nowhere else.
    let config = home.join("config");
    let entries = std::fs::read_dir(config).unwrap();
    let names: Vec<_> = entries.map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names, ["corscope"]);
    assert_eq!(run(home.path(), &["ca", "remove"]).code, Some(0));
    assert!(
        !home
            .join("config/corscope/ca")
            .join("authority.pem")
            .exists()
    );
}

#[test]
fn a_port_for_other_machines_is_refused_without_a_password() {
    let home = Directory::new();
    let ended = run(home.path(), &["proxy", "--listen", "0.0.0.0:0"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("--proxy-auth"), "{ended:?}");
    assert!(ended.lines.is_empty(), "{ended:?}");
}
