//! [Building a request](https://fetch.spec.whatwg.org/#dom-request) from what a script or an
//! element says: methods, header guards, modes, bodies.

use std::borrow::Cow;
use std::sync::Arc;

use url::Url;

use crate::cause::Cause;
use crate::content_type;
use crate::forbidden::{
    is_forbidden_method, is_forbidden_request_header, is_token, normalize_method,
};
use crate::header_list::{HeaderList, trim_http_whitespace};
use crate::origin::has_credentials;
use crate::request_init::{
    Api, BodyType, CacheMode, CredentialsMode, CrossOrigin, Mode, RedirectMode, RequestInit,
};
use crate::safelist::{
    is_no_cors_safelisted_name, is_safelisted_method, mime_essence, safelisted_request_header,
};
use crate::user_agent::{DroppedBlobType, StreamUpload, UserAgent};

/// Keepalive bodies may have this many bytes in flight.
const KEEPALIVE_LIMIT: usize = 64 * 1024;

/// What a request's body is, once it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestBody {
    /// None.
    None,
    /// Bytes that can be sent again after a redirect.
    Source,
    /// A stream, which cannot.
    Stream,
}

/// A [request](https://fetch.spec.whatwg.org/#concept-request).
#[derive(Clone, Debug)]
pub struct Request {
    /// Who made it.
    pub api: Api,
    /// The method, normalized.
    pub method: Cow<'static, str>,
    /// The [current URL](https://fetch.spec.whatwg.org/#concept-request-current-url).
    pub url: Arc<Url>,
    /// The header list: what the script set, and the body's Content-Type.
    pub header_list: HeaderList,
    /// Whether Content-Type came from the body.
    pub content_type_from_body: bool,
    /// The mode.
    pub mode: Mode,
    /// The credentials mode.
    pub credentials: CredentialsMode,
    /// The redirect mode.
    pub redirect: RedirectMode,
    /// The cache mode.
    pub cache: CacheMode,
    /// The integrity metadata.
    pub integrity: Box<str>,
    /// The body.
    pub body: RequestBody,
    /// The [unsafe-request flag](https://fetch.spec.whatwg.org/#unsafe-request-flag).
    pub unsafe_request: bool,
    /// The [use-CORS-preflight flag](https://fetch.spec.whatwg.org/#use-cors-preflight-flag).
    pub use_cors_preflight: bool,
    /// Why the browser refuses it before anything is sent, without an exception.
    pub refused: Option<Cause>,
    /// Headers that the script set and the browser dropped.
    pub dropped: HeaderList,
}

impl Request {
    /// Builds a request as `user_agent` does.
    ///
    /// # Errors
    /// The cause, when the API throws.
    pub fn build(init: &RequestInit, user_agent: &UserAgent) -> Result<Self, Cause> {
        let url = Url::parse(&init.url).map_err(|_| Cause::InvalidUrl)?;
        Self::build_at(&Arc::new(url), init, user_agent)
    }

    /// The same where `init`'s URL is parsed already.
    ///
    /// # Errors
    /// The cause, when the API throws.
    pub fn build_at(
        url: &Arc<Url>,
        init: &RequestInit,
        user_agent: &UserAgent,
    ) -> Result<Self, Cause> {
        let is_fetch = init.api == Api::Fetch;
        // XHR has no word for redirect mode, cache mode, integrity and keepalive.
        let is_xhr = init.api == Api::Xhr;
        if is_fetch && has_credentials(url) {
            return Err(Cause::UrlHasCredentials);
        }
        let (mode, credentials) = defaults(init)?;
        let given = match init.api {
            Api::Beacon => "POST", // sendBeacon() has no word for the method
            _ => &*init.method,
        };
        if is_fetch && init.cache == CacheMode::OnlyIfCached && mode != Mode::SameOrigin {
            return Err(Cause::OnlyIfCachedNeedsSameOrigin);
        }
        if !is_token(given.as_bytes()) {
            return Err(Cause::InvalidMethod);
        }
        if is_forbidden_method(given.as_bytes()) {
            return Err(Cause::ForbiddenMethod);
        }
        let method = normalize_method(given);
        if is_fetch && mode == Mode::NoCors && !is_safelisted_method(method.as_bytes()) {
            return Err(Cause::NoCorsMethodNotAllowed);
        }
        let mut request = Self {
            api: init.api,
            method,
            url: Arc::clone(url),
            header_list: HeaderList::new(),
            content_type_from_body: false,
            mode,
            credentials,
            redirect: match init.api {
                Api::WebSocket => RedirectMode::Error, // a handshake is never redirected
                Api::Xhr => RedirectMode::Follow,
                _ => init.redirect,
            },
            cache: if is_xhr {
                CacheMode::Default
            } else {
                init.cache
            },
            integrity: if is_xhr { "" } else { &*init.integrity }.into(),
            body: RequestBody::None,
            unsafe_request: matches!(init.api, Api::Fetch | Api::Xhr | Api::Beacon),
            use_cors_preflight: false,
            refused: None,
            dropped: HeaderList::new(),
        };
        request.fill_headers(&init.headers, user_agent)?;
        request.take_body(init, user_agent)?;
        if init.api == Api::Beacon {
            request.settle_beacon_mode(user_agent);
        }
        Ok(request)
    }

