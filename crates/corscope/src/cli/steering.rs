//! Steering a live run from its terminal: `fix 12`, `off`, `list`.

use std::io::{self, BufRead as _};
use std::sync::{Arc, OnceLock};

use corscope_wire::proxy::stages::{Direction, Resolution, Rewrites};

use super::output;
use super::ui::Served;
use crate::session::{CannotPass, Passed, Steering};

/// A run's terminal: obeys what is typed there.
pub(super) struct Terminal {
    steering: Arc<Steering>,
    page: Arc<OnceLock<Served>>,
}

/// What was done so that a failing fetch passes, or why nothing was, for people.
pub(super) fn told(number: u64, passed: &Result<Passed, CannotPass>) -> String {
    let passed = match passed {
        Ok(passed) => passed,
        Err(error) => return format!("{error}\n"),
    };
    let mut text = format!("#{number} passes from now on (proved); do it again in the page:\n");
    for rewrite in passed.rewrites.iter().filter(|it| !it.was_there) {
        text.push_str(&format!("  {}  {}\n", rewrite.id, rewrite.name));
    }
    if passed.widens {
        text.push_str(
            "  This lets more in than the page's own origin: fit for this proxy, not as a \
             server's policy.\n",
        );
    }
    text.push_str(
        "  For the server itself: `corscope check URL --from ORIGIN --stack NAME` prints its \
         configuration.\n",
    );
    text
}

impl Terminal {
    fn rewrites(&self) -> &Rewrites {
        self.steering.rewrites()
    }

    fn fix(&self, number: u64) -> String {
        told(number, &self.steering.make_pass(number))
    }

    /// Does what a line from the terminal says. The answer is for people; `None` ends the run.
    fn obey(&self, line: &str) -> Option<String> {
        let mut words = line.split_whitespace();
        let (verb, argument) = (words.next().unwrap_or_default(), words.next());
        let number = argument.and_then(|it| it.trim_start_matches('#').parse().ok());
        Some(match (verb, argument) {
            ("", _) => String::new(),
            ("fix", Some(_)) => match number {
                Some(number) => self.fix(number),
                None => "wanted a number: fix 12\n".to_owned(),
            },
            ("remove", Some(id)) => {
                if self.rewrites().remove(id) {
                    format!("{id} is gone\n")
                } else {
                    format!("there is no {id}; `list` shows what there is\n")
                }
            }
            ("off", None) => {
                self.rewrites().set_all_enabled(false);
                "rewrites and breakpoints are off; `on` brings them back\n".to_owned()
            }
            ("on", None) => {
                self.rewrites().set_all_enabled(true);
                "rewrites and breakpoints are on\n".to_owned()
            }
            ("list", None) => self.list(),
            ("held", None) => self.held(),
            ("go", None) => {
                self.rewrites().holds().go_on_all();
                "all that was held goes on\n".to_owned()
            }
            ("go" | "drop", Some(_)) => match number {
                Some(number) if verb == "go" => self.resolve(number, Resolution::GoOn),
                Some(number) => self.resolve(number, Resolution::Close),
                None => format!("wanted a number: {verb} 3; `held` shows them\n"),
            },
            ("link", None) => self.link(),
            ("quit" | "exit", None) => return None,
            _ => HELP.to_owned(),
        })
    }

    fn list(&self) -> String {
        let mut text = String::new();
        for listed in self.rewrites().rewrites() {
            let state = if listed.document.enabled {
                "on "
            } else {
                "off"
            };
            text.push_str(&format!(
                "  {}  {state}  {} times  {}\n",
                listed.document.id, listed.matches, listed.document.name
            ));
        }
        if text.is_empty() {
            text.push_str("  no rewrites; `fix NUMBER` makes one\n");
        }
        text
    }

    /// One more link to the web page.
    fn link(&self) -> String {
        match self.page.get().map(|page| page.links.issue()) {
            Some(Ok(link)) => format!("  {link}\n"),
            Some(Err(error)) => format!("no random numbers: {error}\n"),
            None => "the web page is not served\n".to_owned(),
        }
    }

    /// What waits at the breakpoints.
    fn held(&self) -> String {
        let mut text = String::new();
        for held in self.rewrites().holds().list() {
            let half = match held.direction {
                Direction::Request => "request",
                Direction::Response => "response",
            };
            text.push_str(&format!(
                "  {}  {half} of {} {} (by {})\n",
                held.id, held.request.method, held.request.url, held.breakpoint
            ));
        }
        if text.is_empty() {
            text.push_str("  nothing is held\n");
        }
        text
    }

    fn resolve(&self, id: u64, resolution: Resolution) -> String {
        match self.rewrites().holds().resolve(id, resolution) {
            Ok(()) => String::new(),
            Err(error) => format!("{error}\n"),
        }
    }
}

const HELP: &str = "  fix NUMBER   make a failing request pass from now on\n  \
                    list         show the rewrites\n  \
                    remove ID    take one back\n  \
                    held         show what waits at a breakpoint\n  \
                    go [ID]      let it go on, or all of it\n  \
                    drop ID      close it without an answer\n  \
                    off, on      all rewrites and breakpoints\n  \
                    link         print another link to the web page\n\
                    quit         end\n";

/// Obeys the terminal's lines until it is closed or says `quit`, on a thread of its own that ends with
/// the program.
pub(super) fn obey_terminal(
    steering: Arc<Steering>,
    page: Arc<OnceLock<Served>>,
    quit: impl FnOnce() + Send + 'static,
) {
    let terminal = Terminal { steering, page };
    let _ = std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || {
            for line in io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                match terminal.obey(&line) {
                    Some(text) => {
                        let _ = output::print(&text); // a reader that has gone ends the run
                    }
                    None => return quit(),
                }
            }
        });
}
