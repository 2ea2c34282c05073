//! A scenario becomes a case of a contract.

use super::{Folder, test_in};

const SCENARIO: &str = r#"{
    "page": { "url": "https://app.example.com/" },
    "request": { "url": "https://api.example.com/items", "headers": [["Authorization", "Bearer s3cret"]] },
    "preflight": { "status": 204, "headers": [["Access-Control-Allow-Origin", "https://app.example.com"], ["Access-Control-Allow-Headers", "authorization"]] },
    "responses": [{ "status": 200, "headers": [["Access-Control-Allow-Origin", "https://app.example.com"]] }]
}"#;

#[test]
fn a_case_is_put_behind_what_is_there() {
    let folder = Folder::new();
    folder.write("scenario.json", SCENARIO);
    let add = |more: &[&str]| {
        let args = [
            &["cors.toml", "--add", "scenario.json", "--keep-answers"][..],
            more,
        ]
        .concat();
        test_in(&folder.0, &args, &[])
    };
    let ended = add(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let first = folder.read("cors.toml");
    assert!(first.starts_with("version = 1\n"), "{first}");
    assert!(
        first.contains("Bearer ${API_TOKEN}") && !first.contains("s3cret"),
        "{first}"
    );
    assert!(!ended.out.contains("s3cret"), "{ended:?}");
    // The people's own: a comment, defaults that would change the scenario, no line end.
    let own = first.replace(
        "version = 1\n",
        "# ours\nversion = 1 # the first\n[defaults]\ncredentials = \"include\"\n",
    );
    folder.write("cors.toml", own.trim_end());
    let ended = add(&["--expect", "blocked"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let ended = add(&[]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let both = folder.read("cors.toml");
    assert!(both.starts_with(own.trim_end()), "{both}");
    assert_eq!(
        both.matches("credentials = \"same-origin\"").count(),
        2,
        "{both}"
    );
    assert!(both.contains("is allowed (2)\""), "{both}");
    let ended = test_in(&folder.0, &["cors.toml"], &[("API_TOKEN", "t0k")]);
    assert!(ended.out.contains("3 cases: 1 kept, 2 broken"), "{ended:?}");
}

#[test]
fn nothing_is_added_to_what_is_wrong() {
    let folder = Folder::new();
    folder.write("scenario.json", SCENARIO);
    folder.write("bad.json", "{\"page\":1}");
    folder.write("cors.toml", "version = 9\n");
    for args in [
        &["cors.toml", "--add", "scenario.json"][..],
        &["new.toml", "--add", "bad.json"],
        &["new.toml", "--add", "none.json"],
        &["new.toml", "other.toml", "--add", "scenario.json"],
        &["new.toml", "--expect", "blocked"],
    ] {
        let ended = test_in(&folder.0, args, &[]);
        assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
    }
    assert_eq!(folder.read("cors.toml"), "version = 9\n");
    assert!(!folder.0.join("new.toml").exists());
}
