//! What a rule may look at: the scenario, the verdict, and the leg in question.

use std::borrow::Cow;

use corscope_fetch::header_values::list_elements;
use corscope_fetch::verdict::Verdict;
use corscope_fetch::{Client, CredentialsMode, Fault, Leg, RequestInit, Response};

use crate::scenario::{Play, Scenario, Subject};

/// Everything that is known about one fetch.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// What the script asked, of which page.
    pub subject: &'a Subject,
    /// What else is known: probes, cookies, earlier loads, what the script wants to read.
    pub scenario: Option<&'a Scenario>,
    /// What the browser does, and the survey behind it.
    pub play: &'a Play,
}

impl<'a> Sight<'a> {
    /// What the script asked for.
    pub fn init(&self) -> &'a RequestInit {
        &self.subject.init
    }

    /// The page.
    pub fn client(&self) -> &'a Client {
        &self.subject.client
    }

    /// The page's serialized origin.
    pub fn page_origin(&self) -> &'a str {
        self.subject.client.origin.serialized()
    }

    /// The verdict with all legs: the survey's where there is one.
    pub fn whole(&self) -> &'a Verdict {
        self.play.survey.as_ref().unwrap_or(&self.play.verdict)
    }

    /// Every fault, in the order in which they would come up.
    pub fn faults(&self) -> &'a [Fault] {
        &self.whole().faults
    }

    /// The leg of a fault.
    pub fn leg(&self, fault: &Fault) -> Option<&'a Leg> {
        self.whole().leg_of(fault)
    }

    /// The response at a fault's leg.
    pub fn response(&self, fault: &Fault) -> Option<&'a Response> {
        self.leg(fault).and_then(Leg::response).map(AsRef::as_ref)
    }

    /// Whether a fault is on a preflight.
    pub fn on_preflight(&self, fault: &Fault) -> bool {
        self.leg(fault).is_some_and(|leg| leg.request.preflight)
    }

    /// The status of the response at a fault's leg.
    pub fn status(&self, fault: &Fault) -> Option<u16> {
        self.response(fault).map(|response| response.status)
    }

    /// A response header at a fault's leg, its lines joined, as text.
    pub fn header(&self, fault: &Fault, name: &str) -> Option<Cow<'a, str>> {
        self.response(fault)
            .and_then(|response| text(response, name))
    }

    /// The origin that the response at a fault's leg is compared with.
    pub fn wanted_origin(&self, fault: &Fault) -> &'a str {
        self.leg(fault)
            .and_then(|leg| leg.checked_origin.as_deref())
            .unwrap_or_else(|| self.page_origin())
    }

    /// Whether the credentials mode is `include`.
    pub fn includes_credentials(&self) -> bool {
        match &self.whole().request {
            Some(request) => request.credentials == CredentialsMode::Include,
            None => self.init().credentials == Some(CredentialsMode::Include),
        }
    }

    /// The preflights that were answered, first to last.
    pub fn preflights(&self) -> impl Iterator<Item = &'a Leg> + use<'a> {
        self.whole().legs.iter().filter(|leg| leg.request.preflight)
    }

    /// The last response to the request itself, with its leg's index.
    pub fn final_response(&self) -> Option<(usize, &'a Response)> {
        let legs = &self.whole().legs;
        let (index, leg) = legs
            .iter()
            .enumerate()
            .rev()
            .find(|(_, leg)| !leg.request.preflight)?;
        leg.response().map(|response| (index, response.as_ref()))
    }

    /// The request's method, as sent.
    pub fn method(&self) -> &'a str {
        match &self.whole().request {
            Some(request) => &request.method,
            None => &self.init().method,
        }
    }
}

/// A response header, its lines joined, as text.
pub fn text<'a>(response: &'a Response, name: &str) -> Option<Cow<'a, str>> {
    response.header_list.get(name).map(|value| match value {
        Cow::Borrowed(bytes) => crate::scenario::latin1(bytes),
        Cow::Owned(bytes) => Cow::Owned(crate::scenario::latin1(&bytes).into_owned()),
    })
}

/// Whether list header `name` of a response has `token`, ASCII case ignored.
pub fn lists(response: &Response, name: &str, token: &str) -> bool {
    let found = list_elements(&response.header_list, name)
        .any(|element| element.token.eq_ignore_ascii_case(token.as_bytes()));
    found
}
