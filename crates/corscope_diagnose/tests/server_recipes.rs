//! The recipes for servers, platforms and development proxies: whatever a policy says stays inside
//! of quotes, nothing wider than the policy is written, and the files say what is.

mod hostile;

use std::path::Path;

use corscope_diagnose::recipe::{Recipe, Rendered, StackKind};
use corscope_diagnose::recipes::RECIPES;
use corscope_fetch::policy::{Policy, PolicyDocument};

/// Stands in every value, so that it can be found outside of the quotes.
const MARK: &str = "zqx";

/// How many policies of chance each recipe is tried with.
const HOSTILE: usize = 400;

fn recipes() -> impl Iterator<Item = &'static Recipe> {
    RECIPES
        .iter()
        .copied()
        .filter(|recipe| recipe.kind != StackKind::Framework)
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn document(origins: &[&str], methods: &[&str], names: &[&str]) -> PolicyDocument {
    PolicyDocument {
        origins: strings(origins),
        methods: strings(methods),
        headers: strings(names),
        expose: strings(names),
        ..PolicyDocument::default()
    }
}

fn build(document: &PolicyDocument) -> Policy {
    document
        .build(true)
        .unwrap_or_else(|findings| panic!("{document:?}: {findings:?}"))
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
    let mut documents = vec![
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
    // Which of the strange ones are origins is the standard's word.
    for document in &mut documents {
        document.origins.retain(|origin| {
            let alone = PolicyDocument {
                origins: vec![origin.clone()],
                ..PolicyDocument::default()
            };
            alone.build(true).is_ok()
        });
    }
    let mut policies = Vec::new();
    for document in documents
        .iter()
        .filter(|document| !document.origins.is_empty())
    {
        for credentials in [false, true] {
            for max_age in [None, Some(600)] {
                policies.push(build(&PolicyDocument {
                    credentials,
                    max_age,
                    private_network: credentials,
                    ..document.clone()
                }));
            }
        }
    }
    policies
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

/// `BLESS=1 cargo test -p corscope_diagnose --test server_recipes` writes the files under
/// `tests/golden/recipes` anew; read the difference before you commit it.
#[test]
fn each_recipe_is_written_as_the_golden_file_says() {
    let one = document(&["https://app.example.com"], &[], &[]);
    let full = PolicyDocument {
        headers: strings(&["Content-Type", "X-Foo"]),
        expose: strings(&["X-Total", "ETag"]),
        credentials: true,
        max_age: Some(600),
        ..document(
            &[
                "https://app.example.com",
                "https://admin.example.com",
                "http://localhost:5173",
            ],
            &["PUT", "DELETE"],
            &[],
        )
    };
    let subdomains = PolicyDocument {
        credentials: true,
        ..document(
            &["https://example.com", "https://*.example.com"],
            &["PATCH"],
            &[],
        )
    };
    let public = document(&["*"], &["PUT"], &["*"]);
    let mut differing = Vec::new();
    for (name, document) in [
        ("one-origin", one),
        ("full", full),
        ("subdomains", subdomains),
        ("public", public),
    ] {
        let policy = build(&document);
        for recipe in recipes() {
            let Rendered { code, limits } = (recipe.render)(&policy);
            let mut text = code;
            for limit in limits {
                text.push_str("\nlimit: ");
                text.push_str(&limit);
                text.push('\n');
            }
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/golden/recipes")
                .join(name);
            let path = folder.join(format!("{}.txt", recipe.stack));
            if std::env::var_os("BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, text).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
                differing.push(format!("{name}/{}: now\n{text}", recipe.stack));
            }
        }
    }
    let differing = differing.join("\n");
    assert!(
        differing.is_empty(),
        "BLESS=1 writes the files anew\n{differing}"
    );
}

#[test]
fn names_and_aliases_are_their_own() {
    let mut seen = std::collections::BTreeSet::new();
    for recipe in RECIPES {
        for name in recipe.aliases.iter().chain(std::iter::once(&recipe.stack)) {
            assert!(seen.insert(*name), "{name} stands for two recipes");
        }
        assert!(!recipe.pitfalls.is_empty(), "{}", recipe.stack);
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
