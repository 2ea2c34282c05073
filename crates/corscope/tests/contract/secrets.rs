//! What came from the environment, and what is a secret by its name, is in no output.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::{Folder, test_in};

const TOKEN: &str = "tok-5up3r-s3cret";

#[test]
fn a_token_is_sent_and_never_printed() {
    let folder = Folder::new();
    for format in ["text", "json", "junit", "sarif"] {
        // A server that tells what it got, in a header and in the body.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let mut seen = String::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut buffer = [0; 8192];
                let read = stream.read(&mut buffer).unwrap();
                let head = String::from_utf8_lossy(&buffer[..read]).into_owned();
                if head.starts_with("GET /end") {
                    break;
                }
                let echo = format!("Authorization: Bearer {TOKEN}");
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nEcho: {echo}\r\nAccess-Control-Allow-Origin: *\r\n\
                     Content-Length: {}\r\nConnection: close\r\n\r\n{echo}",
                    echo.len()
                );
                let _ = stream.write_all(answer.as_bytes());
                seen.push_str(&head);
            }
            seen
        });
        let text = format!(
            "version = 1\n[[case]]\nname = 'a'\npage.origin = 'https://a.test'\nbrowsers = ['chromium']\n\
             request = {{ url = 'http://{address}/', headers = [['X-Api-Key', '${{CORSCOPE_KEY}}']], credentials = 'include' }}\n\
             expect = 'blocked'\n\
             [[case]]\nname = 'b'\npage.origin = 'https://a.test'\nbrowsers = ['chromium']\n\
             request = {{ url = 'http://{address}/', headers = [['Authorization', 'Bearer l1teral-s3cret'], ['Cookie', '${{CORSCOPE_KEY}}']] }}\n\
             expect = 'allowed'\n\
             [[case]]\nname = 'c'\npage.origin = 'https://a.test'\nbrowsers = ['chromium']\n\
             request.url = 'http://{address}/'\nrequest.headers = [['Accept', 'a/b']]\nexpect = 'blocked'\n"
        );
        folder.write("cors.toml", &text);
        let args = ["cors.toml", "--format", format, "--output", "report"];
        let ended = test_in(&folder.0, &args, &[("CORSCOPE_KEY", TOKEN)]);
        let mut end = std::net::TcpStream::connect(address).unwrap();
        end.write_all(b"GET /end HTTP/1.1\r\n\r\n").unwrap();
        let seen = server.join().unwrap();
        // The preflight does not let the headers pass: they are never sent.
        assert!(
            seen.contains("Access-Control-Request-Headers: x-api-key"),
            "{seen}"
        );
        assert_eq!(ended.code, Some(1), "{ended:?}");
        for text in [&ended.out, &ended.err, &folder.read("report")] {
            assert!(!text.contains(TOKEN), "{format}: {text}");
            assert!(!text.contains("l1teral-s3cret"), "{format}: {text}");
        }
    }
}

#[test]
fn a_token_reaches_the_server_and_its_echo_is_starred() {
    let folder = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let mut seen = String::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 8192];
            let read = stream.read(&mut buffer).unwrap();
            seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
            let answer = format!(
                "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: x-api-key\r\n\
                 Echo: {TOKEN}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
        seen
    });
    let text = format!(
        "version = 1\n[[case]]\nname = 'a'\npage.origin = 'https://a.test'\nbrowsers = ['chromium']\n\
         request = {{ url = 'http://{address}/', headers = [['X-Api-Key', '${{CORSCOPE_KEY}}']] }}\nexpect = 'blocked'\n"
    );
    folder.write("cors.toml", &text);
    let ended = test_in(&folder.0, &["cors.toml"], &[("CORSCOPE_KEY", TOKEN)]);
    let seen = server.join().unwrap();
    assert!(seen.contains(&format!("X-Api-Key: {TOKEN}\r\n")), "{seen}");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!ended.out.contains(TOKEN), "{ended:?}");
    assert!(
        ended.out.contains("X-Api-Key: ${CORSCOPE_KEY}"),
        "{}",
        ended.out
    );
}
