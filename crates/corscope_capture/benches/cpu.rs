//! What this process has used, as Linux tells it.

use std::fs;

/// Seconds of CPU, of all threads.
pub(crate) fn seconds() -> f64 {
    let tasks = fs::read_dir("/proc/self/task").unwrap();
    let nanos: u64 = tasks
        .filter_map(|task| {
            let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<u64>().ok()
        })
        .sum();
    nanos as f64 / 1e9
}

/// Sorts the figures; the middle one.
pub(crate) fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn status(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .unwrap();
    line.trim_start_matches(':')
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap()
}

/// Anonymous memory in kB.
pub(crate) fn anonymous() -> u64 {
    status("RssAnon")
}

/// The most memory ever held, in kB.
pub(crate) fn peak() -> u64 {
    status("VmHWM")
}

/// What else runs on the machine.
pub(crate) fn load() -> String {
    fs::read_to_string("/proc/loadavg")
        .unwrap()
        .trim()
        .to_owned()
}
