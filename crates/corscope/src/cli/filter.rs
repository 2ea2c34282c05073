//! `--filter`: the filter language on the command line.

use corscope_capture::Query;

/// Reads a filter, for clap.
///
/// # Errors
/// What is wrong with it, where, and what was perhaps meant.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    Query::parse(text).map_err(|error| {
        let (before, wrong) = text.split_at(error.span.start.min(text.len()));
        let wrong = wrong.get(..error.span.len()).unwrap_or(wrong);
        let carets = "^".repeat(wrong.chars().count().max(1));
        format!(
            "{error}\n  {text}\n  {}{carets}",
            " ".repeat(before.chars().count())
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_pointed_at() {
        let error = parse("status:200 corz:fail").unwrap_err();
        let lines: Vec<&str> = error.lines().collect();
        let at = lines[1].find("corz").unwrap();
        assert_eq!(lines[2].find('^'), Some(at), "{error}");
        assert!(lines[0].contains("cors"), "{error}");
        assert!(parse("cors:fail -host:cdn").is_ok());
    }
}
