//! `corscope recipe` and `corscope policy` through the real binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use corscope_diagnose::recipes::RECIPES;
use serde_json::Value;

/// Exit code, standard output, standard error.
fn corscope(args: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_corscope"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The child may end without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

const POLICY: &str = r#"
origins = ["https://app.example"]
methods = ["PUT"]
headers = ["X-Foo"]
expose = ["X-Total"]
credentials = true
max-age = 600
"#;

#[test]
fn every_stack_is_listed_and_prints() {
    let (code, list, _) = corscope(&["recipe", "--list"], "");
    assert_eq!(code, 0);
    let (_, json, _) = corscope(&["recipe", "--list", "--format", "json"], "");
    let entries: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(entries.as_array().unwrap().len(), RECIPES.len());
    for recipe in RECIPES {
        assert!(
            list.contains(&format!("  {} ", recipe.stack)),
            "{}",
            recipe.stack
        );
    }
    for stack in ["nginx", "httpd", "s3", "vite"] {
        let (code, text, errors) = corscope(&["recipe", stack, "--policy", "-"], POLICY);
        assert_eq!((code, errors.as_str()), (0, ""), "{stack}");
        for part in [
            "file:",
            "place:",
            "Pitfalls:",
            "Verify it:\n  corscope check ",
        ] {
            assert!(text.contains(part), "{stack}: no {part}\n{text}");
        }
    }
}

#[test]
fn flags_mean_the_same_as_a_policy_file() {
    let flags = [
        "recipe",
        "nginx",
        "--origin",
        "https://app.example",
        "--method",
        "PUT",
        "--header",
        "X-Foo",
        "--expose",
        "X-Total",
        "--credentials",
        "--max-age",
        "600",
        "--format",
        "json",
    ];
    let (_, by_flags, _) = corscope(&flags, "");
    let file = ["recipe", "nginx", "--policy", "-", "--format", "json"];
    let (_, by_file, _) = corscope(&file, POLICY);
    assert_eq!(by_flags, by_file);
    let document: Value = serde_json::from_str(&by_flags).unwrap();
    assert_eq!(document["stack"], "nginx");
    assert!(document["code"].as_str().unwrap().contains("x-foo"));
    assert_eq!(
        document["verify"],
        "corscope check https://api.example.com/path --from https://app.example -X PUT \
         -H 'x-foo: 1' --credentials include --read X-Total"
    );
}

#[test]
fn bad_input_is_named_and_exits_2() {
    for (args, input, parts) in [
        (
            &["recipe", "ngnix", "--origin", "https://a.test"][..],
            "",
            &["\"ngnix\"", "did you mean nginx?"][..],
        ),
        (
            &["recipe", "qqqqqqq", "--origin", "https://a.test"],
            "",
            &["--list"],
        ),
        (&["recipe", "nginx"], "", &["--origin"]),
        (
            &[
                "recipe",
                "nginx",
                "--origin",
                "https://a.test/",
                "--method",
                "TRACE",
            ],
            "",
            &["not-an-origin", "write https://a.test", "forbidden-method"],
        ),
        (
            &["recipe", "nginx", "--origin", "*", "--credentials"],
            "",
            &["wildcard-with-credentials", "--allow-unsafe"],
        ),
        (
            &["recipe", "nginx", "--policy", "-"],
            "{\"orgins\": []}",
            &["orgins"],
        ),
        (
            &["policy", "lint", "/nonexistent.toml"],
            "",
            &["/nonexistent.toml"],
        ),
        (
            &["policy", "answer", "-", "--origin", "https://a.test/"],
            POLICY,
            &["--origin", "https://a.test"],
        ),
    ] {
        let (code, out, errors) = corscope(args, input);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {errors}");
        for part in parts {
            assert!(errors.contains(part), "{args:?}: no {part} in {errors}");
        }
    }
}

#[test]
fn every_recipe_refuses_mistakes_and_says_what_is_unsafe_first() {
    let hostile = "https://a.example\"; evil";
    for recipe in RECIPES {
        let stack = recipe.stack;
        for unsafe_flag in [&[][..], &["--allow-unsafe"]] {
            for more in [
                ["--origin", hostile],
                ["--header", "X-A\"; evil"],
                ["--method", "PUT\nevil"],
                ["--expose", "X-A'; evil"],
            ] {
                let args = ["recipe", stack, "--origin", "https://a.example"];
                let args = [&args[..], &more, unsafe_flag].concat();
                let (code, out, errors) = corscope(&args, "");
                assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {errors}");
            }
        }
        let args = ["recipe", stack, "--origin", "null"];
        let (code, out, errors) = corscope(&args, "");
        assert_eq!((code, out.as_str()), (2, ""), "{stack}: {errors}");
        assert!(errors.contains("--allow-unsafe"), "{stack}: {errors}");
        let (code, text, _) = corscope(&[&args[..], &["--allow-unsafe"]].concat(), "");
        assert_eq!(code, 0, "{stack}");
        let (before, after) = text.split_once("UNSAFE, printed because").expect(&text);
        assert!(before.lines().count() < 6, "{stack}: {text}");
        assert!(after.contains("anybody's included"), "{stack}: {text}");
    }
}

#[test]
fn lint_lists_everything_at_once() {
    let bad = r#"{"origins": ["null", "https://a.test/"], "methods": ["patch"], "max-age": -5}"#;
    let (code, text, _) = corscope(&["policy", "lint", "-"], bad);
    assert_eq!(code, 1);
    for part in [
        "unsafe [null-origin] origins[0]",
        "error [not-an-origin] origins[1]",
        "note [method-case] methods[0]",
        "error [max-age-range] max-age",
        "  mend: ",
    ] {
        assert!(text.contains(part), "no {part}\n{text}");
    }
    let (code, text, _) = corscope(&["policy", "lint", "-"], POLICY);
    assert_eq!((code, text.as_str()), (0, "standard input: no findings\n"));
}

#[test]
fn answer_prints_the_headers() {
    let args = [
        "policy",
        "answer",
        "-",
        "--origin",
        "https://app.example",
        "--method",
        "PUT",
        "--header",
        "X-Foo",
        "--preflight",
    ];
    let (code, text, _) = corscope(&args, POLICY);
    assert_eq!(code, 0);
    assert_eq!(
        text,
        "Vary: Origin\nAccess-Control-Allow-Origin: https://app.example\n\
         Access-Control-Allow-Credentials: true\nAccess-Control-Allow-Methods: PUT\n\
         Access-Control-Allow-Headers: x-foo\nAccess-Control-Max-Age: 600\n"
    );
    let (_, text, _) = corscope(&["policy", "answer", "-"], POLICY);
    assert_eq!(text, "Vary: Origin\n");
}
