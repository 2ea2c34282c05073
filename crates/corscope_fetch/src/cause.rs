//! Why a fetch stopped: one variant for each refusal that the standard, or a layer beside it, can
//! make. There is no catch-all.

use crate::evidence::Place;
use crate::header_values::InvalidToken;
use crate::local_network_access::AddressSpace;

/// When a cause strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// While the API builds the request: it throws, nothing is sent.
    Building,
    /// Before the network: by a policy, or by routing.
    Blocked,
    /// On the network, below CORS.
    Network,
    /// When a response is judged.
    Response,
}

/// How the network failed, as far as the engine must tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NetworkFailure {
    /// The failure's name, by preference Chromium's (`net::ERR_CONNECTION_REFUSED`); empty when
    /// unknown.
    pub error: Box<str>,
    /// Whether the server closed the connection without any answer.
    pub closed: bool,
}

macro_rules! causes {
    ($( $(#[doc = $doc:literal])+ $variant:ident $({ $( $(#[doc = $fdoc:literal])+ $field:ident: $type:ty ),* $(,)? })?
        = $name:literal, $phase:ident; )+) => {
        /// Why a fetch stopped.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum Cause {
            $( $(#[doc = $doc])+ $variant $({ $( $(#[doc = $fdoc])+ $field: $type ),* })?, )+
        }

        impl Cause {
            /// Its name in documents, in snake case.
            pub const fn name(&self) -> &'static str {
                match self { $( Self::$variant $({ $( $field: _ ),* })? => $name, )+ }
            }

            /// When it strikes.
            pub const fn phase(&self) -> Phase {
                match self { $( Self::$variant $({ $( $field: _ ),* })? => Phase::$phase, )+ }
            }

            /// The names of all causes.
            pub const NAMES: &[&'static str] = &[$($name),+];
        }
    };
}

causes! {
    /// The URL does not parse, or is not absolute.
    InvalidUrl = "invalid_url", Building;
    /// The URL has a user name or a password; `fetch()` refuses that.
    UrlHasCredentials = "url_has_credentials", Building;
    /// The method is no token.
    InvalidMethod = "invalid_method", Building;
    /// The method is CONNECT, TRACE or TRACK.
    ForbiddenMethod = "forbidden_method", Building;
    /// A header name is no token.
    InvalidHeaderName {
        /// Which of the script's headers, counted from 0.
        header: usize,
    } = "invalid_header_name", Building;
    /// A header value has NUL, CR, LF, or a code point above U+00FF.
    InvalidHeaderValue {
        /// Which of the script's headers, counted from 0.
        header: usize,
    } = "invalid_header_value", Building;
    /// A script asked for mode `navigate` or `websocket`.
    ForbiddenMode = "forbidden_mode", Building;
    /// `no-cors` with a method other than GET, HEAD and POST.
    NoCorsMethodNotAllowed = "no_cors_method_not_allowed", Building;
    /// GET or HEAD with a body.
    BodyNotAllowed = "body_not_allowed", Building;
    /// Cache mode `only-if-cached` outside mode `same-origin`.
    OnlyIfCachedNeedsSameOrigin = "only_if_cached_needs_same_origin", Building;
    /// A stream body in mode `no-cors`, or with keepalive.
    StreamBodyNotAllowed = "stream_body_not_allowed", Building;

    /// The browser cannot stream request bodies.
    StreamUploadUnsupported = "stream_upload_unsupported", Blocked;
    /// A keepalive body of more than 64 KiB.
    KeepaliveBodyTooLarge = "keepalive_body_too_large", Blocked;
    /// The port is blocked.
    UnsafePort {
        /// The port.
        port: u16,
    } = "unsafe_port", Blocked;
    /// An https page asks for an http URL that is not potentially trustworthy.
    MixedContent = "mixed_content", Blocked;
    /// The page's Content-Security-Policy forbids the URL.
    CspConnectSrc {
        /// The directive that decided, with its value.
        directive: Box<str>,
    } = "csp_connect_src", Blocked;
    /// Local Network Access: the page is no secure context.
    LnaInsecureContext {
        /// The target's address space.
        space: AddressSpace,
    } = "lna_insecure_context", Blocked;
    /// Local Network Access: the permission is denied.
    LnaPermissionDenied {
        /// The target's address space.
        space: AddressSpace,
    } = "lna_permission_denied", Blocked;
    /// Mode `same-origin` and a URL of another origin.
    ModeSameOrigin = "mode_same_origin", Blocked;
    /// Mode `no-cors` and a redirect mode other than `follow`.
    NoCorsRedirectMode = "no_cors_redirect_mode", Blocked;
    /// The URL's scheme cannot be fetched across origins.
    UnsupportedScheme = "unsupported_scheme", Blocked;
    /// The element's URL must have the page's own origin (worker, text track).
    MustBeSameOrigin = "must_be_same_origin", Blocked;
    /// Integrity metadata and a response that is neither same-origin nor CORS.
    IntegrityNeedsCors = "sri_without_crossorigin", Response;
    /// The body does not match the integrity metadata.
    IntegrityMismatch = "integrity_mismatch", Response;

    /// The network failed: nothing, or nothing usable, came back.
    NetworkError {
        /// How.
        failure: NetworkFailure,
    } = "network_error", Network;
    /// A stream body needs HTTP/2.
    StreamUploadNeedsHttp2 = "stream_upload_needs_http2", Network;
    /// A 407 that no proxy sent.
    UnexpectedProxyAuthentication = "unexpected_proxy_authentication", Network;

    /// The preflight was answered with a redirect.
    PreflightRedirect {
        /// Its status.
        status: u16,
    } = "preflight_redirect", Response;
    /// The preflight's status is not 200–299.
    PreflightStatusNotOk {
        /// Its status.
        status: u16,
    } = "preflight_status_not_ok", Response;
    /// Access-Control-Allow-Methods does not parse.
    AcamInvalidToken {
        /// The first bad element.
        invalid: InvalidToken,
    } = "acam_invalid_token", Response;
    /// Access-Control-Allow-Headers does not parse.
    AcahInvalidToken {
        /// The first bad element.
        invalid: InvalidToken,
    } = "acah_invalid_token", Response;
    /// Access-Control-Allow-Methods does not allow the method.
    AcamMethodMissing {
        /// The method.
        method: Box<str>,
    } = "acam_method_missing", Response;
    /// Access-Control-Allow-Headers does not allow a header.
    AcahHeaderMissing {
        /// Its name, in lower case.
        name: Box<[u8]>,
    } = "acah_header_missing", Response;

    /// Access-Control-Allow-Origin is absent.
    AcaoMissing = "acao_missing", Response;
    /// Access-Control-Allow-Origin is `*`, and credentials are included.
    AcaoWildcardWithCredentials = "acao_wildcard_with_credentials", Response;
    /// Access-Control-Allow-Origin has several values, in one line or in several.
    AcaoMultipleValues = "acao_multiple_values", Response;
    /// Access-Control-Allow-Origin is neither an origin nor `*` nor `null`.
    AcaoInvalidValue = "acao_invalid_value", Response;
    /// Access-Control-Allow-Origin is some other origin.
    AcaoMismatch = "acao_mismatch", Response;
    /// Credentials are included, and Access-Control-Allow-Credentials is absent.
    AcacMissing = "acac_missing", Response;
    /// Credentials are included, and Access-Control-Allow-Credentials is not `true`.
    AcacNotTrue = "acac_not_true", Response;

    /// Redirect mode `error`, and a redirect came.
    RedirectModeError = "redirect_mode_error", Response;
    /// The Location does not parse.
    RedirectLocationInvalid {
        /// The header's line.
        place: Place,
    } = "redirect_location_invalid", Response;
    /// The redirect leads to a scheme other than http and https.
    RedirectToNonHttpScheme = "redirect_to_non_http_scheme", Response;
    /// The twenty-first redirect.
    RedirectLoop = "redirect_loop", Response;
    /// The redirect's URL has a user name or a password.
    RedirectUrlHasCredentials = "redirect_url_has_credentials", Response;
    /// A stream body cannot be sent again.
    RedirectStreamBody = "redirect_stream_body", Response;
    /// A redirect out of mode `same-origin`.
    RedirectOutOfSameOrigin = "redirect_out_of_same_origin", Response;
    /// A redirect from https to http on an https page.
    RedirectMixedContent = "redirect_mixed_content", Response;

    /// Cross-Origin-Resource-Policy, or the page's embedder policy, blocks an opaque response.
    CorpBlocked {
        /// Whether only the page's Cross-Origin-Embedder-Policy made it so.
        by_embedder_policy: bool,
    } = "corp_blocked", Response;
}

impl Cause {
    /// Whether this cause is one of the [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check).
    pub const fn is_cors_check(&self) -> bool {
        matches!(
            self,
            Self::AcaoMissing
                | Self::AcaoWildcardWithCredentials
                | Self::AcaoMultipleValues
                | Self::AcaoInvalidValue
                | Self::AcaoMismatch
                | Self::AcacMissing
                | Self::AcacNotTrue
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_snake_case() {
        let mut names = Cause::NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Cause::NAMES.len());
        for name in names {
            assert!(
                name.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            );
        }
    }
}
