//! Real servers on loopback, stopped by their process ids.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpSocket;

use super::certificates;

/// The page's origin in every case: where a front end's development server usually is.
pub(crate) const PAGE: &str = "http://localhost:5173";

/// What is spoken with a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
    H2,
}

impl Protocol {
    pub(crate) const ALL: [Self; 3] = [Self::Http, Self::Https, Self::H2];

    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https | Self::H2 => "https",
        }
    }

    /// As `check` writes it.
    pub(crate) const fn version(self) -> &'static str {
        match self {
            Self::Http | Self::Https => "HTTP/1.1",
            Self::H2 => "HTTP/2",
        }
    }
}

/// A process that ends when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Stops a process when this process ends in whatever way: by Ctrl-C or a kill nothing is dropped.
fn watch_over(process: &Running) -> Running {
    let watchdog = Command::new("sh")
        .args(["-c", "cat >/dev/null; kill \"$0\" 2>/dev/null"])
        .arg(process.0.id().to_string())
        .stdin(Stdio::piped()) // it ends when this pipe does
        .spawn();
    Running(watchdog.unwrap())
}

/// The servers' directory, removed in the end.
struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // what is left lies in the build's scratch space
    }
}

/// nginx and Node, ready to answer.
pub(crate) struct Servers {
    /// Dropped before what it watches, whose process id is somebody else's afterwards.
    _watchdog: Running,
    _nginx: Running,
    _node: Running,
    /// Bound and not listening: whoever connects is refused, and nobody else gets the port.
    _closed: TcpSocket,
    places: Vec<(&'static str, String)>,
    directory: Directory,
}

/// Whether the user said that these tests are not to run. Missing servers alone are no reason:
/// a test that skips itself is one that nobody misses.
pub(crate) fn are_skipped() -> bool {
    std::env::var("CORSCOPE_SKIP_REAL_SERVERS").is_ok_and(|value| value == "1")
}

impl Servers {
    /// Starts both.
    ///
    /// # Panics
    /// When one is not installed or does not start, with what to do.
    pub(crate) fn start() -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("real-servers-{}", std::process::id()));
        let _ = fs::remove_dir_all(&directory); // of an earlier process that had our number
        for made in [
            "www/static",
            "www/healthy",
            "www/no-always",
            "www/inherits/not",
        ] {
            fs::create_dir_all(directory.join(made)).unwrap();
            fs::write(directory.join(made).join("items.json"), "[{\"id\":1}]\n").unwrap();
        }
        fs::write(directory.join("passwords"), "ann:{PLAIN}secret\n").unwrap();
        certificates::write(&directory);
        let directory = Directory(directory);

        let (node, ports) = start_node(&directory.0);
        let closed = TcpSocket::new_v4().unwrap();
        closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut places = vec![
            ("PAGE", PAGE.to_owned()),
            ("DIRECTORY", directory.0.display().to_string()),
            ("CLOSED", closed.local_addr().unwrap().port().to_string()),
            ("NODE_HTTP", ports["http"].to_string()),
            ("NODE_HTTPS", ports["https"].to_string()),
            ("NODE_H2", ports["h2"].to_string()),
        ];
        let nginx = start_nginx(&directory.0, &mut places);
        Self {
            _watchdog: watch_over(&nginx),
            _nginx: nginx,
            _node: node,
            _closed: closed,
            places,
            directory,
        }
    }

    /// `template` with every `@NAME@` filled in; for `protocol`, `@NGINX@` and `@NODE@` are the
    /// origins of the two servers.
    pub(crate) fn fill(&self, template: &str, protocol: Protocol) -> String {
        let name = match protocol {
            Protocol::Http => "HTTP",
            Protocol::Https => "HTTPS",
            Protocol::H2 => "H2",
        };
        let origin = |port: &str| format!("{}://127.0.0.1:@{port}@", protocol.scheme());
        let text = template
            .replace("@NGINX@", &origin(name))
            .replace("@NODE@", &origin(&format!("NODE_{name}")))
            .replace("@NODE_PORT@", &format!("@NODE_{name}@"));
        fill(&text, &self.places)
    }

    /// The authority that signed the servers' certificates.
    pub(crate) fn authority(&self) -> String {
        self.directory.0.join("authority.pem").display().to_string()
    }
}

fn fill(template: &str, places: &[(&str, String)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in places {
        text = text.replace(&format!("@{name}@"), value);
    }
    text
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../e2e/real_servers")
        .join(name)
}

fn missing(program: &str, package: &str, error: &std::io::Error) -> ! {
    panic!(
        "{program} cannot be started ({error}): install it (Debian: apt-get install {package}), \
         or set CORSCOPE_SKIP_REAL_SERVERS=1 to do without these tests"
    )
}

fn start_node(directory: &Path) -> (Running, Value) {
    let child = Command::new("node")
        .arg(source("node.mjs"))
        .arg(directory.join("good.pem"))
        .arg(directory.join("good.key"))
        .arg(PAGE)
        .stdin(Stdio::piped()) // it ends when this pipe does
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| missing("node", "nodejs", &error));
    let mut node = Running(child);
    let mut line = String::new();
    BufReader::new(node.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ports = serde_json::from_str(&line).expect("node prints its ports, or its own complaint");
    (node, ports)
}

/// Starts nginx on ports that were free a moment ago, again if one was taken since.
fn start_nginx(directory: &Path, places: &mut Vec<(&'static str, String)>) -> Running {
    const PORTS: [&str; 6] = [
        "HTTP",
        "HTTPS",
        "H2",
        "SELF_SIGNED",
        "EXPIRED",
        "WRONG_HOST",
    ];
    let known = places.len();
    let mut complaint = String::new();
    for _ in 0..5 {
        places.truncate(known);
        let free: Vec<TcpListener> = PORTS
            .iter()
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        for (name, listener) in PORTS.iter().zip(&free) {
            places.push((name, listener.local_addr().unwrap().port().to_string()));
        }
        drop(free);
        for name in ["nginx.conf", "open.conf"] {
            let template = fs::read_to_string(source(name)).unwrap();
            fs::write(directory.join(name), fill(&template, places)).unwrap();
        }
        let mut nginx = spawn_nginx(directory);
        let port: u16 = places[known].1.parse().unwrap();
        if is_up(&mut nginx, port) {
            return nginx;
        }
        complaint.clear();
        if let Some(stderr) = nginx.0.stderr.as_mut() {
            stderr.read_to_string(&mut complaint).unwrap();
        }
        assert!(
            complaint.contains("Address already in use"),
            "nginx did not start: {complaint}"
        );
    }
    panic!("nginx found its ports taken five times: {complaint}")
}

fn spawn_nginx(directory: &Path) -> Running {
    // Debian keeps it where the PATH of ordinary users does not lead.
    let spawn = |program: &str| {
        Command::new(program)
            .arg("-p")
            .arg(directory)
            .arg("-c")
            .arg(directory.join("nginx.conf"))
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
    };
    let child = spawn("nginx")
        .or_else(|_| spawn("/usr/sbin/nginx"))
        .unwrap_or_else(|error| missing("nginx", "nginx", &error));
    Running(child)
}

/// Waits until nginx listens, or ends.
fn is_up(nginx: &mut Running, port: u16) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if nginx.0.try_wait().unwrap().is_some() {
            return false;
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("nginx runs and does not listen on port {port}")
}
