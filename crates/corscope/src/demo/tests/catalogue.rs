//! The list itself.

use std::collections::HashSet;

use crate::demo::catalogue::endpoints;
use crate::demo::{GROUPS, Outcome, Places};

fn is_kebab_case(code: &str) -> bool {
    !code.is_empty()
        && code.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[test]
fn slugs_and_rules_are_kebab_case_and_paths_are_unique() {
    let mut seen = HashSet::new();
    for endpoint in endpoints() {
        assert!(is_kebab_case(endpoint.slug), "{}", endpoint.slug);
        assert!(seen.insert(endpoint.slug), "{} twice", endpoint.slug);
        for code in endpoint.rule.iter().chain(endpoint.also) {
            assert!(is_kebab_case(code), "{}: {code}", endpoint.slug);
        }
        assert!(
            !["try", "catalogue"].contains(&endpoint.slug),
            "{} hides a page",
            endpoint.slug
        );
    }
}

#[test]
fn no_group_is_empty_and_only_healthy_endpoints_lack_a_rule() {
    for group in GROUPS {
        assert!(!group.endpoints.is_empty(), "{}", group.title);
    }
    for endpoint in endpoints() {
        let healthy = endpoint.rule.is_none();
        assert!(
            !healthy || endpoint.outcome == Outcome::Readable,
            "{}",
            endpoint.slug
        );
        assert!(!healthy || endpoint.also.is_empty(), "{}", endpoint.slug);
    }
}

#[test]
fn titles_are_short_sentences_without_an_end() {
    for endpoint in endpoints() {
        let title = endpoint.title;
        assert!(
            title.len() <= 80,
            "{}: {} bytes",
            endpoint.slug,
            title.len()
        );
        assert!(!title.ends_with('.'), "{}", endpoint.slug);
    }
}

#[test]
fn commands_begin_with_the_endpoints_own_url() {
    let places = Places::planned([127, 0, 0, 1].into(), 8377);
    for endpoint in endpoints() {
        let args = endpoint.check_args(&places);
        assert!(
            args[0].ends_with(&endpoint.path()),
            "{}: {}",
            endpoint.slug,
            args[0]
        );
        assert_eq!(args[1], "--from", "{}", endpoint.slug);
        assert!(
            !endpoint.command(&places).contains('{'),
            "{}",
            endpoint.command(&places)
        );
    }
}

/// Every root cause of the response, preflight and redirect kind that one exchange can show.
#[test]
fn each_root_cause_that_a_live_url_can_show_has_an_endpoint() {
    let rules: HashSet<_> = endpoints().filter_map(|endpoint| endpoint.rule).collect();
    for wanted in include_str!("root_causes.txt").split_whitespace() {
        assert!(rules.contains(wanted), "{wanted} has no endpoint");
    }
}
