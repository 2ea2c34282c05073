//! The certificate authority whose certificates the proxy shows to clients: one a user and machine,
//! in a directory that is its alone, never installed anywhere by corscope.

mod files;
mod leaf;

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, GeneralSubtree, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, NameConstraints, PublicKeyData, SerialNumber,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use super::error::ProxyError;
pub(crate) use leaf::{Alpn, LeafCache};

/// How long an authority lasts.
const LIFETIME: Duration = Duration::days(364);

/// Clocks differ; a certificate begins a day before it was made.
const BACKDATE: Duration = Duration::days(1);

/// An authority that ends sooner than this is made anew, so that no leaf outlives it.
const RENEW_BEFORE: Duration = Duration::days(30);

/// Where the authority is kept, and for whom it may speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorityConfig {
    /// Its directory, which is its alone (mode 0700).
    pub directory: PathBuf,
    /// Hosts that a new authority is limited to, with their subdomains; empty: any host. TLS of
    /// other hosts is then passed through unread.
    pub only: Vec<String>,
}

impl AuthorityConfig {
    /// An authority for any host.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            only: Vec::new(),
        }
    }

    /// Whether the authority may speak for `host`.
    pub(crate) fn speaks_for(&self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let fits = |only: &String| {
            host.eq_ignore_ascii_case(only)
                || host.len().checked_sub(only.len() + 1).is_some_and(|dot| {
                    host.as_bytes()[dot] == b'.'
                        && host.as_bytes()[dot + 1..].eq_ignore_ascii_case(only.as_bytes())
                })
        };
        self.only.is_empty() || self.only.iter().any(fits)
    }
}

/// A certificate authority, loaded.
pub struct Authority {
    config: AuthorityConfig,
    certificate: CertificateDer<'static>,
    pem: String,
    not_after: OffsetDateTime,
    issuer: Issuer<'static, KeyPair>,
    spki_sha256: String,
}

impl Authority {
    /// Loads the authority, and makes it if there is none yet or it ends soon.
    pub fn open(config: &AuthorityConfig) -> Result<Self, ProxyError> {
        if let Some(kept) = files::load(config)? {
            let authority = Self::of_kept(config, kept)?;
            if authority.not_after - OffsetDateTime::now_utc() > RENEW_BEFORE {
                return Ok(authority);
            }
            return Self::renew(config);
        }
        Self::create(config, false)
    }

    /// Makes a new authority in place of the old one, which must then be trusted anew.
    pub fn renew(config: &AuthorityConfig) -> Result<Self, ProxyError> {
        Self::create(config, true)
    }

    /// Removes the authority's files; whether there were any.
    pub fn remove(config: &AuthorityConfig) -> Result<bool, ProxyError> {
        files::remove(config)
    }

    /// The PEM file of its certificate, for those who want to trust it. It exists once the
    /// authority was opened.
    pub fn certificate_path(config: &AuthorityConfig) -> PathBuf {
        config.directory.join(files::CERTIFICATE)
    }

    fn create(config: &AuthorityConfig, replace: bool) -> Result<Self, ProxyError> {
        let failed = |error: rcgen::Error| failure("make", &config.directory, &error);
        let key = KeyPair::generate().map_err(failed)?;
        let now = OffsetDateTime::now_utc();
        let mut params = CertificateParams::default();
        params.not_before = now - BACKDATE;
        params.not_after = now + LIFETIME;
        params.serial_number = Some(random_serial());
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name = rcgen::DistinguishedName::new();
        // Two authorities of one name and different keys confuse those who trust both.
        let name = format!("corscope {}", serial_text(&random_serial()));
        params.distinguished_name.push(DnType::CommonName, name);
        let organization = "corscope, made on this machine only";
        params
            .distinguished_name
            .push(DnType::OrganizationName, organization);
        params.name_constraints = constraints(&config.only);
        let certificate = params.self_signed(&key).map_err(failed)?;
        let kept = files::Kept {
            key: key.serialize_pem(),
            certificate: certificate.pem(),
            only: config.only.clone(),
        };
        files::save(config, &kept, replace)?;
        // Another process may have been faster: what is kept counts.
        match files::load(config)? {
            Some(kept) => Self::of_kept(config, kept),
            None => Err(failure("read back", &config.directory, &"it is gone")),
        }
    }