    /// [Fills](https://fetch.spec.whatwg.org/#concept-headers-fill) the header list under its
    /// guard: `request`, or `request-no-cors`.
    fn fill_headers(
        &mut self,
        headers: &[(String, String)],
        user_agent: &UserAgent,
    ) -> Result<(), Cause> {
        let bytes = headers
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        self.header_list = HeaderList::with_capacity(headers.len() + 1, bytes);
        for (index, (name, value)) in headers.iter().enumerate() {
            if !is_token(name.as_bytes()) {
                return Err(Cause::InvalidHeaderName { header: index });
            }
            let latin1;
            let value = if value.is_ascii() {
                value.as_bytes()
            } else {
                latin1 =
                    isomorphic_encode(value).ok_or(Cause::InvalidHeaderValue { header: index })?;
                &latin1
            };
            let value = trim_http_whitespace(value);
            if value.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r')) {
                return Err(Cause::InvalidHeaderValue { header: index });
            }
            self.append(name, value, user_agent);
        }
        Ok(())
    }

    /// [Appends](https://fetch.spec.whatwg.org/#concept-headers-append) one header under the guard.
    fn append(&mut self, name: &str, value: &[u8], user_agent: &UserAgent) {
        let dropped = is_forbidden_request_header(name.as_bytes(), value)
            || (user_agent.drops_script_user_agent && name.eq_ignore_ascii_case("user-agent"))
            || (self.mode == Mode::NoCors && !self.is_no_cors_safelisted(name, value, user_agent));
        if dropped {
            self.dropped.push(name, value);
            return;
        }
        let earlier = match self.api {
            Api::Xhr => self.header_list.get(name),
            _ => None, // Headers keeps the lines apart, only setRequestHeader() combines
        };
        if let Some(earlier) = earlier {
            let combined = [&*earlier, value].join(&b", "[..]);
            let first = self.header_list.lines_named(name).next();
            let spelling = first.map(|(_, header)| header.name.to_vec());
            let spelling = spelling.and_then(|name| String::from_utf8(name).ok());
            self.header_list
                .set(spelling.as_deref().unwrap_or(name), combined);
        } else {
            self.header_list.push(name, value);
        }
    }

    fn is_no_cors_safelisted(&self, name: &str, value: &[u8], user_agent: &UserAgent) -> bool {
        let mut joined = self.header_list.get(name).map(|old| old.into_owned());
        let name = name.as_bytes();
        if let Some(joined) = &mut joined {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(value);
        }
        let value = joined.as_deref().unwrap_or(value);
        is_no_cors_safelisted_name(name)
            && safelisted_request_header(name, value, user_agent).is_ok()
    }

    /// [Extracts](https://fetch.spec.whatwg.org/#concept-bodyinit-extract) the body, sets
    /// Content-Type if the script did not, and sets the use-CORS-preflight flag.
    fn take_body(&mut self, init: &RequestInit, user_agent: &UserAgent) -> Result<(), Cause> {
        let is_xhr = init.api == Api::Xhr;
        let bodyless = matches!(&*self.method, "GET" | "HEAD");
        let body = match &init.body {
            Some(_) if bodyless && init.api == Api::Fetch => return Err(Cause::BodyNotAllowed),
            Some(_) if bodyless => None,
            body => body.as_ref(),
        };
        self.use_cors_preflight = is_xhr
            && init.upload_listener
            && (body.is_some() || user_agent.upload_listener_counts_without_body);
        let Some(body) = body else { return Ok(()) };
        // XHR takes no stream, so what it is given is turned into a string.
        let stringified = body.kind == BodyType::Stream
            && (is_xhr || user_agent.stream_upload == StreamUpload::Stringified);
        if body.kind == BodyType::Stream && !stringified {
            if user_agent.stream_upload == StreamUpload::Refused {
                self.refused = Some(Cause::StreamUploadUnsupported);
            } else if self.mode == Mode::NoCors || init.keepalive {
                return Err(Cause::StreamBodyNotAllowed);
            }
            self.body = RequestBody::Stream;
            self.use_cors_preflight = true;
            return Ok(());
        }
        self.body = RequestBody::Source;
        let keepalive = (init.keepalive && !is_xhr) || init.api == Api::Beacon;
        if keepalive && body.data.len() > KEEPALIVE_LIMIT {
            self.refused = Some(Cause::KeepaliveBodyTooLarge);
        }
        if let Some(given) = self.header_list.get("content-type") {
            let is_text = is_xhr && body.kind == BodyType::String;
            if is_text && let Some(mended) = content_type::mended(&given, user_agent) {
                self.header_list.set("Content-Type", mended);
            }
            return Ok(());
        }
        let content_type = match body.kind {
            BodyType::String | BodyType::Stream => "text/plain;charset=UTF-8".to_owned(),
            BodyType::UrlSearchParams => {
                "application/x-www-form-urlencoded;charset=UTF-8".to_owned()
            }
            BodyType::FormData => "multipart/form-data; boundary=corscope".to_owned(),
            BodyType::ArrayBuffer => return Ok(()),
            BodyType::Blob => match blob_type(body.content_type.as_deref()) {
                Some(kind) if is_xhr && is_dropped(&kind, user_agent) => return Ok(()),
                Some(kind) => kind,
                None => return Ok(()),
            },
        };
        self.content_type_from_body = true;
        self.append("Content-Type", content_type.as_bytes(), user_agent);
        Ok(())
    }

    /// A beacon uses mode `cors` only when its Content-Type is not safelisted.
    fn settle_beacon_mode(&mut self, user_agent: &UserAgent) {
        let is_safe = self
            .header_list
            .lines_named("content-type")
            .all(|(_, header)| {
                safelisted_request_header(header.name, header.value, user_agent).is_ok()
            });
        self.mode = if is_safe { Mode::NoCors } else { Mode::Cors };
    }
}

