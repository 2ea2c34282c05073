//! The command that runs a check again, without the user's secrets: reports are pasted into tickets.

use corscope_diagnose::scenario::Subject;
use corscope_fetch::request_init::RedirectMode;
use corscope_fetch::safelist::SAFELISTED_BY_VALUE;
use corscope_fetch::{CredentialsMode, Mode};
use url::Url;

use super::args::{Asked, CheckArgs};
use crate::cli::shell::quoted;

/// The command's words, quoted for a shell; a flag and its value are one word.
pub(super) fn words(args: &CheckArgs, asked: &Asked) -> Vec<String> {
    let subject = &asked.plan.subject;
    let mut words = vec!["corscope check".to_owned(), quoted(&subject.init.url)];
    let mut flag = |name: &str, value: &str| {
        words.push(match value.starts_with('-') {
            true => format!("{name}={}", quoted(value)),
            false => format!("{name} {}", quoted(value)),
        });
    };
    let (name, page) = page(subject);
    flag(name, &page);
    let init = &subject.init;
    if !init.method.is_empty() && init.method != "GET" {
        flag("-X", &init.method);
    }
    for (name, value) in &init.headers {
        let is_telling = SAFELISTED_BY_VALUE
            .iter()
            .any(|it| it.eq_ignore_ascii_case(name));
        let value = if is_telling { value } else { "1" };
        flag("-H", &format!("{name}: {value}"));
    }
    match init.credentials {
        Some(CredentialsMode::Include) => flag("--credentials", "include"),
        Some(CredentialsMode::Omit) => flag("--credentials", "omit"),
        Some(CredentialsMode::SameOrigin) | None => {}
    }
    match init.mode {
        Some(Mode::NoCors) => flag("--mode", "no-cors"),
        Some(Mode::SameOrigin) => flag("--mode", "same-origin"),
        _ => {}
    }
    match init.redirect {
        RedirectMode::Error => flag("--redirect", "error"),
        RedirectMode::Manual => flag("--redirect", "manual"),
        RedirectMode::Follow => {}
    }
    for name in &asked.plan.reads {
        flag("--read", name);
    }
    for place in args.network.resolve.iter().chain(&asked.given.resolve) {
        flag("--resolve", place);
    }
    for file in args.network.cacert.iter().chain(&asked.given.cacert) {
        flag("--cacert", &file.display().to_string());
    }
    if args.network.insecure || asked.given.insecure {
        words.push("-k".to_owned());
    }
    if asked.plan.send {
        words.push("--send".to_owned());
    }
    words
}

/// The page by its origin, or by its URL where that says more.
fn page(subject: &Subject) -> (&'static str, String) {
    let origin = subject.client.origin.serialized();
    match &subject.client.url {
        Some(url) if Url::parse(origin).is_ok_and(|root| root != *url) => {
            ("--page", url.to_string())
        }
        _ => ("--from", origin.to_owned()),
    }
}
