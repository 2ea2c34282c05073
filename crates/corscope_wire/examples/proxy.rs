//! A bare proxy to measure: `proxy [--capture off] [--ca DIR] [--port N] [--threads N]`. It runs
//! until it is killed; each exchange is counted and dropped.
#![allow(clippy::print_stdout, reason = "a program of its own")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use corscope_wire::proxy::{AuthorityConfig, Event, Observer, Proxy, ProxyConfig};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Default)]
struct Count(AtomicU64);

impl Observer for Count {
    fn observe(&self, event: Event) {
        if let Event::Ended(exchange) = event {
            self.0.fetch_add(exchange.id.min(1), Ordering::Relaxed);
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut config = ProxyConfig::default();
    let mut threads = 2;
    let mut words = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        match name.as_str() {
            "--capture" if value == "off" => config.capture = None,
            "--port" => config.listen.set_port(value.parse()?),
            "--threads" => threads = value.parse()?,
            "--ca" => config.authority = Some(AuthorityConfig::new(value)),
            "--unverified" => config.tls.unverified.push(value.parse()?),
            "--pass-through" => config.tls.pass_through.push(value.parse()?),
            _ => return Err(format!("{name} {value} is not known").into()),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let proxy = Proxy::bind(config, Arc::new(Count::default())).await?;
        println!("http://{}", proxy.local_addr());
        proxy.run(std::future::pending()).await;
        Ok(())
    })
}
