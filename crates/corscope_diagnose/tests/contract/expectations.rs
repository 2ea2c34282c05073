//! Each expectation, kept and broken.

use corscope_fetch::Browser;

use super::{GET, PUT, broken_in, case, first_broken};

const ALLOWED: &str = "responses = [{ status = 200, headers = [\
    ['Access-Control-Allow-Origin', 'https://app.test'], ['Vary', 'Accept, origin'], \
    ['Access-Control-Expose-Headers', 'X-Total'], ['X-Total', '3'], ['X-Secret', 's']] }]\n";
const REFUSED: &str = "responses = [{ status = 200, headers = [] }]\n";
const PREFLIGHT: &str = "preflight = { status = 204, headers = [\
    ['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Methods', 'PUT'], \
    ['Access-Control-Max-Age', '3600']] }\n";

fn kept(expect: &str, rest: &str) {
    assert_eq!(
        first_broken(&format!("expect = {expect}\n{rest}")),
        None,
        "{expect}\n{rest}"
    );
}

fn breaks(expect: &str, rest: &str, expectation: &str, expected: &str, actual: &str) {
    let found = first_broken(&format!("expect = {expect}\n{rest}"));
    let (name, wanted, is) = found.unwrap_or_else(|| panic!("{expect} is kept\n{rest}"));
    assert_eq!((name, &*wanted), (expectation, expected), "{expect}");
    assert!(is.contains(actual), "{expect}: {is}");
}

#[test]
fn outcomes() {
    let (allowed, refused) = (format!("{GET}{ALLOWED}"), format!("{GET}{REFUSED}"));
    kept("'allowed'", &allowed);
    breaks(
        "'allowed'",
        &refused,
        "outcome",
        "allowed",
        "blocked by acao-missing",
    );
    kept("'blocked'", &refused);
    breaks(
        "'blocked'",
        &allowed,
        "outcome",
        "blocked",
        "allowed, status 200: the answer says `Access-Control-Allow-Origin: https://app.test`",
    );
    let opaque = format!("{GET}request.mode = 'no-cors'\n{REFUSED}");
    kept("'opaque'", &opaque);
    breaks("'allowed'", &opaque, "outcome", "allowed", "opaque");
    breaks("'opaque'", &refused, "outcome", "opaque", "blocked");
}

#[test]
fn what_is_not_known_is_never_kept() {
    for word in ["allowed", "blocked", "opaque", "preflight-allowed"] {
        let unknown = format!("{GET}network = {{ error = 'x', during = 'preflight' }}\n");
        let text = format!("expect = '{word}'\n{unknown}");
        let (_, wanted, is) = first_broken(&text).unwrap();
        assert_eq!(
            (&*wanted, is.starts_with("not known: send GET")),
            (word, true),
            "{is}"
        );
    }
    // A live case whose PUT is not sent says what to do.
    let unsent = case(&format!("expect = 'allowed'\n{PUT}"));
    let found = broken_in(Browser::Fetch, &unsent);
    assert!(
        found[0].actual.contains("not known: send the preflight"),
        "{found:?}"
    );
}

#[test]
fn a_preflight_may_be_all_that_is_tested() {
    kept("'preflight-allowed'", &format!("{PUT}{PREFLIGHT}"));
    kept("'preflight-allowed'", &format!("{PUT}{PREFLIGHT}{REFUSED}"));
    breaks(
        "'preflight-allowed'",
        &format!("{PUT}preflight = {{ status = 204, headers = [] }}\n"),
        "outcome",
        "preflight-allowed",
        "blocked by preflight-acao-missing",
    );
    breaks(
        "'preflight-allowed'",
        &format!("{GET}{ALLOWED}"),
        "outcome",
        "preflight-allowed",
        "no preflight is sent",
    );
}

#[test]
fn the_rule_of_a_refusal() {
    let refused = format!("{GET}{REFUSED}");
    kept("{ rule = 'acao-missing' }", &refused);
    breaks(
        "{ rule = 'acao-mismatch' }",
        &refused,
        "rule",
        "acao-mismatch",
        "acao-missing",
    );
    // Whoever names a rule expects a refusal.
    breaks(
        "{ rule = 'acao-missing' }",
        &format!("{GET}{ALLOWED}"),
        "outcome",
        "blocked",
        "allowed",
    );
}

