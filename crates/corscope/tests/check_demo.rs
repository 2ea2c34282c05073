//! `corscope check` through the real binary against every endpoint of the demo server.

use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use corscope::demo::{DemoServer, Endpoint, Outcome, Places, catalogue};
use serde_json::Value;

/// What `check --format json` said about one endpoint.
fn check(args: &[String]) -> Result<(Option<i32>, Value), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .arg("check")
        .args(args)
        // The demo server betrays no stack.
        .args(["--format", "json", "--stack", "nginx"])
        .output()
        .map_err(|error| error.to_string())?;
    let document = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{error}: {}", String::from_utf8_lossy(&output.stderr)))?;
    Ok((output.status.code(), document))
}

fn examine(endpoint: &Endpoint, places: &Places) -> Result<(), String> {
    let (code, document) = check(&endpoint.check_args(places))?;
    let outcome = document["outcome"].as_str().unwrap_or_default();
    let expected = match endpoint.outcome {
        Outcome::Readable => "readable",
        Outcome::Opaque => "opaque",
        Outcome::Error => "error",
        Outcome::Throw => "throw",
    };
    if outcome != expected {
        return Err(format!("outcome {outcome}, wanted {expected}"));
    }
    let expected_code = i32::from(matches!(endpoint.outcome, Outcome::Error | Outcome::Throw));
    if code != Some(expected_code) {
        return Err(format!("exit code {code:?}, wanted {expected_code}"));
    }
    examine_recipe(&document)?;
    let found: Vec<&str> = document["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|diagnostic| diagnostic["rule"].as_str())
        .collect();
    let root = document["root_cause"]["rule"].as_str();
    match endpoint.rule {
        // A readable response has no deciding refusal: the finding need only be there.
        Some(rule) if expected_code == 0 && found.contains(&rule) => Ok(()),
        Some(rule) if root == Some(rule) => Ok(()),
        Some(rule) => Err(format!(
            "root cause {root:?}, wanted {rule}; found {found:?}"
        )),
        None if document["root_cause"].is_null() => Ok(()),
        None => Err(format!("healthy, but found {found:?}")),
    }
}

/// There is a recipe where headers are proved to help, and it follows the proved policy.
fn examine_recipe(document: &Value) -> Result<(), String> {
    let first = document["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|diagnostic| diagnostic["first"] == true);
    let proved: Vec<&Value> = first
        .and_then(|first| first["remedies"].as_array())
        .into_iter()
        .flatten()
        .filter(|remedy| remedy["who"] == "server" && remedy["proved"] == true)
        .map(|remedy| &remedy["policy"])
        .collect();
    let recipe = &document["recipe"];
    if proved.is_empty() != recipe.is_null() {
        return Err(format!("{} proved policies, recipe {recipe}", proved.len()));
    }
    let is_refused = recipe["stack"].is_null();
    if recipe.is_null() || is_refused && recipe["hint"].is_string() {
        return Ok(());
    }
    let is_whole = recipe["stack"] == "nginx"
        && recipe["code"]
            .as_str()
            .is_some_and(|code| code.contains("add_header"))
        && recipe["verify"]
            .as_str()
            .is_some_and(|it| it.starts_with("corscope check http://"));
    if !is_whole || !proved.contains(&&recipe["policy"]) {
        return Err(format!("recipe {recipe}, proved {proved:?}"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_endpoint_is_diagnosed_as_its_slug_says() {
    let server = DemoServer::start("127.0.0.1".parse().unwrap(), 0)
        .await
        .unwrap();
    let places = *server.places();
    let endpoints = catalogue::endpoints();
    let endpoints: Vec<&Endpoint> = endpoints.into_iter().collect();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some(endpoint) = endpoints.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(problem) = examine(endpoint, &places) {
                            failures
                                .lock()
                                .unwrap()
                                .push(format!("{}: {problem}", endpoint.slug));
                        }
                    }
                });
            }
        });
    });
    server.shutdown().await;
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(endpoints.len() >= 90, "endpoints are missing");
    assert!(
        failures.is_empty(),
        "{} endpoints:\n{}",
        failures.len(),
        failures.join("\n")
    );
}
