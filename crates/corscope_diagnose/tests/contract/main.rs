//! Contracts: what is read, what is refused with its place, and what each expectation means.

mod expectations;
mod reading;
mod writing;

use corscope_diagnose::contract::{Broken, Case, Contract, broken, contract_from_toml};
use corscope_diagnose::scenario::{Subject, play};
use corscope_diagnose::{Sight, diagnose};
use corscope_fetch::{Browser, PreflightCache};

/// The page and the request of most cases here.
const GET: &str = "page.origin = 'https://app.test'\nrequest.url = 'https://api.test/x'\n";
const PUT: &str = "page.origin = 'https://app.test'\n\
                   request = { method = 'PUT', url = 'https://api.test/x' }\n";

fn contract(text: &str) -> Contract {
    contract_from_toml(text.as_bytes(), None).unwrap_or_else(|problems| {
        panic!("{text}\n{problems:#?}");
    })
}

/// A contract of one case with this body.
fn case(body: &str) -> Case {
    let text = format!("version = 1\n[[case]]\nname = 'n'\n{body}");
    contract(&text).cases.remove(0)
}

/// What a case with these answers does not keep, in one browser.
fn broken_in(browser: Browser, case: &Case) -> Vec<Broken> {
    let subject = Subject::new(&case.scenario).unwrap();
    let played = play(&subject, browser, &mut PreflightCache::new(), 0);
    let sight = Sight {
        subject: &subject,
        scenario: Some(&case.scenario),
        play: &played,
    };
    broken(case, &sight, &diagnose(&sight))
}

/// The same, in each browser that the case asks for; of all browsers the first complaint.
fn first_broken(body: &str) -> Option<(&'static str, String, String)> {
    let case = case(body);
    let mut found = case
        .browsers
        .iter()
        .flat_map(|browser| broken_in(*browser, &case));
    found
        .next()
        .map(|it| (it.expectation, it.expected, it.actual))
}
