//! An explanation for people.

use std::fmt::Write as _;

use corscope_diagnose::console::read::{ConsoleMessage, Effect, MessageLeg};
use corscope_diagnose::rules::by_code;
use corscope_fetch::Browser;

use super::prose::{beside, bold, tame, wrapped};
use super::{Explained, page};
use crate::cli::output::width;

/// The most messages that are explained at length.
const FULL: usize = 5;
/// The most that are named.
const NAMED: usize = 30;

/// For a terminal.
pub(super) fn text(found: &[Explained]) -> String {
    let mut sheet = Sheet {
        out: String::new(),
        width: width(),
        markdown: false,
    };
    sheet.all(found);
    sheet.out
}

/// For an issue or a chat.
pub(super) fn markdown(found: &[Explained]) -> String {
    let mut sheet = Sheet {
        out: String::new(),
        width: 100,
        markdown: true,
    };
    sheet.all(found);
    sheet.out
}

struct Sheet {
    out: String,
    width: usize,
    markdown: bool,
}

impl Sheet {
    fn all(&mut self, found: &[Explained]) {
        for (index, explained) in found.iter().take(FULL).enumerate() {
            if index > 0 {
                self.out.push('\n');
            }
            let number = if found.len() > 1 {
                format!("{}. ", index + 1)
            } else {
                String::new()
            };
            self.one(&number, explained);
        }
        if found.len() > FULL {
            self.heading("Further messages");
            for explained in found[FULL..].iter().take(NAMED) {
                let line = headline(explained);
                let place = explained.message.url.as_deref().unwrap_or_default();
                self.item(&format!("{line} {}", tame(place)));
            }
            let more = found.len().saturating_sub(FULL + NAMED);
            if more > 0 {
                self.item(&format!(
                    "and {more} or more others; --format json names the first 1000"
                ));
            }
        }
    }

    fn one(&mut self, number: &str, explained: &Explained) {
        let message = &explained.message;
        let headline = format!("{number}{}", headline(explained));
        if self.markdown {
            let _ = writeln!(self.out, "## {headline}\n"); // a String takes every write
        } else {
            let shown = wrapped("", "", &headline, self.width);
            for line in shown.lines() {
                self.out.push_str(&bold(line));
                self.out.push('\n');
            }
            self.out.push('\n');
        }
        for (name, value) in facts(explained) {
            self.fact(name, &value);
        }
        self.meaning(explained);
        if !message.rules_out.is_empty() {
            self.heading("Ruled out");
            for sentence in &message.rules_out {
                self.item(sentence);
            }
        }
        let causes = explained.causes();
        if causes.len() > 1 {
            self.heading("Which causes remain");
            for code in &causes {
                self.cause(code, explained.rule == Some(code));
            }
        }
        self.next(explained);
    }

    fn meaning(&mut self, explained: &Explained) {
        let message = &explained.message;
        self.heading("What it means");
        if let Some(kind) = message.not_cors {
            self.paragraph(&format!(
                "This is not CORS: {} speaks. {}",
                kind.title(),
                kind.what()
            ));
            self.paragraph(kind.next());
        } else if let Some(rule) = explained.told() {
            let exact = explained.rule.and_then(by_code);
            self.paragraph(&page::meaning(rule));
            if let Some(exact) = exact {
                let also = format!(
                    "The facts in the message fit `{}`: {}.",
                    exact.code, exact.summary
                );
                self.paragraph(&also);
            }
        } else if message.is_bare() {
            self.paragraph(BARE);
            self.paragraph(&format!(
                "The reason is on the console: {}",
                where_to_look(message)
            ));
        } else {
            self.paragraph(PARTIAL);
        }
        if message.translated {
            self.paragraph(
                "The message is in a language that corscope has no texts of: it was read by its \
                 URL and by the header names, which Firefox never translates.",
            );
        } else if message.partial && message.not_cors.is_none() {
            self.paragraph(
                "Only a part of the message was recognised; paste all of it to learn more.",
            );
        }
    }

