//! Patterns with `*` and `?`.

/// Whether `text` fits `pattern`, in which `*` stands for any bytes and `?` for one. Takes at most
/// `pattern.len() * text.len()` steps, whatever the pattern.
pub(super) fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, seen));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match &mut star {
                // The last star takes one byte more.
                Some((after, from)) => {
                    *from += 1;
                    (at, seen) = (*after, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_what_they_say() {
        for (pattern, text, wanted) in [
            ("/api/*", "/api/a/b", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("*.json", "/x/y.json", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
            ("**", "anything", true),
        ] {
            assert_eq!(
                fits(pattern.as_bytes(), text.as_bytes()),
                wanted,
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let pattern = "*a".repeat(200);
        let text = "a".repeat(5000) + "b";
        assert!(!fits(pattern.as_bytes(), text.as_bytes()));
    }
}
