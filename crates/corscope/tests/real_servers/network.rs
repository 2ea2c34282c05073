//! There is no answer, or nobody to believe it: the console says CORS, and it is not.

use super::case::Case;
use super::servers::Protocol;

const TLS: &[Protocol] = &[Protocol::Https];

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::blocked(
            "nothing listens",
            "http://127.0.0.1:@CLOSED@/items",
            "connection-refused",
        )
        .over(&[Protocol::Http]),
        Case::blocked(
            "nothing listens, not for TLS either",
            "https://127.0.0.1:@CLOSED@/items",
            "connection-refused",
        )
        .over(TLS),
        Case::blocked("the connection is cut", "@NODE@/closes", "empty-response")
            .but_over(Protocol::H2, "connection-reset"),
        Case::blocked("no answer in time", "@NODE@/never-answers", "head-timeout")
            .with(&["--max-time", "0.5"]),
        Case::blocked(
            "an unknown authority",
            "@NGINX@/healthy/items.json",
            "tls-certificate-invalid",
        )
        .over(&[Protocol::Https, Protocol::H2])
        .trusting_nobody(),
        Case::blocked(
            "a certificate that signs itself",
            "https://127.0.0.1:@SELF_SIGNED@/",
            "tls-certificate-invalid",
        )
        .over(TLS)
        .trusting_nobody()
        .noted(&["signed"]),
        Case::readable(
            "one that signs itself, with -k",
            "https://127.0.0.1:@SELF_SIGNED@/",
        )
        .over(TLS)
        .with(&["-k"])
        .noted(&["-k let this pass"])
        .sees("GET", 200),
        Case::blocked(
            "a certificate of 2020",
            "https://127.0.0.1:@EXPIRED@/",
            "tls-certificate-invalid",
        )
        .over(TLS)
        .noted(&["expired"]),
        Case::readable(
            "a certificate of 2020, with -k",
            "https://127.0.0.1:@EXPIRED@/",
        )
        .over(TLS)
        .with(&["-k"])
        .noted(&["-k let this pass", "expired"]),
        Case::blocked(
            "a certificate of another host",
            "https://127.0.0.1:@WRONG_HOST@/",
            "tls-certificate-invalid",
        )
        .over(TLS)
        .noted(&["www.example.com"]),
        Case::readable(
            "a certificate of another host, with -k",
            "https://127.0.0.1:@WRONG_HOST@/",
        )
        .over(TLS)
        .with(&["-k"])
        .noted(&["-k let this pass", "www.example.com"]),
        Case::readable(
            "a host found by --resolve",
            "https://www.example.com:@WRONG_HOST@/",
        )
        .over(TLS)
        .with(&["--resolve", "www.example.com:@WRONG_HOST@:127.0.0.1"])
        .sees("GET", 200),
        Case::blocked(
            "TLS at nginx's plain port",
            "https://127.0.0.1:@HTTP@/",
            "not-tls",
        )
        .over(TLS),
        Case::blocked(
            "TLS at Node's plain port",
            "https://127.0.0.1:@NODE_HTTP@/",
            "not-tls",
        )
        .over(TLS),
        Case::blocked(
            "plain http at nginx's TLS port",
            "http://127.0.0.1:@HTTPS@/",
            "http-to-https-port",
        )
        .over(&[Protocol::Http])
        .sees("GET", 400),
        Case::blocked(
            "plain http at Node's TLS port",
            "http://127.0.0.1:@NODE_HTTPS@/",
            "empty-response",
        )
        .over(&[Protocol::Http]),
    ]
}
