//! Playing a scenario: the engine is asked, the document answers.

use std::sync::Arc;

use corscope_fetch::request::Request;
use corscope_fetch::request_init::CrossOrigin;
use corscope_fetch::verdict::{Outcome, Verdict};
use corscope_fetch::{
    Answer, Api, Browser, Client, CredentialsMode, Fetch, NetworkFailure, Next, Options, Origin,
    PreflightCache, RequestInit, Response, UserAgent,
};
use url::Url;

use super::document::During;
use super::{
    AnswerDocument, CredentialsDocument, HopDocument, NetworkDocument, PageDocument,
    RequestDocument, Scenario, ScenarioError,
};

/// A scenario in the engine's terms: what the script asks, of which page, and all that is known of
/// the answers.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What the script asks for.
    pub init: RequestInit,
    /// The page.
    pub client: Client,
    /// Whether the credentials mode is unknown; `init` then has one of the two.
    pub credentials_unknown: bool,
    /// The answers to preflights, one a hop.
    pub preflights: Vec<Option<Answer>>,
    /// The answers to the request, one a hop.
    pub responses: Vec<Answer>,
    /// Whether a preflight whose answer is not known stays so. A scenario that says nothing of a hop
    /// means the first hop's answer; of an observed fetch that would be a guess.
    pub guesses_no_preflight: bool,
    /// Options of the engine.
    pub options: Options,
}

/// One profile's play of a subject.
#[derive(Clone, Debug)]
pub struct Play {
    /// What the browser does.
    pub verdict: Verdict,
    /// The same fetch with every fault passed over: it holds all faults, each with its leg. `None`
    /// when the verdict has no fault.
    pub survey: Option<Verdict>,
}

impl Subject {
    /// Reads a scenario's meaning.
    ///
    /// # Errors
    /// When a field's value cannot be meant, with its place.
    pub fn new(scenario: &Scenario) -> Result<Self, ScenarioError> {
        let mut subject = Self::of_request(&scenario.page, &scenario.request)?;
        subject.set_answers(
            scenario.preflight.as_ref(),
            &scenario.responses,
            scenario.network.as_ref(),
        )?;
        subject.options.target_space = scenario.target_address_space;
        if let Some(attributes) = &scenario.initiator_attributes {
            subject.init.crossorigin = attributes.crossorigin.as_deref().map(cross_origin);
            if let Some(integrity) = &attributes.integrity {
                subject.init.integrity.clone_from(integrity);
            }
        }
        Ok(subject)
    }

    /// Reads a page and a request, without answers.
    ///
    /// # Errors
    /// When a field's value cannot be meant, with its place.
    pub fn of_request(
        page: &PageDocument,
        request: &RequestDocument,
    ) -> Result<Self, ScenarioError> {
        let client = client(page)?;
        // An opaque page without a URL has no base that we could know.
        let is_relative = !has_scheme(&request.url)
            && Url::parse(&request.url) == Err(url::ParseError::RelativeUrlWithoutBase);
        let base = is_relative
            .then(|| {
                let of_origin = || Url::parse(client.origin.serialized()).ok();
                client.url.clone().or_else(of_origin)
            })
            .flatten();
        let url = match base {
            Some(base) => base
                .join(&request.url)
                .map_or_else(|_| request.url.clone(), String::from),
            None => request.url.clone(),
        };
        let credentials = request.credentials.map(|credentials| match credentials {
            CredentialsDocument::Omit => CredentialsMode::Omit,
            CredentialsDocument::SameOrigin => CredentialsMode::SameOrigin,
            CredentialsDocument::Include | CredentialsDocument::Unknown => CredentialsMode::Include,
        });
        let init = RequestInit {
            api: request.api,
            method: request.method.clone(),
            url,
            headers: request.headers.clone(),
            mode: request.mode,
            credentials,
            redirect: request.redirect,
            cache: request.cache,
            integrity: request.integrity.clone(),
            keepalive: request.keepalive,
            body: request.body.clone(),
            upload_listener: request.upload_listener && request.api == Api::Xhr,
            crossorigin: None,
        };
        Ok(Self {
            init,
            client,
            credentials_unknown: request.credentials == Some(CredentialsDocument::Unknown),
            preflights: Vec::new(),
            responses: Vec::new(),
            guesses_no_preflight: false,
            options: Options::default(),
        })
    }

