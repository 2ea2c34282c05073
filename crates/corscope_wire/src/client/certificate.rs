//! What a server's certificate says, for people to read.

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The readable facts of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Who it is for, as a distinguished name.
    pub subject: String,
    /// Who signed it, as a distinguished name.
    pub issuer: String,
    /// The hosts and addresses it is for. Browsers look at these only, not at the subject.
    pub names: Vec<String>,
    /// The start of its time, in seconds since 1970.
    pub not_before: i64,
    /// The end of its time, in seconds since 1970.
    pub not_after: i64,
    /// Whether subject and issuer are the same.
    pub self_issued: bool,
}

impl CertificateFacts {
    /// Reads a certificate in DER; `None` if it is too odd to be read.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map_or_else(Vec::new, |extension| {
            extension
                .value
                .general_names
                .iter()
                .filter_map(host_name)
                .collect()
        });
        Some(Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names,
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        })
    }
}

fn host_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => {
            let address = match <[u8; 4]>::try_from(*octets) {
                Ok(octets) => IpAddr::from(octets),
                Err(_) => IpAddr::from(<[u8; 16]>::try_from(*octets).ok()?),
            };
            Some(address.to_string())
        }
        _ => None,
    }
}
