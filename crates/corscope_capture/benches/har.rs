//! How fast a HAR is read, in MB a second of CPU, and how much memory that takes.
//!
//! `cargo bench -p corscope_capture --bench har -- [MEGABYTES] [FILE]`: without a file, one is
//! made up in the folder for temporary files and removed afterwards.

mod cpu;
mod synthetic;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use corscope_capture::har::{HarReader, ImportOptions};

const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<_> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let megabytes: u64 = arguments
        .first()
        .and_then(|it| it.parse().ok())
        .unwrap_or(200);
    let (path, made_up) = match arguments.get(1) {
        Some(path) => (PathBuf::from(path), false),
        None => (made_up(megabytes), true),
    };
    let size = std::fs::metadata(&path).unwrap().len() as f64 / 1e6;
    for (name, body_limit) in [
        ("no bodies", 0),
        ("1 kB of bodies", 1 << 10),
        ("whole bodies", 1 << 20),
    ] {
        let mut cpu = Vec::new();
        let mut wall = Vec::new();
        let mut entries = 0;
        for _ in 0..ROUNDS {
            let (started, cpu_before) = (Instant::now(), cpu::seconds());
            entries = read(&path, body_limit);
            cpu.push(size / (cpu::seconds() - cpu_before));
            wall.push(size / started.elapsed().as_secs_f64());
        }
        println!(
            "{name}: {entries} entries, {size:.0} MB: median {:.0} MB/s of CPU, {:.0} MB/s of wall, best {:.0}",
            cpu::median(&mut cpu),
            cpu::median(&mut wall),
            cpu.last().unwrap(),
        );
    }
    println!(
        "anonymous memory: {} kB now, {} kB at most in all",
        cpu::anonymous(),
        cpu::peak()
    );
    println!("load: {}", cpu::load());
    if made_up {
        std::fs::remove_file(&path).unwrap();
    }
}

fn read(path: &Path, body_limit: usize) -> usize {
    let options = ImportOptions {
        body_limit,
        ..ImportOptions::default()
    };
    let mut entries = 0;
    for entry in HarReader::open(path, options).unwrap() {
        let entry = entry.unwrap();
        let response = entry.exchange.response.unwrap();
        assert!(response.header_list.contains("access-control-allow-origin"));
        entries += 1;
    }
    entries
}

fn made_up(megabytes: u64) -> PathBuf {
    let path = std::env::temp_dir().join(format!("corscope-bench-{}.har", std::process::id()));
    let mut out = BufWriter::new(File::create(&path).unwrap());
    synthetic::write(&mut out, megabytes * 1_000_000).unwrap();
    out.flush().unwrap();
    path
}
