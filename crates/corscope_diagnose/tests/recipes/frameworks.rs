//! The recipes for application frameworks: whatever a policy says stays text inside of a literal of
//! the stack's language, and nothing wider than the policy is written.

use corscope_diagnose::recipe::{Recipe, Rendered, StackKind};
use corscope_diagnose::recipes::RECIPES;
use corscope_fetch::policy::{OriginPattern, Policy, PolicyDocument};

use crate::hostile;
use crate::policies::{HOSTILE, MARK, build, document, origins_only, varied};

fn frameworks() -> impl Iterator<Item = &'static Recipe> {
    RECIPES
        .iter()
        .copied()
        .filter(|recipe| recipe.kind == StackKind::Framework)
}

/// Policies whose values hold every character that an origin or a token may hold.
fn corpus() -> Vec<Policy> {
    let documents = vec![
        document(&["https://zqx.example"], &[], &[]),
        document(&["http://[::1]:3000", "null"], &["PUT"], &["X-zqx"]),
        document(&["https://*.zqx.example:8443"], &["DELETE"], &["zqx"]),
        document(
            &[
                "https://*.zqx-one.example",
                "https://zqx.example",
                "http://*.zqx.localhost:3000",
            ],
            &["zqx", "OPTIONS"],
            &["Content-Type", "X-zqx"],
        ),
        document(&["*"], &["*"], &["*"]),
        document(&["*"], &[], &[]),
        document(
            &[r#"https://zqx";evil("#, "https://*.zqx'$`{}evil"],
            &[],
            &[],
        ),
        document(&["zqx-scheme://zqx'%22#"], &[], &[]),
        document(
            &["https://zqx.example"],
            &[
                "zqx!#$%&'*+-.^_`|~",
                "zqx#{evil}".trim_end_matches("{evil}"),
                "'zqx'",
                "`zqx`",
            ],
            &[
                "zqx!#$%&'*+-.^_`|~",
                "#$zqx",
                "'zqx''",
                "${zqx".trim_start_matches("${"),
                "%zqx%",
            ],
        ),
    ];
    varied(origins_only(documents))
}

#[test]
fn the_corpus_holds_hostile_origins() {
    let policies = hostile::policies(HOSTILE, MARK);
    let holds = |text: &str| {
        policies
            .iter()
            .flat_map(|policy| &policy.origins)
            .any(|pattern| match pattern {
                OriginPattern::Exact(origin) => origin.serialized().contains(text),
                _ => false,
            })
    };
    for text in ["\"", "'", "$", "`", "{", "}", ";", "evil"] {
        assert!(holds(text), "no origin holds {text}");
    }
}

#[test]
fn every_value_stays_inside_a_literal() {
    let mut policies = corpus();
    policies.extend(hostile::policies(HOSTILE, MARK));
    for recipe in frameworks() {
        for policy in &policies {
            let Rendered { code, .. } = (recipe.render)(policy);
            let rest = without_literals(recipe.language, &code)
                .unwrap_or_else(|problem| panic!("{}: {problem}\n{code}", recipe.stack));
            assert!(!rest.contains(MARK), "{}: {MARK} in\n{rest}", recipe.stack);
            assert!(is_balanced(&rest), "{}: brackets of\n{rest}", recipe.stack);
            assert!(
                !rest.contains(['`', '"', '\'']),
                "{}:\n{rest}",
                recipe.stack
            );
        }
    }
}

#[test]
fn a_wildcard_is_written_for_a_wildcard_only() {
    let policy = build(&document(
        &["https://app.example", "https://*.app.example"],
        &["PUT"],
        &["X-Foo"],
    ));
    for recipe in frameworks() {
        let Rendered { code, .. } = (recipe.render)(&policy);
        for wide in [
            "\"*\"",
            "'*'",
            "mirror_request",
            "AllowAny",
            "allow_any",
            ":any",
        ] {
            let paths = "'paths' => ['*']";
            let code = code
                .replace(paths, "")
                .replace("resource \"*\"", "")
                .replace("app.use(\"*\"", "");
            assert!(!code.contains(wide), "{}: {wide} in\n{code}", recipe.stack);
        }
        for wanted in ["PUT", "put"] {
            if code.contains(wanted) {
                break;
            }
            assert_ne!(wanted, "put", "{}: no PUT in\n{code}", recipe.stack);
        }
        assert!(code.to_lowercase().contains("x-foo"), "{}", recipe.stack);
        assert!(code.contains("https://app.example"), "{}", recipe.stack);
    }
}

#[test]
fn what_a_recipe_leaves_out_is_said() {
    let policy = build(&PolicyDocument {
        credentials: true,
        private_network: true,
        ..document(&["https://app.example"], &["*"], &["*"])
    });
    for recipe in frameworks() {
        let Rendered { limits, .. } = (recipe.render)(&policy);
        assert!(
            limits.iter().any(|limit| limit.contains("Private-Network")),
            "{}: {limits:?}",
            recipe.stack
        );
    }
}

/// The code without its strings, regular expressions and comments; an error when one does not end.
fn without_literals(language: &str, code: &str) -> Result<String, String> {
    let mut rest = String::new();
    let mut left = code;
    while let Some(character) = left.chars().next() {
        let hash_comment = matches!(language, "python" | "ruby" | "php") && character == '#';
        if hash_comment || (left.starts_with("//") && !matches!(language, "python" | "ruby")) {
            let (comment, after) = left.split_once('\n').unwrap_or((left, ""));
            if comment.contains(MARK) {
                return Err(format!("a value in a comment: {comment}"));
            }
            left = after;
        } else if left.starts_with("\"\"\"") && language == "python" {
            let after = left[3..].split_once("\"\"\"");
            left = after.ok_or("a text block does not end")?.1;
        } else if is_quote(language, character, &rest) {
            left = after_literal(language, left)?;
            // Something stays where the literal was.
            rest.push('§');
        } else {
            rest.push(character);
            left = &left[character.len_utf8()..];
        }
    }
    Ok(rest)
}

fn is_quote(language: &str, character: char, before: &str) -> bool {
    match character {
        '"' => true,
        '\'' => matches!(
            language,
            "python" | "ruby" | "php" | "javascript" | "typescript" | "rust"
        ),
        '`' => matches!(language, "go" | "javascript" | "typescript"),
        '/' => {
            // A slash is a division unless an operand has to come.
            let last = before.trim_end().chars().next_back();
            matches!(language, "javascript" | "typescript" | "ruby")
                && (last.is_none_or(|last| "[(,=:{".contains(last))
                    || before.trim_end().ends_with("origins"))
        }
        _ => false,
    }
}

fn after_literal<'t>(language: &str, text: &'t str) -> Result<&'t str, String> {
    let quote = text.chars().next().unwrap_or('"');
    let mut characters = text.char_indices().skip(1);
    let mut interpolates = None;
    while let Some((at, character)) = characters.next() {
        if let Some(before) = interpolates
            && "{$@".contains(character)
        {
            return Err(format!("{before}{character} interpolates in {text:.60}"));
        }
        interpolates = None;
        match character {
            '\\' if !(quote == '`' && language == "go") => {
                characters.next();
            }
            '\n' => return Err(format!("a literal goes over the line: {text:.60}")),
            '#' if language == "ruby" && quote != '\'' => interpolates = Some('#'),
            '$' if quote == '`' && language != "go" => interpolates = Some('$'),
            '$' if quote == '"' && language == "php" => {
                return Err(format!("a variable in {text:.60}"));
            }
            _ if character == quote => return Ok(&text[at + character.len_utf8()..]),
            _ => {}
        }
    }
    Err(format!("a literal does not end: {text:.60}"))
}

fn is_balanced(code: &str) -> bool {
    let mut open = Vec::new();
    for character in code.chars() {
        match character {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(character) => return false,
            _ => {}
        }
    }
    open.is_empty()
}
