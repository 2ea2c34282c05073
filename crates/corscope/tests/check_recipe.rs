//! The configuration that `corscope check` prints, through the real binary, against servers that
//! betray their stack.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

/// A server that answers OPTIONS with one head and everything else with another.
fn server(preflight: &'static str, other: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let first = lines.next().unwrap_or_default();
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                let head = match first.starts_with("OPTIONS") {
                    true => preflight,
                    false => other,
                };
                let end = "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = (&stream).write_all(format!("HTTP/1.1 {head}{end}").as_bytes());
            });
        }
    });
    format!("http://{address}/items")
}

fn check(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .args(["check", "--from", "https://app.example"])
        .args(args)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "80")
        .env("LC_ALL", "C.UTF-8")
        .env_remove("http_proxy")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn recipe(args: &[&str]) -> Value {
    let (_, document, stderr) = check(&[args, &["--format", "json"]].concat());
    let document: Value = serde_json::from_str(&document).expect(&stderr);
    document["recipe"].clone()
}

const NGINX: &str = "200 OK\r\nServer: nginx/1.22.1";
const BOTH: &str = "200 OK\r\nServer: nginx/1.22.1\r\nX-Powered-By: Express";

#[test]
fn the_policy_is_the_proved_one() {
    let url = server(NGINX, NGINX);
    let recipe = recipe(&[
        &url,
        "-X",
        "PUT",
        "-H",
        "X-Secret: s3cr3t",
        "-H",
        "Content-Type: application/json",
        "--credentials",
        "include",
        "--read",
        "X-Total",
    ]);
    assert_eq!(recipe["stack"], "nginx");
    assert_eq!(
        recipe["policy"],
        json!({
            "origins": ["https://app.example"],
            "methods": ["PUT"],
            "headers": ["content-type", "x-secret"],
            "expose": ["X-Total"],
            "credentials": true,
        })
    );
    for part in [
        "\"https://app.example\"",
        "PUT",
        "x-secret",
        "X-Total",
        "\"true\"",
    ] {
        assert!(
            recipe["code"].as_str().unwrap().contains(part),
            "{recipe:#}"
        );
    }
    assert_eq!(
        recipe["verify"],
        format!(
            "corscope check {url} --from https://app.example -X PUT -H 'X-Secret: 1' \
             -H 'Content-Type: application/json' --credentials include --read X-Total"
        )
    );
}

#[test]
fn the_innermost_layer_on_the_answer_at_fault_is_configured() {
    let inner = recipe(&[&server(BOTH, BOTH), "-X", "PUT"]);
    assert_eq!(inner["stack"], "express");
    assert_eq!(inner["layers"][1]["stack"], "nginx");
    let reasons = inner["reasons"].to_string();
    assert!(reasons.contains("`X-Powered-By: Express` on the preflight's answer betrays Express"));
    assert!(reasons.contains("nginx in front of it"), "{reasons}");
    assert!(reasons.contains("one layer alone"), "{reasons}");

    // nginx itself says no to OPTIONS; the application behind it never saw it.
    let refused = "405 Method Not Allowed\r\nServer: nginx";
    let outer = recipe(&[&server(refused, BOTH), "-H", "X-A: 1"]);
    assert_eq!(outer["stack"], "nginx");
    let reasons = outer["reasons"].to_string();
    assert!(
        reasons.contains("behind it, but nginx wrote the answer at fault"),
        "{reasons}"
    );

    let cloud = "200 OK\r\nServer: cloudflare\r\nCF-RAY: 1";
    let edge = recipe(&[&server(cloud, cloud)]);
    assert_eq!(edge["stack"], "cloudflare-workers");
    assert!(
        edge["reasons"]
            .to_string()
            .contains("hides what stands behind")
    );
}

#[test]
fn people_read_it_in_80_columns_and_in_markdown() {
    let url = server(BOTH, BOTH);
    let (code, text, _) = check(&[&url, "-H", "X-Long-Header-Name: 1", "--no-probes"]);
    assert_eq!(code, Some(1));
    let (before, after) = text
        .split_once("Recipe for Express with cors")
        .expect(&text);
    assert!(before.contains("What to change"));
    assert!(
        after.contains("\n  origin: [\n    \"https://app.example\",\n"),
        "{after}"
    );
    assert!(
        after.contains(" \\\n      -H 'X-Long-Header-Name: 1'"),
        "{after}"
    );
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let (_, markdown, _) = check(&[&url, "--format", "markdown", "--no-probes"]);
    assert!(
        markdown.contains("### Recipe for Express with cors\n"),
        "{markdown}"
    );
    assert!(markdown.contains("```javascript\n"), "{markdown}");
    assert!(
        markdown.contains("```sh\ncorscope check http://"),
        "{markdown}"
    );
    let (_, all, _) = check(&[&url, "--browser", "all", "--no-probes"]);
    assert_eq!(all.matches("Recipe for").count(), 1, "{all}");
}