    fn of_kept(config: &AuthorityConfig, kept: files::Kept) -> Result<Self, ProxyError> {
        let unusable = |why: &dyn std::fmt::Display| failure("use", &config.directory, why);
        if kept.only != config.only {
            let limit = match kept.only.as_slice() {
                [] => "no host in particular".to_owned(),
                only => only.join(", "),
            };
            let why = format!("it was made for {limit}; make it anew with \"corscope ca renew\"");
            return Err(unusable(&why));
        }
        let key = KeyPair::from_pem(&kept.key).map_err(|error| unusable(&error))?;
        let spki_sha256 = BASE64_STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
        let certificate = CertificateDer::from_pem_slice(kept.certificate.as_bytes())
            .map_err(|error| unusable(&error))?;
        let facts = crate::client::CertificateFacts::read(&certificate)
            .ok_or_else(|| unusable(&"the certificate cannot be read"))?;
        let not_after = OffsetDateTime::from_unix_timestamp(facts.not_after)
            .map_err(|error| unusable(&error))?;
        let issuer =
            Issuer::from_ca_cert_der(&certificate, key).map_err(|error| unusable(&error))?;
        Ok(Self {
            config: config.clone(),
            certificate,
            pem: kept.certificate,
            not_after,
            issuer,
            spki_sha256,
        })
    }

    /// Its certificate as PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its certificate as DER.
    pub fn der(&self) -> &[u8] {
        &self.certificate
    }

    /// What Chromium's `--ignore-certificate-errors-spki-list` wants.
    pub fn spki_sha256(&self) -> &str {
        &self.spki_sha256
    }

    /// When it ends, in seconds since the Unix epoch.
    pub fn not_after(&self) -> i64 {
        self.not_after.unix_timestamp()
    }

    /// Where it is kept.
    pub fn config(&self) -> &AuthorityConfig {
        &self.config
    }
}

/// Certificates for `only` and nobody else, addresses included.
fn constraints(only: &[String]) -> Option<NameConstraints> {
    if only.is_empty() {
        return None;
    }
    let mut permitted = Vec::new();
    for host in only {
        permitted.push(match host.parse() {
            Ok(ip) => {
                let prefix = if matches!(ip, std::net::IpAddr::V4(_)) {
                    32
                } else {
                    128
                };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, prefix))
            }
            Err(_) => GeneralSubtree::DnsName(host.clone()),
        });
    }
    let names_addresses =
        |subtree: &GeneralSubtree| matches!(subtree, GeneralSubtree::IpAddress(_));
    // What no permitted subtree speaks of is permitted as a whole, so it must be excluded.
    let excluded = if permitted.iter().any(names_addresses) {
        Vec::new()
    } else {
        let all =
            |ip: std::net::IpAddr| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, 0));
        vec![
            all(std::net::Ipv4Addr::UNSPECIFIED.into()),
            all(std::net::Ipv6Addr::UNSPECIFIED.into()),
        ]
    };
    Some(NameConstraints {
        permitted_subtrees: permitted,
        excluded_subtrees: excluded,
    })
}

/// Random, since certificates of one issuer and serial are refused as forgeries, and positive.
fn random_serial() -> SerialNumber {
    let mut bytes = [0; 16];
    let provider = rustls::crypto::ring::default_provider();
    let _ = provider.secure_random.fill(&mut bytes);
    bytes[0] = bytes[0] & 0x3f | 0x40;
    SerialNumber::from_slice(&bytes)
}

fn serial_text(serial: &SerialNumber) -> String {
    let bytes = serial.to_bytes();
    bytes[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn failure(what: &str, path: &Path, why: &(impl std::fmt::Display + ?Sized)) -> ProxyError {
    ProxyError::Authority {
        what: format!("{what} the certificate authority in {}", path.display()),
        reason: why.to_string(),
    }
}