    fn next(&mut self, explained: &Explained) {
        let Some(command) = &explained.command else {
            if let Some(code) = explained.causes().first() {
                self.heading("Read on");
                self.code(&format!("corscope explain {code}"));
            }
            return;
        };
        self.heading(if command.is_ready() {
            "Settle it"
        } else {
            "Settle it, with what the message does not tell"
        });
        self.code(&command.line());
        for note in &command.notes {
            self.paragraph(note);
        }
        match (command.has_url, command.has_origin) {
            (true, true) => {}
            (true, false) => {
                self.paragraph("ORIGIN is the page's: what `location.origin` gives in its console.")
            }
            (false, true) => self.paragraph("URL is the one that fails: see the network panel."),
            (false, false) => self.paragraph(
                "URL is the one that fails (see the network panel), ORIGIN the page's (what \
                 `location.origin` gives in its console).",
            ),
        }
        if explained.causes().len() > 1 {
            self.paragraph("`corscope explain CODE` shows a rule's page, with examples and fixes.");
        }
    }

    fn fact(&mut self, name: &str, value: &str) {
        if self.markdown {
            let _ = writeln!(self.out, "- {name}: {}", code_span(value));
        } else {
            let lead = format!("  {name:<10}");
            self.out
                .push_str(&wrapped(&lead, &" ".repeat(12), value, self.width));
        }
    }

    fn heading(&mut self, title: &str) {
        if self.markdown {
            let gap = if self.out.ends_with("\n\n") { "" } else { "\n" };
            let _ = write!(self.out, "{gap}### {title}\n\n");
        } else {
            let _ = write!(self.out, "\n{}\n", bold(title));
        }
    }

    fn paragraph(&mut self, text: &str) {
        if self.markdown {
            let _ = write!(self.out, "{text}\n\n");
        } else {
            self.out.push_str(&wrapped("  ", "  ", text, self.width));
        }
    }

    fn item(&mut self, text: &str) {
        let (lead, rest) = if self.markdown {
            ("- ", "  ")
        } else {
            ("  - ", "    ")
        };
        self.out.push_str(&wrapped(lead, rest, text, self.width));
    }

    fn cause(&mut self, code: &str, is_exact: bool) {
        let summary = by_code(code).map_or("", |rule| rule.summary);
        let mark = if is_exact { " (fits the facts)" } else { "" };
        if self.markdown {
            let _ = writeln!(self.out, "- `{code}`: {summary}{mark}");
        } else {
            let text = format!("{summary}{mark}");
            self.out.push_str(&beside(code, &text, self.width));
        }
    }

    /// A command stands on one line, so that it can be copied.
    fn code(&mut self, line: &str) {
        if self.markdown {
            let _ = write!(self.out, "```sh\n{line}\n```\n\n");
        } else {
            let _ = writeln!(self.out, "  {line}");
        }
    }
}

const BARE: &str = "This is all that a script may know: the fetch failed. The browser keeps the \
                    reason from scripts, so that pages cannot explore other servers. CORS is the \
                    usual reason; a wrong address, a server that is down, a bad certificate, CSP, \
                    mixed content or an ad blocker look the same.";
const PARTIAL: &str = "The browser refused a cross-origin request; the part of the message that \
                       says why is not there, or is new to corscope.";

fn where_to_look(message: &ConsoleMessage) -> &'static str {
    match message.browser {
        Some(Browser::Chromium) => {
            "look for a line `Access to fetch at … has been blocked by CORS policy`, or for another \
             `net::ERR_…` name than ERR_FAILED, and paste it here."
        }
        Some(Browser::Firefox) => {
            "look for a line `Cross-Origin Request Blocked: … (Reason: …)`, and paste it here."
        }
        Some(Browser::WebKit) => {
            "look for `Origin … is not allowed by Access-Control-Allow-Origin` or the lines beside \
             `… due to access control checks`, and paste them here."
        }
        _ => {
            "paste here the line beside it that speaks of CORS, of Cross-Origin, or of `net::ERR_…`."
        }
    }
}

