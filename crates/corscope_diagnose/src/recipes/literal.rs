//! Text as a string literal, or a pattern as a regular expression's literal, of a language.
//!
//! Origins and tokens may hold quotes, dollars, backticks and hashes: whatever a policy says must
//! stay text in the configuration it is pasted into.

use std::fmt::Write as _;

/// A string of JavaScript, TypeScript and JSON. `<` is escaped so that a page may hold it, too.
pub(super) fn javascript(text: &str) -> String {
    quoted(text, |character, escaped| match character {
        '<' | '\u{2028}' | '\u{2029}' => utf16(character, escaped),
        _ if is_plain(character) => escaped.push(character),
        _ => utf16(character, escaped),
    })
}

/// A regular expression of JavaScript.
pub(super) fn javascript_regex(pattern: &str) -> String {
    slashed(pattern, &['/'])
}

/// A string of Python.
pub(super) fn python(text: &str) -> String {
    quoted(text, |character, escaped| {
        if is_plain(character) {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "\\U{:08x}", character as u32);
        }
    })
}

/// A string of Python that holds a regular expression: raw where it can be.
pub(super) fn python_regex(pattern: &str) -> String {
    if pattern.contains('"') || pattern.ends_with('\\') || !pattern.chars().all(is_plain) {
        python(pattern)
    } else {
        format!("r\"{pattern}\"")
    }
}

/// A string of Rust.
pub(super) fn rust(text: &str) -> String {
    quoted(text, |character, escaped| {
        if is_plain(character) {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "\\u{{{:x}}}", character as u32);
        }
    })
}

/// A string of Go.
pub(super) fn go(text: &str) -> String {
    python(text)
}

/// A string of Go that holds a regular expression: raw where it can be.
pub(super) fn go_regex(pattern: &str) -> String {
    if pattern.contains('`') || !pattern.chars().all(is_plain) {
        go(pattern)
    } else {
        format!("`{pattern}`")
    }
}

/// A string of Java. Java reads `\u0022` as a quote before it looks for strings, so that control
/// characters are written in octal.
pub(super) fn java(text: &str) -> String {
    quoted(text, |character, escaped| {
        if is_plain(character) {
            escaped.push(character);
        } else if character.is_ascii() {
            let _ = write!(escaped, "\\{:03o}", character as u32);
        } else {
            utf16(character, escaped);
        }
    })
}

/// A string of C#.
pub(super) fn csharp(text: &str) -> String {
    quoted(text, |character, escaped| {
        if is_plain(character) {
            escaped.push(character);
        } else {
            utf16(character, escaped);
        }
    })
}

/// A string of Ruby, where `#` would interpolate.
pub(super) fn ruby(text: &str) -> String {
    quoted(text, |character, escaped| {
        if character == '#' {
            escaped.push_str("\\#");
        } else if is_plain(character) {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "\\u{{{:x}}}", character as u32);
        }
    })
}

/// A regular expression of Ruby, where `#` would interpolate.
pub(super) fn ruby_regex(pattern: &str) -> String {
    slashed(pattern, &['/', '#'])
}

/// A string of PHP. Single quotes know no variables; double ones can write control characters.
pub(super) fn php(text: &str) -> String {
    if text.chars().any(char::is_control) {
        return quoted(text, |character, escaped| match character {
            '$' => escaped.push_str("\\$"),
            _ if is_plain(character) => escaped.push(character),
            _ => {
                let _ = write!(escaped, "\\u{{{:x}}}", character as u32);
            }
        });
    }
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A string of PHP that holds an anchored regular expression with its delimiters.
pub(super) fn php_regex(pattern: &str) -> String {
    // Without D, `$` would also match before a last line feed.
    php(&format!("#{}#D", pattern.replace('#', "\\#")))
}

/// Double quotes around text; `other` writes what is neither a quote nor a backslash.
fn quoted(text: &str, other: impl Fn(char, &mut String)) -> String {
    let mut escaped = String::with_capacity(text.len() + 2);
    escaped.push('"');
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            _ => other(character, &mut escaped),
        }
    }
    escaped.push('"');
    escaped
}