/// The bytes of a string of code points up to U+00FF; `None` when there is a higher one.
fn isomorphic_encode(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|code_point| u8::try_from(u32::from(code_point)).ok())
        .collect()
}

/// The type that a Blob keeps: lower-cased, and dropped when it is not printable ASCII.
fn blob_type(given: Option<&str>) -> Option<String> {
    let given = given.filter(|kind| !kind.is_empty())?;
    given
        .bytes()
        .all(|byte| matches!(byte, 0x20..=0x7E))
        .then(|| given.to_ascii_lowercase())
}

fn is_dropped(blob_type: &str, user_agent: &UserAgent) -> bool {
    match user_agent.dropped_blob_type {
        DroppedBlobType::None => false,
        DroppedBlobType::NotStrictlyValid => !is_valid_mime(blob_type),
        DroppedBlobType::WithoutEssence => mime_essence(blob_type.as_bytes()).is_none(),
    }
}

/// Whether a MIME type parses strictly: an essence, and `name=value` in every parameter.
fn is_valid_mime(value: &str) -> bool {
    mime_essence(value.as_bytes()).is_some()
        && value.split(';').skip(1).all(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                is_token(name.trim_ascii().as_bytes()) && !value.trim_ascii().is_empty()
            })
        })
}

const fn is_element(api: Api) -> bool {
    matches!(
        api,
        Api::Img | Api::Script | Api::Module | Api::Style | Api::Font | Api::Media | Api::Canvas
    )
}

/// The mode and the credentials mode, where the script or the element does not say otherwise.
fn defaults(init: &RequestInit) -> Result<(Mode, CredentialsMode), Cause> {
    if init.api == Api::Fetch && matches!(init.mode, Some(Mode::Navigate | Mode::WebSocket)) {
        return Err(Cause::ForbiddenMode);
    }
    let (mode, credentials) = match init.api {
        Api::Fetch | Api::Xhr => (Mode::Cors, CredentialsMode::SameOrigin),
        Api::Img | Api::Script | Api::Style | Api::Media | Api::Canvas => match init.crossorigin {
            None => (Mode::NoCors, CredentialsMode::Include),
            Some(CrossOrigin::Anonymous) => (Mode::Cors, CredentialsMode::SameOrigin),
            Some(CrossOrigin::UseCredentials) => (Mode::Cors, CredentialsMode::Include),
        },
        Api::Module => match init.crossorigin {
            Some(CrossOrigin::UseCredentials) => (Mode::Cors, CredentialsMode::Include),
            _ => (Mode::Cors, CredentialsMode::SameOrigin),
        },
        Api::Font | Api::EventSource => (Mode::Cors, CredentialsMode::SameOrigin),
        // Settled once its body's type is known, which the guard of `no-cors` must not drop.
        Api::Beacon => (Mode::Cors, CredentialsMode::Include),
        Api::WebSocket => (Mode::WebSocket, CredentialsMode::Include),
        Api::Worker => (Mode::SameOrigin, CredentialsMode::SameOrigin),
        Api::Iframe => (Mode::Navigate, CredentialsMode::Include),
    };
    let credentials = match (init.api, init.credentials) {
        // XHR knows only withCredentials on and off.
        (Api::Xhr, Some(CredentialsMode::Omit)) => CredentialsMode::SameOrigin,
        (_, given) => given.unwrap_or(credentials),
    };
    let mode = match (init.api, init.mode) {
        (Api::Fetch, Some(given)) => given,
        // Elements may be described by the mode that their attributes make.
        (api, Some(given @ (Mode::Cors | Mode::NoCors | Mode::SameOrigin))) if is_element(api) => {
            given
        }
        _ => mode,
    };
    Ok((mode, credentials))
}
