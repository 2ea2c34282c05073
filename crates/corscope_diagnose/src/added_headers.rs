//! The headers that browsers set themselves, and why they do.
//!
//! What went over a wire, taken for a script's headers, would cause a CORS-preflight request that never
//! was.

/// Of forbidden request-headers.
pub const FORBIDDEN: &str = "a forbidden request-header: only the browser can set it";
/// Of what browsers add after the CORS algorithms.
pub const OWN: &str = "the browser adds it itself, after CORS has looked at the script's headers";
const HINT: &str = "a client hint: the browser adds it, CORS does not count it";
/// Of HTTP/2 pseudo-headers.
pub const PSEUDO: &str = "a part of the HTTP/2 request line, not a header";
/// Of `User-Agent`.
pub const USER_AGENT: &str = "the browser sends its own";
/// Of a reload's `Cache-Control` and `Pragma`.
pub const RELOAD: &str = "the browser adds it on a reload, or DevTools with \"Disable cache\"";
const REVALIDATION: &str = "the browser's cache adds it";
/// Of a form's `Content-Type`.
pub const MULTIPART: &str = "fetch() writes it for a FormData body, with its own boundary";
const NODE: &str = "DevTools writes this for Node.js; in a page it is the option referrerPolicy";

/// What browsers add to a copied request though scripts could, with whose it is.
const ADDED_NAMES: [(&str, &str); 23] = [
    ("accept-language", OWN),
    ("authority", PSEUDO),
    ("device-memory", HINT),
    ("downlink", HINT),
    ("dpr", HINT),
    ("ect", HINT),
    ("if-modified-since", REVALIDATION),
    ("if-none-match", REVALIDATION),
    ("method", PSEUDO),
    ("path", PSEUDO),
    ("priority", OWN),
    ("purpose", OWN),
    ("referrer-policy", NODE),
    ("rtt", HINT),
    ("save-data", HINT),
    ("scheme", PSEUDO),
    ("service-worker", OWN),
    ("upgrade-insecure-requests", OWN),
    ("user-agent", USER_AGENT),
    ("version", PSEUDO),
    ("viewport-width", HINT),
    ("width", HINT),
    ("x-client-data", OWN),
];

/// `Accept` as browsers send it for documents, images and style sheets, by its start.
const OWN_ACCEPT: [&str; 4] = [
    "text/html,application/xhtml+xml",
    "image/avif,image/webp",
    "image/webp,image/",
    "text/css,*/*;q=0.1",
];

/// Why a browser may have added this header to a copied request; empty when it does not.
pub fn added(lower_name: &str) -> &'static str {
    ADDED_NAMES
        .iter()
        .find(|(name, _)| *name == lower_name)
        .map_or("", |(_, why)| why)
}

/// Whether an `Accept` is the browser's for a document, an image or a style sheet.
pub fn is_own_accept(value: &str) -> bool {
    OWN_ACCEPT.iter().any(|start| value.starts_with(start))
}

/// Whether `name` starts with `start`, in any case.
pub fn starts(name: &str, start: &str) -> bool {
    name.get(..start.len())
        .is_some_and(|is| is.eq_ignore_ascii_case(start))
}
