//! The choices that a profile makes.

/// What becomes of a `ReadableStream` body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamUpload {
    /// It is streamed, after a preflight, over HTTP/2 or later.
    Streamed,
    /// It is turned into the string `[object ReadableStream]`.
    Stringified,
    /// The promise is rejected before anything is sent.
    Refused,
}

/// Which types of a Blob are not sent as Content-Type by XHR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DroppedBlobType {
    /// None: the type is sent as it is.
    None,
    /// Those with no valid essence, or with a parameter that is no `name=value`.
    NotStrictlyValid,
    /// Those with no valid essence.
    WithoutEssence,
}

/// When a redirected request needs a preflight at its new URL, and for which header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectPreflight {
    /// Judged anew from the request as it then is.
    Fresh,
    /// Still needed once one was needed, and when a header that a redirect removed would have
    /// needed it; only the headers that remain are named.
    FirstHeadersRemainingNamed,
    /// Still needed once one was made; the headers that a redirect removed are still named.
    OnceNeededAllNamed,
}

/// Whose origin a preflight carries after the request's origin was tainted by redirects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaintedPreflight {
    /// `null`, as the request after it.
    Null,
    /// The page's; and at the page's own origin there is no CORS check on it.
    Page,
}

/// In which order a preflight response's parts are tested; only the first failure is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreflightOrder {
    /// The CORS check, then the status.
    CorsCheckFirst,
    /// The status, then the CORS check.
    StatusFirst,
}

/// What an `Access-Control-Max-Age` that is no integer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidMaxAge {
    /// Five seconds, as if it were absent.
    Default,
    /// The preflight is not cached.
    NotCached,
}

/// Which numbers `Access-Control-Max-Age` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxAgeSyntax {
    /// `delta-seconds`: digits only.
    Digits,
    /// An optional sign, then digits.
    Signed,
    /// An optional minus, then digits.
    Negative,
}

/// How a new preflight result meets the entries that are already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheUpdate {
    /// Methods and headers are added or renewed one by one.
    Adds,
    /// The whole entry is replaced.
    Replaces,
}

/// Which failures of a request drop the preflight entries of its URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureDrops {
    /// None: entries only expire.
    Never,
    /// Those of requests that a preflight, or a cached one, had to allow.
    AfterPreflight,
    /// Those of every CORS request.
    AfterAnyCorsRequest,
}

/// What several Location lines mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedLocation {
    /// A network error: the header has one value.
    Refused,
    /// A network error, unless all say the same.
    RefusedIfDifferent,
    /// The first counts.
    First,
}

/// How the bytes of a Location that are no ASCII become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocationBytes {
    /// As UTF-8; one by one where they are none.
    Utf8OrLatin1,
    /// Each is escaped with `%`.
    PercentEncoded,
    /// As UTF-8, with U+FFFD for what is none; then the bytes of that one by one.
    Utf8AsLatin1,
}
