use corscope_fetch::forbidden::is_forbidden_request_header;
use corscope_fetch::{Evidence, Mode};

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::Sight;

rule!(
    "forbidden-header-ignored",
    Client,
    Risk,
    "forbidden_header_ignored.md",
    "a request header that scripts may not set was dropped",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    let request = sight.whole().request.as_ref()?;
    if request.dropped.is_empty() {
        return None;
    }

    let mut names = String::new();
    for header in request.dropped.iter() {
        let is_forbidden = is_forbidden_request_header(header.name, header.value);
        if request.mode == Mode::NoCors && !is_forbidden {
            continue;
        }
        let name = String::from_utf8_lossy(header.name);
        names.push_str(if names.is_empty() { "`" } else { ", `" });
        names.push_str(&name);
        names.push('`');
    }
    if names.is_empty() {
        return None;
    }
    let mut found = Explanation::new(Who::Client, format!("scripts may not set {names}: the browser drops it"))
        .note("Nothing fails and nothing is said; the request goes out without, or with the browser's own value.")
        .narrow(Who::Client, format!("remove {names} from the request's headers"));
    if request.dropped.contains("cookie") {
        found = found.narrow(
            Who::Client,
            "to send cookies, set `credentials: \"include\"`; the browser adds them",
        );
    }
    Some((found, Vec::new()))
}
