//! A policy for stacks that only know lists: what cannot be said is left out, and said to be.

use super::plan::{Names, Plan};

const USUAL_METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const USUAL_HEADERS: [&str; 4] = [
    "accept",
    "authorization",
    "content-type",
    "x-requested-with",
];

/// The lists, and what they leave out.
pub(super) struct Stated<'p> {
    /// The exact origins, or `*` alone.
    pub(super) origins: Vec<String>,
    /// The methods.
    pub(super) methods: Vec<&'p str>,
    /// The request-headers.
    pub(super) headers: Vec<&'p str>,
    /// The response-headers to expose.
    pub(super) expose: Vec<&'p str>,
    /// What is left out.
    pub(super) limits: Vec<String>,
}

impl<'p> Stated<'p> {
    /// The lists of a stack that can name origins only as they are.
    pub(super) fn exact(plan: &'p Plan<'p>, stack: &str) -> Self {
        let mut stated = Self::new(plan, stack);
        for pattern in patterns(plan) {
            stated.limits.push(format!(
                "{stack} takes no patterns for subdomains that we can vouch for: {pattern} is left out; \
                 list the origins"
            ));
        }
        stated.warn_of_nobody();
        stated
    }

    /// The lists of a stack that knows `https://*.example.com`.
    pub(super) fn starred(plan: &'p Plan<'p>, stack: &str) -> Self {
        let mut stated = Self::new(plan, stack);
        stated.origins.extend(patterns(plan));
        stated.warn_of_nobody();
        stated
    }

    /// The lists of a stack that gets its patterns elsewhere.
    pub(super) fn new(plan: &'p Plan<'p>, stack: &str) -> Self {
        let mut limits = Vec::new();
        let methods = list(&plan.methods, "method", &USUAL_METHODS, &mut limits);
        let headers = list(&plan.headers, "request-header", &USUAL_HEADERS, &mut limits);
        let mut origins: Vec<String> = plan.exact.iter().map(|&origin| origin.to_owned()).collect();
        if plan.wildcard {
            origins.push("*".to_owned());
        }
        let mut expose = plan.expose.clone();
        if plan.credentials && expose.contains(&"*") {
            expose.retain(|name| *name != "*");
            limits.push("to expose * means nothing with credentials: it is left out".to_owned());
        }
        if plan.any {
            limits.push(format!(
                "{stack} does not echo every origin with credentials; that is left out"
            ));
        } else {
            limits.extend(plan.limits());
        }
        Self {
            origins,
            methods,
            headers,
            expose,
            limits,
        }
    }

    fn warn_of_nobody(&mut self) {
        if self.origins.is_empty() {
            self.limits
                .push("no origin is left: nobody is allowed".to_owned());
        }
    }

    /// Leaves out the methods that the stack does not know. `*` becomes those that it does.
    pub(super) fn only_methods(mut self, known: &[&'static str], stack: &str) -> Self {
        if self.methods.contains(&"*") && !known.contains(&"*") {
            self.methods = known.to_vec();
            self.limits.push(format!(
                "{stack} knows no * for methods: {} are listed",
                known.join(", ")
            ));
        }
        let limits = &mut self.limits;
        self.methods.retain(|method| {
            let is_known = known.contains(method);
            if !is_known {
                limits.push(format!("{stack} cannot allow {method}: it is left out"));
            }
            is_known
        });
        self
    }

    /// Lists the usual names where the stack takes no `*` for request-headers.
    pub(super) fn only_named_headers(mut self, stack: &str) -> Self {
        if self.headers.contains(&"*") {
            self.headers = USUAL_HEADERS.to_vec();
            self.limits.push(format!(
                "{stack} gets no * for request-headers here: {} are listed",
                USUAL_HEADERS.join(", ")
            ));
        }
        self
    }

    /// Leaves out `*` where the stack takes none for response-headers.
    pub(super) fn only_named_expose(mut self, stack: &str) -> Self {
        if self.expose.contains(&"*") {
            self.expose.retain(|name| *name != "*");
            self.limits.push(format!(
                "{stack} cannot expose *: list the names; it is left out"
            ));
        }
        self
    }

    /// What is left out when the stack allows no credentials.
    pub(super) fn without_credentials(mut self, plan: &Plan<'_>, stack: &str) -> Self {
        if plan.credentials {
            self.limits.push(format!(
                "{stack} cannot allow credentials: requests with them stay refused"
            ));
        }
        self
    }
}

/// The subdomain patterns as `https://*.example.com`.
fn patterns(plan: &Plan<'_>) -> impl Iterator<Item = String> {
    plan.subdomains
        .iter()
        .map(|(scheme, suffix)| format!("{scheme}://*{suffix}"))
}

fn list<'p>(
    names: &'p Names<'p>,
    what: &str,
    usual: &[&'static str],
    limits: &mut Vec<String>,
) -> Vec<&'p str> {
    if let Names::Asked = names {
        limits.push(format!(
            "with credentials * is no wildcard, and this stack cannot echo the {what} that is \
             asked for: {} are listed",
            usual.join(", ")
        ));
        return usual.to_vec();
    }
    names.listed().to_vec()
}
