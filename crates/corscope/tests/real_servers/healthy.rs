//! Nothing is wrong.

use super::case::Case;
use super::servers::PAGE;

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::readable("nginx, done right", "@NGINX@/healthy/items.json")
            .with(&["--credentials", "include", "--read", "X-Total-Count"])
            .sees("GET", 200)
            .line(ALLOW_ORIGIN, &[PAGE])
            .line("Vary", &["Origin"]),
        Case::readable(
            "nginx, done right, not found",
            "@NGINX@/healthy/missing.json",
        )
        .with(&["--credentials", "include"])
        .sees("GET", 404)
        .line(ALLOW_ORIGIN, &[PAGE]),
        Case::readable("nginx, PUT", "@NGINX@/healthy/items.json")
            .with(&[
                "-X",
                "PUT",
                "--json",
                "{}",
                "--credentials",
                "include",
                "--send",
            ])
            .sees("OPTIONS", 204)
            .line("Access-Control-Allow-Methods", &["GET, PUT, PATCH"])
            .sees("PUT", 200)
            .line(ALLOW_ORIGIN, &[PAGE]),
        Case::incomplete("nginx, PUT that is not sent", "@NGINX@/healthy/items.json")
            .with(&["-X", "PUT", "--json", "{}"])
            .sees("OPTIONS", 204)
            .noted(&["--send"]),
        Case::readable("Node, GET", "@NODE@/healthy")
            .with(&["--credentials", "include", "-b", "sid=1"])
            .sees("GET", 200)
            .line(ALLOW_ORIGIN, &[PAGE]),
        Case::readable("Node, PUT", "@NODE@/healthy")
            .with(&["-X", "PUT", "-d", "a=1", "-H", "X-Demo: 1", "--send"])
            .sees("OPTIONS", 204)
            .line(
                "Access-Control-Allow-Headers",
                &["X-Demo, Content-Type, Authorization"],
            )
            .sees("PUT", 200),
        Case::readable("any page, without credentials", "@NGINX@/allows/all")
            .sees("GET", 200)
            .line(ALLOW_ORIGIN, &["*"]),
    ]
}
