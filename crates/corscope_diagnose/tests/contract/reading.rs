//! What a contract may say, and how each mistake is told.

use corscope_diagnose::contract::{
    ContractProblem, ExpectedOutcome, FilledHeaders, contract_from_toml,
};
use corscope_fetch::Browser;

use super::{GET, case, contract};

const ONE: &str = "[[case]]\nname = 'a'\nexpect = 'allowed'\n";

fn problems(text: &str) -> Vec<ContractProblem> {
    contract_from_toml(text.as_bytes(), None).unwrap_err()
}

#[test]
fn defaults_hold_where_a_case_says_nothing() {
    let text = format!(
        "version = 1\n[defaults]\nbase = 'https://api.test/v1/'\ncredentials = 'include'\n\
         browsers = ['firefox']\npage.url = 'https://app.test/x'\n\
         [[case]]\nname = 'relative'\nexpect = 'allowed'\nrequest.url = 'items?x=1'\n\
         [[case]]\nname = 'own'\nexpect = 'blocked'\nbrowsers = ['fetch']\n{GET}\
         request.credentials = 'omit'\n"
    );
    let cases = contract(&text).cases;
    let [relative, own] = &cases[..] else {
        panic!("{cases:?}")
    };
    assert_eq!(
        relative.scenario.request.url,
        "https://api.test/v1/items?x=1"
    );
    assert_eq!(
        relative.scenario.page.url.as_deref(),
        Some("https://app.test/x")
    );
    assert_eq!(relative.browsers, [Browser::Firefox]);
    assert_eq!(relative.position, (7, 1));
    assert!(relative.is_live());
    assert_eq!(
        own.scenario.page.origin.as_deref(),
        Some("https://app.test")
    );
    assert_eq!(own.browsers, [Browser::Fetch]);
    let credentials = |index: usize| cases[index].scenario.request.credentials;
    assert_ne!(credentials(0), credentials(1));
    assert_eq!(own.expect.outcome, ExpectedOutcome::Blocked);
    assert_eq!(
        case(&format!("expect = 'allowed'\n{GET}")).browsers,
        Browser::ALL
    );
}

#[test]
fn another_server_takes_the_place_of_the_base() {
    let moved = |defaults: &str, url: &str| {
        let text = format!(
            "version = 1\n{defaults}\n[[case]]\nname = 'a'\nexpect = 'allowed'\n\
             page.origin = 'https://app.test'\nrequest.url = '{url}'\n"
        );
        let to = "http://staging.test:8080".parse().unwrap();
        let contract = contract_from_toml(text.as_bytes(), Some(&to)).unwrap();
        contract.cases[0].scenario.request.url.clone()
    };
    let base = "defaults.base = 'https://api.test/v1/'";
    assert_eq!(
        moved("", "https://api.test/a?b"),
        "http://staging.test:8080/a?b"
    );
    assert_eq!(moved(base, "a"), "http://staging.test:8080/v1/a");
    assert_eq!(
        moved(base, "https://api.test/a"),
        "http://staging.test:8080/a"
    );
    // What belongs to others stays there.
    assert_eq!(moved(base, "https://cdn.test/a"), "https://cdn.test/a");
}

