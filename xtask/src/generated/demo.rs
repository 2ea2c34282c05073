//! A demo server of our own for as long as pages are renewed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Where pages say that the demo server listens: its default.
pub(super) const ADDRESS: &str = "127.0.0.1:8377";

/// Ports of as many digits as the default's, so that columns and carets stay where they are.
const PORTS: std::ops::Range<u16> = 8377..8437;

/// The server takes this many ports in a row: two origins, and one that refuses connections.
const IN_A_ROW: u16 = 3;

/// A running demo server; stopped when dropped.
pub(super) struct Demo {
    child: Child,
    port: u16,
}

impl Demo {
    /// Starts `program demo` on the first free port and waits until it listens.
    pub(super) fn start(program: &Path) -> Result<Self, String> {
        for port in PORTS.step_by(IN_A_ROW.into()) {
            let child = Command::new(program)
                .args(["demo", "--port", &port.to_string()])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|error| format!("{}: {error} (build it first)", program.display()))?;
            let mut demo = Self { child, port };
            if let Some(port) = demo.listens() {
                demo.port = port;
                return Ok(demo);
            }
        }
        Err(format!(
            "`corscope demo` did not start on any of the ports {PORTS:?}"
        ))
    }

    /// `text`, which names the addresses of pages, with those of this server.
    pub(super) fn really(&self, text: &str) -> String {
        moved(text, PORTS.start, self.port)
    }

    /// `text`, which names the addresses of this server, with those of pages.
    pub(super) fn as_in_pages(&self, text: &str) -> String {
        moved(text, self.port, PORTS.start)
    }

    /// Waits for the line that names the address; `None` when the server ends without it.
    fn listens(&mut self) -> Option<u16> {
        let output = self.child.stdout.take()?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let port = lines.find_map(|line| port(&line));
        // Read on, or the server would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        port
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn port(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://127.0.0.1:")?;
    rest.split(|letter: char| !letter.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// `text` with the ports of a server at `from` replaced by those of one at `to`.
fn moved(text: &str, from: u16, to: u16) -> String {
    // By way of names that no text holds, since the two rows may overlap.
    let row = || (0..IN_A_ROW).map(|step| (from + step, to + step, format!(":\0{step}\0")));
    let named = row().fold(text.to_owned(), |text, (from, _, name)| {
        text.replace(&format!(":{from}"), &name)
    });
    row().fold(named, |text, (_, to, name)| {
        text.replace(&name, &format!(":{to}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_off_the_line_that_names_it() {
        assert_eq!(
            port("listening on http://127.0.0.1:8380/, Ctrl-C stops"),
            Some(8380)
        );
        assert_eq!(port("corscope demo"), None);
    }

    #[test]
    fn every_port_of_the_row_moves_even_when_the_rows_overlap() {
        let text = "http://127.0.0.1:8377 localhost:8378 :8379 :8380";
        assert_eq!(
            moved(text, 8377, 8378),
            "http://127.0.0.1:8378 localhost:8379 :8380 :8380"
        );
    }
}
