//! The page at `/try`: a real browser makes every request and shows what it says itself.

use super::{document, escaped};
use crate::demo::Places;

/// The page may ask whatever the endpoints and their redirects lead to, or the policy rather than
/// CORS would refuse it. `'self'` is for `/try.js` alone.
pub(in crate::demo) const TRY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'unsafe-inline'; connect-src http: https: demo-app:";

pub(in crate::demo) const TRY_SCRIPT: &str = include_str!("try.js");

pub(in crate::demo) fn try_page(places: &Places) -> String {
    let body = format!(
        "<h1>corscope demo, in this browser</h1>\n\
         <p>This page stands on another origin than the endpoints. It makes each request by \
         <code>fetch()</code> and shows what a script is told; the browser's own words are in its \
         console. The commands are <a href=\"{}/\">in the list</a>.</p>\n\
         <p><button id=\"all\">Try all</button> <span id=\"sum\" class=\"quiet\" \
         aria-live=\"polite\"></span></p>\n\
         <noscript><p class=\"bad\">This page needs its script.</p></noscript>\n\
         <div id=\"endpoints\"></div>\n<script src=\"/try.js\"></script>\n",
        escaped(&places.here_origin()),
    );
    document("corscope demo: try", &body)
}
