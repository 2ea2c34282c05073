//! What is taken for CORS and is something else: what it is, and where to go.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal, $title:literal, $what:literal, $next:literal; )+) => {
        /// Another mechanism.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum NotCors {
            $( $(#[doc = $doc])+ #[serde(rename = $name)] $variant, )+
        }

        impl NotCors {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name in documents.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// What it is called.
            pub const fn title(self) -> &'static str {
                match self { $( Self::$variant => $title, )+ }
            }

            /// What happened, in one or two sentences.
            pub const fn what(self) -> &'static str {
                match self { $( Self::$variant => $what, )+ }
            }

            /// What to do instead of looking at CORS headers.
            pub const fn next(self) -> &'static str {
                match self { $( Self::$variant => $next, )+ }
            }
        }
    };
}

kinds! {
    /// Content-Security-Policy.
    Csp = "csp", "Content-Security-Policy",
        "The page's own Content-Security-Policy forbids the request. Nothing was sent, so no server can allow it.",
        "Add the target's origin to the directive that the message names (`connect-src` for fetch and XMLHttpRequest), in the page's own response header or `<meta>` tag. CORS comes after that.";
    /// Mixed content.
    MixedContent = "mixed-content", "mixed content",
        "A page loaded over https asked for an http URL. The browser blocks or upgrades such requests before CORS comes up.",
        "Serve the target over https and use its https URL.";
    /// Local Network Access.
    LocalNetworkAccess = "local-network-access", "Local Network Access",
        "A page asked for an address in a private network or on the user's own machine, which needs a permission. The request was stopped before it was sent; the message only borrows the wording of CORS.",
        "Load the page over https, let the user allow the permission in the site settings, and give iframes `allow=\"local-network-access\"`. Server headers cannot grant it; CORS headers are still needed once it is granted.";
    /// Opaque Response Blocking, and its predecessor CORB.
    Orb = "orb", "Opaque Response Blocking",
        "A script, image or media element got a response of a type that it could never use (JSON, HTML…), and the browser emptied it.",
        "Check the URL and its Content-Type; to read data, use fetch() with CORS instead of an element.";
    /// Cross-Origin-Resource-Policy and Cross-Origin-Embedder-Policy.
    Corp = "corp", "Cross-Origin-Resource-Policy",
        "The resource's Cross-Origin-Resource-Policy header, or the page's Cross-Origin-Embedder-Policy, keeps an embedded response out.",
        "Send `Cross-Origin-Resource-Policy: cross-origin` with the resource, or load it with CORS (`crossorigin` attribute and Access-Control-Allow-Origin).";
    /// TLS.
    Certificate = "certificate", "the TLS certificate",
        "The secure connection failed, so no response came that CORS could judge.",
        "Open the URL itself in a tab to see the certificate error; install a certificate that browsers trust, with the right host name and its whole chain.";
    /// An ad blocker or another extension.
    AdBlocker = "ad-blocker", "an extension or a policy in the browser",
        "An ad blocker, another extension or an administrator's policy stopped the request. It never left the browser.",
        "Try a private window without extensions; rename URLs that look like advertising or tracking.";
    /// A content blocker, as WebKit names it.
    ContentBlocker = "content-blocker", "a content blocker",
        "A content blocker or a policy stopped the preflight.",
        "Try without content blockers and extensions.";
    /// The network.
    Network = "network", "the network",
        "No usable response came: the name did not resolve, the connection was refused or broke off.",
        "Check that the server runs and that the URL's host, port and scheme are right; open the URL in a tab.";
    /// A status without any CORS matter.
    HttpStatus = "http-status", "an HTTP status",
        "The server answered with an error status. That is no CORS failure by itself; a script may read it.",
        "Look at the server's answer. If a CORS message stands beside it, the error page probably lacks the CORS headers.";
    /// MIME types.
    MimeType = "mime-type", "the MIME type",
        "The response came, with a Content-Type that this kind of load does not accept.",
        "Send the right Content-Type; often the URL is wrong, and an HTML error page came instead.";
    /// Subresource Integrity.
    Integrity = "integrity", "Subresource Integrity",
        "The `integrity` check failed or could not be made.",
        "If the content is right, renew the hash. A cross-origin resource also needs `crossorigin=\"anonymous\"` and CORS headers to be checked at all.";
    /// A tainted canvas.
    CanvasTaint = "canvas-taint", "a tainted canvas",
        "An image from another origin was drawn without CORS, so the page may not read the pixels.",
        "Set `crossorigin=\"anonymous\"` on the image before its src, send Access-Control-Allow-Origin with it, and get past copies that were cached without it.";
    /// A SecurityError without further words.
    InsecureOperation = "insecure-operation", "a SecurityError",
        "The browser refused an operation: reading a tainted canvas, starting a cross-origin worker, or opening ws: from an https page.",
        "Look at the line of script that threw it: canvas images need `crossorigin` and CORS headers, workers the page's own origin, and https pages wss:.";
    /// Frames.
    Frame = "frame", "access between frames",
        "A script reached into a frame of another origin, or a page refused to be framed. CORS has no say in that.",
        "Use postMessage() between the frames; whether a page may be framed is decided by its X-Frame-Options and `frame-ancestors`.";
    /// WebSockets.
    WebSocket = "websocket", "WebSocket",
        "WebSockets have no CORS. The connection failed, or the server refused it (perhaps because of its own check of Origin).",
        "Look at the handshake's status and at the server's list of allowed origins; https pages need wss:.";
    /// Workers.
    Worker = "worker", "workers",
        "A worker's script must have the page's own origin. CORS headers cannot change that.",
        "Serve the script from the page's origin, or start a worker from a Blob that calls importScripts().";
    /// Service workers.
    ServiceWorker = "service-worker", "a service worker",
        "The page's service worker answered with a response that this request may not have. The server's CORS headers were not asked.",
        "Mend the service worker's fetch handler: it must fetch with the request's own mode, or not respond at all. Try with the worker bypassed.";
    /// Cookies.
    Cookies = "cookies", "cookies",
        "A cookie was not stored or not sent across sites. CORS decides only whether the response can be read.",
        "Set the cookie with `SameSite=None; Secure` (and `Partitioned` where third-party cookies are blocked), or serve page and API from one site.";
    /// The arguments of `fetch()`.
    FetchArgument = "fetch-argument", "the arguments of the call",
        "The call was refused for what was passed to it. Nothing was sent.",
        "Mend the argument that the message names.";
    /// A request header that scripts may not set.
    ForbiddenHeader = "forbidden-header", "a forbidden header",
        "The script set a request header that only the browser may set. It was left out, and the request went on.",
        "Remove the line that sets it: it has no effect, whatever the server allows.";
    /// Upgrades to https.
    Upgrade = "upgrade", "an upgrade to https",
        "The browser changed the URL from http to https. The CORS answer that counts is that of the https URL.",
        "Check the https URL.";
    /// Preloads.
    Preload = "preload", "a preload",
        "A preloaded resource was not used, often because `crossorigin` differs between the preload and its use.",
        "Give the preload the same `crossorigin` and `as` as the element or fetch that uses it.";
    /// Muted errors of cross-origin scripts.
    ScriptError = "script-error", "a muted script error",
        "A script of another origin, loaded without CORS, threw. The browser keeps its details from the page.",
        "Add `crossorigin=\"anonymous\"` to the script element and Access-Control-Allow-Origin to the script.";
    /// The referrer policy.
    ReferrerPolicy = "referrer-policy", "the referrer policy",
        "Developer tools show the referrer policy of every request. `strict-origin-when-cross-origin` is the default: it shortens the Referer header, and blocks nothing.",
        "Look for the console's own message, or at the request's status, and paste that.";
    /// Messages between windows.
    PostMessage = "post-message", "postMessage()",
        "A message to another window was not delivered: the window holds another origin than the one that the call names. CORS has no say in that.",
        "Name the recipient's real origin in postMessage(), after the other page has loaded; a window that still holds about:blank has the opener's origin.";
    /// Not printed by a browser.
    NotABrowser = "not-a-browser", "a program that is no browser",
        "Node.js or a native app printed this. They know no CORS: the network failed.",
        "Look at the error's cause (address, port, certificate); CORS headers cannot help.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_say_something() {
        for kind in NotCors::ALL {
            assert!(
                kind.what().ends_with('.') && kind.next().ends_with('.'),
                "{kind:?}"
            );
            assert!(!kind.title().ends_with('.'), "{kind:?}");
        }
    }
}
