use super::*;
use corscope_fetch::request_init::{CredentialsMode, Mode};

#[test]
fn x() {
    let given = curl("curl https://a.test").unwrap();
    assert_eq!(given.init.method, "GET");
    let _ = (CredentialsMode::Include, Mode::Cors);
}
