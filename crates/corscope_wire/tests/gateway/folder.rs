//! A folder and an API under one origin.

use std::fs;
use std::path::PathBuf;

use corscope_wire::gateway::App;

use crate::raw::*;
use crate::running::{PATIENCE, Running, config, request, run};

/// A folder that goes away.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("app/docs")).unwrap();
        let files = [
            ("app/index.html", "<h1>app</h1>"),
            ("app/a b.js", "1"),
            ("app/docs/index.html", "docs"),
            ("app/.env", "SECRET=1"),
            ("outside.txt", "outside"),
        ];
        for (file, text) in files {
            fs::write(path.join(file), text).unwrap();
        }
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mounted(scratch: &Scratch, server: std::net::SocketAddr) -> Running {
    let mut config = config(server);
    config.mount = "/api".to_owned();
    config.app = Some(App::Folder(scratch.0.join("app")));
    config.loopback_origins = false;
    run(config)
}

#[test]
fn a_folder_and_the_api_share_one_origin() {
    let scratch = Scratch::new("gateway-folder");
    let (server, heads) = answer_each("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\napi");
    let gateway = mounted(&scratch, server);
    let get = |path: &str| ask(&gateway, request(&format!("GET {path}"), &[]));
    let page = get("/");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"));
    assert!(page.ends_with("\r\n\r\n<h1>app</h1>"), "{page}");
    let script = get("/a%20b.js?v=1");
    assert!(
        script.contains("Content-Type: text/javascript; charset=utf-8\r\n"),
        "{script}"
    );
    assert!(get("/docs").contains("\r\nLocation: ./docs/\r\n"));
    assert!(get("/docs/").ends_with("docs"));
    let api = ask(
        &gateway,
        request("POST /api/x", &["Origin: http://localhost:8379"]),
    );
    assert!(api.ends_with("\r\n\r\napi"), "{api}");
    assert!(!api.contains("Access-Control-"), "{api}");
    let head = heads.recv_timeout(PATIENCE).unwrap().1;
    assert!(head.starts_with("POST /x HTTP/1.1\r\n"), "{head}");
    assert!(
        head.contains(&format!("\r\nOrigin: http://{server}\r\n")),
        "{head}"
    );
    assert_eq!(gateway.ended().response.unwrap().status, 200);
}

#[test]
fn a_file_that_is_known_is_not_sent_again() {
    let scratch = Scratch::new("gateway-known");
    let gateway = mounted(&scratch, "127.0.0.1:1".parse().unwrap());
    let first = ask(&gateway, request("GET /", &[]));
    let tag = first
        .split("ETag: ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    let again = ask(
        &gateway,
        request("GET /", &[&format!("If-None-Match: {tag}")]),
    );
    assert!(
        again.starts_with("HTTP/1.1 304 ") && again.ends_with("\r\n\r\n"),
        "{again}"
    );
    let head = ask(&gateway, request("HEAD /", &[]));
    assert!(
        head.contains("Content-Length: 12\r\n") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    let post = ask(&gateway, request("POST /", &[]));
    assert!(post.starts_with("HTTP/1.1 405 "), "{post}");
}

#[test]
fn nothing_beside_the_folder_is_served() {
    let scratch = Scratch::new("gateway-beside");
    #[cfg(unix)]
    std::os::unix::fs::symlink(
        scratch.0.join("outside.txt"),
        scratch.0.join("app/link.txt"),
    )
    .unwrap();
    let gateway = mounted(&scratch, "127.0.0.1:1".parse().unwrap());
    for path in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/docs/%2e%2e%2f%2e%2e%2foutside.txt",
        "/..%5coutside.txt",
        "/link.txt",
        "/.env",
        "/%2eenv",
        "//etc/passwd",
        "/none.txt",
        "/index.html%00.js",
    ] {
        let answer = ask(&gateway, request(&format!("GET {path}"), &[]));
        let refused = answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 ");
        assert!(refused, "{path}: {answer}");
        assert!(
            !answer.contains("outside\n") && !answer.contains("SECRET"),
            "{path}: {answer}"
        );
    }
}

#[test]
fn an_address_that_the_page_made_up_is_the_page() {
    let scratch = Scratch::new("gateway-made-up");
    let gateway = mounted(&scratch, "127.0.0.1:1".parse().unwrap());
    let page = ask(
        &gateway,
        request("GET /users/7", &["Accept: text/html,*/*"]),
    );
    assert!(page.ends_with("<h1>app</h1>"), "{page}");
    let script = ask(&gateway, request("GET /users/7", &["Accept: */*"]));
    assert!(script.starts_with("HTTP/1.1 404 "), "{script}");
}
