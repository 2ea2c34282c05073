//! Certificates made on the spot: one that is right, and one for each way to be wrong.

use std::fs;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SerialNumber,
    date_time_ymd,
};

/// Writes `authority.pem` and, for each server, a certificate and a key.
pub(crate) fn write(directory: &Path) {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "corscope's tests");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    fs::write(directory.join("authority.pem"), authority.pem()).unwrap();

    let mut expired = server(&["127.0.0.1"], 2);
    expired.not_before = date_time_ymd(2020, 1, 1);
    expired.not_after = date_time_ymd(2021, 1, 1);
    for (name, params) in [
        (
            "good",
            server(&["127.0.0.1", "localhost", "api.example.com"], 1),
        ),
        ("expired", expired),
        ("wrong-host", server(&["www.example.com"], 3)),
    ] {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        write_pair(directory, name, &certificate.pem(), &key);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = server(&["127.0.0.1"], 4).self_signed(&key).unwrap();
    write_pair(directory, "self-signed", &certificate.pem(), &key);
}

fn server(names: &[&str], serial: u64) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params
        .distinguished_name
        .push(DnType::CommonName, "a real server");
    params.serial_number = Some(SerialNumber::from(serial));
    params
}

fn write_pair(directory: &Path, name: &str, certificate: &str, key: &KeyPair) {
    fs::write(directory.join(format!("{name}.pem")), certificate).unwrap();
    fs::write(directory.join(format!("{name}.key")), key.serialize_pem()).unwrap();
}
