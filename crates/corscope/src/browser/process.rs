//! A browser's processes: one group, which ends whole.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// How much of a browser's last words is kept.
const LAST_WORDS: usize = 4096;

/// How long the processes of a killed group may take to be gone.
const GROUP_PATIENCE: Duration = Duration::from_secs(3);

/// A running browser. Dropping it kills it with all its processes.
#[derive(Debug)]
pub(super) struct BrowserProcess {
    child: Child,
    /// The process group, which has the number of its first process.
    group: u32,
    last_words: Option<JoinHandle<String>>,
}

impl BrowserProcess {
    /// Starts the command as the first of a process group of its own, so that a Ctrl-C in the
    /// terminal reaches us alone and we end the browser in our own order.
    ///
    /// `stderr` is read to the end, each line given to `on_line`, the last ones kept.
    pub(super) fn start(
        mut command: Command,
        on_line: impl FnMut(&str) + Send + 'static,
    ) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let group = child
            .id()
            .ok_or_else(|| io::Error::other("ended at once"))?;
        let last_words = child
            .stderr
            .take()
            .map(|stderr| tokio::spawn(read_lines(stderr, on_line)));
        Ok(Self {
            child,
            group,
            last_words,
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.group
    }

    /// How it ended, if it has, with its last words.
    pub(super) async fn has_ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        let words = match self.last_words.take() {
            Some(task) => match timeout(Duration::from_secs(1), task).await {
                Ok(Ok(words)) => words,
                _ => String::new(),
            },
            None => String::new(),
        };
        Some(
            format!("{status}\n{}", words.trim_end())
                .trim_end()
                .to_owned(),
        )
    }

    /// Waits until it ends by itself, but not longer than `patience`.
    pub(super) async fn ends_within(&mut self, patience: Duration) -> bool {
        timeout(patience, self.child.wait()).await.is_ok()
    }

    /// Kills what is left of it, and waits until nothing is.
    pub(super) async fn kill(mut self) {
        kill_group(self.group);
        let _ = self.child.start_kill();
        let _ = timeout(GROUP_PATIENCE, self.child.wait()).await;
        let until = Instant::now() + GROUP_PATIENCE;
        while group_lives(self.group) && Instant::now() < until {
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for BrowserProcess {
    fn drop(&mut self) {
        // Once its first process is reaped and the group empty, the number may be somebody else's.
        if self.child.id().is_some() {
            kill_group(self.group);
        }
    }
}

/// Reads lines without end; a longer line than we keep counts as several.
async fn read_lines(
    mut stderr: impl AsyncReadExt + Unpin,
    mut on_line: impl FnMut(&str),
) -> String {
    let mut kept = Vec::new();
    let mut line = Vec::new();
    let mut chunk = [0; 1024];
    while let Ok(count @ 1..) = stderr.read(&mut chunk).await {
        for byte in &chunk[..count] {
            if *byte != b'\n' && line.len() < LAST_WORDS / 2 {
                line.push(*byte);
                continue;
            }
            on_line(&String::from_utf8_lossy(&line));
            kept.append(&mut line);
            kept.push(b'\n');
            let surplus = kept.len().saturating_sub(LAST_WORDS);
            kept.drain(..surplus);
        }
    }
    kept.append(&mut line);
    String::from_utf8_lossy(&kept).into_owned()
}

#[cfg(unix)]
fn kill_group(group: u32) {
    if let Some(pid) = pid(group) {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill_group(_group: u32) {}

/// Whether the group has a process that runs. A dead one that nobody has waited for does not: in a
/// container without an init it would stay for ever.
#[cfg(target_os = "linux")]
fn group_lives(group: u32) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return false;
    };
    let group = group.to_string();
    processes.filter_map(Result::ok).any(|entry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // `pid (name) state parent group`; the name may hold anything.
        let mut fields = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest)
            .split(' ');
        let state = fields.nth(1).unwrap_or("Z");
        fields.nth(1) == Some(group.as_str()) && !["Z", "X"].contains(&state)
    })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn group_lives(group: u32) -> bool {
    pid(group).is_some_and(|pid| rustix::process::test_kill_process_group(pid).is_ok())
}

#[cfg(not(unix))]
fn group_lives(_group: u32) -> bool {
    false
}

#[cfg(unix)]
fn pid(number: u32) -> Option<rustix::process::Pid> {
    // 1 and below stand for more than one process.
    let number = i32::try_from(number).ok().filter(|number| *number > 1)?;
    rustix::process::Pid::from_raw(number)
}

/// Kills every process that has `folder` in its command line, and the noted group if one of them
/// belongs to it: a number alone may be somebody else's by now.
#[cfg(unix)]
pub(super) fn end_users_of(folder: &Path, group: Option<u32>) {
    use rustix::process::{Signal, getpgid, kill_process};
    for user in users_of(folder).into_iter().filter_map(pid) {
        let own_group = getpgid(Some(user)).ok();
        if own_group.is_some() && own_group == group.and_then(pid) {
            group.into_iter().for_each(kill_group);
        } else {
            let _ = kill_process(user, Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
pub(super) fn end_users_of(_folder: &Path, _group: Option<u32>) {}

#[cfg(target_os = "linux")]
pub(super) fn users_of(folder: &Path) -> Vec<u32> {
    use std::os::unix::ffi::OsStrExt;
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let wanted = folder.as_os_str().as_bytes();
    processes
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            let line = std::fs::read(entry.path().join("cmdline")).ok()?;
            let uses = memchr::memmem::find(&line, wanted).is_some();
            (uses && number != std::process::id()).then_some(number)
        })
        .collect()
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn users_of(folder: &Path) -> Vec<u32> {
    let list = std::process::Command::new("ps")
        .args(["-axww", "-o", "pid=,command="])
        .output();
    let Ok(list) = list else {
        return Vec::new();
    };
    let wanted = folder.to_string_lossy();
    String::from_utf8_lossy(&list.stdout)
        .lines()
        .filter(|line| line.contains(&*wanted))
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
        .filter(|number| *number != std::process::id())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_words_are_kept_and_long_lines_are_cut() {
        let text = format!("{}\nlast", "x".repeat(10_000));
        let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = std::sync::Arc::clone(&lines);
        let kept = read_lines(text.as_bytes(), move |line| {
            seen.lock().unwrap().push(line.len());
        })
        .await;
        assert!(kept.ends_with("\nlast") && kept.len() <= LAST_WORDS + 4);
        assert!(
            lines
                .lock()
                .unwrap()
                .iter()
                .all(|len| *len <= LAST_WORDS / 2)
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_killed_group_leaves_no_process() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 60 & sleep 60"]);
        let process = BrowserProcess::start(command, |_| {}).unwrap();
        let group = process.pid();
        assert!(group_lives(group));
        process.kill().await;
        assert!(!group_lives(group));
    }
}