/// Slashes around a pattern. What is escaped already stays as it is.
fn slashed(pattern: &str, special: &[char]) -> String {
    let mut escaped = String::with_capacity(pattern.len() + 8);
    escaped.push('/');
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            escaped.push('\\');
            // A pattern that ends in the middle of an escape must not escape the closing slash.
            escaped.push(characters.next().unwrap_or('\\'));
        } else if special.contains(&character) {
            escaped.push('\\');
            escaped.push(character);
        } else if is_plain(character) {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "\\u{:04x}", character as u32);
        }
    }
    escaped.push('/');
    escaped
}

/// Printable ASCII: what needs no number.
fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~')
}

fn utf16(character: char, escaped: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        let _ = write!(escaped, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 9] = [
        "\"; evil(); \"",
        "'; evil(); '",
        "back\\slash\\",
        "line\nfeed\r\0",
        "${evil} #{evil} $evil #$evil #@evil {$evil}",
        "</script><script>",
        "`evil` $(evil) %{evil}",
        "é \u{2028} 😀",
        "// /* # --",
    ];

    /// Everything between the quotes, with `\` taking the next character along.
    fn is_one_literal(literal: &str) -> bool {
        let mut characters = literal.chars();
        let Some(quote) = characters.next() else {
            return false;
        };
        while let Some(character) = characters.next() {
            if character == '\\' && quote != '`' {
                characters.next();
            } else if character == quote {
                return characters.next().is_none();
            } else if character.is_control() {
                return false;
            }
        }
        false
    }

    #[test]
    fn hostile_text_stays_one_literal_on_one_line() {
        for text in HOSTILE {
            for (language, literal) in [
                ("javascript", javascript(text)),
                ("python", python(text)),
                ("rust", rust(text)),
                ("go", go(text)),
                ("java", java(text)),
                ("csharp", csharp(text)),
                ("ruby", ruby(text)),
                ("php", php(text)),
            ] {
                assert!(is_one_literal(&literal), "{language}: {literal}");
            }
        }
    }

    #[test]
    fn hostile_patterns_stay_one_literal_on_one_line() {
        for text in HOSTILE {
            for pattern in [crate::recipe::escape_regex(text), text.to_owned()] {
                for literal in [
                    javascript_regex(&pattern),
                    ruby_regex(&pattern),
                    php_regex(&pattern),
                    go_regex(&pattern),
                    python_regex(&pattern).trim_start_matches('r').to_owned(),
                ] {
                    assert!(is_one_literal(&literal), "{literal}");
                }
            }
        }
    }

    #[test]
    fn each_language_reads_the_text_back() {
        let text = "a\"b\\c\n$d#{e}'</é😀";
        assert_eq!(
            javascript(text),
            r#""a\"b\\c\u000a$d#{e}'\u003c/\u00e9\ud83d\ude00""#
        );
        assert_eq!(
            serde_json::from_str::<String>(&javascript(text)).unwrap(),
            text
        );
        assert_eq!(
            python(text),
            r#""a\"b\\c\U0000000a$d#{e}'</\U000000e9\U0001f600""#
        );
        assert_eq!(rust(text), r#""a\"b\\c\u{a}$d#{e}'</\u{e9}\u{1f600}""#);
        assert_eq!(java(text), r#""a\"b\\c\012$d#{e}'</\u00e9\ud83d\ude00""#);
        assert_eq!(
            csharp(text),
            r#""a\"b\\c\u000a$d#{e}'</\u00e9\ud83d\ude00""#
        );
        assert_eq!(ruby(text), r#""a\"b\\c\u{a}$d\#{e}'</\u{e9}\u{1f600}""#);
        assert_eq!(php(text), r#""a\"b\\c\u{a}\$d#{e}'</\u{e9}\u{1f600}""#);
        assert_eq!(php("a'b\\$c"), r"'a\'b\\$c'");
    }

    #[test]
    fn patterns_keep_their_escapes() {
        let pattern = r"^https://[a-z]+\.a\.test$";
        assert_eq!(javascript_regex(pattern), r"/^https:\/\/[a-z]+\.a\.test$/");
        assert_eq!(python_regex(pattern), format!("r\"{pattern}\""));
        assert_eq!(go_regex(pattern), format!("`{pattern}`"));
        assert_eq!(php_regex(pattern), r"'#^https://[a-z]+\\.a\\.test$#D'");
        assert_eq!(ruby_regex("a#{b}"), r"/a\#{b}/");
    }
}
