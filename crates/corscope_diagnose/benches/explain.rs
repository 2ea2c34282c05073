//! How long a pasted console takes to read: `cargo bench -p corscope_diagnose`.
#![allow(missing_docs, reason = "a benchmark has no users")]

use std::hint::black_box;

use corscope_diagnose::console::read::read_console;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const CHROMIUM: &str = "Access to fetch at 'https://api.example.com/items' from origin \
    'http://localhost:3000' has been blocked by CORS policy: Response to preflight request \
    doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the \
    requested resource.";

/// A megabyte as it comes out of a busy page: messages of all browsers, and noise between them.
fn megabyte() -> String {
    let mut text = String::new();
    let mut count = 0;
    while text.len() < 1 << 20 {
        count += 1;
        text += &format!(
            "index.html:1 {}\napp.js:{count}  GET https://api.example.com/items/{count} \
             net::ERR_FAILED 200 (OK)\n(anonymous) @ app.js:{count}\nload @ vendor.js:1\napp.js:12 \
             Uncaught (in promise) TypeError: Failed to fetch\n    at load (app.js:12:3)\n    at \
             async main (app.js:1:2)\nDownload the React DevTools for a better development \
             experience\n[HMR] Waiting for update signal from WDS...\n{{\"level\":\"info\",\
             \"msg\":\"rendered\",\"ms\":{count}}}\n[Error] Fetch API cannot load \
             https://b.example/{count} due to access control checks.\nCross-Origin Request Blocked: \
             The Same Origin Policy disallows reading the remote resource at \
             https://c.example/{count}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). \
             Status code: 200.\n",
            CHROMIUM.replace("/items", &format!("/items/{count}"))
        );
    }
    text
}

fn explain(criterion: &mut Criterion) {
    let of = |piece: &str| piece.repeat((1 << 20) / piece.len() + 1);
    let texts = [
        ("messages and noise", megabyte()),
        (
            "noise alone",
            of("    at webpack_require (bundle.js:12345:67)\n"),
        ),
        (
            "hostile: a beginning without end",
            of("Access to fetch at 'x' from origin '"),
        ),
        ("hostile: one word", "x".repeat(1 << 20)),
    ];
    let mut group = criterion.benchmark_group("explain a megabyte");
    group.sample_size(20);
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| read_console(black_box(text)).len());
        });
    }
    group.finish();
}

criterion_group!(benches, explain);
criterion_main!(benches);
