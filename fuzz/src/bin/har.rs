//! A HAR may hold anything: reading it must not panic, must end, and must not depend on how the
//! bytes come.

#![no_main]

use std::io::{Cursor, Read};

use corscope_capture::har::{HarEntry, HarReader, ImportOptions};
use libfuzzer_sys::fuzz_target;

struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let limit = out.len().min(3);
        self.0.read(&mut out[..limit])
    }
}

fn read(reader: impl Read + Send + 'static) -> Result<Vec<Result<HarEntry, String>>, String> {
    let options = ImportOptions {
        body_limit: 16,
        message_limit: 2,
    };
    let reader = HarReader::new(reader, options).map_err(|error| error.to_string())?;
    Ok(reader
        .map(|entry| entry.map_err(|error| error.to_string()))
        .collect())
}

fuzz_target!(|bytes: &[u8]| {
    // What unpacking costs is not the reader's.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return;
    }
    let whole = read(Cursor::new(bytes.to_vec()));
    assert_eq!(whole, read(Trickle(Cursor::new(bytes.to_vec()))));
    if let Ok(entries) = &whole {
        // An empty one has the fault that it breaks off.
        assert!(entries.len() <= bytes.len().max(1));
    }
});