#[test]
fn headers_that_a_script_can_and_cannot_read() {
    let allowed = format!("{GET}{ALLOWED}");
    kept(
        "{ readable_headers = ['X-Total'], unreadable_headers = ['x-secret', 'X-None'] }",
        &allowed,
    );
    let name = "readable_headers";
    breaks(
        "{ readable_headers = ['X-Total', 'X-Secret'] }",
        &allowed,
        name,
        "a script can read X-Secret",
        "does not expose it",
    );
    breaks(
        "{ readable_headers = ['X-None'] }",
        &allowed,
        name,
        "a script can read X-None",
        "does not have it",
    );
    breaks(
        "{ unreadable_headers = ['X-TOTAL'] }",
        &allowed,
        "unreadable_headers",
        "a script cannot read X-TOTAL",
        "it can",
    );
}

#[test]
fn whether_a_preflight_is_sent() {
    let (simple, other) = (
        format!("{GET}{ALLOWED}"),
        format!("{PUT}{PREFLIGHT}{ALLOWED}"),
    );
    kept("{ preflight = false }", &simple);
    kept("{ preflight = true }", &other);
    breaks(
        "{ preflight = true }",
        &simple,
        "preflight",
        "a preflight is sent",
        "none is",
    );
    breaks(
        "{ preflight = false }",
        &other,
        "preflight",
        "no preflight is sent",
        "one is, for PUT",
    );
}

#[test]
fn how_long_a_preflight_is_kept() {
    let other = format!("{PUT}{PREFLIGHT}{ALLOWED}");
    let name = "max_age_at_least";
    // WebKit keeps nothing longer than 600 seconds, whatever a server says.
    kept("{ max_age_at_least = 3600 }", &other);
    breaks(
        "{ max_age_at_least = 3601 }",
        &other,
        name,
        "the preflight's answer is kept for 3601 s",
        "3600 s (Access-Control-Max-Age: 3600)",
    );
    let silent = other.replace("['Access-Control-Max-Age', '3600']", "['X', '']");
    breaks(
        "{ max_age_at_least = 6 }",
        &silent,
        name,
        "the preflight's answer is kept for 6 s",
        "5 s (no Access-Control-Max-Age)",
    );
    breaks(
        "{ max_age_at_least = 1 }",
        &format!("{GET}{ALLOWED}"),
        name,
        "the preflight's answer is kept for 1 s",
        "no preflight is sent",
    );
}

#[test]
fn whether_the_answer_varies_with_the_origin() {
    let allowed = format!("{GET}{ALLOWED}");
    let fixed = allowed.replace("Accept, origin", "Accept-Encoding");
    kept("{ vary_origin = true }", &allowed);
    kept(
        "{ vary_origin = true }",
        &allowed.replace("Accept, origin", "*"),
    );
    kept("{ vary_origin = false }", &fixed);
    let name = "vary_origin";
    breaks(
        "{ vary_origin = true }",
        &fixed,
        name,
        "the answer says Vary: Origin",
        "Vary: Accept-Encoding",
    );
    breaks(
        "{ vary_origin = false }",
        &allowed,
        name,
        "the answer does not vary with the origin",
        "Vary: Accept, origin",
    );
    breaks(
        "{ outcome = 'preflight-allowed', vary_origin = true }",
        &format!("{PUT}{PREFLIGHT}"),
        name,
        "the answer says Vary: Origin",
        "the request itself has no answer",
    );
}

#[test]
fn nothing_else_is_wrong() {
    let allowed = format!("{GET}{ALLOWED}");
    kept("{ clean = true }", &allowed);
    kept(
        "{ outcome = 'blocked', clean = true }",
        &format!("{GET}{REFUSED}"),
    );
    // Reflected without Vary: a shared cache gives one page's answer to another.
    let risky = allowed.replace("['Vary', 'Accept, origin'], ", "");
    breaks(
        "{ clean = true }",
        &risky,
        "clean",
        "no other problem",
        "vary",
    );
}

#[test]
fn every_browser_that_is_asked_for_must_keep_it() {
    // WebKit alone takes http://127.0.0.1 for mixed content on an https page.
    let local = "page.origin = 'https://app.test'\nrequest.url = 'http://127.0.0.1:8001/x'\n\
                 responses = [{ status = 200, headers = [['Access-Control-Allow-Origin', '*']] }]\n";
    let all = case(&format!("expect = 'allowed'\n{local}"));
    let broken: Vec<&str> = all
        .browsers
        .iter()
        .filter(|browser| !broken_in(**browser, &all).is_empty())
        .map(|browser| browser.name())
        .collect();
    assert_eq!(broken, ["webkit"]);
    kept(
        "'allowed'",
        &format!("browsers = ['chromium', 'firefox']\n{local}"),
    );
}