    /// Sets what is known of the answers.
    ///
    /// # Errors
    /// When a status is none, with its place.
    pub fn set_answers(
        &mut self,
        preflight: Option<&AnswerDocument>,
        responses: &[HopDocument],
        network: Option<&NetworkDocument>,
    ) -> Result<(), ScenarioError> {
        let first = preflight
            .map(|it| answer(it.status, it.close, it, "preflight"))
            .transpose()?;
        self.preflights = Vec::with_capacity(responses.len().max(1));
        self.responses = Vec::with_capacity(responses.len());
        for (hop, document) in responses.iter().enumerate() {
            let preflight = match &document.preflight {
                Some(it) => {
                    let at = || format!("responses[{hop}].preflight");
                    Some(answer_at(
                        it.status,
                        it.close,
                        &it.headers.0,
                        it.body.as_ref(),
                        at,
                    )?)
                }
                None => None,
            };
            self.preflights.push(preflight);
            let at = || format!("responses[{hop}]");
            let body = document.body.as_ref();
            let headers = &document.headers.0;
            self.responses.push(answer_at(
                document.status,
                document.close,
                headers,
                body,
                at,
            )?);
        }
        if let Some(first) = first {
            match self.preflights.first_mut() {
                Some(slot) => *slot = Some(first),
                None => self.preflights.push(Some(first)),
            }
        }
        if let Some(network) = network {
            let failure = NetworkFailure {
                error: network.error.as_str().into(),
                closed: false,
            };
            let failure = Answer::Failure(failure);
            match network.during {
                During::Preflight => self.preflights = vec![Some(failure)],
                During::Actual => {
                    // What came before the failure stays: redirects, and a preflight.
                    self.responses.retain(|answer| {
                        matches!(answer, Answer::Response(response) if response.has_redirect_status())
                    });
                    self.responses.push(failure);
                }
            }
        }
        Ok(())
    }

    /// The host of the URL that is asked for first; `None` when it does not parse.
    pub fn target_host(&self) -> Option<String> {
        Url::parse(&self.init.url)
            .ok()?
            .host_str()
            .map(str::to_owned)
    }

    fn answer(&self, preflight: bool, hop: usize) -> Option<Answer> {
        if preflight {
            // A document's `preflight` answers at every hop that has no answer of its own.
            let own = self.preflights.get(hop).and_then(Option::as_ref);
            let first = self
                .preflights
                .first()
                .filter(|_| !self.guesses_no_preflight);
            own.or_else(|| first.and_then(Option::as_ref)).cloned()
        } else {
            self.responses.get(hop).cloned()
        }
    }

    /// Runs the engine once.
    pub fn run(
        &self,
        user_agent: &'static UserAgent,
        options: Options,
        cache: &mut PreflightCache,
        now: u64,
    ) -> Verdict {
        let fetch = Fetch::new(&self.init, &self.client, user_agent, options);
        self.answer_all(fetch, cache, now)
    }

    fn answer_all(&self, mut fetch: Fetch<'_>, cache: &mut PreflightCache, now: u64) -> Verdict {
        let mut next = fetch.start(cache, now);
        while next == Next::Send {
            let preflight = fetch.outgoing().is_some_and(|request| request.preflight);
            let Some(answer) = self.answer(preflight, fetch.hop()) else {
                break;
            };
            next = fetch.receive(answer, cache, now);
        }
        fetch.finish()
    }
}

impl super::Sequence {
    /// Reads the meaning of step `index`.
    ///
    /// # Errors
    /// When a field's value cannot be meant; the place names the step.
    pub fn subject(&self, index: usize, trace: bool) -> Result<Subject, ScenarioError> {
        let at = |mut error: ScenarioError| {
            error.at = format!("steps[{index}].{}", error.at);
            error
        };
        let Some(step) = self.steps.get(index) else {
            return Err(at(ScenarioError::new(
                "missing-field",
                "",
                "there is no such step",
            )));
        };
        let page = step.page.as_ref().unwrap_or(&self.page);
        let mut subject = Subject::of_request(page, &step.request).map_err(at)?;
        subject
            .set_answers(step.preflight.as_ref(), &step.responses, None)
            .map_err(at)?;
        subject.options.trace = trace;
        Ok(subject)
    }
}

/// Plays a subject by one profile's rules.
pub fn play(subject: &Subject, browser: Browser, cache: &mut PreflightCache, now: u64) -> Play {
    let url = Url::parse(&subject.init.url).ok().map(Arc::new);
    play_at(url.as_ref(), subject, browser, cache, now)
}

