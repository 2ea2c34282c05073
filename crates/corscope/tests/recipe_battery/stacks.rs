//! The stacks that the battery runs, and what is known of each.

use corscope_diagnose::recipe::Recipe;
use corscope_diagnose::recipes::by_name;

use super::apps::{start_next, start_node, start_php, start_python, start_rails};
use super::processes::Server;
use super::report::Known;
use super::servers::{APACHE, CADDY, HAPROXY, LIGHTTPD, NGINX};

/// A stack that the battery runs.
pub(crate) struct Stack {
    /// Its recipe's name.
    pub(crate) name: &'static str,
    /// Starts it with a policy's recipe pasted in.
    pub(crate) start: fn(&Stack, &str, &str) -> Server,
    /// Whether it passes requests on to another server.
    pub(crate) is_proxy: bool,
    /// What the application's paths begin with.
    pub(crate) prefix: &'static str,
    /// The policies to run, by their names; none for all.
    pub(crate) policies: &'static [&'static str],
    pub(crate) known: &'static [Known],
}

impl Stack {
    const fn app(name: &'static str, start: fn(&Self, &str, &str) -> Server) -> Self {
        Self {
            name,
            start,
            is_proxy: false,
            prefix: "",
            policies: &[],
            known: &[],
        }
    }

    const fn server(name: &'static str, start: fn(&Self, &str, &str) -> Server) -> Self {
        Self {
            is_proxy: true,
            ..Self::app(name, start)
        }
    }

    const fn node(name: &'static str) -> Self {
        Self::app(name, |stack, policy, recipe| {
            start_node(stack.name, policy, recipe)
        })
    }

    const fn python(name: &'static str) -> Self {
        Self::app(name, |stack, policy, recipe| {
            start_python(stack.name, policy, recipe)
        })
    }

    const fn knowing(self, known: &'static [Known]) -> Self {
        Self { known, ..self }
    }

    pub(crate) fn recipe(&self) -> &'static Recipe {
        recipe(self.name)
    }
}

pub(crate) fn recipe(name: &str) -> &'static Recipe {
    by_name(name).unwrap()
}

const OWN_HEADERS: Known = Known {
    check: "an app's own headers let nobody else in",
    pitfall: "a route that sets Access-Control-Allow-Origin itself lets in whom it names",
};

const WILDCARD_VARIES: Known = Known {
    check: "a wildcard does not vary",
    pitfall: "answers vary on Origin even where everybody gets `*`",
};

const fn known(check: &'static str, pitfall: &'static str) -> Known {
    Known { check, pitfall }
}

pub(crate) static STACKS: &[Stack] = &[
    Stack::server("nginx", |_, _, recipe| NGINX.start(recipe)),
    Stack::server("apache", |_, _, recipe| APACHE.start(recipe)),
    Stack::server("caddy", |_, _, recipe| CADDY.start(recipe)),
    Stack::server("haproxy", |_, _, recipe| HAPROXY.start(recipe)),
    Stack::server("lighttpd", |_, _, recipe| LIGHTTPD.start(recipe)),
    Stack::node("express").knowing(&[OWN_HEADERS]),
    Stack::node("fastify").knowing(&[OWN_HEADERS, WILDCARD_VARIES]),
    Stack::node("koa").knowing(&[
        OWN_HEADERS,
        WILDCARD_VARIES,
        known(
            "its answer is readable",
            "an OPTIONS request that is no preflight gets no CORS headers",
        ),
        known(
            "OPTIONS without Origin is no preflight",
            "with `*`, an OPTIONS request without Origin is answered as if it were a preflight",
        ),
    ]),
    Stack::node("hono").knowing(&[OWN_HEADERS]),
    Stack::node("nestjs").knowing(&[OWN_HEADERS]),
    Stack {
        prefix: "/api",
        // Each policy is a build; what is left out is the others' with the same literals.
        policies: &["several", "subdomains", "public"],
        ..Stack::app("nextjs", |_, _, recipe| start_next(recipe))
    }
    .knowing(&[
        OWN_HEADERS,
        known(
            "errors vary",
            "Next writes a Vary of its own over this one on prerendered pages",
        ),
    ]),
    Stack::python("flask"),
    Stack::python("fastapi"),
    Stack::python("django").knowing(&[
        OWN_HEADERS,
        WILDCARD_VARIES,
        known(
            "OPTIONS without Origin is no preflight",
            "never reaches the app, not even without Origin",
        ),
    ]),
    Stack::app("axum", |_, policy, _| {
        Server::within(recipe_apps::start_axum(policy))
    })
    .knowing(&[
        OWN_HEADERS,
        WILDCARD_VARIES,
        known("a plain OPTIONS request reaches the app", ANSWERS_OPTIONS),
        known(
            "a plain OPTIONS request with Origin reaches the app",
            ANSWERS_OPTIONS,
        ),
        known("OPTIONS without Origin is no preflight", ANSWERS_OPTIONS),
    ]),
    Stack::app("actix-web", |_, policy, _| {
        Server::within(recipe_apps::start_actix(policy))
    })
    .knowing(&[
        OWN_HEADERS,
        WILDCARD_VARIES,
        known(
            "a refused preflight varies",
            "a refused preflight is answered with 400 and no CORS headers",
        ),
        known(
            "OPTIONS without Origin is no preflight",
            "but without Origin is refused with 400",
        ),
    ]),
    Stack::app("rails", |_, _, recipe| start_rails(recipe)).knowing(&[
        OWN_HEADERS,
        WILDCARD_VARIES,
        known("a preflight varies", NO_VARY),
        known("a refused preflight varies", NO_VARY),
        known(
            "no preflight's headers on another answer",
            "every answer carries the headers of a preflight",
        ),
    ]),
    Stack::app("php", |_, _, recipe| start_php(recipe)).knowing(&[OWN_HEADERS]),
];

const ANSWERS_OPTIONS: &str = "CorsLayer answers every OPTIONS request itself";
const NO_VARY: &str = "the answers to preflights have no Vary";
