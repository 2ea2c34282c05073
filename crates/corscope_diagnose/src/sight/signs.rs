//! What a response shows of who made it: a cache, a gateway, a firewall, a tunnel.

use corscope_fetch::Response;

use super::{lists, text};

/// How much of a body is looked at.
const LOOK: usize = 4096;

/// The signs on a response.
#[derive(Clone, Copy, Debug)]
pub struct Signs<'a>(pub &'a Response);

impl<'a> Signs<'a> {
    /// The start of the body.
    pub fn body_start(self) -> &'a [u8] {
        let body = self.0.body.as_deref().unwrap_or_default();
        body.get(..LOOK).unwrap_or(body)
    }

    /// Whether the body's start holds one of `words`, ASCII case ignored.
    pub fn body_says(self, words: &[&'static str]) -> Option<&'static str> {
        let body = self.body_start();
        let holds = |word: &str| {
            body.windows(word.len())
                .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        };
        words.iter().copied().find(|word| holds(word))
    }

    /// Whether a header's value holds `word`, ASCII case ignored.
    pub fn header_says(self, name: &str, word: &str) -> bool {
        text(self.0, name).is_some_and(|value| {
            value
                .as_bytes()
                .windows(word.len())
                .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        })
    }

    /// Whether the response is an HTML page.
    pub fn is_html(self) -> bool {
        if self.header_says("content-type", "html") {
            return true;
        }
        let body = self.body_start().trim_ascii_start();
        let starts = |with: &[u8]| {
            body.get(..with.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(with))
        };
        starts(b"<!doctype html") || starts(b"<html")
    }

    /// The header that shows that a cache answered.
    pub fn cache(self) -> Option<&'static str> {
        const HIT: [&str; 6] = [
            "x-cache",
            "cf-cache-status",
            "x-cache-status",
            "x-proxy-cache",
            "x-drupal-cache",
            "x-vercel-cache",
        ];
        let list = &self.0.header_list;
        let aged = text(self.0, "age").is_some_and(|age| age.parse().is_ok_and(|age: u64| age > 0));
        if aged {
            return Some("age");
        }
        HIT.into_iter()
            .find(|name| list.contains(name) && self.header_says(name, "hit"))
            .or_else(|| {
                // Varnish names two transactions when the answer is one that it kept.
                text(self.0, "x-varnish")
                    .is_some_and(|ids| ids.split_ascii_whitespace().count() > 1)
                    .then_some("x-varnish")
            })
    }

    /// Whether caches are told to keep one answer for each origin.
    pub fn varies_on_origin(self) -> bool {
        lists(self.0, "vary", "origin") || lists(self.0, "vary", "*")
    }

    /// What shows that a gateway wrote this answer itself: a header's name, or words of the body.
    pub fn gateway(self) -> Option<&'static str> {
        let status = self.0.status;
        if status < 400 {
            return None;
        }
        let list = &self.0.header_list;
        for name in ["x-amzn-errortype", "x-vercel-error", "x-railway-fallback"] {
            if list.contains(name) {
                return Some(name);
            }
        }
        if self.header_says("server", "awselb") {
            return Some("server");
        }
        if self.header_says("x-cache", "error from cloudfront") {
            return Some("x-cache");
        }
        const WORDS: [&str; 6] = [
            "missing authentication token",
            "bad gateway",
            "gateway time-out",
            "gateway timeout",
            "no available server",
            "upstream connect error",
        ];
        self.body_says(&WORDS)
    }

    /// What shows that a firewall or a bot check answered.
    pub fn challenge(self) -> Option<&'static str> {
        let list = &self.0.header_list;
        const NAMES: [&str; 6] = [
            "cf-mitigated",
            "x-squid-error",
            "x-datadome",
            "x-sucuri-block",
            "x-amzn-waf-action",
            "x-denied-reason",
        ];
        if let Some(name) = NAMES.into_iter().find(|name| list.contains(name)) {
            return Some(name);
        }
        if !self.is_html() {
            return None;
        }
        const WORDS: [&str; 13] = [
            "captcha",
            "just a moment",
            "verify you are human",
            "verify that you are human",
            "checking your browser",
            "attention required",
            "access denied",
            "request blocked",
            "request unsuccessful. incapsula",
            "the requested url was rejected",
            "web application firewall",
            "you have been blocked",
            "ddos protection",
        ];
        self.body_says(&WORDS)
    }

    /// What shows that a tunnel put its own page in front.
    pub fn tunnel(self) -> Option<&'static str> {
        let list = &self.0.header_list;
        for name in ["ngrok-error-code", "bypass-tunnel-reminder"] {
            if list.contains(name) {
                return Some(name);
            }
        }
        const WORDS: [&str; 5] = [
            "ngrok-skip-browser-warning",
            "err_ngrok",
            "cdn.ngrok.com",
            "bypass-tunnel-reminder",
            "localtunnel",
        ];
        self.is_html().then(|| self.body_says(&WORDS)).flatten()
    }

    /// Whether nginx handed the response out, whoever wrote it.
    pub fn is_nginx(self) -> bool {
        self.header_says("server", "nginx") || self.header_says("server", "openresty")
    }

    /// What in the body of a 400 says that plain http came to a port that speaks TLS.
    pub fn wants_tls(self) -> Option<&'static str> {
        const WORDS: [&str; 4] = [
            "plain http request was sent to https port", // nginx
            "speaking plain http to an ssl-enabled server port", // Apache
            "sent an http request to an https server",   // Go, and what is written in it
            "combination of host and port requires tls", // Tomcat
        ];
        (self.0.status == 400)
            .then(|| self.body_says(&WORDS))
            .flatten()
    }

    /// What in the body speaks of a failed CSRF check.
    pub fn csrf(self) -> Option<&'static str> {
        const WORDS: [&str; 5] = [
            "csrf",
            "xsrf",
            "cross-site request forgery",
            "invalidauthenticitytoken",
            "authenticity token",
        ];
        self.body_says(&WORDS)
    }
}
