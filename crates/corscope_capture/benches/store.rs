//! How many exchanges a second the store takes: in memory, and written to a file.
//!
//! `cargo bench -p corscope_capture --bench store -- [EXCHANGES]`

mod cpu;

use std::time::{Duration, Instant};

use corscope_capture::store::{BUDGET, Retention, Store};
use corscope_fetch::Exchange;
use corscope_fetch::exchange::{ObservedBody, ObservedRequest, ObservedResponse};

const ROUNDS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let exchanges: u64 = arguments
        .next()
        .and_then(|it| it.parse().ok())
        .unwrap_or(100_000);
    for (name, saved) in [("in memory", false), ("saved", true)] {
        let (mut wall, mut cpu) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let folder =
                std::env::temp_dir().join(format!("corscope-{}-{round}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            let store = match saved {
                false => Store::in_memory(BUDGET),
                true => {
                    let path = folder.join("capture.db");
                    Store::saving(&path, BUDGET, Retention::default()).unwrap()
                }
            };
            let (started, cpu_before) = (Instant::now(), cpu::seconds());
            for number in 0..exchanges {
                let id = store.put(exchange(number));
                store.update(id, |exchange| exchange.ended = true);
            }
            assert!(store.flush(Duration::from_secs(600)));
            wall.push(exchanges as f64 / started.elapsed().as_secs_f64());
            cpu.push((cpu::seconds() - cpu_before) * 1e6 / exchanges as f64);
            assert_eq!(store.stats().saving.unwrap_or_default().lost, 0);
            drop(store);
            std::fs::remove_dir_all(&folder).unwrap();
        }
        println!(
            "{name}: median {:.0} exchanges/s, {:.1} µs of CPU each",
            cpu::median(&mut wall),
            cpu::median(&mut cpu),
        );
    }
    println!(
        "anonymous memory: {} kB now, {} kB at most in all",
        cpu::anonymous(),
        cpu::peak()
    );
    println!("load: {}", cpu::load());
}

/// 3 kB: a body of 2 kB, headers of 1.2 kB.
fn exchange(number: u64) -> Exchange {
    let header = |place: u64| (format!("x-header-{place}"), "v".repeat(50));
    Exchange {
        started: number,
        request: ObservedRequest {
            method: "GET".into(),
            url: format!("https://api.example.com/items/{number}"),
            header_list: (0..9).map(header).collect(),
            ..ObservedRequest::default()
        },
        response: Some(ObservedResponse {
            status: 200,
            header_list: (0..9).map(header).collect(),
            body: ObservedBody {
                bytes: vec![b'x'; 2000],
                len: 2000,
            },
            ..ObservedResponse::default()
        }),
        ..Exchange::default()
    }
}
