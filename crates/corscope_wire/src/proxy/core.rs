//! What all connections of one proxy share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::at_work::AtWork;
use super::authority::{Authority, LeafCache};
use super::clock::Clock;
use super::config::{Limits, ProxyConfig};
use super::error::ProxyError;
use super::observer::Observer;
use super::pool::Pool;
use super::record::Record;
use super::server_tls::ServerTls;
use super::watch::Watch;
use crate::gateway::Front;

/// Shared by all connections.
pub(crate) struct Core {
    pub(crate) config: ProxyConfig,
    pub(crate) clock: Clock,
    pub(crate) pool: Pool,
    pub(crate) tls: ServerTls,
    leaves: Mutex<Option<Arc<LeafCache>>>,
    /// Tells a request that passed here before from all others.
    pub(crate) nonce: String,
    /// Set once the proxy was told to stop: connections end after the exchange in hand.
    pub(crate) closing: AtomicBool,
    /// Streams in tasks of their own.
    pub(crate) streams: AtWork,
    /// What a gateway does with its requests; a proxy has none.
    pub(crate) front: Option<Front>,
    observer: Arc<dyn Observer>,
    clients: AtomicU64,
    servers: AtomicU64,
}

impl Core {
    pub(crate) fn new(
        config: ProxyConfig,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, ProxyError> {
        let mut random = [0; 12];
        let provider = rustls::crypto::ring::default_provider();
        // Without randomness the nonce would be guessable, which harms nobody but loops.
        let _ = provider.secure_random.fill(&mut random);
        Ok(Self {
            tls: ServerTls::new(config.tls.clone())?,
            leaves: Mutex::default(),
            config,
            clock: Clock::start(),
            pool: Pool::default(),
            nonce: BASE64_STANDARD.encode(random),
            closing: AtomicBool::new(false),
            streams: AtWork::default(),
            front: None,
            observer,
            clients: AtomicU64::new(0),
            servers: AtomicU64::new(0),
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.config.limits
    }

    /// The certificates that are shown to clients. The authority is loaded, or made, when they are
    /// first needed.
    pub(crate) fn leaves(&self) -> Result<Arc<LeafCache>, String> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaves) = &*leaves {
            return Ok(Arc::clone(leaves));
        }
        let config = self.config.authority.as_ref();
        let config = config.ok_or("TLS is passed through unread, so there is no authority")?;
        let authority = Authority::open(config).map_err(|error| error.to_string())?;
        let made = Arc::new(LeafCache::new(authority)?);
        *leaves = Some(Arc::clone(&made));
        Ok(made)
    }

    /// A watch over one connection or stream.
    pub(crate) fn watch(&self) -> Watch {
        let record = Record::new(
            Some(Arc::clone(&self.observer)),
            self.config.capture,
            self.clock,
        );
        Watch::new(self.clock, record)
    }

    pub(crate) fn next_exchange(&self) -> u64 {
        self.config.numbers.next_number()
    }

    pub(crate) fn next_client(&self) -> u64 {
        self.clients.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn next_server(&self) -> u64 {
        self.servers.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }
}
