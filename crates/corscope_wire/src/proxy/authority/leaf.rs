//! Certificates for the hosts that clients ask for, made when first needed and kept for a while.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ServerSessionMemoryCache;
use time::{Duration, OffsetDateTime};

use super::{Authority, BACKDATE, random_serial};

/// Browsers will soon refuse certificates of more than 47 days; the day before is counted.
const LIFETIME: Duration = Duration::days(44);

/// A kept certificate is made anew when it is this old.
const MOST_AGE: std::time::Duration = std::time::Duration::from_secs(20 * 86_400);

/// Hosts whose certificates are kept.
const MOST: usize = 512;

/// TLS sessions that a host's clients may resume.
const SESSIONS: usize = 64;

/// What a client is offered by ALPN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alpn {
    /// Nothing: it asked for none, or for none of those.
    Silent,
    Http1,
    Http2,
}

/// Certificates that are kept.
pub(crate) struct LeafCache {
    authority: Authority,
    provider: Arc<CryptoProvider>,
    /// One for all leaves, and not the authority's: it may be in the memory of many configurations.
    key: KeyPair,
    kept: Mutex<HashMap<String, Kept>>,
}

struct Kept {
    made: Instant,
    used: Instant,
    config: Arc<Leaf>,
}

/// A host's certificate, ready to be shown.
struct Leaf {
    silent: Arc<ServerConfig>,
    http1: Arc<ServerConfig>,
    http2: Arc<ServerConfig>,
}

impl LeafCache {
    pub(crate) fn new(authority: Authority) -> Result<Self, String> {
        Ok(Self {
            authority,
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            key: KeyPair::generate().map_err(|error| error.to_string())?,
            kept: Mutex::default(),
        })
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The configuration that shows a certificate for `host`: a name, or an address without
    /// brackets.
    pub(crate) fn config(&self, host: &str, alpn: Alpn) -> Result<Arc<ServerConfig>, String> {
        let leaf = self.leaf(host)?;
        Ok(Arc::clone(match alpn {
            Alpn::Silent => &leaf.silent,
            Alpn::Http1 => &leaf.http1,
            Alpn::Http2 => &leaf.http2,
        }))
    }

    fn leaf(&self, host: &str) -> Result<Arc<Leaf>, String> {
        let now = Instant::now();
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(found) = kept.get_mut(host)
                && now - found.made < MOST_AGE
            {
                found.used = now;
                return Ok(Arc::clone(&found.config));
            }
        }
        let leaf = Arc::new(self.make(host)?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST
            && let Some(oldest) = oldest(&kept)
        {
            kept.remove(&oldest);
        }
        kept.insert(
            host.to_owned(),
            Kept {
                made: now,
                used: now,
                config: Arc::clone(&leaf),
            },
        );
        Ok(leaf)
    }

    fn make(&self, host: &str) -> Result<Leaf, String> {
        let certificate = self.sign(host)?;
        let words = |error: rustls::Error| error.to_string();
        // With the authority's own certificate: Chromium's list of trusted keys looks for it there.
        let chain = vec![certificate, self.authority.certificate.clone()];
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).map_err(str::to_owned)?;
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(words)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(words)?;
        config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
        config.send_tls13_tickets = 1;
        let with = |alpn: &[&[u8]]| {
            let mut config = config.clone();
            config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
            Arc::new(config)
        };
        Ok(Leaf {
            http1: with(&[b"http/1.1"]),
            http2: with(&[b"h2"]),
            silent: with(&[]),
        })
    }

    fn sign(&self, host: &str) -> Result<CertificateDer<'static>, String> {
        let words = |error: rcgen::Error| error.to_string();
        let host = match host.parse::<IpAddr>() {
            Ok(_) => host.to_owned(),
            Err(_) => host.trim_end_matches('.').to_owned(),
        };
        let now = OffsetDateTime::now_utc();
        let mut params = CertificateParams::new(vec![host]).map_err(words)?;
        params.not_before = now - BACKDATE;
        params.not_after = (now + LIFETIME).min(self.authority.not_after);
        params.serial_number = Some(random_serial());
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "corscope");
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params
            .signed_by(&self.key, &self.authority.issuer)
            .map_err(words)?;
        Ok(certificate.der().clone())
    }
}

fn oldest(kept: &HashMap<String, Kept>) -> Option<String> {
    #[allow(
        clippy::iter_over_hash_type,
        reason = "the minimum is the same in any order"
    )]
    let oldest = kept.iter().min_by_key(|(_, kept)| kept.used);
    oldest.map(|(host, _)| host.clone())
}