#[test]
fn the_user_knows_the_stack_better() {
    let url = server(NGINX, NGINX);
    let asked = recipe(&[&url, "--stack", "django"]);
    assert_eq!(asked["stack"], "django");
    assert_eq!(asked["asked"], true);
    assert_eq!(asked["layers"][0]["stack"], "nginx");
    let (code, stdout, stderr) = check(&[&url, "--stack", "ngnix"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(
        stderr.contains("--stack") && stderr.contains("did you mean nginx?"),
        "{stderr}"
    );
}

#[test]
fn nothing_is_printed_where_no_header_helps() {
    let healthy = "200 OK\r\nServer: nginx\r\nAccess-Control-Allow-Origin: *";
    assert!(recipe(&[&server(healthy, healthy)]).is_null());
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let refused = format!("http://127.0.0.1:{port}/");
    assert!(recipe(&[&refused, "--stack", "nginx"]).is_null());
    let (_, text, _) = check(&[&refused, "--stack", "nginx"]);
    assert!(
        !text.contains("Recipe") && !text.contains("--stack"),
        "{text}"
    );
}

#[test]
fn without_a_stack_one_line_says_how_to_name_one() {
    let url = server("200 OK", "200 OK");
    let (_, text, _) = check(&[&url, "--no-probes"]);
    let last = text.lines().last().unwrap();
    assert!(
        last.contains("`--stack NAME`") && last.contains("corscope recipe --list"),
        "{text}"
    );
    assert!(recipe(&[&url])["stack"].is_null());
    let (_, markdown, _) = check(&[&url, "--format", "markdown"]);
    assert!(
        markdown.trim_end().ends_with("(`corscope recipe --list`)"),
        "{markdown}"
    );
}

#[test]
fn a_policy_that_would_be_refused_is_not_written() {
    let url = server(NGINX, NGINX);
    let args = [
        &*url,
        "--page",
        "http://app.example/",
        "--credentials",
        "include",
    ];
    let output = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .arg("check")
        .args(args)
        .args(["--format", "json"])
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let hint = document["recipe"]["hint"].as_str().unwrap();
    assert!(hint.contains("nginx") && hint.contains("refused"), "{hint}");
}

#[test]
fn a_session_cookie_betrays_the_stack_and_not_itself() {
    let laravel = "200 OK\r\nSet-Cookie: laravel_session=s3cr3t; path=/";
    let url = server(laravel, laravel);
    let found = recipe(&[&url]);
    assert_eq!(found["stack"], "laravel");
    assert!(!found.to_string().contains("s3cr3t"), "{found:#}");
    let (_, text, _) = check(&[&url]);
    assert!(
        text.contains("laravel_session…") && !text.contains("s3cr3t"),
        "{text}"
    );
}

#[test]
fn no_header_is_offered_against_plain_http_on_a_tls_port() {
    // The words stand in a body; without Content-Length it lasts until the end.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let _ = (&stream).write_all(
                b"HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nConnection: close\r\n\r\n\
                  <center>The plain HTTP request was sent to HTTPS port</center>\r\n",
            );
        }
    });
    let url = format!("http://{address}/items");
    for more in [&["--no-probes"][..], &["-X", "PUT"]] {
        let (code, text, _) = check(&[&[&*url], more].concat());
        assert_eq!(code, Some(1));
        assert!(text.contains("http-to-https-port"), "{text}");
        assert!(
            text.contains(&format!("ask `https://{address}/items`")),
            "{text}"
        );
        assert!(!text.contains("Recipe for"), "{text}");
        assert!(
            !text.contains("Access-Control-Allow-Origin: https://app.example"),
            "{text}"
        );
    }
}

#[test]
fn what_servers_refuse_before_cors_is_said() {
    let url = server(NGINX, NGINX);
    let small = recipe(&[&url, "-X", "patch"])["reasons"].to_string();
    assert!(small.contains("in capitals"), "{small}");
    let usual = recipe(&[&url, "-X", "PATCH"])["reasons"].to_string();
    assert!(!usual.contains("in capitals"), "{usual}");
}

/// What a recipe is written from is read strictly: a text that could leave its quotes in some
/// configuration is no origin, no method and no header name.
#[test]
fn what_could_inject_configuration_is_bad_input() {
    let url = server(NGINX, NGINX);
    for args in [
        ["--from", "https://a.example\"; evil"],
        ["--from", "https://a.example\nevil"],
        ["--from", "https://a.example/;evil"],
        ["-H", "X-A\"; evil: 1"],
        ["-H", "X-A\r\nevil: 1"],
        ["-X", "PUT\"; evil"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_corscope"))
            .args(["check", &url, "--stack", "nginx"])
            .args(if args[0] == "--from" {
                &[][..]
            } else {
                &["--from", "https://app.example"]
            })
            .args(args)
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    let refused = recipe(&[&url, "--read", "X-A\"; evil"]);
    assert!(refused["code"].is_null(), "{refused:#}");
    assert!(
        refused["hint"]
            .as_str()
            .unwrap()
            .contains("is no header name")
    );
}

/// `make example` renews it.
#[test]
fn the_page_of_stacks_is_what_the_program_lists() {
    let output = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .args(["recipe", "--list"])
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let page = include_str!("../../../docs/guide/stacks.md");
    assert!(page.contains(&format!("\n{list}```\n")), "{list}");
}
