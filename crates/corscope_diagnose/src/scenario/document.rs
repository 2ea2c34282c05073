//! The scenario document as it is written.

use corscope_fetch::client::EmbedderPolicy;
use corscope_fetch::local_network_access::Permission;
use corscope_fetch::request_init::{Body, CacheMode, RedirectMode};
use corscope_fetch::{AddressSpace, Api, Mode};
use serde::{Deserialize, Serialize};

use super::RawHeaders;

/// The page that makes the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageDocument {
    /// Its serialized origin, or `null`; by default its URL's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The address space it was loaded from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_space: Option<AddressSpace>,
    /// Its Content-Security-Policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csp: Option<String>,
    /// Whether it is an iframe with `sandbox` and without `allow-same-origin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandboxed_iframe: Option<bool>,
    /// Whether the script is an extension's content script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_script: Option<bool>,
    /// Whether a service worker controls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_worker: Option<bool>,
    /// Its Cross-Origin-Embedder-Policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coep: Option<EmbedderPolicy>,
    /// Whether it is a secure context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secure_context: Option<bool>,
    /// The state of its Local Network Access permission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lna_permission: Option<Permission>,
}

/// A credentials mode, or that it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialsDocument {
    /// `omit`
    Omit,
    /// `same-origin`
    SameOrigin,
    /// `include`
    Include,
    /// Not known: both outcomes are reported.
    Unknown,
}

/// What the script asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestDocument {
    /// Who asks.
    #[serde(default)]
    pub api: Api,
    /// The method, as given; by default the API's.
    #[serde(default = "get")]
    pub method: String,
    /// The URL; relative ones need the page's.
    pub url: String,
    /// The headers that the script sets, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// The credentials mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<CredentialsDocument>,
    /// The redirect mode.
    #[serde(default)]
    pub redirect: RedirectMode,
    /// The cache mode.
    #[serde(default)]
    pub cache: CacheMode,
    /// The integrity metadata.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub integrity: String,
    /// Whether the request outlives the page.
    #[serde(default)]
    pub keepalive: bool,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// XHR: whether a listener is on `xhr.upload`.
    #[serde(default)]
    pub upload_listener: bool,
}

fn get() -> String {
    "GET".to_owned()
}

impl Default for RequestDocument {
    fn default() -> Self {
        Self {
            api: Api::default(),
            method: get(),
            url: String::new(),
            headers: Vec::new(),
            mode: None,
            credentials: None,
            redirect: RedirectMode::default(),
            cache: CacheMode::default(),
            integrity: String::new(),
            keepalive: false,
            body: None,
            upload_listener: false,
        }
    }
}

/// A server's answer to a preflight, to a probe, or to an earlier load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerDocument {
    /// The status; may be left out when the connection is closed.
    #[serde(default)]
    pub status: u16,
    /// The header list, raw.
    #[serde(default)]
    pub headers: RawHeaders,
    /// Whether the connection is closed without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub close: bool,
    /// The body's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// A server's answer at one hop of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HopDocument {
    /// The status; may be left out when the connection is closed.
    #[serde(default)]
    pub status: u16,
    /// The header list, raw.
    #[serde(default)]
    pub headers: RawHeaders,
    /// Whether the connection is closed without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub close: bool,
    /// The body's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The answer to a preflight that is sent to this hop's URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<AnswerDocument>,
}

/// Attributes of the element that loads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributesDocument {
    /// The `crossorigin` attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crossorigin: Option<String>,
    /// The `integrity` attribute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
}

/// When the network failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum During {
    /// While the preflight was sent.
    Preflight,
    /// While the request itself was sent.
    #[default]
    #[serde(alias = "response", alias = "request")]
    Actual,
}

/// A failure below HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkDocument {
    /// Its name, such as `net::ERR_CONNECTION_REFUSED`.
    pub error: String,
    /// When it happened.
    #[serde(default)]
    pub during: During,
}

/// A cookie that a server set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CookieDocument {
    /// The URL or origin that set it.
    pub set_by: String,
    /// The Set-Cookie value.
    pub attributes: String,
}

/// A diagnostic request and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeDocument {
    /// What it is for.
    #[serde(default)]
    pub note: String,
    /// Its method.
    #[serde(default)]
    pub method: String,
    /// Its URL.
    pub url: String,
    /// What was sent.
    #[serde(default)]
    pub request_headers: RawHeaders,
    /// The answer's status; 0 when there was none.
    #[serde(default)]
    pub status: u16,
    /// The answer's header list.
    #[serde(default)]
    pub headers: RawHeaders,
    /// The answer's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// An earlier load of the same URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorDocument {
    /// Who loaded it.
    #[serde(default)]
    pub api: Api,
    /// Its URL.
    pub url: String,
    /// What was sent.
    #[serde(default)]
    pub request_headers: RawHeaders,
    /// What came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<AnswerDocument>,
}

/// A scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Any name; echoed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The page.
    pub page: PageDocument,
    /// The request.
    pub request: RequestDocument,
    /// The answer to the first hop's preflight; `None` when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<AnswerDocument>,
    /// The answers, one a hop; what is missing is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<HopDocument>,
    /// The loading element's attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiator_attributes: Option<AttributesDocument>,
    /// Response headers that the script wants to read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
    /// A failure below HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkDocument>,
    /// The address space that the target resolves to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_address_space: Option<AddressSpace>,
    /// Cookies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<CookieDocument>,
    /// Probes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<ProbeDocument>,
    /// Earlier loads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior: Vec<PriorDocument>,
}

/// One step of a sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceStep {
    /// Milliseconds before this step.
    #[serde(default)]
    pub wait: u64,
    /// The page, where it is not the sequence's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageDocument>,
    /// The request.
    pub request: RequestDocument,
    /// The answer to the first hop's preflight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preflight: Option<AnswerDocument>,
    /// The answers, one a hop.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<HopDocument>,
}

/// Requests that share one CORS-preflight cache and one clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Any name; echoed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The page.
    pub page: PageDocument,
    /// The requests, in order.
    pub steps: Vec<SequenceStep>,
}
