//! The limit of open files.

/// Lifts the limit of open files as far as the system lets us: each connection is one, and each side
/// of an exchange a connection.
#[cfg(unix)]
pub(super) fn allow_many_connections() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    const ENOUGH: u64 = 65_536;
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.map_or(ENOUGH, |most| most.min(ENOUGH));
    if limit.current.is_some_and(|files| files < wanted) {
        limit.current = Some(wanted);
        let _ = setrlimit(Resource::Nofile, limit); // without it fewer connections fit
    }
}

#[cfg(not(unix))]
pub(super) fn allow_many_connections() {}
