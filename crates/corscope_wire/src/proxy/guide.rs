//! `http://corscope.invalid/`, which only this proxy serves: where a device gets the authority's
//! certificate.

use super::answer::{Answer, escape, page};
use super::core::Core;

/// The host. The name can never exist, so nothing is hidden by it.
pub(crate) const HOST: &str = "corscope.invalid";

/// What is served at `path`.
pub(crate) fn answer(core: &Core, path: &[u8]) -> Answer {
    let leaves = match core.leaves() {
        Ok(leaves) => leaves,
        Err(reason) => {
            let body = format!("<h1>corscope</h1>\n<p>{}.</p>\n", escape(&reason));
            return html(503, &body);
        }
    };
    let authority = leaves.authority();
    let path = path.split(|byte| *byte == b'?').next().unwrap_or_default();
    match path {
        b"" | b"/" => html(
            200,
            "<h1>corscope</h1>\n<p>This device uses corscope as its proxy. To look into https: \
             traffic it must trust the certificate authority that corscope made on its machine:\
             </p>\n<ul>\n<li><a href=/cert.crt>cert.crt</a> for Android, iOS and Windows\n<li><a \
             href=/cert.pem>cert.pem</a> for Firefox, Linux, curl\n</ul>\n<p>Trust it on devices \
             for testing only, and remove it afterwards: whoever has its key can read their \
             traffic.</p>\n",
        ),
        b"/cert.pem" => file(
            "application/x-pem-file",
            "corscope-ca.pem",
            authority.pem().as_bytes(),
        ),
        b"/cert.crt" => file(
            "application/x-x509-ca-cert",
            "corscope-ca.crt",
            authority.der(),
        ),
        _ => html(
            404,
            "<h1>corscope</h1>\n<p>There is <a href=/>one page</a>.</p>\n",
        ),
    }
}

fn html(status: u16, body: &str) -> Answer {
    Answer {
        status,
        headers: vec![
            ("Content-Type", b"text/html; charset=utf-8".to_vec()),
            ("Cache-Control", b"no-store".to_vec()),
        ],
        body: page("corscope", body),
    }
}

fn file(content_type: &str, name: &str, body: &[u8]) -> Answer {
    let disposition = format!("attachment; filename={name}");
    Answer {
        status: 200,
        headers: vec![
            ("Content-Type", content_type.into()),
            ("Content-Disposition", disposition.into_bytes()),
            ("Cache-Control", b"no-store".to_vec()),
        ],
        body: body.to_vec(),
    }
}
