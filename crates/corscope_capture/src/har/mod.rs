//! [HAR 1.2](http://www.softwareishard.com/blog/har-12-spec/), as browsers and debuggers write it.

mod entry;
mod error;
mod export;
mod failures;
mod import;
mod instant;
mod lexer;
mod messages;
mod opening;
mod parts;
mod scan;
mod source;
mod utf16;
mod window;
mod written;

pub use entry::{HarEntry, Initiator};
pub use error::{HarError, HarFault};
pub use export::{Besides, ExportOptions, HarWriter};
pub use import::{HarReader, ImportOptions, Progress};
