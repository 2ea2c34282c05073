//! Writes the recipes for the battery's policies as modules, one for each framework and policy.
#![allow(clippy::unwrap_used, reason = "a build that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use corscope_diagnose::recipes::by_name;
use corscope_fetch::policy::{Policy, PolicyDocument};

const POLICIES: &str = "../policies.json";

fn main() {
    println!("cargo::rerun-if-changed={POLICIES}");
    let text = std::fs::read_to_string(POLICIES).unwrap();
    let policies: BTreeMap<String, PolicyDocument> = serde_json::from_str(&text).unwrap();
    let mut modules = String::new();
    let mut arms = String::new();
    for (name, document) in &policies {
        let policy = document.build(true).unwrap();
        modules.push_str(&axum(name, &policy));
        modules.push_str(&actix(name, &policy));
        let _ = writeln!(
            arms,
            "\"{name}\" => (axum_{name}::layered, actix_{name}::serve),"
        );
    }
    let _ = writeln!(
        modules,
        "fn recipe(policy: &str) -> (Layered, Serve) {{\nmatch policy {{\n{arms}_ => \
         panic!(\"no policy {{policy}}\"),\n}}\n}}"
    );
    let directory = std::env::var("OUT_DIR").unwrap();
    std::fs::write(Path::new(&directory).join("recipes.rs"), modules).unwrap();
}

fn axum(name: &str, policy: &Policy) -> String {
    let code = (by_name("axum").unwrap().render)(policy).code;
    let (items, layers) = code.split_once("let app = ").unwrap();
    format!(
        "mod axum_{name} {{\n{items}\npub(super) fn layered(app: axum::Router) -> axum::Router \
         {{\nlet app = {layers}\napp\n}}\n}}\n"
    )
}

fn actix(name: &str, policy: &Policy) -> String {
    let code = (by_name("actix-web").unwrap().render)(policy).code;
    let (items, app) = code.split_once("App::new()").unwrap();
    format!(
        "mod actix_{name} {{\n{items}\npub(super) fn serve(listener: std::net::TcpListener) -> \
         std::io::Result<actix_web::dev::Server> {{\nuse crate::actix::routes;\nuse \
         actix_web::App;\nOk(actix_web::HttpServer::new(|| {{\nApp::new(){app}}})\
         .workers(1).disable_signals().listen(listener)?.run())\n}}\n}}\n"
    )
}
