//! The suite's server, with a certificate from an authority that nobody else trusts.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData as _,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::program::Program;

pub(crate) struct Origin {
    server: Program,
    pub(crate) http_port: u64,
    pub(crate) authority: PathBuf,
    pub(crate) spki_sha256: String,
}

impl Origin {
    pub(crate) fn start(directory: &Path) -> Self {
        let (authority, spki_sha256) = write_certificates(directory);
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/transparency/server.mjs");
        let mut server = Program::start(
            Command::new("node")
                .arg(script)
                .arg(directory.join("key.pem"))
                .arg(directory.join("chain.pem")),
        );
        let ports = server.document("the server's ports");
        Self {
            http_port: ports["http"].as_u64().unwrap(),
            server,
            authority,
            spki_sha256,
        }
    }

    /// The page that runs every case, for a run of this name.
    pub(crate) fn page(&self, run: &str) -> String {
        format!("http://localhost:{}/?run={run}", self.http_port)
    }

    /// What came of that run.
    pub(crate) fn report(&mut self, run: &str) -> Value {
        let report = self.server.document("the page's report");
        assert_eq!(report["run"], run);
        report
    }
}

/// Writes an authority's certificate, a certificate for `localhost`, and its key.
fn write_certificates(directory: &Path) -> (PathBuf, String) {
    let key = KeyPair::generate().unwrap();
    let spki_sha256 = BASE64_STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "corscope test origin authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = params.self_signed(&key).unwrap();
    let leaf_key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let day = Duration::from_secs(86_400);
    leaf.not_before = (SystemTime::now() - day).into();
    leaf.not_after = (SystemTime::now() + 30 * day).into();
    let leaf = leaf
        .signed_by(&leaf_key, &Issuer::new(params, key))
        .unwrap();
    let path = directory.join("authority.pem");
    std::fs::write(&path, authority.pem()).unwrap();
    let chain = leaf.pem() + &authority.pem();
    std::fs::write(directory.join("chain.pem"), chain).unwrap();
    std::fs::write(directory.join("key.pem"), leaf_key.serialize_pem()).unwrap();
    (path, spki_sha256)
}
