//! The recipes for servers, platforms and development proxies: whatever a policy says stays inside
//! of quotes, nothing wider than the policy is written, and the files say what is.

use corscope_diagnose::recipe::{Recipe, Rendered, StackKind};
use corscope_diagnose::recipes::RECIPES;
use corscope_fetch::policy::Policy;

use crate::hostile;
use crate::policies::{HOSTILE, MARK, build, document, origins_only, varied};

fn recipes() -> impl Iterator<Item = &'static Recipe> {
    RECIPES
        .iter()
        .copied()
        .filter(|recipe| recipe.kind != StackKind::Framework)
}

/// Policies whose values hold every character that an origin or a token may hold. Apps have
/// schemes of their own, whose hosts the URL standard leaves as they are.
fn corpus() -> Vec<Policy> {
    let tokens = [
        "zqx!#$%&'*+-.^_`|~",
        "$zqx",
        "zqx$",
        "%zqx%",
        "'zqx'",
        "`zqx`",
        "#zqx",
    ];
    let documents = vec![
        document(&["https://zqx.example"], &[], &[]),
        document(&["http://[::1]:3000", "null"], &["zqx"], &["X-zqx"]),
        document(&["https://*.zqx.example:8443"], &["zqx"], &["zqx"]),
        document(
            &["https://zqx.example", "https://my_zqx.example"],
            &tokens,
            &tokens,
        ),
        document(&["*"], &tokens, &tokens),
        document(&["*"], &["*"], &["*"]),
        document(
            &[
                "app://zqx\";evil",
                "app://zqx\"}evil{",
                "app://zqx'$`{}evil",
                "app://${zqx}",
                "app://{$zqx}",
                "app://{{zqx}}",
                "app://%[zqx]",
                "app://zqx%{evil}e",
                "app://*.zqx\";{$evil}",
                "app://*.${zqx}",
            ],
            &tokens,
            &tokens,
        ),
    ];
    varied(origins_only(documents))
}

#[test]
fn the_corpus_holds_hostile_origins() {
    let text = format!("{:?}", corpus());
    for character in ['\'', '$', '`', '"', '{', ';', '%'] {
        let is_held = text.match_indices("app://").any(|(at, _)| {
            let origin: String = text[at + 6..].chars().take(12).collect();
            origin.contains(character)
        });
        assert!(is_held, "no origin holds {character}");
    }
}

#[test]
fn every_value_stays_inside_quotes() {
    let mut policies = corpus();
    policies.extend(hostile::policies(HOSTILE, MARK));
    for recipe in recipes() {
        for policy in &policies {
            let Rendered { code, .. } = (recipe.render)(policy);
            let rest = without_quoted(recipe.language, &code)
                .unwrap_or_else(|problem| panic!("{}: {problem}\n{code}", recipe.stack));
            assert!(!rest.contains(MARK), "{}: {MARK} in\n{rest}", recipe.stack);
            assert!(!rest.contains("evil"), "{}:\n{rest}", recipe.stack);
        }
    }
}

#[test]
fn no_value_is_read_as_a_variable() {
    for policy in corpus() {
        for recipe in recipes() {
            let Rendered { code, .. } = (recipe.render)(&policy);
            let read: &[&str] = match recipe.stack {
                "caddy" => &["{$"],
                "apache" => &["${"],
                "haproxy" => &["%[zqx", "\"$", " $"],
                "traefik" => &["{{"],
                _ => &[],
            };
            for variable in read {
                assert!(
                    !code.contains(variable),
                    "{}: {variable}\n{code}",
                    recipe.stack
                );
            }
            if recipe.stack == "nginx" {
                // Values stand on the right; patterns on the left are not looked through.
                for line in code.lines().filter(|line| line.contains("default \"")) {
                    let value = line.replace("${cors_dollar}", "");
                    let is_definition = line.trim() == "default \"$\";";
                    assert!(is_definition || !value.contains('$'), "{line}");
                }
            }
        }
    }
}

#[test]
fn nothing_wider_is_written_in_silence() {
    let policy = build(&document(
        &["https://app.example", "https://*.app.example"],
        &["PUT", "ODD"],
        &["X-Foo"],
    ));
    for recipe in recipes().filter(|recipe| recipe.kind != StackKind::DevProxy) {
        let Rendered { code, limits } = (recipe.render)(&policy);
        assert!(!code.contains("\"*\""), "{}:\n{code}", recipe.stack);
        let says = |text: &str| {
            code.to_ascii_lowercase().contains(text)
                || limits
                    .iter()
                    .any(|limit| limit.to_ascii_lowercase().contains(text))
        };
        for wanted in ["https://app.example", "app.example", "odd", "x-foo"] {
            let is_platform_list = recipe.stack == "azure-app-service";
            let is_known = is_platform_list && says("every method and every request-header");
            let is_regex = says(&wanted.replace('.', "\\.")) || says(&wanted.replace('.', "\\\\."));
            assert!(
                says(wanted) || is_known || is_regex,
                "{} hides {wanted}:\n{code}\n{limits:?}",
                recipe.stack
            );
        }
    }
}

/// The code without its quoted strings, regular expressions and comments.
fn without_quoted(language: &str, code: &str) -> Result<String, String> {
    let is_script = matches!(language, "javascript" | "typescript");
    let comment = match language {
        "lua" => "--",
        "javascript" | "typescript" => "//",
        "xml" | "json" => "\0",
        _ => "#",
    };
    let mut rest = String::new();
    for line in code.lines() {
        if line.trim_start().starts_with(comment) {
            if line.contains(MARK) {
                return Err(format!("a value in a comment: {line}"));
            }
            continue;
        }
        let mut characters = line.chars();
        while let Some(character) = characters.next() {
            let starts_regex =
                is_script && character == '/' && rest.trim_end().ends_with(['(', ',', '=', '[']);
            if character != '"' && !starts_regex {
                rest.push(character);
                continue;
            }
            // Something stays where the string was.
            rest.push('§');
            loop {
                match characters.next() {
                    None => return Err(format!("a string does not end: {line}")),
                    Some('\\') if language != "xml" => {
                        characters.next();
                    }
                    Some(next) if next == character => break,
                    Some(_) => {}
                }
            }
        }
        rest.push('\n');
    }
    Ok(rest)
}