#[test]
fn each_mistake_names_its_place() {
    for (text, code, at, position) in [
        ("", "unknown-version", "version", (1, 1)),
        ("version = 2\n", "unknown-version", "version", (1, 11)),
        ("version = '1'\n", "unknown-version", "version", (1, 11)),
        ("version = 1\n", "no-case", "", (1, 1)),
        ("version = 1\ncase = []\n", "no-case", "", (1, 1)),
        (
            "version = 1\n[case]\nname = 'a'\n",
            "invalid-value",
            "case",
            (2, 1),
        ),
        (
            "version = 1\ncase = [1]\n",
            "invalid-value",
            "case[0]",
            (2, 9),
        ),
        ("version = 1\nname = \n", "invalid-toml", "", (2, 8)),
        (
            "version = 1\ncases = []\n",
            "unknown-field",
            "cases",
            (2, 1),
        ),
        (
            "version = 1\n[defaults]\npages = 1\n",
            "unknown-field",
            "defaults.pages",
            (3, 1),
        ),
        (
            "version = 1\n[defaults]\nbase = 'x'\n",
            "invalid-url",
            "defaults.base",
            (3, 9),
        ),
    ] {
        let found = problems(text);
        let first = found.iter().find(|it| it.code == code);
        let first = first.unwrap_or_else(|| panic!("{text}: {found:?}"));
        assert_eq!(
            (&*first.at, first.position),
            (at, Some(position)),
            "{text}: {first}"
        );
    }
    for (body, code, at, position) in [
        (
            "requests = {}\n",
            "unknown-field",
            "case[0].requests",
            (7, 1),
        ),
        ("id = 'x'\n", "unknown-field", "case[0].id", (7, 1)),
        (
            "request.methud = 'x'\n",
            "unknown-field",
            "case[0].request.methud",
            (7, 9),
        ),
        (
            "browsers = ['chrome']\n",
            "invalid-value",
            "case[0].browsers[0]",
            (7, 13),
        ),
        (
            "browsers = []\n",
            "invalid-value",
            "case[0].browsers",
            (7, 12),
        ),
        (
            "request.headers = [['a']]\n",
            "invalid-value",
            "case[0].request.headers[0]",
            (7, 20),
        ),
        (
            "request.credentials = 'unknown'\n",
            "invalid-value",
            "case[0].request.credentials",
            (7, 23),
        ),
        ("send = 'yes'\n", "invalid-value", "case[0].send", (7, 8)),
        (
            "request.headers = [['Authorization', '${X Y}']]\n",
            "invalid-placeholder",
            "case[0].request.headers[0]",
            (7, 20),
        ),
        (
            "request.headers = [['content-type', '${CT}']]\n",
            "invalid-placeholder",
            "case[0].request.headers[0]",
            (7, 20),
        ),
        (
            "responses = [{ status = 99 }]\n",
            "invalid-value",
            "case[0].responses[0].status",
            (7, 25),
        ),
        (
            "send = true\nresponses = [{ status = 200 }]\n",
            "invalid-value",
            "case[0].send",
            (7, 8),
        ),
    ] {
        let text = format!("version = 1\n{ONE}{GET}{body}");
        let found = problems(&text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        let first = &found[0];
        assert_eq!(
            (first.code, &*first.at, first.position),
            (code, at, Some(position)),
            "{first}"
        );
    }
}

#[test]
fn an_expectation_that_cannot_be_meant_is_refused() {
    for (expect, code, at) in [
        ("'alowed'", "invalid-value", "case[0].expect"),
        ("3", "invalid-value", "case[0].expect"),
        (
            "{ outcom = 'allowed' }",
            "unknown-field",
            "case[0].expect.outcom",
        ),
        (
            "{ rule = 'acao-misssing' }",
            "unknown-rule",
            "case[0].expect.rule",
        ),
        (
            "{ outcome = 'allowed', rule = 'acao-missing' }",
            "contradiction",
            "case[0].expect.rule",
        ),
        (
            "{ outcome = 'blocked', readable_headers = ['a'] }",
            "contradiction",
            "case[0].expect.readable_headers",
        ),
        (
            "{ outcome = 'opaque', unreadable_headers = ['a'] }",
            "contradiction",
            "case[0].expect.unreadable_headers",
        ),
        (
            "{ outcome = 'blocked', max_age_at_least = 1 }",
            "contradiction",
            "case[0].expect.max_age_at_least",
        ),
        (
            "{ preflight = false, max_age_at_least = 1 }",
            "contradiction",
            "case[0].expect.max_age_at_least",
        ),
        (
            "{ outcome = 'preflight-allowed', preflight = false }",
            "contradiction",
            "case[0].expect.preflight",
        ),
        (
            "{ max_age_at_least = -1 }",
            "invalid-value",
            "case[0].expect.max_age_at_least",
        ),
    ] {
        let found = problems(&format!(
            "version = 1\n[[case]]\nname = 'a'\nexpect = {expect}\n{GET}"
        ));
        assert_eq!(found.len(), 1, "{expect}: {found:?}");
        assert_eq!((found[0].code, &*found[0].at), (code, at), "{}", found[0]);
        assert_eq!(found[0].position.map(|it| it.0), Some(4), "{expect}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = format!(
        "version = 3\n{ONE}{GET}[[case]]\nname = 'a'\nexpect = 'allowed'\n{GET}\
         [[case]]\nexpact = 'allowed'\nrequest.url = '/x'\npage.origin = 'app'\n"
    );
    let found = problems(&text);
    let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
    assert_eq!(
        codes,
        [
            "unknown-version",
            "repeated-name",
            "missing-field",
            "missing-field",
            "unknown-field"
        ]
    );
    let lines: Vec<usize> = found
        .iter()
        .filter_map(|it| it.position)
        .map(|it| it.0)
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
    // Two mistakes of syntax are two errors.
    assert!(problems("version = \n[[case]\nname = 'a\n").len() >= 2);
}

#[test]
fn an_unknown_word_comes_with_those_that_are_known() {
    for (body, word, known) in [
        (
            "expect = 'allowed'\nrequest.url = 'https://a.test'\nrequest.methud = 'x'\n",
            "methud",
            "method",
        ),
        (
            "expekt = 'allowed'\nrequest.url = 'https://a.test'\n",
            "expekt",
            "expect",
        ),
        (
            "expect = 'alowed'\nrequest.url = 'https://a.test'\n",
            "alowed",
            "allowed",
        ),
        (
            "expect = { rule = 'acao-mising' }\nrequest.url = 'https://a.test'\n",
            "acao-mising",
            "acao-missing",
        ),
    ] {
        let text =
            format!("version = 1\n[[case]]\nname = 'a'\npage.origin = 'https://p.test'\n{body}");
        let found = contract_from_toml(text.as_bytes(), None).unwrap_err();
        let unknown = found.iter().find_map(|it| it.unknown.clone()).unwrap();
        assert_eq!(unknown.0, word);
        assert!(unknown.1.iter().any(|it| it == known), "{unknown:?}");
    }
}

#[test]
fn rubbish_is_an_error_and_no_panic() {
    let good = format!("version = 1\n{ONE}{GET}request.headers = [['A', '${{B}}']]\n");
    assert!(contract_from_toml(good.as_bytes(), None).is_ok());
    // Every prefix, and every byte made something else.
    for end in 0..good.len() {
        let _ = contract_from_toml(&good.as_bytes()[..end], None);
        for other in [b'\0', b'[', b'"', b'$', b'=', b'\n', 0xFF] {
            let mut text = good.clone().into_bytes();
            text[end] = other;
            let _ = contract_from_toml(&text, None);
        }
    }
    let deep = format!("version = 1\ncase = {}", "[".repeat(100_000));
    assert!(contract_from_toml(deep.as_bytes(), None).is_err());
    assert_eq!(problems(&"x".repeat(11 * 1024 * 1024))[0].code, "too-long");
    assert_eq!(
        contract_from_toml(b"\xff", None).unwrap_err()[0].code,
        "not-utf8"
    );
}

#[test]
fn a_token_comes_from_the_environment() {
    let case = case(&format!(
        "expect = 'allowed'\n{GET}request.headers = [['Authorization', 'Bearer ${{T}}'], ['X', '${{A}}-${{_b1}}']]\n"
    ));
    let of = |name: &str| match name {
        "T" => Some("t0k".to_owned()),
        "A" => Some("a".to_owned()),
        "_b1" => Some("b".to_owned()),
        _ => None,
    };
    let FilledHeaders { headers, secrets } = case.filled_headers(&of).unwrap();
    assert_eq!(headers[0].1, "Bearer t0k");
    assert_eq!(headers[1].1, "a-b");
    assert_eq!(secrets.len(), 3);
    assert!(!format!("{secrets:?}").contains("t0k"));
    for wrong in [
        None,
        Some(String::new()),
        Some("a\nb".to_owned()),
        Some("☃".to_owned()),
    ] {
        let of = |_: &str| wrong.clone();
        let problems = case.filled_headers(&of).unwrap_err();
        assert_eq!(problems.len(), 3);
        assert!(problems[0].message.contains('T'), "{problems:?}");
        assert!(!problems[0].message.contains("a\nb"), "{problems:?}");
    }
}