/// One line: what happened.
fn headline(explained: &Explained) -> String {
    let message = &explained.message;
    let summary = explained.told().map(|rule| rule.summary);
    let what = match (message.not_cors, message.effect) {
        (Some(kind), Effect::Passed) => {
            format!("Not CORS, and nothing was blocked: {}", kind.title())
        }
        (Some(kind), _) => format!("Not CORS: {}", kind.title()),
        (None, Effect::Passed) => {
            format!("A warning: {}", summary.unwrap_or("nothing was blocked"))
        }
        (None, _) if message.is_bare() => {
            "A fetch failed, and the script may not know why".to_owned()
        }
        (None, _) => match (message.leg, summary) {
            (MessageLeg::Preflight, Some(summary)) => {
                format!("Blocked at the preflight: {summary}")
            }
            (MessageLeg::Redirect, Some(summary)) => format!("Blocked at a redirect: {summary}"),
            (MessageLeg::Request, Some(summary)) => {
                format!("Blocked before it was sent: {summary}")
            }
            (_, Some(summary)) => format!("Blocked: {summary}"),
            (_, None) => "Blocked by CORS".to_owned(),
        },
    };
    if message.times > 1 {
        format!("{what} ({} times)", message.times)
    } else {
        what
    }
}

fn browser_name(browser: Browser) -> &'static str {
    match browser {
        Browser::Fetch => "the Fetch standard",
        Browser::Chromium => "Chromium (Chrome, Edge, Brave…)",
        Browser::Firefox => "Firefox",
        Browser::WebKit => "WebKit (Safari)",
    }
}

/// The facts inside a message, as they are shown.
fn facts(explained: &Explained) -> Vec<(&'static str, String)> {
    let message = &explained.message;
    let mut facts = Vec::new();
    let browsers: Vec<&str> = match message.browser {
        Some(browser) => vec![browser_name(browser)],
        None => message
            .browsers
            .iter()
            .map(|browser| browser_name(*browser))
            .collect(),
    };
    let mut browser = match browsers.as_slice() {
        [] => "unknown".to_owned(),
        names => names.join(" or "),
    };
    if message.legacy {
        browser.push_str(", an older version");
    }
    facts.push(("browser", browser));
    let is_chromium = message.browser == Some(Browser::Chromium);
    let is_error_name = message.not_cors.is_none() && !message.causes.is_empty();
    let is_own = |code: &&str| {
        code.starts_with("CORS") || (is_chromium && is_error_name && !code.contains('|'))
    };
    if let Some(code) = message.browser_code.filter(is_own) {
        facts.push(("code", code.to_owned()));
    }
    let mut push = |name, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push((name, tame(value)));
        }
    };
    push("page", message.page_origin.as_deref());
    push("URL", message.url.as_deref());
    push("at first", message.initial_url.as_deref());
    push("loaded by", message.kind.as_deref());
    push("method", message.method.as_deref());
    push("header", message.header.as_deref());
    push(
        "status",
        message.status.map(|status| status.to_string()).as_deref(),
    );
    if message.credentials == Some(true) {
        push("mode", Some("credentials are included"));
    }
    for (name, value) in &message.values {
        let name = match *name {
            "status" | "page" | "referrer" | "port" | "target_origin" => continue,
            "value" => "value",
            "space" => "space",
            "location" => "leads to",
            "directive" => "directive",
            "reason" => "reason",
            "error" => "error",
            "mime" => "type",
            _ => "says",
        };
        push(name, Some(value));
    }
    let legs = std::iter::once(message.leg).chain(message.or_legs.iter().copied());
    let legs: Vec<&str> = legs.map(leg_name).collect();
    if message.leg != MessageLeg::Unknown {
        facts.push(("leg", legs.join(", or ")));
    }
    facts
}

const fn leg_name(leg: MessageLeg) -> &'static str {
    match leg {
        MessageLeg::Preflight => "the preflight",
        MessageLeg::Actual => "the actual request",
        MessageLeg::Redirect => "a redirect",
        MessageLeg::Request => "before anything was sent",
        MessageLeg::Unknown => "unknown",
    }
}

/// Foreign text in Markdown, whatever it holds.
fn code_span(text: &str) -> String {
    let longest = text
        .split(|it| it != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let ticks = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}