/// The same where the subject's URL is parsed already; `None` where it is none.
pub(crate) fn play_at(
    url: Option<&Arc<Url>>,
    subject: &Subject,
    browser: Browser,
    cache: &mut PreflightCache,
    now: u64,
) -> Play {
    let user_agent = browser.profile();
    // Both runs start from the same request: it is built once.
    let request = url.and_then(|url| Request::build_at(url, &subject.init, user_agent).ok());
    let run = |request: Option<Request>, options: Options, cache: &mut PreflightCache| {
        let client = &subject.client;
        let fetch = match request {
            Some(request) => Fetch::of(request, client, user_agent, options),
            None => Fetch::new(&subject.init, client, user_agent, options),
        };
        subject.answer_all(fetch, cache, now)
    };
    let verdict = run(request.clone(), subject.options, cache);
    let is_blocked = matches!(verdict.outcome, Outcome::Error | Outcome::Throw);
    let survey = is_blocked.then(|| {
        let options = Options {
            survey: true,
            trace: false,
            ..subject.options
        };
        // A survey must not change what later steps find cached.
        run(request, options, &mut PreflightCache::new())
    });
    Play { verdict, survey }
}

fn answer(
    status: u16,
    close: bool,
    document: &AnswerDocument,
    at: &str,
) -> Result<Answer, ScenarioError> {
    answer_at(
        status,
        close,
        &document.headers.0,
        document.body.as_ref(),
        || at.to_owned(),
    )
}

fn answer_at(
    status: u16,
    close: bool,
    headers: &corscope_fetch::HeaderList,
    body: Option<&String>,
    at: impl Fn() -> String,
) -> Result<Answer, ScenarioError> {
    if close {
        let error = "net::ERR_EMPTY_RESPONSE".into();
        return Ok(Answer::Failure(NetworkFailure {
            error,
            closed: true,
        }));
    }
    if !(200..=999).contains(&status) {
        let message = format!(
            "{status} is no final status: write 200 to 999, or \"close\": true for a connection \
             that is closed without an answer"
        );
        return Err(ScenarioError::new(
            "invalid-value",
            format!("{}.status", at()),
            message,
        ));
    }
    let body = body.map(|body| body.as_bytes().to_vec());
    Ok(Answer::Response(Arc::new(Response {
        status,
        header_list: headers.clone(),
        body,
    })))
}

fn client(page: &PageDocument) -> Result<Client, ScenarioError> {
    let url = match &page.url {
        Some(text) => Some(Url::parse(text).map_err(|error| {
            let message = format!("{text:?} is no absolute URL: {error}");
            ScenarioError::new("invalid-url", "page.url", message)
        })?),
        None => None,
    };
    if let Some(pattern) = page.origin.as_ref().filter(|origin| origin.contains('*')) {
        let message = format!(
            "{pattern:?} is a pattern; a page has one origin, such as \"https://app.example\""
        );
        return Err(ScenarioError::new("invalid-origin", "page.origin", message));
    }
    let origin = match (&page.origin, &url) {
        (Some(text), _) => Origin::parse(text).map_err(|error| {
            let message = format!("{text:?}: {error}");
            ScenarioError::new("invalid-origin", "page.origin", message)
        })?,
        (None, Some(url)) => Origin::of(url),
        (None, None) => {
            let message =
                "a page needs an origin or a url, such as \"origin\": \"https://app.example\"";
            return Err(ScenarioError::new("missing-field", "page", message));
        }
    };
    let origin = if page.sandboxed_iframe == Some(true) {
        Origin::Opaque
    } else {
        origin
    };
    Ok(Client {
        origin,
        url,
        address_space: page.address_space,
        csp: page.csp.clone(),
        secure_context: page.secure_context,
        embedder_policy: page.coep.unwrap_or_default(),
        local_network_permission: page.lna_permission,
    })
}

/// Whether a URL begins with a scheme, as absolute ones do. Not all do that have one: parsing passes
/// over white space before it.
fn has_scheme(url: &str) -> bool {
    let scheme = url.split(':').next().filter(|it| it.len() < url.len());
    scheme.is_some_and(|scheme| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
    })
}

fn cross_origin(attribute: &str) -> CrossOrigin {
    if attribute.eq_ignore_ascii_case("use-credentials") {
        CrossOrigin::UseCredentials
    } else {
        CrossOrigin::Anonymous
    }
}
