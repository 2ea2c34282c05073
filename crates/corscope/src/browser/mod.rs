//! A real browser that is launched, watched, and cleaned up after.
//!
//! [`find()`] finds one, [`launch()`] starts it with a [profile] of its own, and
//! [`Launched::next_event`] tells what the browser itself says about each request. Chromium and its
//! kin are watched over a debugging pipe, Firefox over WebDriver BiDi. Neither the user's own
//! profile nor the system's trust store is touched.

mod bidi;
mod cdp;
mod event;
mod find;
mod firefox;
mod flags;
pub mod guard;
mod home;
mod launch;
mod launch_error;
mod ledger;
mod places;
mod process;
pub mod profile;
mod stale;

pub use event::{BrowserEvent, Stage};
pub use find::{Browser, FindError, Kind, find, installed};
pub use launch::{FirefoxTrust, LaunchOptions, Launched, launch};
pub use launch_error::LaunchError;
pub use profile::{Profile, ProfileError};
