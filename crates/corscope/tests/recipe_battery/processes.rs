//! Processes of servers on loopback, stopped by their ids.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Dropped before what it watches, whose process id is somebody else's afterwards.
    _watchdog: Option<Running>,
    _process: Option<Running>,
    _directory: Option<Directory>,
}

/// A server about to start.
pub(crate) struct Start {
    pub(crate) program: String,
    /// The Debian packages that hold it.
    pub(crate) packages: &'static str,
    pub(crate) arguments: Vec<String>,
    pub(crate) port: u16,
    /// Where it runs.
    pub(crate) directory: Directory,
}

impl Server {
    /// Starts it, on another port if somebody took the first one meanwhile.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub(crate) fn start(prepare: impl Fn() -> Start) -> Self {
        let mut complaint = String::new();
        for _ in 0..3 {
            let start = prepare();
            let mut process = start.spawn();
            if is_up(&mut process, start.port) {
                return Self {
                    port: start.port,
                    _watchdog: Some(watch_over(&process)),
                    _process: Some(process),
                    _directory: Some(start.directory),
                };
            }
            let output = start.directory.0.join("output");
            complaint = fs::read_to_string(output).unwrap_or_default();
            complaint.insert_str(0, &format!("{} does not start:\n", start.program));
        }
        panic!("{complaint}");
    }

    /// A server that has said its port.
    pub(crate) fn started(port: u16, process: Running) -> Self {
        Self {
            port,
            _watchdog: Some(watch_over(&process)),
            _process: Some(process),
            _directory: None,
        }
    }

    /// A server in the test's own process.
    pub(crate) fn within(port: u16) -> Self {
        Self {
            port,
            _watchdog: None,
            _process: None,
            _directory: None,
        }
    }
}

impl Start {
    fn spawn(&self) -> Running {
        let Self {
            program, packages, ..
        } = self;
        let directory = &self.directory.0;
        let output = fs::File::create(directory.join("output")).unwrap();
        // Debian keeps servers where the PATH of ordinary users does not lead.
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        let child = Command::new("env")
            .arg(program)
            .args(&self.arguments)
            .current_dir(directory)
            .env("PATH", path)
            .env("HOME", directory)
            .env("XDG_DATA_HOME", directory)
            .env("XDG_CONFIG_HOME", directory)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{program} cannot be started ({error}); Debian: apt-get install {packages}")
            });
        Running(child)
    }
}

/// A process that ends when this is dropped.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A directory that is removed when this is dropped.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    /// Not in the build's directory: servers that lay root down must be able to read it.
    pub(crate) fn new() -> Self {
        Self::within(&std::env::temp_dir())
    }

    pub(crate) fn within(parent: &std::path::Path) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("corscope-battery-{}-{number}", std::process::id());
        let directory = parent.join(name);
        let _ = fs::remove_dir_all(&directory); // of an earlier process that had our number
        fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // what is left lies in the scratch space
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn is_up(process: &mut Running, port: u16) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        if process.0.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
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
