//! `GET /api/program`: what this program is, and whose rules it knows.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use corscope_fetch::Browser;
use serde::Serialize;

use crate::debugger::LIVE;
use crate::server::Desk;
use crate::server::reply::json;

/// This program.
#[derive(Serialize)]
pub(in crate::server) struct Program {
    /// Its version.
    version: &'static str,
    /// The profiles, in the order in which they are shown.
    browsers: Vec<Profile>,
    /// The screen to begin with.
    start: Start,
}

/// A screen to begin with.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Start {
    /// Nothing is known yet, and questions help.
    Wizard,
    /// There is traffic to look at, or a page that makes some.
    Traffic,
}

/// A browser's profile.
#[derive(Serialize)]
struct Profile {
    /// Its name in documents.
    name: Browser,
    /// Its name for readers.
    title: &'static str,
    /// Which version was measured.
    version: &'static str,
    /// Which browsers behave so.
    stands_for: &'static str,
}

pub(super) async fn show(State(desk): State<Arc<Desk>>) -> Response {
    let debugger = &desk.debugger;
    let has_traffic = debugger.capture(LIVE).is_some() || debugger.suggested().is_some();
    let browsers = [
        Browser::Chromium,
        Browser::Firefox,
        Browser::WebKit,
        Browser::Fetch,
    ];
    json(&Program {
        version: env!("CARGO_PKG_VERSION"),
        browsers: browsers.map(profile).into(),
        start: match has_traffic {
            true => Start::Traffic,
            false => Start::Wizard,
        },
    })
}

const fn profile(name: Browser) -> Profile {
    let (title, version, stands_for) = match name {
        Browser::Chromium => ("Chrome", "Chromium 156", "Chrome, Edge, Brave, Opera"),
        Browser::Firefox => ("Firefox", "Firefox 153", "Firefox"),
        Browser::WebKit => ("Safari", "WebKitGTK 2.50", "Safari and all browsers on iOS"),
        Browser::Fetch => (
            "The standard",
            "the Fetch standard",
            "the Fetch standard as it is written",
        ),
    };
    Profile {
        name,
        title,
        version,
        stands_for,
    }
}
