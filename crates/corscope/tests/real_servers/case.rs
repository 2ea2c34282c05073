//! One case: what is asked, and what `check` has to say and to have seen.

use serde_json::Value;

use super::servers::{PAGE, Protocol, Servers};

/// What is asked of a server, and what has to come out.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    url: &'static str,
    args: &'static [&'static str],
    from: &'static str,
    trusts: bool,
    pub(crate) protocols: &'static [Protocol],
    outcome: &'static str,
    rule: Option<&'static str>,
    /// The rule where it differs by protocol.
    rule_over: Option<(Protocol, &'static str)>,
    seen: Vec<Seen>,
    noted: &'static [&'static str],
    browser_code: Option<&'static str>,
    /// The page that asked for the same URL before, so that a cache has the answer for that one.
    pub(crate) after: Option<&'static str>,
}

/// What has to stand in one of the document's exchanges.
struct Seen {
    exchange: usize,
    method: &'static str,
    status: u16,
    /// Each line of the header, in order, spelled as the server spells it over HTTP/1.1.
    lines: Vec<(&'static str, Vec<&'static str>)>,
}

impl Case {
    /// A page's GET that is blocked for the reason that `rule` names.
    pub(crate) fn blocked(name: &'static str, url: &'static str, rule: &'static str) -> Self {
        Self {
            name,
            url,
            args: &[],
            from: PAGE,
            trusts: true,
            protocols: &Protocol::ALL,
            outcome: "error",
            rule: Some(rule),
            rule_over: None,
            seen: Vec::new(),
            noted: &[],
            browser_code: None,
            after: None,
        }
    }

    /// One that gets through.
    pub(crate) fn readable(name: &'static str, url: &'static str) -> Self {
        Self {
            outcome: "readable",
            rule: None,
            ..Self::blocked(name, url, "")
        }
    }

    /// One that gets through, and still does not do what the script wants.
    pub(crate) fn readable_but(name: &'static str, url: &'static str, rule: &'static str) -> Self {
        Self {
            outcome: "readable",
            ..Self::blocked(name, url, rule)
        }
    }

    pub(crate) fn incomplete(name: &'static str, url: &'static str) -> Self {
        Self {
            outcome: "incomplete",
            rule: None,
            ..Self::blocked(name, url, "")
        }
    }

    /// With further arguments of `check`.
    pub(crate) fn with(self, args: &'static [&'static str]) -> Self {
        Self { args, ..self }
    }

    pub(crate) fn from(self, from: &'static str) -> Self {
        Self { from, ..self }
    }

    /// Without the authority that signed the servers' certificates.
    pub(crate) fn trusting_nobody(self) -> Self {
        Self {
            trusts: false,
            ..self
        }
    }

    pub(crate) fn over(self, protocols: &'static [Protocol]) -> Self {
        Self { protocols, ..self }
    }

    pub(crate) fn but_over(self, protocol: Protocol, rule: &'static str) -> Self {
        Self {
            rule_over: Some((protocol, rule)),
            ..self
        }
    }

    /// The exchange that follows those named so far: its method and status.
    pub(crate) fn sees(mut self, method: &'static str, status: u16) -> Self {
        let exchange = self.seen.len();
        self.seen.push(Seen {
            exchange,
            method,
            status,
            lines: Vec::new(),
        });
        self
    }

    /// The lines that a header has in that exchange's response; none when it must be absent.
    pub(crate) fn line(mut self, name: &'static str, values: &[&'static str]) -> Self {
        let last = self
            .seen
            .last_mut()
            .expect("a header belongs to an exchange");
        last.lines.push((name, values.to_vec()));
        self
    }

    /// Words that one of the notes must hold.
    pub(crate) fn noted(self, noted: &'static [&'static str]) -> Self {
        Self { noted, ..self }
    }

    /// Chromium's own name for it.
    pub(crate) fn named(self, code: &'static str) -> Self {
        Self {
            browser_code: Some(code),
            ..self
        }
    }

    pub(crate) fn after(self, page: &'static str) -> Self {
        Self {
            after: Some(page),
            ..self
        }
    }

    /// What follows `corscope check`.
    pub(crate) fn args(&self, servers: &Servers, protocol: Protocol) -> Vec<String> {
        self.args_of(self.from, servers, protocol)
    }

    /// The same for another page.
    pub(crate) fn args_of(&self, page: &str, servers: &Servers, protocol: Protocol) -> Vec<String> {
        let mut args: Vec<String> = [self.url, "--from", page]
            .iter()
            .chain(self.args)
            .map(|arg| servers.fill(arg, protocol))
            .collect();
        if self.trusts && protocol != Protocol::Http {
            args.extend(["--cacert".to_owned(), servers.authority()]);
        }
        args
    }

    /// Compares the document with what it has to say.
    pub(crate) fn examine(
        &self,
        document: &Value,
        code: Option<i32>,
        servers: &Servers,
        protocol: Protocol,
    ) -> Result<(), String> {
        let mut problems = Vec::new();
        let mut want = |what: &str, got: &Value, wanted: &Value| {
            if got != wanted {
                problems.push(format!("{what} is {got}, wanted {wanted}"));
            }
        };
        want("outcome", &document["outcome"], &self.outcome.into());
        let code_wanted = i32::from(self.outcome != "readable");
        want("exit code", &code.into(), &code_wanted.into());
        let rule = match self.rule_over {
            Some((only, rule)) if only == protocol => Some(rule),
            _ => self.rule,
        };
        want("rule", &document["root_cause"]["rule"], &rule.into());
        if let Some(code) = self.browser_code {
            want("browser code", &document["browser_code"], &code.into());
        }
        for seen in &self.seen {
            let exchange = &document["exchanges"][seen.exchange];
            let at = |what: &str| format!("exchange {}: {what}", seen.exchange);
            want(
                &at("version"),
                &exchange["http_version"],
                &protocol.version().into(),
            );
            want(
                &at("method"),
                &exchange["request"]["method"],
                &seen.method.into(),
            );
            want(
                &at("status"),
                &exchange["response"]["status"],
                &seen.status.into(),
            );
            for (name, values) in &seen.lines {
                let name = match protocol {
                    Protocol::H2 => name.to_ascii_lowercase(),
                    Protocol::Http | Protocol::Https => (*name).to_owned(),
                };
                let wanted: Vec<(&str, String)> = values
                    .iter()
                    .map(|value| (&*name, servers.fill(value, protocol)))
                    .collect();
                let found = lines(&exchange["response"]["headers"], &name);
                want(
                    &at("header"),
                    &serde_json::json!(found),
                    &serde_json::json!(wanted),
                );
            }
        }
        for words in self.noted {
            if !document["notes"].to_string().contains(words) {
                problems.push(format!("no note says {words:?}: {}", document["notes"]));
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            let also = &document["also"];
            Err(format!("{} (also: {also})", problems.join("; ")))
        }
    }
}

/// The lines of a header as they stand in a document, spelling kept, values trimmed.
fn lines<'a>(headers: &'a Value, name: &str) -> Vec<(&'a str, &'a str)> {
    headers
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| Some((line[0].as_str()?, line[1].as_str()?.trim())))
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .collect()
}
