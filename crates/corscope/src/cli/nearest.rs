//! The names nearest to one that is unknown.

/// Up to `most` names that a misspelt one may mean, the nearest first.
pub(super) fn nearest<'n>(
    wanted: &str,
    names: impl IntoIterator<Item = &'n str>,
    most: usize,
) -> Vec<&'n str> {
    let wanted = wanted.to_ascii_lowercase();
    let limit = (wanted.chars().count() / 3).max(2);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_ascii_lowercase();
            let distance = distance(&wanted, &lower);
            let is_part = wanted.len() >= 3 && lower.contains(&wanted)
                || lower.len() >= 3 && wanted.contains(&lower);
            match (distance <= limit, is_part) {
                (true, _) => Some((distance, name)),
                (false, true) => Some((limit + distance, name)),
                (false, false) => None,
            }
        })
        .collect();
    found.sort_unstable();
    found.into_iter().take(most).map(|(_, name)| name).collect()
}

/// How many characters must be put in, taken out or replaced.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, character) in one.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, candidate) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(character != *candidate);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_understood() {
        let names = ["nginx", "apache", "aws-api-gateway", "spring", "express"];
        assert_eq!(nearest("ngnix", names, 3), ["nginx"]);
        assert_eq!(nearest("Apache2.4", names, 3), ["apache"]);
        assert_eq!(nearest("api-gateway", names, 3), ["aws-api-gateway"]);
        assert!(nearest("qwertyuiop", names, 3).is_empty());
        assert!(nearest("", names, 3).is_empty());
    }
}
