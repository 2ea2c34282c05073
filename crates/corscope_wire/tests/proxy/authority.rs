//! The certificate authority's files.

use corscope_wire::proxy::{Authority, AuthorityConfig};

use crate::secure::Scratch;

#[cfg(unix)]
#[test]
fn only_the_user_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let config = AuthorityConfig::new(scratch.0.join("ca"));
    let mode = |name: &str| {
        let path = config.directory.join(name);
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    Authority::open(&config).unwrap();
    assert_eq!((mode(""), mode("authority.pem")), (0o700, 0o600));
    // What was opened up by mistake is closed again.
    for (name, open) in [("", 0o755), ("authority.pem", 0o644)] {
        let path = config.directory.join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(open)).unwrap();
    }
    Authority::open(&config).unwrap();
    assert_eq!((mode(""), mode("authority.pem")), (0o700, 0o600));
}

#[test]
fn an_authority_is_kept_renewed_and_removed() {
    let scratch = Scratch::new();
    let config = AuthorityConfig::new(scratch.0.join("ca"));
    let first = Authority::open(&config).unwrap();
    let again = Authority::open(&config).unwrap();
    assert_eq!(first.spki_sha256(), again.spki_sha256());
    assert_eq!(
        first.pem(),
        std::fs::read_to_string(Authority::certificate_path(&config)).unwrap()
    );
    assert_eq!(first.spki_sha256().len(), 44);
    let renewed = Authority::renew(&config).unwrap();
    assert_ne!(first.spki_sha256(), renewed.spki_sha256());
    assert_eq!(
        Authority::open(&config).unwrap().spki_sha256(),
        renewed.spki_sha256()
    );
    assert!(Authority::remove(&config).unwrap());
    assert!(!Authority::remove(&config).unwrap());
    assert!(!config.directory.exists());
}

#[test]
fn two_machines_have_two_authorities() {
    let (one, two) = (Scratch::new(), Scratch::new());
    let one = Authority::open(&AuthorityConfig::new(&one.0)).unwrap();
    let two = Authority::open(&AuthorityConfig::new(&two.0)).unwrap();
    assert_ne!(one.spki_sha256(), two.spki_sha256());
}

#[test]
fn a_limited_authority_says_so_and_is_not_taken_for_another() {
    let scratch = Scratch::new();
    let limited = AuthorityConfig {
        directory: scratch.0.clone(),
        only: vec!["example.com".to_owned()],
    };
    let authority = Authority::open(&limited).unwrap();
    let (_, certificate) = x509_parser::parse_x509_certificate(authority.der()).unwrap();
    let constraints = certificate.name_constraints().unwrap().unwrap();
    let permitted = constraints.value.permitted_subtrees.as_ref().unwrap();
    assert!(format!("{permitted:?}").contains("example.com"));
    assert_eq!(
        constraints.value.excluded_subtrees.as_ref().unwrap().len(),
        2
    );
    let error = Authority::open(&AuthorityConfig::new(&scratch.0))
        .err()
        .unwrap();
    assert!(error.to_string().contains("corscope ca renew"), "{error}");
}

#[test]
fn a_spoiled_file_is_named() {
    let scratch = Scratch::new();
    std::fs::create_dir_all(&scratch.0).unwrap();
    std::fs::write(scratch.0.join("authority.pem"), "nonsense").unwrap();
    let error = Authority::open(&AuthorityConfig::new(&scratch.0))
        .err()
        .unwrap();
    assert!(error.to_string().contains("authority.pem"), "{error}");
}
