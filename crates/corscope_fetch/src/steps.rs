//! Every step's identity: its algorithm, its number or name there, its anchor, and what it says in
//! our words. Checked against whatwg/fetch commit 586cd2a (2 July 2026).

/// One step of an algorithm that can decide a verdict.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// A short stable name, such as `cors-check 2`.
    pub id: &'static str,
    /// The section that defines it.
    pub anchor: &'static str,
    /// What it says, in our words.
    pub sentence: &'static str,
}

macro_rules! steps {
    ($( $name:ident = $id:literal, $anchor:literal, $sentence:literal; )+) => {
        $( #[doc = $sentence] pub static $name: Step =
            Step { id: $id, anchor: $anchor, sentence: $sentence }; )+

        /// All steps, in the order in which a fetch meets them.
        pub static ALL: &[&Step] = &[$(&$name),+];
    };
}

/// The commit of the Fetch standard that the steps were checked against.
pub const PINNED_COMMIT: &str = "586cd2a";

steps! {
    REQUEST_URL = "request url", "https://fetch.spec.whatwg.org/#dom-request",
        "the URL must parse, and fetch() takes none with a user name or a password";
    REQUEST_MODE = "request mode", "https://fetch.spec.whatwg.org/#dom-request",
        "mode, cache mode and credentials mode must fit together";
    REQUEST_METHOD = "request method", "https://fetch.spec.whatwg.org/#concept-method",
        "the method must be a token and none of CONNECT, TRACE and TRACK";
    REQUEST_NO_CORS_METHOD = "request no-cors-method", "https://fetch.spec.whatwg.org/#dom-request",
        "mode no-cors allows GET, HEAD and POST only";
    REQUEST_HEADERS = "request headers", "https://fetch.spec.whatwg.org/#concept-headers-append",
        "header names must be tokens, values must not have NUL, CR or LF; forbidden ones are dropped";
    REQUEST_BODY = "request body", "https://fetch.spec.whatwg.org/#concept-bodyinit-extract",
        "GET and HEAD take no body; a stream has rules of its own";
    KEEPALIVE = "http-network-or-cache-fetch keepalive",
        "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
        "keepalive bodies may have at most 64 KiB in flight";
    BAD_PORT = "main-fetch bad-port", "https://fetch.spec.whatwg.org/#port-blocking",
        "some ports are blocked, whatever answers there";
    MIXED_CONTENT = "main-fetch mixed-content",
        "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch",
        "an https page may not fetch an http URL that is not potentially trustworthy";
    CSP = "main-fetch csp", "https://w3c.github.io/webappsec-csp/#should-block-request",
        "the page's Content-Security-Policy must allow the URL";
    UPGRADE = "main-fetch upgrade",
        "https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request",
        "the page's policy upgrades http URLs to https";
    ROUTE_SAME_ORIGIN = "main-fetch route 1", "https://fetch.spec.whatwg.org/#concept-main-fetch",
        "a same-origin URL, a data: URL or a navigation is fetched without CORS";
    ROUTE_MODE_SAME_ORIGIN = "main-fetch route 2", "https://fetch.spec.whatwg.org/#concept-main-fetch",
        "mode same-origin does not leave its origin";
    ROUTE_NO_CORS = "main-fetch route 3", "https://fetch.spec.whatwg.org/#concept-main-fetch",
        "mode no-cors gives an opaque response, and must follow redirects";
    ROUTE_SCHEME = "main-fetch route 4", "https://fetch.spec.whatwg.org/#concept-main-fetch",
        "only http and https can be fetched across origins";
    ROUTE_PREFLIGHT = "main-fetch route 5", "https://fetch.spec.whatwg.org/#concept-main-fetch",
        "a method or a header that is not CORS-safelisted needs a CORS-preflight fetch first";
    ROUTE_CORS = "main-fetch route 6", "https://fetch.spec.whatwg.org/#concept-main-fetch",
        "everything else is a CORS request without a preflight";
    LOCAL_NETWORK_ACCESS = "local-network-access",
        "https://wicg.github.io/local-network-access/#integration-with-fetch",
        "a page may reach less public addresses only with permission";
    PREFLIGHT_CACHE = "http-fetch preflight-cache", "https://fetch.spec.whatwg.org/#cors-preflight-cache",
        "an earlier preflight that still holds makes a new one needless";
    PREFLIGHT_NETWORK = "cors-preflight-fetch 6", "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        "the CORS-preflight request must get a response";
    PREFLIGHT_STATUS = "cors-preflight-fetch 7", "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        "the preflight's status must be 200 to 299; a redirect is not followed";
    PREFLIGHT_PARSE = "cors-preflight-fetch 7.3", "https://fetch.spec.whatwg.org/#extract-header-list-values",
        "Access-Control-Allow-Methods and -Headers must parse, element by element";
    PREFLIGHT_METHOD = "cors-preflight-fetch 7.5", "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        "the method must be listed byte for byte, be safelisted, or be covered by * without credentials";
    PREFLIGHT_NON_WILDCARD = "cors-preflight-fetch 7.6",
        "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name",
        "* does not cover Authorization, which must be listed by name";
    PREFLIGHT_HEADERS = "cors-preflight-fetch 7.7", "https://fetch.spec.whatwg.org/#cors-preflight-fetch",
        "each unsafe request-header must be listed, or be covered by * without credentials";
    HTTP_NETWORK = "http-network-fetch", "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
        "the request must get a response";
    CORS_CHECK_ABSENT = "cors-check 2", "https://fetch.spec.whatwg.org/#concept-cors-check",
        "without Access-Control-Allow-Origin the CORS check fails";
    CORS_CHECK_WILDCARD = "cors-check 3", "https://fetch.spec.whatwg.org/#concept-cors-check",
        "* passes when the credentials mode is not include";
    CORS_CHECK_ORIGIN = "cors-check 4", "https://fetch.spec.whatwg.org/#concept-cors-check",
        "otherwise the value must equal the request's origin, byte for byte";
    CORS_CHECK_NO_CREDENTIALS = "cors-check 5", "https://fetch.spec.whatwg.org/#concept-cors-check",
        "an equal origin passes when the credentials mode is not include";
    CORS_CHECK_CREDENTIALS = "cors-check 7", "https://fetch.spec.whatwg.org/#concept-cors-check",
        "with credentials, Access-Control-Allow-Credentials must be exactly true";
    CORP = "http-fetch corp",
        "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check",
        "an opaque response must pass the cross-origin resource policy check";
    REDIRECT_MODE = "http-fetch redirect-mode", "https://fetch.spec.whatwg.org/#concept-http-fetch",
        "redirect mode error refuses every redirect, manual hides it";
    REDIRECT_LOCATION = "http-redirect-fetch location",
        "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
        "the Location must parse";
    REDIRECT_SCHEME = "http-redirect-fetch scheme",
        "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
        "a redirect leads to http or https";
    REDIRECT_COUNT = "http-redirect-fetch count",
        "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
        "twenty redirects are followed, not more";
    REDIRECT_CREDENTIALS = "http-redirect-fetch credentials",
        "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
        "a CORS request is not redirected to a URL with a user name or a password";
    REDIRECT_BODY = "http-redirect-fetch body",
        "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
        "a stream cannot be sent twice";
    FILTER = "main-fetch filter", "https://fetch.spec.whatwg.org/#concept-filtered-response",
        "the response is filtered: which headers the script may read";
    INTEGRITY = "main-fetch integrity", "https://w3c.github.io/webappsec-subresource-integrity/",
        "the body must match the integrity metadata, and must be readable for that";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<_> = ALL.iter().map(|step| step.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
