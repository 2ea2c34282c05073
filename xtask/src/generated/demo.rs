//! A demo server of our own for as long as pages are renewed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Where pages say that the demo server listens: its default.
pub(super) const ADDRESS: &str = "127.0.0.1:8100";

/// Ports of as many digits as the default's, so that columns and carets stay where they are.
const PORTS: std::ops::Range<u16> = 8100..8130;

/// A running demo server; stopped when dropped.
pub(super) struct Demo {
    child: Child,
    address: String,
}

impl Demo {
    /// Starts `program demo` on the first free port and waits until it listens.
    pub(super) fn start(program: &Path) -> Result<Self, String> {
        for port in PORTS {
            let child = Command::new(program)
                .args(["demo", "--port", &port.to_string()])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|error| format!("{}: {error} (build it first)", program.display()))?;
            let mut demo = Self {
                child,
                address: format!("127.0.0.1:{port}"),
            };
            if demo.listens() {
                return Ok(demo);
            }
        }
        Err(format!(
            "`corscope demo` did not start on any of the ports {PORTS:?}"
        ))
    }

    /// Where it listens: host and port.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Waits for the line that names the address; `false` when the server ends without it.
    fn listens(&mut self) -> bool {
        let Some(output) = self.child.stdout.take() else {
            return false;
        };
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let listens = lines.any(|line| line.contains(&self.address));
        // Read on, or the server would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        listens
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
