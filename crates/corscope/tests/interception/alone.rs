//! Runs on a network of their own, which leads nowhere and counts every attempt to use it.

use std::path::Path;
use std::process::Command;

use super::Directory;
use super::program::{Ended, Program};

/// Everything is routed to nowhere, so that an attempt is made and counted, not refused at once.
const NETWORK: &str = "ip link set lo up && ip route add default dev lo || exit 77\n";

/// A shell script, in which `$0` is the program, on such a network.
pub(crate) fn own_network(home: &Path, script: &str) -> Command {
    let plain = Program::corscope(home);
    let mut command = Command::new("unshare");
    command.args(["--net", "sh", "-c", &(NETWORK.to_owned() + script)]);
    command.arg(env!("CARGO_BIN_EXE_corscope"));
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Runs it to its end; `None` where that is not allowed, which is said.
pub(crate) fn on_own_network(home: &Path, script: &str) -> Option<Ended> {
    let ended = Program::start(&mut own_network(home, script)).end();
    if ended.code == Some(77) || ended.stderr.contains("unshare failed") {
        eprintln!("SKIPPED: a network of one's own wants root, unshare and ip");
        return None;
    }
    Some(ended)
}

/// How often a TCP connection was begun, and how many UDP datagrams were sent.
fn attempts(ended: &Ended) -> (u64, u64) {
    let field = |protocol: &str, name: &str| -> u64 {
        let mut lines = ended.lines.iter().filter(|line| line.starts_with(protocol));
        let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
        let place = names.split(' ').position(|it| it == name).unwrap();
        values.split(' ').nth(place).unwrap().parse().unwrap()
    };
    (field("Tcp:", "ActiveOpens"), field("Udp:", "OutDatagrams"))
}

const COUNT: &str = "grep -E '^(Tcp|Udp):' /proc/net/snmp";

#[test]
fn nobody_is_asked_unless_it_is_told_to() {
    let home = Directory::new();
    for command in [
        "serve --port 0",
        "demo --port 0",
        "proxy --listen 127.0.0.1:0",
        "gateway --to https://api.example.com --listen 127.0.0.1:0",
    ] {
        let script = format!("timeout -s INT 2 \"$0\" {command} </dev/null >&2\n{COUNT}");
        let Some(ended) = on_own_network(home.path(), &script) else {
            return;
        };
        assert!(ended.stderr.contains("127.0.0.1:"), "{command}: {ended:?}");
        assert_eq!(attempts(&ended), (0, 0), "{command}: {ended:?}");
    }
    // What is asked for is counted, so the counting works.
    let script = format!(
        "\"$0\" check https://api.example.com --from https://a.test \
         --max-time 1 >&2\n{COUNT}"
    );
    let ended = on_own_network(home.path(), &script).unwrap();
    assert_ne!(attempts(&ended), (0, 0), "{ended:?}");
}

#[test]
fn a_port_for_other_machines_is_warned_of() {
    let home = Directory::new();
    let open =
        "timeout -s INT 2 \"$0\" proxy --listen 0.0.0.0:0 --proxy-auth ann:secret </dev/null";
    let Some(ended) = on_own_network(home.path(), open) else {
        return;
    };
    let printed = ended.lines.join("\n");
    assert!(printed.contains("ther machines"), "{ended:?}");
    assert!(!printed.contains("secret"), "{ended:?}");
}
