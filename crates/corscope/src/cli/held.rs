//! What waits at the breakpoints, from the terminal: `held`, `show 3`, `go 3 --status 204`,
//! `answer 3 --status 200 --body hello`, `drop 3`.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::Parser;
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};
use corscope_wire::proxy::stages::{Direction, Held, Holds, Resolution};

use super::output;
use crate::input;

/// How much of a body is shown.
const BODY_SHOWN: usize = 2000;

/// What is changed in a message that waits.
#[derive(Parser, Debug)]
#[command(name = "", no_binary_name = true, disable_help_flag = true)]
struct Change {
    /// Which one
    #[arg(value_name = "ID", value_parser = number)]
    id: u64,
    /// Another method
    #[arg(long)]
    method: Option<String>,
    /// Another URL
    #[arg(long)]
    url: Option<String>,
    /// Another status
    #[arg(long)]
    status: Option<u16>,
    /// A header line in place of all of its name
    #[arg(long, value_name = "NAME: VALUE")]
    set: Vec<String>,
    /// One header line more
    #[arg(long, value_name = "NAME: VALUE")]
    add: Vec<String>,
    /// No header line of this name
    #[arg(long, value_name = "NAME")]
    remove: Vec<String>,
    /// Another body, or @FILE for what a file holds
    #[arg(long, value_name = "TEXT|@FILE")]
    body: Option<String>,
}

/// How `go`, `answer` are written, for whoever wrote it otherwise.
const USAGE: &str = "  go ID [CHANGE…], answer ID [CHANGE…]; a change is --status 204, \
                     --set 'Name: value',\n  --add 'Name: value', --remove Name, \
                     --body TEXT|@FILE, for requests --method, --url, too\n";

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| "wanted the number that `held` shows".to_owned())
}

/// Obeys a line about what is held. The answer is for people.
pub(super) fn obey(holds: &Holds, verb: &str, rest: &str) -> String {
    if rest.trim().is_empty() {
        return match verb {
            "go" => {
                holds.go_on_all();
                "all that was held goes on\n".to_owned()
            }
            _ => list(holds),
        };
    }
    let change = match words(rest) {
        Ok(change) => change,
        Err(problem) => return problem,
    };
    let Some(held) = holds.get(change.id) else {
        return format!(
            "nothing waits under {}; `held` shows what does\n",
            change.id
        );
    };
    let resolution = match verb {
        "show" => return shown(&held),
        "drop" => Ok(Resolution::Close),
        "answer" => change.answer().map(|it| Resolution::Answer(Box::new(it))),
        _ => change.resolution(&held),
    };
    let resolved = resolution.and_then(|resolution| {
        let resolved = holds.resolve(change.id, resolution);
        resolved.map_err(|error| error.to_string())
    });
    match resolved {
        Ok(()) => String::new(),
        Err(problem) => format!("{problem}\n"),
    }
}

fn words(rest: &str) -> Result<Change, String> {
    // To a shell the sign would begin a comment.
    let rest = rest.trim_start().trim_start_matches('#');
    let words = input::shell_line("line", rest).map_err(|error| format!("{error}\n"))?;
    Change::try_parse_from(words).map_err(|error| {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default();
        format!("{}\n{USAGE}", first.trim_start_matches("error: "))
    })
}

impl Change {
    /// Whether the message goes on as it is.
    fn is_none(&self) -> bool {
        let Self {
            id: _,
            method,
            url,
            status,
            set,
            add,
            remove,
            body,
        } = self;
        let is_head_same = method.is_none() && url.is_none() && status.is_none();
        is_head_same && set.is_empty() && add.is_empty() && remove.is_empty() && body.is_none()
    }

    fn resolution(&self, held: &Held) -> Result<Resolution, String> {
        if self.is_none() {
            return Ok(Resolution::GoOn);
        }
        Ok(match &held.response {
            Some(response) => {
                if self.method.is_some() || self.url.is_some() {
                    return Err("a response waits: its request is on the way already".to_owned());
                }
                Resolution::Response(Box::new(self.response(response.clone())?))
            }
            None => {
                if self.status.is_some() {
                    let problem = "a request waits, which has no status: `answer` answers it";
                    return Err(problem.to_owned());
                }
                Resolution::Request(Box::new(self.request(held.request.clone())?))
            }
        })
    }

