//! Text as a quoted argument of a server's configuration.
//!
//! A server that knows no escape for a character gets the text without it: no origin and no token
//! holds one of these, and what is left out can neither end the quotes nor be read as a variable.

/// A string of nginx. nginx has no escape for `$`: a `geo` block names it `$cors_dollar`.
pub(super) fn nginx(text: &str) -> String {
    quoted(&text.replace('$', "${cors_dollar}"))
}

/// A string that nginx does not look for variables in: the left side of a `map`.
pub(super) fn nginx_pattern(text: &str) -> String {
    quoted(text)
}

/// A value of Apache's Header directive, where `%` starts a format and `${` a definition.
pub(super) fn apache(text: &str) -> String {
    quoted(&apache_pattern_text(&text.replace('%', "%%")))
}

/// A regular expression of Apache.
pub(super) fn apache_pattern(pattern: &str) -> String {
    quoted(&apache_pattern_text(pattern))
}

/// Apache replaces `${name}` wherever it stands, and reads `\${name}` no differently.
fn apache_pattern_text(text: &str) -> String {
    let mut text = text.to_owned();
    while text.contains("${") {
        text = text.replace("${", "$");
    }
    text
}

/// A value of Caddy, where `{` starts a placeholder.
pub(super) fn caddy(text: &str) -> String {
    caddy_pattern(&text.replace(['{', '}', '\\'], ""))
}

/// A regular expression of Caddy, which replaces `{$name}` wherever it stands. In quotes only `\"`
/// is an escape.
pub(super) fn caddy_pattern(pattern: &str) -> String {
    let mut pattern = printable(pattern);
    while pattern.contains("{$") {
        pattern = pattern.replace("{$", "{");
    }
    let mut text = String::with_capacity(pattern.len() + 2);
    let mut characters = pattern.chars();
    text.push('"');
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                text.push('\\');
                text.push(match characters.next() {
                    // A pattern cannot end within an escape: this would escape the quote.
                    None => '\\',
                    Some('"') => '"',
                    Some(next) => next,
                });
            }
            '"' => text.push_str("\\\""),
            _ => text.push(character),
        }
    }
    text.push('"');
    text
}

/// A value of HAProxy's header actions, where `%` starts a format.
pub(super) fn haproxy(text: &str) -> String {
    haproxy_pattern(&text.replace('%', "%%"))
}

/// A pattern of HAProxy, where `$` names a variable of the environment.
pub(super) fn haproxy_pattern(pattern: &str) -> String {
    quoted(pattern).replace('$', "\\$")
}

/// A string of Lua, of any version.
pub(super) fn lua(text: &str) -> String {
    quoted(text)
}

/// A string of YAML, which some stacks read as a template of Go first: `{{` would start an action.
pub(super) fn yaml(text: &str) -> String {
    super::literal::javascript(text).replace("{{", "{\\u007b")
}

/// An attribute of XML, quotes included.
pub(super) fn xml(text: &str) -> String {
    let text = printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    format!("\"{text}\"")
}

/// Double quotes in which a backslash escapes itself and the quote.
fn quoted(text: &str) -> String {
    let text = printable(text).replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{text}\"")
}

/// Header values and patterns hold printable ASCII; anything else could end a line.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|character| matches!(character, ' '..='~'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 12] = [
        "https://a.example\"; evil",
        "\"; } server { listen 1; } #",
        "back\\slash\\",
        "\\\"; evil; \\\\\"",
        "line\nfeed\r\0\u{2028}é",
        "${evil} $evil {$evil} {evil} {{evil}} #{evil}",
        "{{$$evil} $${{evil}",
        "%[env(evil)] %{evil}e %evil",
        "'; evil '",
        "`evil`",
        "\"/><evil x=\"&quot;",
        "]]> -- # //",
    ];

    /// What stands between the quotes, if the text is one quoted string on one line.
    fn inner(text: &str, backslash_escapes: impl Fn(char) -> bool) -> Option<String> {
        let mut characters = text.strip_prefix('"')?.chars().peekable();
        let mut inner = String::new();
        while let Some(character) = characters.next() {
            match character {
                '"' => return characters.next().is_none().then_some(inner),
                '\\' if characters.peek().copied().is_some_and(&backslash_escapes) => {
                    inner.extend(characters.next());
                }
                _ if character.is_control() => return None,
                _ => inner.push(character),
            }
        }
        None
    }

    #[test]
    fn hostile_text_stays_within_its_quotes() {
        for text in HOSTILE {
            for pattern in [text.to_owned(), crate::recipe::escape_regex(text)] {
                let usual = |next| matches!(next, '"' | '\\');
                for quoted in [
                    nginx(&pattern),
                    nginx_pattern(&pattern),
                    apache(&pattern),
                    apache_pattern(&pattern),
                    lua(&pattern),
                    yaml(&pattern),
                ] {
                    assert!(inner(&quoted, usual).is_some(), "{quoted}");
                }
                for quoted in [haproxy(&pattern), haproxy_pattern(&pattern)] {
                    let read = inner(&quoted, |next| matches!(next, '"' | '\\' | '$'));
                    assert!(read.is_some(), "{quoted}");
                }
                for quoted in [caddy(&pattern), caddy_pattern(&pattern)] {
                    // Caddy keeps a backslash that does not stand before a quote, and what follows.
                    assert!(inner(&quoted, usual).is_some(), "{quoted}");
                    assert!(!quoted.contains("{$"), "{quoted}");
                }
                let attribute = xml(&pattern);
                assert!(inner(&attribute, |_| false).is_some(), "{attribute}");
                assert!(!attribute.contains('<'), "{attribute}");
            }
        }
    }

    #[test]
    fn nothing_is_read_as_a_variable() {
        for text in HOSTILE {
            let nginx = nginx(text).replace("${cors_dollar}", "");
            assert!(!nginx.contains('$'), "{nginx}");
            let apache = apache(text).replace("%%", "");
            assert!(!apache.contains('%') && !apache.contains("${"), "{apache}");
            assert!(!caddy(text).contains(['{', '}']));
            assert!(!yaml(text).contains("{{"));
            let haproxy = haproxy(text).replace("%%", "").replace("\\$", "");
            assert!(!haproxy.contains(['%', '$']), "{haproxy}");
        }
    }

    #[test]
    fn tokens_stay_what_they_are() {
        let token = "!#$%&'*+-.^_`|~x";
        assert_eq!(nginx(token), "\"!#${cors_dollar}%&'*+-.^_`|~x\"");
        assert_eq!(apache(token), "\"!#$%%&'*+-.^_`|~x\"");
        assert_eq!(caddy(token), "\"!#$%&'*+-.^_`|~x\"");
        assert_eq!(haproxy(token), "\"!#\\$%%&'*+-.^_`|~x\"");
        assert_eq!(lua(token), "\"!#$%&'*+-.^_`|~x\"");
        assert_eq!(xml(token), "\"!#$%&amp;'*+-.^_`|~x\"");
        assert_eq!(apache_pattern("a\\.b$"), "\"a\\\\.b$\"");
        assert_eq!(caddy_pattern("a\\.b$"), "\"a\\.b$\"");
        assert_eq!(haproxy_pattern("a\\.b$"), "\"a\\\\.b\\$\"");
    }
}
