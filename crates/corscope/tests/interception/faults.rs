//! What goes wrong around the program: ports, files, disks, kills.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Directory;
use super::program::{Ended, Program};

pub(crate) const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

/// A server that answers every request with `bytes` of body; gives its port.
pub(crate) fn origin(bytes: usize) -> u16 {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close";
    let mut answer = format!("{head}\r\nContent-Length: {bytes}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + bytes, b'x');
    raw_origin(&answer)
}

/// A server that answers every request with the same bytes; gives its port.
pub(crate) fn raw_origin(answer: &[u8]) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.to_vec();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&answer);
        }
    });
    port
}

/// Starts the proxy by this command; gives its address, too.
pub(crate) fn proxy(command: &mut Command) -> (Program, String) {
    let mut program = Program::start(command.args(ANY_PORT).args(["--format", "jsonl"]));
    let ready = program.document("the proxy's address");
    let address = ready["proxy"].as_str().unwrap().to_owned();
    (program, address)
}

/// Asks the server for `path` through the proxy.
pub(crate) fn ask(proxy: &str, port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(proxy).unwrap();
    write!(
        stream,
        "GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
         Origin: http://localhost:5173\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Runs a command of the program to its end.
pub(crate) fn run(home: &Path, args: &[&str]) -> Ended {
    Program::start(Program::corscope(home).args(args)).end()
}

#[test]
fn a_port_in_use_is_named_and_is_exit_code_3() {
    let home = Directory::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(home.path(), &["proxy", "--listen", &address]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let port = taken.local_addr().unwrap().port();
    let said = format!("the port {port} is in use");
    assert!(ended.stderr.contains(&said), "{ended:?}");
    assert!(ended.stderr.contains("--listen"), "{ended:?}");
    assert!(ended.lines.is_empty(), "{ended:?}");
}

#[test]
fn a_har_that_cannot_be_written_is_named_at_the_start() {
    let home = Directory::new();
    let path = home.join("no-such-folder/capture.har");
    let mut command = Program::corscope(home.path());
    command.args(["proxy", "--har"]).arg(&path).args(ANY_PORT);
    let ended = Program::start(&mut command).end();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains(path.to_str().unwrap()), "{ended:?}");
    assert!(ended.lines.is_empty(), "{ended:?}");
}

#[test]
fn what_a_har_held_stays_until_there_is_a_new_one() {
    let home = Directory::new();
    let path = home.join("capture.har");
    std::fs::write(&path, "an older capture").unwrap();
    let mut command = Program::corscope(home.path());
    let (program, _) = proxy(command.args(["proxy", "--har"]).arg(&path));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "an older capture");
    assert_eq!(program.interrupt().code, Some(0));
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(serde_json::from_str::<Value>(&written).is_ok(), "{written}");
}

#[test]
fn a_har_that_breaks_off_is_judged_up_to_there() {
    let home = Directory::new();
    let entry = |number: u32| {
        serde_json::json!({
            "startedDateTime": format!("2026-01-01T00:00:0{number}.000Z"),
            "time": 1,
            "request": {
                "method": "GET", "url": format!("https://api.example/{number}"),
                "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                "headers": [{"name": "Origin", "value": "https://app.example"}],
                "headersSize": -1, "bodySize": 0,
            },
            "response": {
                "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [],
                "headers": [], "content": {"size": 0, "mimeType": "text/plain"},
                "redirectURL": "", "headersSize": -1, "bodySize": 0,
            },
            "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0},
        })
    };
    let har = serde_json::json!({"log": {
        "version": "1.2", "creator": {"name": "x", "version": "1"},
        "entries": [entry(1), entry(2), entry(3)],
    }});
    let text = har.to_string();
    let cut = text.find("api.example/3").unwrap();
    let path = home.join("cut.har");
    std::fs::write(&path, &text[..cut]).unwrap();
    let file = path.to_str().unwrap();
    let ended = run(home.path(), &["har", file, "--format", "jsonl"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    let judged: Vec<Value> = ended
        .lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let urls: Vec<&str> = judged
        .iter()
        .map(|it| it["url"].as_str().unwrap())
        .collect();
    assert_eq!(urls, ["https://api.example/1", "https://api.example/2"]);
    assert!(judged.iter().all(|it| it["standing"] == "blocked"));
    // It says where, in bytes of the file.
    assert!(ended.stderr.contains(file), "{ended:?}");
    assert!(ended.stderr.contains(&cut.to_string()), "{ended:?}");
}

#[test]
fn a_corrupt_capture_is_named_and_left_as_it_is() {
    let home = Directory::new();
    let path = home.join("capture.db");
    let file = path.to_str().unwrap();
    let noise: Vec<u8> = (0..100_000_u32)
        .map(|it| ((it * 7919) >> 5) as u8)
        .collect();
    let (program, address) = proxy(Program::corscope(home.path()).args(["proxy", "--save", file]));
    let server = origin(5_000);
    for number in 0..50 {
        ask(&address, server, &format!("/{number}"));
    }
    assert_eq!(program.interrupt().code, Some(0));
    let mut damaged = std::fs::read(&path).unwrap();
    let end = damaged.len().min(100_000);
    damaged[100..end].copy_from_slice(&noise[100..end]);
    for (bytes, said) in [(noise, "no SQLite file"), (damaged, "is damaged")] {
        std::fs::write(&path, &bytes).unwrap();
        let mut args = vec!["proxy", "--save", file];
        args.extend(ANY_PORT);
        let ended = run(home.path(), &args);
        assert_eq!(ended.code, Some(3), "{ended:?}");
        assert!(ended.stderr.contains(file), "{ended:?}");
        assert!(ended.stderr.contains(said), "{ended:?}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{said}");
    }
}

/// The program with a file system of its own at `place`; `None` where that is not allowed, which is
/// said.
fn with_tmpfs(home: &Path, place: &Path, options: &str) -> Option<Command> {
    std::fs::create_dir_all(place).unwrap();
    let mount = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" && shift && exec \"$@\"";
    let start = |arguments: &[&str]| {
        let plain = Program::corscope(home);
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c", mount, options])
            .arg(place);
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.args(arguments);
        command
    };
    let works = start(&["true"])
        .output()
        .is_ok_and(|it| it.status.success());
    if !works {
        eprintln!("SKIPPED: mounting a file system wants root, unshare and mount");
        return None;
    }
    Some(start(&[env!("CARGO_BIN_EXE_corscope")]))
}

#[test]
fn a_read_only_home_is_named_where_it_matters_and_only_there() {
    let directory = Directory::new();
    let home = directory.join("home");
    let read_only = || with_tmpfs(&home, &home, "ro,size=64k");
    let Some(mut export) = read_only() else {
        return;
    };
    for args in [
        &["ca", "export"][..],
        &["open", "about:blank", "--headless"],
    ] {
        let mut command = read_only().unwrap();
        if super::skipped() && args[0] == "open" {
            continue;
        }
        let ended = Program::start(command.args(args)).end();
        assert_eq!(ended.code, Some(3), "{args:?}: {ended:?}");
        let place = home.join("config/corscope/ca");
        assert!(ended.stderr.contains(place.to_str().unwrap()), "{ended:?}");
        assert!(ended.stderr.contains("Read-only"), "{ended:?}");
    }
    let file = home.join("capture.db");
    let save = ["proxy", "--save", file.to_str().unwrap()];
    let ended = Program::start(export.args(save).args(ANY_PORT)).end();
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("must not be written"), "{ended:?}");
    // What needs no file works.
    let server = origin(2);
    let (program, address) = proxy(read_only().unwrap().arg("proxy"));
    assert!(ask(&address, server, "/").ends_with("\r\n\r\nxx"));
    assert_eq!(program.interrupt().code, Some(0));
}

#[test]
fn a_full_disk_stops_the_saving_and_nothing_else() {
    let home = Directory::new();
    let disk = home.join("disk");
    let Some(mut command) = with_tmpfs(home.path(), &disk, "size=600k") else {
        return;
    };
    let file = disk.join("capture.db");
    let save = ["proxy", "--save", file.to_str().unwrap()];
    let (program, address) = proxy(command.args(save));
    let server = origin(20_000);
    for number in 0..100 {
        let answer = ask(&address, server, &format!("/{number}"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{number}: {answer}");
    }
    let ended = program.interrupt();
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains(file.to_str().unwrap()), "{ended:?}");
    // What was seen was judged all the same.
    let told = ended
        .lines
        .iter()
        .filter(|it| it.contains("\"standing\":\"blocked\""));
    assert_eq!(told.count(), 100);
}

#[test]
fn a_kill_keeps_what_was_committed() {
    const ASKED: usize = 20;
    let home = Directory::new();
    let path = home.join("capture.db");
    let file = path.to_str().unwrap();
    let (program, address) = proxy(Program::corscope(home.path()).args(["proxy", "--save", file]));
    let server = origin(100);
    for number in 1..=ASKED {
        ask(&address, server, &format!("/asked-{number}-"));
    }
    // It is committed some moments later; then its URL stands in the journal.
    let wanted = format!("/asked-{ASKED}-");
    let journal = home.join("capture.db-wal");
    let stands = || {
        let bytes = std::fs::read(&journal).unwrap_or_default();
        bytes
            .windows(wanted.len())
            .any(|it| it == wanted.as_bytes())
    };
    let until = Instant::now() + Duration::from_secs(60);
    while !stands() {
        assert!(Instant::now() < until, "the last one is never written");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(program.kill().code, None);
    let har = home.join("capture.har");
    let (again, _) = proxy(
        Program::corscope(home.path())
            .args(["proxy", "--save", file, "--har"])
            .arg(&har),
    );
    let ended = again.interrupt();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let written = std::fs::read_to_string(har).unwrap();
    for number in 1..=ASKED {
        assert!(written.contains(&format!("/asked-{number}-")), "{number}");
    }
}

#[test]
fn ten_thousand_idle_connections_hinder_nobody() {
    const IDLE: usize = 10_000;
    let own_files = allow_files(IDLE as u64 + 500);
    if !own_files {
        eprintln!("SKIPPED: this many connections want a higher limit of open files");
        return;
    }
    let home = Directory::new();
    let (program, address) = proxy(Program::corscope(home.path()).arg("proxy"));
    // Half of them have said nothing yet, the others have begun a request and gone slow.
    let connect = || -> Vec<TcpStream> {
        let one = |number| {
            let mut stream = TcpStream::connect(&address).unwrap();
            if number % 2 == 0 {
                let begun = b"GET http://127.0.0.1/ HTTP/1.1\r\nHo";
                stream.write_all(begun).unwrap();
            }
            stream
        };
        (0..IDLE / 10).map(one).collect()
    };
    let idle: Vec<TcpStream> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(connect)).collect();
        threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    });
    let server = origin(2);
    let begun = Instant::now();
    for number in 0..20 {
        let answer = ask(&address, server, &format!("/{number}"));
        assert!(answer.ends_with("\r\n\r\nxx"), "{answer}");
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    let memory = resident_kib(program.pid());
    drop(idle);
    assert!(ask(&address, server, "/last").ends_with("xx"));
    assert_eq!(program.interrupt().code, Some(0));
    println!("{IDLE} idle connections: {memory} KiB, 20 requests in {took:?}");
    assert!(memory < 100 * IDLE as u64, "{memory} KiB");
}

/// Raises this process's limit of open files, as far as it may; says whether that is enough.
fn allow_files(wanted: u64) -> bool {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).is_ok() && limit.current.is_none_or(|files| files >= wanted)
}

#[cfg(target_os = "linux")]
fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

#[cfg(not(target_os = "linux"))]
fn resident_kib(_pid: u32) -> u64 {
    0
}
