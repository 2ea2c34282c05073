//! Steering a live run from its terminal: `fix 12`, `off`, `list`.

use std::collections::VecDeque;
use std::io::{self, BufRead as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use corscope_diagnose::observed::{Finding, Standing};
use corscope_diagnose::remedy::make_it_pass;
use corscope_wire::proxy::stages::{
    Direction, Ground, Mistake, Resolution, Rewrites, RulesDocument, Stages, rules_from_toml,
};

use super::output;
use crate::session::cors_check::EngineSays;
use crate::session::rewrites;

/// How many failing fetches can be fixed by their number.
const REMEMBERED: usize = 512;

/// What is in force, and the failing fetches that can be mended.
pub(super) struct Steering {
    rewrites: Rewrites,
    failing: Mutex<VecDeque<Finding>>,
    /// Whether whatever fails is mended as soon as it has failed.
    fixes_all: bool,
}

impl Steering {
    /// Nothing in force yet but what `rules` says.
    ///
    /// # Errors
    /// When the rules file cannot be read or has mistakes: all of them, each with its place and mend.
    pub(super) fn new(
        stages: Arc<Stages>,
        rules: Option<&Path>,
        every_preflight: bool,
        fixes_all: bool,
    ) -> Result<Self, String> {
        let directory = rules
            .and_then(Path::parent)
            .map_or_else(PathBuf::new, Path::to_owned);
        let ground = Ground {
            directory,
            cors_check: Some(Arc::new(EngineSays)),
        };
        let document = match rules {
            None => RulesDocument::default(),
            Some(path) => {
                let place = path.display();
                let text = std::fs::read(path).map_err(|error| format!("{place}: {error}"))?;
                rules_from_toml(&text, &ground).map_err(|it| all(&place.to_string(), &it))?
            }
        };
        let rewrites = Rewrites::new(stages, ground);
        rewrites.load(&document).map_err(|it| all("rules", &it))?;
        if every_preflight {
            rewrites.set_show_every_preflight(true);
        }
        Ok(Self {
            rewrites,
            failing: Mutex::default(),
            fixes_all,
        })
    }

    /// Remembers a finding that may be mended. The answer is what was done about it at once.
    pub(super) fn note(&self, finding: &Finding) -> Option<String> {
        if !matches!(
            finding.judged.standing,
            Standing::Blocked | Standing::DependsOnCredentials
        ) {
            return None;
        }
        let number = finding.fetch.number;
        {
            let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
            failing.retain(|known| known.fetch.number != number);
            if failing.len() == REMEMBERED {
                failing.pop_front();
            }
            failing.push_back(finding.clone());
        }
        self.fixes_all.then(|| self.fix(number))
    }

    /// Makes a failing fetch pass from now on. The answer is what was done, for people.
    fn fix(&self, number: u64) -> String {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(finding) = failing.iter().find(|it| it.fetch.number == number) else {
            return format!("#{number} is no failing request that was seen here\n");
        };
        let judged = &finding.judged;
        let Some(change) = make_it_pass(&judged.subject, &judged.play) else {
            return format!(
                "#{number} cannot be made to pass by changing what the server answers\n"
            );
        };
        let mut text = format!("#{number} passes from now on (proved); do it again in the page:\n");
        for document in rewrites(&change) {
            // The same fetch may fail again before the page has tried anew.
            let is_there = self
                .rewrites
                .rewrites()
                .iter()
                .any(|listed| listed.document.name == document.name);
            if is_there {
                continue;
            }
            let name = document.name.clone();
            match self.rewrites.put_rewrite(document) {
                Ok(id) => text.push_str(&format!("  {id}  {name}\n")),
                Err(mistakes) => text.push_str(&all("rewrite", &mistakes)),
            }
        }
        if change.widens {
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

    /// Does what a line from the terminal says. The answer is for people; `None` ends the run.
    pub(super) fn obey(&self, line: &str) -> Option<String> {
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
                if self.rewrites.remove(id) {
                    format!("{id} is gone\n")
                } else {
                    format!("there is no {id}; `list` shows what there is\n")
                }
            }
            ("off", None) => {
                self.rewrites.set_all_enabled(false);
                "rewrites and breakpoints are off; `on` brings them back\n".to_owned()
            }
            ("on", None) => {
                self.rewrites.set_all_enabled(true);
                "rewrites and breakpoints are on\n".to_owned()
            }
            ("list", None) => self.list(),
            ("held", None) => self.held(),
            ("go", None) => {
                self.rewrites.holds().go_on_all();
                "all that was held goes on\n".to_owned()
            }
            ("go" | "drop", Some(_)) => match number {
                Some(number) if verb == "go" => self.resolve(number, Resolution::GoOn),
                Some(number) => self.resolve(number, Resolution::Close),
                None => format!("wanted a number: {verb} 3; `held` shows them\n"),
            },
            ("quit" | "exit", None) => return None,
            _ => HELP.to_owned(),
        })
    }

    fn list(&self) -> String {
        let mut text = String::new();
        for listed in self.rewrites.rewrites() {
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
}

impl Steering {
    /// What waits at the breakpoints.
    fn held(&self) -> String {
        let mut text = String::new();
        for held in self.rewrites.holds().list() {
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
        match self.rewrites.holds().resolve(id, resolution) {
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
                    quit         end\n";

fn all(place: &str, mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(|it| format!("{place}: {it}")).collect();
    lines.join("\n")
}

/// Obeys the terminal's lines until it is closed or says `quit`, on a thread of its own that ends with
/// the program.
pub(super) fn obey_terminal(steering: Arc<Steering>, quit: impl FnOnce() + Send + 'static) {
    let _ = std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || {
            for line in io::stdin().lock().lines() {
                let Ok(line) = line else { return };
                match steering.obey(&line) {
                    Some(text) => {
                        let _ = output::print(&text); // a reader that has gone ends the run
                    }
                    None => return quit(),
                }
            }
        });
}
