//! A program that runs beside the test: read line by line, and ended as its user would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Far more than anything takes: only a failure waits that long.
const PATIENCE: Duration = Duration::from_secs(100);

pub(crate) struct Program {
    child: Child,
    /// Held, so that what ends with its standard input goes on.
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    complaints: Option<JoinHandle<String>>,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    /// What it printed since it was last read.
    pub(crate) lines: Vec<String>,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            let lines = stdout.lines().map_while(Result::ok);
            lines
                .take_while(|line| sender.send(line.clone()).is_ok())
                .for_each(drop);
        });
        let mut stderr = child.stderr.take().unwrap();
        let complaints = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self {
            stdin: child.stdin.take(),
            child,
            lines,
            complaints: Some(complaints),
        }
    }

    /// `corscope`, which finds none of the user's own files.
    pub(crate) fn corscope(home: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_corscope"));
        for name in ["http_proxy", "https_proxy", "no_proxy"] {
            command.env_remove(name).env_remove(name.to_uppercase());
        }
        command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"));
        command
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self, wanted: &str) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("waited in vain for {wanted}"),
            Err(RecvTimeoutError::Disconnected) => {
                let stderr = self.complaints.take().map(JoinHandle::join);
                panic!("it ended before {wanted}: {stderr:?}")
            }
        }
    }

    /// The next line, which is a document.
    pub(crate) fn document(&mut self, wanted: &str) -> Value {
        let line = self.line(wanted);
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The next line that fits; what comes before it is passed over.
    pub(crate) fn line_with(&mut self, part: &str) -> String {
        loop {
            let line = self.line(part);
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Types a line.
    pub(crate) fn say(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as Ctrl-C does.
    pub(crate) fn interrupt(self) -> Ended {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        self.end()
    }

    /// Ends it as nothing can prepare for.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.end()
    }

    /// Waits until it ends by itself.
    pub(crate) fn end(mut self) -> Ended {
        let until = Instant::now() + PATIENCE;
        let code = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status.code(),
                None if Instant::now() > until => panic!("it does not end"),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let lines = self.lines.iter().collect();
        let complaints = self.complaints.take().unwrap();
        Ended {
            code,
            lines,
            stderr: complaints.join().unwrap(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A test that fails must not leave a browser behind, so it is asked first.
        let pid = rustix::process::Pid::from_child(&self.child);
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let until = Instant::now() + Duration::from_secs(10);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}
