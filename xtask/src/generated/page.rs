//! The markers of a page and the blocks below them.

/// A marker's command and the block that stands below it.
pub(super) struct Block<'a> {
    /// The command as the marker names it.
    pub(super) command: &'a str,
    /// What the block holds; `None` when there is none yet.
    pub(super) printed: Option<&'a str>,
}

const FENCE: &str = "```";

/// `text` with the block below each marker replaced by what `print` makes of it.
pub(super) fn renew(
    text: &str,
    mut print: impl FnMut(&Block<'_>) -> Result<String, String>,
) -> Result<String, String> {
    let mut renewed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(line) = rest.split_inclusive('\n').next() {
        rest = &rest[line.len()..];
        renewed.push_str(line);
        let Some(command) = command(line) else {
            continue;
        };
        let printed =
            take_block(&mut rest).map_err(|()| format!("the block of `{command}` has no end"))?;
        let printed = print(&Block { command, printed })?;
        if !renewed.ends_with('\n') {
            renewed.push('\n');
        }
        renewed.push_str(&format!("{FENCE}text\n{printed}{FENCE}\n"));
    }
    Ok(renewed)
}

fn command(line: &str) -> Option<&str> {
    line.trim().strip_prefix("<!-- run: ")?.strip_suffix(" -->")
}

/// Takes a fenced block off the start of `rest`.
fn take_block<'a>(rest: &mut &'a str) -> Result<Option<&'a str>, ()> {
    if !rest.starts_with(FENCE) {
        return Ok(None);
    }
    let (_, body) = rest.split_once('\n').ok_or(())?;
    let end = if body.starts_with(FENCE) {
        0
    } else {
        body.find("\n```").ok_or(())? + 1
    };
    let after = &body[end + FENCE.len()..];
    *rest = after.strip_prefix('\n').unwrap_or(after);
    Ok(Some(&body[..end]))
}

/// A command line's words, quotes taken as a shell does; `None` when a quote stays open.
pub(super) fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in command.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, letter) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renewed(text: &str) -> Result<String, String> {
        renew(text, |block| Ok(format!("$ {}\nnew\n", block.command)))
    }

    #[test]
    fn a_block_is_replaced_and_the_rest_stays() {
        let page = "# A\n<!-- run: corscope rules -->\n```text\nold\n\nold\n```\nB\n";
        let after = "# A\n<!-- run: corscope rules -->\n```text\n$ corscope rules\nnew\n```\nB\n";
        assert_eq!(renewed(page).as_deref(), Ok(after));
        assert_eq!(renewed(after).as_deref(), Ok(after));
    }

    #[test]
    fn a_marker_without_a_block_gets_one() {
        let after = "<!-- run: corscope rules -->\n```text\n$ corscope rules\nnew\n```\n\nB\n";
        assert_eq!(
            renewed("<!-- run: corscope rules -->\n\nB\n").as_deref(),
            Ok(after)
        );
    }

    #[test]
    fn an_empty_block_is_filled() {
        let page = "<!-- run: corscope rules -->\n```text\n```\nB";
        assert!(renewed(page).is_ok_and(|page| page.ends_with("new\n```\nB")));
    }

    #[test]
    fn other_comments_and_blocks_stay() {
        let page = "<!-- example -->\n```text\n<x>\n```\n";
        assert_eq!(renewed(page).as_deref(), Ok(page));
    }

    #[test]
    fn a_block_without_an_end_is_an_error() {
        assert!(renewed("<!-- run: corscope rules -->\n```text\nold\n").is_err());
    }

    #[test]
    fn the_printed_text_is_handed_over() {
        let mut seen = None;
        let page = "<!-- run: corscope rules -->\n```text\na\nb\n```\n";
        let _ = renew(page, |block| {
            seen = block.printed.map(str::to_owned);
            Ok(String::new())
        });
        assert_eq!(seen.as_deref(), Some("a\nb\n"));
    }

    #[test]
    fn words_are_split_as_in_a_shell() {
        assert_eq!(
            words("corscope check -H 'X-Foo: 1' --data \"it's\" ''").as_deref(),
            Some(
                &["corscope", "check", "-H", "X-Foo: 1", "--data", "it's", ""].map(String::from)[..]
            )
        );
        assert_eq!(words("corscope 'open"), None);
    }
}
