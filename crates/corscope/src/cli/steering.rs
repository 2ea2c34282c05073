//! Steering a live run from its terminal: `fix 12`, `off`, `list`.

use std::io::{self, BufRead as _};
use std::sync::{Arc, OnceLock};

use corscope_diagnose::observed::Finding;
use corscope_diagnose::recipe::{Prescribed, Recipe, prescribe};
use corscope_diagnose::recipes::by_name;
use corscope_fetch::policy::PolicyDocument;
use corscope_wire::proxy::stages::Rewrites;

use super::shell::quoted;
use super::ui::Served;
use super::{held, output};
use crate::session::{CannotPass, Passed, Steering};

/// A run's terminal: obeys what is typed there.
pub(super) struct Terminal {
    steering: Arc<Steering>,
    page: Arc<OnceLock<Served>>,
    stack: Option<&'static Recipe>,
}

/// What was done so that a failing fetch passes, or why nothing was, for people; then what the server
/// itself would need, for `stack` or for the one that its answers betray.
pub(super) fn made_pass(
    finding: &Finding,
    passed: &Result<Passed, CannotPass>,
    stack: Option<&'static Recipe>,
) -> String {
    let number = finding.fetch.number;
    let passed = match passed {
        Ok(passed) => passed,
        Err(error) => return format!("{error}\n"),
    };
    let again = match passed.in_browser_cache {
        false => "do it again in the page:\n",
        true => {
            "but the browser may hold the failing answer in its own cache. Switch that off (DevTools, \
             Network, Disable cache), and do it again in the page:\n"
        }
    };
    let mut text = format!("#{number} passes from now on (proved); {again}");
    for rewrite in passed.rewrites.iter().filter(|it| !it.was_there) {
        text.push_str(&format!(
            "  {}  {}\n",
            rewrite.id,
            output::tame(&rewrite.name)
        ));
    }
    if passed.widens {
        text.push_str(
            "  This lets more in than the page's own origin: fit for this proxy, not as a \
             server's policy.\n",
        );
    }
    text.push_str(&for_the_server(finding, stack));
    text
}

/// The configuration that mends the server, or the command that prints it once its stack is known.
fn for_the_server(finding: &Finding, stack: Option<&'static Recipe>) -> String {
    let mut finding = finding.clone();
    finding.prove();
    let prescribed = |stack| prescribe(&finding.sight(), &finding.diagnostics, stack);
    match prescribed(stack) {
        Some(Prescribed::Recipe(prescription)) => {
            let recipe = prescription.recipe;
            let mut text = format!(
                "  On the server, for {} ({}):\n\n",
                recipe.title, recipe.place
            );
            for line in prescription.rendered.code.lines() {
                text.push_str(format!("    {}", output::tame(line)).trim_end());
                text.push('\n');
            }
            text.push('\n');
            text
        }
        Some(Prescribed::NoStack) => match prescribed(by_name("nginx")) {
            // Any stack's prescription has the policy.
            Some(Prescribed::Recipe(any)) => format!(
                "  On the server: {} (--list shows the stacks)\n",
                command(&any.policy)
            ),
            _ => String::new(),
        },
        Some(Prescribed::Refused(..)) => {
            "  On the server: a policy for this page would let in who should stay out\n".to_owned()
        }
        // No header of the server's helps: what does is told with the cause.
        None => {
            let mut found = finding.diagnostics.iter();
            let remedy = found.find_map(|it| it.explanation.remedies.first());
            remedy.map_or_else(String::new, |remedy| {
                format!("  What mends it: {}\n", output::tame(&remedy.title))
            })
        }
    }
}

fn command(policy: &PolicyDocument) -> String {
    let mut text = "corscope recipe STACK".to_owned();
    for (option, values) in [
        ("--origin", &policy.origins),
        ("--method", &policy.methods),
        ("--header", &policy.headers),
        ("--expose", &policy.expose),
    ] {
        for value in values {
            text.push_str(&format!(" {option} {}", quoted(&output::tame(value))));
        }
    }
    if policy.credentials {
        text.push_str(" --credentials");
    }
    text
}

impl Terminal {
    fn rewrites(&self) -> &Rewrites {
        self.steering.rewrites()
    }

    fn fix(&self, number: u64) -> String {
        match self.steering.failing(number) {
            Ok(finding) => {
                let passed = self.steering.make_finding_pass(&finding);
                made_pass(&finding, &passed, self.stack)
            }
            Err(error) => format!("{error}\n"),
        }
    }

    /// Does what a line from the terminal says. The answer is for people; `None` ends the run.
    fn obey(&self, line: &str) -> Option<String> {
        let verb = line.split_whitespace().next().unwrap_or_default();
        if ["held", "show", "go", "answer", "drop"].contains(&verb) {
            let rest = &line.trim_start()[verb.len()..];
            return Some(held::obey(self.rewrites().holds(), verb, rest));
        }
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
}

const HELP: &str = "  fix NUMBER   make a failing request pass from now on\n  \
                    list         show the rewrites\n  \
                    remove ID    take one back\n  \
                    held         show what waits at a breakpoint\n  \
                    show ID      print it, whole\n  \
                    go [ID]      let it go on, or all of it; changed: go 3 --status 204\n  \
                                 --set 'Name: value' --add … --remove Name --body TEXT|@FILE\n  \
                    answer ID    answer a request in the server's place, with such changes\n  \
                    drop ID      close it without an answer\n  \
                    off, on      all rewrites and breakpoints\n  \
                    link         print another link to the web page\n  \
                    quit         end\n";

/// Obeys the terminal's lines until it is closed or says `quit`, on a thread of its own that ends with
/// the program.
pub(super) fn obey_terminal(
    steering: Arc<Steering>,
    page: Arc<OnceLock<Served>>,
    stack: Option<&'static Recipe>,
    quit: impl FnOnce() + Send + 'static,
) {
    let terminal = Terminal {
        steering,
        page,
        stack,
    };
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