    fn request(&self, mut request: ObservedRequest) -> Result<ObservedRequest, String> {
        request.method = self.method.clone().unwrap_or(request.method);
        request.url = self.url.clone().unwrap_or(request.url);
        self.list(&mut request.header_list)?;
        self.body(&mut request.body, &mut request.header_list)?;
        Ok(request)
    }

    fn response(&self, mut response: ObservedResponse) -> Result<ObservedResponse, String> {
        if let Some(status) = self.status.filter(|status| *status != response.status) {
            response.status = status;
            response.reason.clear();
        }
        self.list(&mut response.header_list)?;
        self.body(&mut response.body, &mut response.header_list)?;
        Ok(response)
    }

    fn answer(&self) -> Result<ObservedResponse, String> {
        self.response(ObservedResponse {
            status: 200,
            ..ObservedResponse::default()
        })
    }

    fn list(&self, list: &mut HeaderList) -> Result<(), String> {
        let line = |option: &str, text: &str| {
            input::header::header(option, text).map_err(|error| error.to_string())
        };
        for name in &self.remove {
            *list = list.without(|header| header.is(name));
        }
        for text in &self.set {
            let (name, value) = line("--set", text)?;
            list.set(&name, value);
        }
        for text in &self.add {
            let (name, value) = line("--add", text)?;
            list.push(name, value);
        }
        Ok(())
    }

    fn body(&self, body: &mut ObservedBody, list: &mut HeaderList) -> Result<(), String> {
        let Some(text) = &self.body else {
            return Ok(());
        };
        let bytes = match text.strip_prefix('@') {
            Some(file) => std::fs::read(file).map_err(|error| format!("{file}: {error}"))?,
            None => text.clone().into_bytes(),
        };
        *body = ObservedBody {
            len: bytes.len() as u64,
            bytes,
        };
        // What is written here is not compressed.
        *list = list.without(|header| header.is("Content-Encoding"));
        Ok(())
    }
}

/// What waits, one a line.
fn list(holds: &Holds) -> String {
    let held = holds.list();
    if held.is_empty() {
        return "  nothing is held\n".to_owned();
    }
    held.iter().map(|it| line(it)).collect()
}

fn line(held: &Held) -> String {
    let half = match held.direction {
        Direction::Request => "request",
        Direction::Response => "response",
    };
    format!(
        "  {}  {half} of {} {} (by {})\n",
        held.id,
        output::tame(&held.request.method),
        output::tame(&held.request.url),
        output::tame(&held.breakpoint)
    )
}

/// The message that waits, whole.
fn shown(held: &Held) -> String {
    let mut text = line(held);
    let (head, list, body) = match &held.response {
        Some(response) => (
            format!("{}", response.status),
            &response.header_list,
            &response.body,
        ),
        None => {
            let request = &held.request;
            let head = format!("{} {}", request.method, request.url);
            (head, &request.header_list, &request.body)
        }
    };
    let mut add = |line: &str| {
        let _ = writeln!(text, "    {}", output::tame(line)); // a String takes every write
    };
    add(&head);
    for header in list.iter() {
        let name = String::from_utf8_lossy(header.name);
        add(&format!(
            "{name}: {}",
            String::from_utf8_lossy(header.trimmed())
        ));
    }
    if body.len > 0 {
        add("");
        let start = &body.bytes[..body.bytes.len().min(BODY_SHOWN)];
        match str::from_utf8(start) {
            Ok(text) => text.lines().for_each(&mut add),
            // A character may be cut at the end.
            Err(error) if error.error_len().is_none() => {
                let whole = String::from_utf8_lossy(&start[..error.valid_up_to()]);
                whole.lines().for_each(&mut add);
            }
            Err(_) => add("(no text)"),
        }
        add(&format!("({} bytes)", body.len));
    }
    text
}

/// Says each time that something begins to wait, until the run ends.
pub(super) async fn announce(holds: Arc<Holds>) {
    let mut changes = holds.changes();
    let mut last = 0;
    while changes.changed().await.is_ok() {
        for held in holds.list() {
            if held.id <= last {
                continue;
            }
            last = held.id;
            let text = format!(
                "held:{}  `show {id}`, `go {id}`, `drop {id}`; `help` for more\n",
                line(&held),
                id = held.id
            );
            let _ = output::print(&text); // a reader that has gone ends the run
        }
    }
}
