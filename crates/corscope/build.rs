//! Lists the built web page's files, so that the program holds them. Without a built page
//! (`ui/dist/app`, made by `make ui`) the list is empty, and the server says how to build it.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[allow(clippy::print_stdout, reason = "how a build script talks to cargo")]
fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = root.join("../../ui/dist");
    println!("cargo::rerun-if-changed=build.rs");
    // Only where it exists: cargo takes a path that is missing for one that changes all the time.
    if dist.exists() {
        println!("cargo::rerun-if-changed={}", dist.display());
    }
    let app = dist.join("app");
    let mut files = Vec::new();
    if app.exists() {
        walk(&app, "", &mut files)?;
    }
    files.sort();
    let mut list = String::from("&[\n");
    for (name, file) in &files {
        // A String takes every write.
        let _ = writeln!(list, "    ({name:?}, include_bytes!({file:?})),");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("page_files.rs"), list)
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &name, files)?;
        } else {
            files.push((name, entry.path().canonicalize()?));
        }
    }
    Ok(())
}
