//! WebDriver BiDi, as much of it as tells what became of each request in Firefox.

mod requests;
mod session;

pub(super) use session::Session;
