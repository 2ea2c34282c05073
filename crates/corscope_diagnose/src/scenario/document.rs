//! The scenario document as it is written.

use std::borrow::Cow;
use std::fmt;

use corscope_fetch::client::EmbedderPolicy;
use corscope_fetch::local_network_access::Permission;
use corscope_fetch::request_init::{Body, CacheMode, RedirectMode};
use corscope_fetch::{AddressSpace, Api, HeaderList, Mode};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A raw header list in a document: `[name, value]` pairs, the value's bytes as Latin-1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawHeaders(pub HeaderList);

impl<'de> Deserialize<'de> for RawHeaders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = RawHeaders;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of [name, value] pairs")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pairs: A) -> Result<RawHeaders, A::Error> {
                let mut list = HeaderList::with_capacity(8, 256);
                while let Some(Pair(name, value)) = pairs.next_element()? {
                    list.push(name, value);
                }
                Ok(RawHeaders(list))
            }
        }
        deserializer.deserialize_seq(Pairs)
    }
}

/// One `[name, value]` pair, already bytes.
struct Pair<'a>(Cow<'a, [u8]>, Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Pair<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairVisitor;
        impl<'de> Visitor<'de> for PairVisitor {
            type Value = Pair<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a [name, value] pair of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Pair<'de>, A::Error> {
                let missing = || A::Error::custom("a header is a pair: [name, value]");
                let name: Latin1 = pair.next_element()?.ok_or_else(missing)?;
                let value: Latin1 = pair.next_element()?.ok_or_else(missing)?;
                if pair.next_element::<serde::de::IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom(
                        "a header is a pair: [name, value]; this has more",
                    ));
                }
                Ok(Pair(name.0, value.0))
            }
        }
        deserializer.deserialize_seq(PairVisitor)
    }
}

/// A string of code points up to U+00FF, as bytes.
struct Latin1<'a>(Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Latin1<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Latin1<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_borrowed_str<E: serde::de::Error>(
                self,
                text: &'de str,
            ) -> Result<Latin1<'de>, E> {
                if text.is_ascii() {
                    return Ok(Latin1(Cow::Borrowed(text.as_bytes())));
                }
                self.visit_str(text)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Latin1<'de>, E> {
                let byte = |code_point: char| {
                    u8::try_from(u32::from(code_point)).map_err(|_| {
                        E::custom(format_args!(
                            "{code_point:?} is no byte: a response header holds the code points \
                             U+0000 to U+00FF, one for each byte on the wire"
                        ))
                    })
                };
                text.chars()
                    .map(byte)
                    .collect::<Result<_, E>>()
                    .map(|bytes| Latin1(Cow::Owned(bytes)))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl Serialize for RawHeaders {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pairs = serializer.serialize_seq(Some(self.0.len()))?;
        for header in self.0.iter() {
            pairs.serialize_element(&[latin1(header.name), latin1(header.value)])?;
        }
        pairs.end()
    }
}

/// Bytes as the string of their code points.
pub(crate) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestDocument {
    /// Who asks.
    #[serde(default)]
    pub api: Api,
    /// The method, as given; by default the API's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
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
