//! What a script (or an element) asks for, before the platform has made a
//! [request](https://fetch.spec.whatwg.org/#concept-request) of it.

use serde::{Deserialize, Serialize};

/// Who makes the request. The names are those of the scenario document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `fetch()`.
    #[default]
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
    /// `<img>`.
    Img,
    /// A classic `<script>`.
    Script,
    /// `<script type=module>`, `import()`, `<link rel=modulepreload>`.
    Module,
    /// `<link rel=stylesheet>`.
    Style,
    /// `@font-face`, `FontFace`.
    Font,
    /// `<audio>`, `<video>`.
    Media,
    /// `EventSource`.
    EventSource,
    /// `navigator.sendBeacon()`.
    Beacon,
    /// `WebSocket`.
    WebSocket,
    /// `Worker`, `SharedWorker`.
    Worker,
    /// An image that is drawn on a canvas and read back.
    Canvas,
    /// `<iframe>`.
    Iframe,
}

/// A request's [mode](https://fetch.spec.whatwg.org/#concept-request-mode), as a script may ask
/// for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// `cors`
    Cors,
    /// `no-cors`
    NoCors,
    /// `same-origin`
    SameOrigin,
    /// `navigate`: only the platform may use it; a script that asks for it gets a TypeError.
    Navigate,
    /// `websocket`: only the platform may use it.
    #[serde(rename = "websocket")]
    WebSocket,
}

/// A request's [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialsMode {
    /// `omit`
    Omit,
    /// `same-origin`
    SameOrigin,
    /// `include`
    Include,
}

/// A request's [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectMode {
    /// `follow`
    #[default]
    Follow,
    /// `error`
    Error,
    /// `manual`
    Manual,
}

/// A request's [cache mode](https://fetch.spec.whatwg.org/#concept-request-cache-mode).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CacheMode {
    /// `default`
    #[default]
    Default,
    /// `no-store`
    NoStore,
    /// `reload`
    Reload,
    /// `no-cache`
    NoCache,
    /// `force-cache`
    ForceCache,
    /// `only-if-cached`
    OnlyIfCached,
}

/// What kind of [BodyInit](https://fetch.spec.whatwg.org/#bodyinit-unions) a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyType {
    /// A string: `text/plain;charset=UTF-8`.
    String,
    /// A `Blob`: its own type.
    Blob,
    /// An `ArrayBuffer` or a view: no type.
    ArrayBuffer,
    /// A `FormData`: `multipart/form-data`.
    FormData,
    /// A `URLSearchParams`: `application/x-www-form-urlencoded;charset=UTF-8`.
    UrlSearchParams,
    /// A `ReadableStream`: no type, and a preflight.
    Stream,
}

/// The body that a script gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: BodyType,
    /// Its text; only its length matters to a verdict.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub data: String,
    /// The type of a `Blob`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// A `crossorigin` content attribute, as
/// [HTML](https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attributes)
/// reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrossOrigin {
    /// `anonymous`, the empty string, or any unknown keyword.
    Anonymous,
    /// `use-credentials`
    UseCredentials,
}

/// Everything a script or an element says about one request. Fields that are `None` take the
/// API's own default.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestInit {
    /// Who asks.
    pub api: Api,
    /// The method as given, before normalization; the empty string is no token.
    pub method: String,
    /// The URL as given; it must be absolute.
    pub url: String,
    /// Header names and values as given, in order.
    pub headers: Vec<(String, String)>,
    /// The mode asked for.
    pub mode: Option<Mode>,
    /// The credentials mode asked for; for XHR, `withCredentials` is `Include`.
    pub credentials: Option<CredentialsMode>,
    /// The redirect mode.
    pub redirect: RedirectMode,
    /// The cache mode.
    pub cache: CacheMode,
    /// The integrity metadata; empty when there is none.
    pub integrity: String,
    /// The keepalive flag.
    pub keepalive: bool,
    /// The body, if any.
    pub body: Option<Body>,
    /// XHR: whether a listener was on `xhr.upload` when `send()` was called.
    pub upload_listener: bool,
    /// Elements: the `crossorigin` attribute, if it is there.
    pub crossorigin: Option<CrossOrigin>,
}

impl Default for RequestInit {
    fn default() -> Self {
        Self {
            api: Api::default(),
            method: "GET".into(),
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
            crossorigin: None,
        }
    }
}
