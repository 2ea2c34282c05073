//! What browsers do differently from the standard, as data: one row a difference, each with its
//! reason. Nothing else in this crate asks which browser it is playing.

mod choices;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use choices::{
    CacheUpdate, DroppedBlobType, FailureDrops, InvalidMaxAge, LocationBytes, MaxAgeSyntax,
    PreflightOrder, RedirectPreflight, RepeatedLocation, StreamUpload, TaintedPreflight,
};

/// Which user agent's profile to follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Browser {
    /// The Fetch standard itself.
    #[default]
    Fetch,
    /// Chromium 156.
    Chromium,
    /// Firefox ESR 153.
    Firefox,
    /// WebKitGTK 2.50.
    WebKit,
}

impl Browser {
    /// All profiles, the standard first.
    pub const ALL: [Self; 4] = [Self::Fetch, Self::Chromium, Self::Firefox, Self::WebKit];

    /// Its name in documents and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    /// Its profile.
    pub const fn profile(self) -> &'static UserAgent {
        match self {
            Self::Fetch => &FETCH,
            Self::Chromium => &CHROMIUM,
            Self::Firefox => &FIREFOX,
            Self::WebKit => &WEBKIT,
        }
    }
}

impl fmt::Display for Browser {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

macro_rules! user_agents {
    ($( $(#[doc = $doc:literal])+ $field:ident: $type:ty =
        $fetch:expr, $chromium:expr, $firefox:expr, $webkit:expr; $reason:literal )+) => {
        /// One user agent's profile. Every field is a difference that was measured in a browser.
        #[derive(Clone, Debug, PartialEq)]
        pub struct UserAgent {
            /// Whose profile this is.
            pub browser: Browser,
            $( $(#[doc = $doc])+ pub $field: $type, )+
        }

        static FETCH: UserAgent = UserAgent { browser: Browser::Fetch, $( $field: $fetch, )+ };
        static CHROMIUM: UserAgent =
            UserAgent { browser: Browser::Chromium, $( $field: $chromium, )+ };
        static FIREFOX: UserAgent = UserAgent { browser: Browser::Firefox, $( $field: $firefox, )+ };
        static WEBKIT: UserAgent = UserAgent { browser: Browser::WebKit, $( $field: $webkit, )+ };

        /// Every difference: the field's name, what it says, and why it is believed.
        pub const DIFFERENCES: &[Difference] = &[$( Difference {
            name: stringify!($field),
            what: concat!($($doc),+),
            reason: $reason,
            values: [
                stringify!($fetch), stringify!($chromium), stringify!($firefox), stringify!($webkit),
            ],
        }, )+];
    };
}

/// One row of the profile table, for documentation.
#[derive(Clone, Copy, Debug)]
pub struct Difference {
    /// The field of [`UserAgent`].
    pub name: &'static str,
    /// What it decides.
    pub what: &'static str,
    /// Why the browsers differ, or where it was seen.
    pub reason: &'static str,
    /// Its value for each of [`Browser::ALL`], as written in the source.
    pub values: [&'static str; 4],
}

user_agents! {
    // Building the request.

    /// What becomes of a `ReadableStream` body.
    stream_upload: StreamUpload =
        StreamUpload::Streamed, StreamUpload::Streamed, StreamUpload::Stringified, StreamUpload::Refused;
        "Firefox has no stream bodies, WebKit answers NotSupportedError (recorded c100359)"
    /// Whether a listener on `xhr.upload` forces a preflight although nothing is uploaded.
    upload_listener_counts_without_body: bool = false, false, true, true;
        "the XHR standard keeps the listener flag only for a request with a body that is not complete; \
         Firefox and WebKit preflight a bodyless request too (recorded c100499, c101078)"
    /// Whether a script's `User-Agent` header is dropped silently.
    drops_script_user_agent: bool = false, true, false, false;
        "Chromium still treats User-Agent as forbidden"
    /// Which types of a Blob XHR leaves out.
    dropped_blob_type: DroppedBlobType =
        DroppedBlobType::None, DroppedBlobType::NotStrictlyValid,
        DroppedBlobType::None, DroppedBlobType::WithoutEssence;
        "Chromium's and WebKit's XHR set Content-Type only from a type that they can parse (recorded \
         c100394, live body0186)"
    /// Whether the length limit of safelisted values covers a Content-Type that XHR took from the
    /// body.
    limits_body_content_type: bool = true, true, false, true;
        "Firefox judges a body's own type on the channel, where there is no limit (recorded c100394)"

    // Which headers need a preflight.

    /// Whether client hints and `Intervention` are safelisted request-headers.
    safelists_client_hints: bool = false, true, false, false;
        "Chromium treats client hints as device facts that any origin may send (recorded c100020)"
    /// Whether several lines of one name are judged as one joined value.
    joins_repeated_headers: bool = false, true, false, true;
        "Chromium and WebKit keep one value a name; the standard and Firefox judge line by line"
    /// Whether safelisted values of more than 1024 bytes together become unsafe.
    limits_safelisted_total: bool = true, true, false, false;
        "Firefox and WebKit have no such limit (recorded c101254)"
    /// Whether a byte above 0x7F makes a safelisted value unsafe.
    safelists_only_ascii: bool = false, false, true, false;
        "Firefox refuses such bytes in Accept and Content-Type (recorded c100368)"
    /// Whether a comma makes a Content-Type value unsafe.
    refuses_comma_in_content_type: bool = false, false, true, false;
        "Firefox's MIME parser for requests takes one type only (recorded c100850)"
    /// Whether an empty parameter before another one makes a Content-Type value unsafe.
    refuses_empty_content_type_parameter: bool = false, false, true, false;
        "Firefox's MIME parser for requests (live header0122)"
    /// Whether `bytes` in Range may be spelled in any case.
    range_unit_in_any_case: bool = false, false, false, true;
        "WebKit compares the unit without case (recorded c100366)"
    /// The largest number in a simple Range; `None` for no limit.
    range_number_max: Option<u64> = None, Some(i64::MAX as u64 - 1), Some(u64::MAX), Some(u64::MAX);
        "integer types of the parsers (recorded c100965); Chromium keeps 2^63-1 for \"no end\" (live \
         range0045)"
    /// Whether a number in a simple Range may have a plus before it.
    range_number_may_have_plus: bool = false, false, false, true;
        "WebKit's integer parser takes one (live range0034)"

    /// Whether Access-Control-Request-Headers names a header once for each of its lines.
    names_header_lines: bool = false, false, true, false;
        "Firefox sorts the lines' names and keeps the equal ones (live repeat0000)"

    /// Whether only the last of several Authorization lines is sent.
    sends_last_authorization: bool = false, false, true, false;
        "Firefox's channel sets such a header anew for each line (live repeat0006)"

    // The preflight.

    /// In which order a preflight response is tested.
    preflight_order: PreflightOrder =
        PreflightOrder::CorsCheckFirst, PreflightOrder::CorsCheckFirst,
        PreflightOrder::CorsCheckFirst, PreflightOrder::StatusFirst;
        "WebKit names the status first; the standard tests both at once"
    /// Whether a preflight's redirect is refused before the CORS check, whatever its headers say.
    refuses_preflight_redirect_first: bool = false, true, false, false;
        "Chromium fails the preflight when the redirect arrives, before it reads the response (tried \
         in Chromium 156 without and with Access-Control-Allow-Origin)"
    /// Whether the method is judged before Access-Control-Allow-Headers is parsed.
    judges_methods_before_parsing_headers: bool = false, false, true, false;
        "Firefox goes header by header, the others parse both lists first"
    /// Whether `*` in Access-Control-Allow-Headers covers Authorization.
    wildcard_covers_authorization: bool = false, true, true, true;
        "no browser follows the standard yet; Firefox warns (recorded c100512)"
    /// Whether a preflight without Access-Control-Allow-Methods allows the method when only a flag
    /// forced the preflight.
    absent_methods_allow_forced_preflight: bool = true, false, false, false;
        "no browser follows this step (recorded c101285)"
    /// Whether two lines of Access-Control-Allow-Origin, spelled that way, fail whatever they say.
    refuses_two_origin_lines: bool = false, false, true, false;
        "Firefox counts the original lines before it joins them (recorded c100124)"
    /// Whether empty lines of a repeated single-value header are left out when joined.
    joins_without_empty_values: bool = false, false, true, false;
        "Firefox merges an empty first line away (recorded c100947)"
    /// Whether a 407 that no proxy sent is a network error.
    fails_on_407: bool = true, true, false, false;
        "the standard asks for a proxy's password and never shows the response; Chromium answers \
         ERR_UNEXPECTED_PROXY_AUTH (recorded c101241), the others let it through"

    /// Whether such a 407 to a preflight is one too, and not just a status that is not ok.
    fails_preflight_on_407: bool = false, true, false, false;
        "Chromium's network layer fails before the preflight is judged (live status0255); the \
         web-platform-tests hold the standard to the status"

    /// Whether keepalive's 64 KiB are counted when the request is made, not when it is sent, which
    /// may be after a preflight.
    counts_keepalive_first: bool = false, true, true, true;
        "browsers refuse in the API; the standard counts in HTTP-network-or-cache fetch"
    /// Whether integrity metadata needs a body, so that HEAD, a null body status and a hidden
    /// redirect fail; otherwise an empty body is hashed.
    integrity_needs_body: bool = true, false, false, false;
        "browsers hash what they have, which is nothing"
    /// Whether integrity metadata may spell an algorithm in any case.
    integrity_algorithm_in_any_case: bool = false, false, false, true;
        "WebKit's parser ignores case (live integrity0112)"
    /// Whether XHR writes Content-Type anew when it mends its charset.
    reserializes_content_type: bool = true, false, true, true;
        "by their sources: Chromium replaces every charset where it stands, the others parse the \
         type and write it anew"

    /// Whether `fetch()` shows a Content-Length of a `data:` URL.
    data_url_has_content_length: bool = false, false, true, false;
        "Firefox's fetch sets one, its XHR has none (live url0072, recorded c100260)"

    // Redirects.

    /// What several Location lines mean.
    repeated_location: RepeatedLocation =
        RepeatedLocation::Refused, RepeatedLocation::RefusedIfDifferent,
        RepeatedLocation::RefusedIfDifferent, RepeatedLocation::First;
        "the standard extracts one value; Chromium and Firefox refuse different ones by their \
         sources, and WebKit's network library takes one"

    /// How bytes of a Location that are no ASCII are read.
    location_bytes: LocationBytes =
        LocationBytes::Utf8OrLatin1, LocationBytes::PercentEncoded,
        LocationBytes::PercentEncoded, LocationBytes::Utf8AsLatin1;
        "Chromium and Firefox escape each byte, WebKit's network library decodes UTF-8 and its URL \
         parser takes the bytes of that one by one (live location0385)"
    /// Whether an empty Location is none, so that the response is no redirect.
    empty_location_is_absent: bool = false, true, false, false;
        "Chromium takes the first line that says something (whatwg/fetch issue 669)"
    /// Whether redirect mode `error` refuses a redirect status without a Location.
    redirect_mode_error_counts_without_location: bool = true, false, true, false;
        "Chromium and WebKit ask their network layers, which see no redirect without a Location; \
         mode `manual` looks at the status alone everywhere (live status0028)"
    /// Whether redirect mode `manual` hides only a redirect whose Location can be parsed.
    manual_redirect_needs_valid_location: bool = false, true, false, false;
        "Chromium's network layer fails such a redirect before the mode is looked at (live \
         location0063)"
    /// Whether mode `cors` refuses a redirect to a URL with credentials before redirect mode `error`
    /// does.
    judges_redirect_credentials_before_mode: bool = false, true, false, false;
        "Chromium's CORS loader judges the URL, the mode stands behind it (live location0416)"
    /// Whether a redirect of DELETE to another origin becomes GET, whatever the status.
    redirects_delete_as_get: bool = false, false, false, true;
        "WebKitGTK's network layer (recorded c100367)"
    /// Whether a request that is not tainted `cors` may be redirected to a URL with credentials; XHR
    /// may everywhere.
    follows_to_url_with_credentials: bool = true, false, true, true;
        "Chromium blocks subresources with embedded credentials, but not those of XHR (recorded \
         c101035, live g01326)"
    /// Whether the rules on a redirect's URL, and a credentialed check on its response, are applied
    /// only after the preflight at the new URL.
    judges_redirects_after_next_preflight: bool = false, false, false, true;
        "WebKit's network process makes the preflight, its web process judges the redirect \
         (recorded c100698, c100934)"
    /// Whether a redirect to another origin removes client hints that the script set.
    removes_client_hints_across_origins: bool = false, true, false, false;
        "Chromium sends hints to the origins that asked for them only (live g00126)"
    /// Whether the Authorization header that one redirect removed comes back with the next one that
    /// stays on its origin.
    restores_authorization: bool = false, false, true, false;
        "Firefox sets the script's headers anew at each redirect and leaves out Authorization only \
         where that one crosses origins (live g00480)"
    /// When a redirected request is preflighted again.
    redirect_preflight: RedirectPreflight =
        RedirectPreflight::Fresh, RedirectPreflight::Fresh,
        RedirectPreflight::FirstHeadersRemainingNamed, RedirectPreflight::OnceNeededAllNamed;
        "Firefox keeps the list of unsafe names of the first request and that the channel requires a \
         preflight, WebKit a flag and all headers (recorded c100299, c100056, live hop0210)"
    /// Whose origin a preflight carries after tainting redirects.
    tainted_preflight: TaintedPreflight =
        TaintedPreflight::Null, TaintedPreflight::Null, TaintedPreflight::Page, TaintedPreflight::Null;
        "Firefox starts the new preflight with the loading principal (recorded c100323)"
    /// Whether a redirect response is checked as credentialed when the request began on its own
    /// origin with credentials mode `same-origin`.
    credentialed_redirects_from_own_origin: bool = false, false, false, true;
        "WebKit fixes the credentials policy when the request starts (recorded c101293)"
    /// Whether a request that a redirect turned into GET keeps sending Origin to its own origin.
    keeps_origin_after_method_change: bool = false, false, false, true;
        "WebKit adds Origin once, before the redirect"

    // The CORS-preflight cache.

    /// The longest time an entry lives, in seconds; `None` for no cap.
    max_age_cap: Option<u64> = None, Some(7200), Some(86_400), Some(600);
        "by their sources; Chromium's and WebKit's were measured (recorded s00901, s00902)"
    /// What an invalid Access-Control-Max-Age means.
    invalid_max_age: InvalidMaxAge =
        InvalidMaxAge::Default, InvalidMaxAge::Default, InvalidMaxAge::NotCached, InvalidMaxAge::Default;
        "recorded s00027"
    /// Which integers are read.
    max_age_syntax: MaxAgeSyntax =
        MaxAgeSyntax::Digits, MaxAgeSyntax::Signed, MaxAgeSyntax::Negative, MaxAgeSyntax::Signed;
        "the parsers behind it (recorded s00032, s00025)"
    /// Whether a number over 64 bit counts as the largest one, not as invalid.
    saturates_max_age: bool = true, false, true, false;
        "recorded s00046"
    /// Whether an entry that was made with credentials serves a request without.
    credentialed_entry_serves_all: bool = true, true, false, true;
        "Firefox keys on the credentials flag alone (recorded s00059)"
    /// Whether a cached preflight must list even a safelisted method when a flag forced the
    /// preflight.
    forced_preflight_needs_cached_method: bool = true, false, false, false;
        "browsers look at the method alone (recorded s00080)"
    /// Whether `*` is stored as an entry.
    caches_wildcard: bool = true, true, false, true;
        "recorded s00069"
    /// Whether `*` in a credentialed preflight is stored as a wildcard.
    caches_credentialed_wildcard: bool = true, false, false, false;
        "a quirk of the standard's text that no browser follows"
    /// Whether a cached `*` covers Authorization.
    cached_wildcard_covers_authorization: bool = false, false, false, true;
        "recorded s00086"
    /// Whether HEAD needs an entry of its own, although it is safelisted.
    head_needs_cached_method: bool = false, false, true, false;
        "Firefox exempts GET and POST only (recorded s00072)"
    /// How a new preflight result meets old entries.
    cache_update: CacheUpdate =
        CacheUpdate::Adds, CacheUpdate::Replaces, CacheUpdate::Adds, CacheUpdate::Replaces;
        "recorded s00111, s00114"
    /// Whether a preflight that refuses the request drops the stored entry.
    refusal_drops_entry: bool = true, true, true, false;
        "recorded s00077, s00091"
    /// Whether a preflight whose lists refuse the request is stored all the same.
    refusal_is_stored: bool = false, false, false, true;
        "WebKit stores what the server allows before it looks whether that suffices (recorded s00104)"
    /// Which failures of the request itself drop the entries of its URL.
    failure_drops_entry: FailureDrops =
        FailureDrops::AfterPreflight, FailureDrops::Never,
        FailureDrops::AfterAnyCorsRequest, FailureDrops::Never;
        "recorded s00106; the standard clears only on its way back from a preflighted request"
    /// Whether preflights of an opaque origin are cached.
    caches_opaque_origin: bool = true, false, true, true;
        "recorded s00099"
    /// Whether the URL's fragment is left out of the cache key.
    cache_key_without_fragment: bool = true, false, false, false;
        "recorded s00094"
    /// Whether cache modes `no-store` and `reload` pass the cache by.
    reload_skips_cache: bool = false, true, true, false;
        "recorded s00116, s00117"
    /// Whether cache mode `no-cache` passes the cache by.
    no_cache_skips_cache: bool = false, true, false, false;
        "recorded s00118"
    /// Whether a preflight of a `no-store` request is stored.
    stores_for_no_store: bool = true, false, true, true;
        "recorded s00120"

    // Neighbouring layers.

    /// Whether `http://localhost` and loopback addresses are mixed content on an https page.
    loopback_is_mixed_content: bool = false, false, false, true;
        "WebKit does not treat them as potentially trustworthy"
    /// Whether Local Network Access is enforced.
    enforces_local_network_access: bool = false, true, true, false;
        "not in the Fetch standard; Chrome 142 and Firefox 153 ask for permission"
    /// Whether Local Network Access refuses pages that are not secure contexts outright.
    local_network_needs_secure_context: bool = false, true, false, false;
        "Firefox's block_insecure_contexts is off"
    /// Whether a no-CORS POST under no-referrer hides its origin.
    referrer_policy_hides_origin: bool = true, false, true, true;
        "Chromium sends the real origin"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_has_a_reason_and_at_least_two_values() {
        for difference in DIFFERENCES {
            assert!(!difference.reason.is_empty(), "{}", difference.name);
            let first = difference.values[0];
            assert!(
                difference.values.iter().any(|value| *value != first),
                "{} differs nowhere",
                difference.name
            );
        }
    }

    #[test]
    fn a_profile_knows_whose_it_is() {
        for browser in Browser::ALL {
            assert_eq!(browser.profile().browser, browser);
        }
    }
}
