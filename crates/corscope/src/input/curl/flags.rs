//! curl's flags: which take a value, and what each means to a request from a page.

/// What a flag means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Request,
    Header,
    /// `-d`, `--data-binary`: text, or `@file`.
    Data,
    /// `--data-raw`: text, a leading `@` included.
    DataRaw,
    DataUrlencode,
    Json,
    /// `-F`: `name=value`, `name=@file`.
    Form,
    /// `--form-string`: `name=value` and nothing else.
    FormString,
    Cookie,
    User,
    Bearer,
    UserAgent,
    Referer,
    Insecure,
    Follow,
    Head,
    Get,
    Url,
    UrlQuery,
    MaxTime,
    Proxy,
    Resolve,
    CaCert,
    Range,
    GlobOff,
    /// Without a value, and without a part in what a browser sends or may read.
    Harmless,
    /// The same with a value.
    HarmlessValue,
    /// What cannot be done for it, said to the user; without a value.
    Noted(&'static str),
    /// The same with a value.
    NotedValue(&'static str),
    /// What would send another request than the one judged; the text is the mend.
    Refused(&'static str),
}

impl Meaning {
    pub(super) fn takes_value(self) -> bool {
        !matches!(
            self,
            Self::Insecure
                | Self::Follow
                | Self::Head
                | Self::Get
                | Self::GlobOff
                | Self::Harmless
                | Self::Noted(_)
                | Self::Refused(_)
        )
    }
}

use Meaning::*;

const CLIENT_CERTIFICATE: &str = "the client certificate is not sent";
const LOGIN: &str = "this way to log in is not used; only -u and --oauth2-bearer are";
const NO_REQUEST: &str = "take it out: it makes no request";
const UPLOAD: &str = "write -X PUT -d '…'; no file is read";
const WHERE: &str = "take it out, or name the address with --resolve host:port:address";
const SOCKS: &str = "write -x http://host:port; corscope goes through HTTP proxies only";

/// Flags with a short form: letter, long name, meaning.
const SHORT: &[(char, &str, Meaning)] = &[
    ('#', "progress-bar", Harmless),
    ('0', "http1.0", Harmless),
    ('1', "tlsv1", Harmless),
    ('2', "sslv2", Harmless),
    ('3', "sslv3", Harmless),
    ('4', "ipv4", Harmless),
    ('6', "ipv6", Harmless),
    (':', "next", Refused("give one request")),
    ('A', "user-agent", UserAgent),
    ('B', "use-ascii", Harmless),
    (
        'C',
        "continue-at",
        NotedValue("the download is not continued; it is asked for whole"),
    ),
    ('D', "dump-header", HarmlessValue),
    ('E', "cert", NotedValue(CLIENT_CERTIFICATE)),
    ('F', "form", Form),
    ('G', "get", Get),
    ('H', "header", Header),
    ('I', "head", Head),
    ('J', "remote-header-name", Harmless),
    ('K', "config", Refused("write the flags of the file out")),
    ('L', "location", Follow),
    ('M', "manual", Refused(NO_REQUEST)),
    ('N', "no-buffer", Harmless),
    ('O', "remote-name", Harmless),
    ('R', "remote-time", Harmless),
    ('S', "show-error", Harmless),
    ('T', "upload-file", Refused(UPLOAD)),
    (
        'U',
        "proxy-user",
        NotedValue("give the proxy's user in its URL: -x http://user:password@host"),
    ),
    ('V', "version", Refused(NO_REQUEST)),
    ('X', "request", Request),
    ('Y', "speed-limit", HarmlessValue),
    ('Z', "parallel", Harmless),
    ('a', "append", Harmless),
    ('b', "cookie", Cookie),
    ('c', "cookie-jar", HarmlessValue),
    ('d', "data", Data),
    ('e', "referer", Referer),
    ('f', "fail", Harmless),
    ('g', "globoff", GlobOff),
    ('h', "help", Refused(NO_REQUEST)),
    ('i', "include", Harmless),
    ('j', "junk-session-cookies", Harmless),
    ('k', "insecure", Insecure),
    ('l', "list-only", Harmless),
    ('m', "max-time", MaxTime),
    ('n', "netrc", Noted(LOGIN)),
    ('o', "output", HarmlessValue),
    ('p', "proxytunnel", Harmless),
    ('q', "disable", Harmless),
    ('r', "range", Range),
    ('s', "silent", Harmless),
    ('u', "user", User),
    ('v', "verbose", Harmless),
    ('w', "write-out", HarmlessValue),
    ('x', "proxy", Proxy),
    ('y', "speed-time", HarmlessValue),
    ('z', "time-cond", HarmlessValue),
];

/// Flags without one.
const LONG: &[(&str, Meaning)] = &[
    ("anyauth", Noted(LOGIN)),
    ("aws-sigv4", NotedValue(LOGIN)),
    ("cacert", CaCert),
    ("connect-to", Refused(WHERE)),
    ("data-ascii", Data),
    ("data-binary", Data),
    ("data-raw", DataRaw),
    ("data-urlencode", DataUrlencode),
    ("digest", Noted(LOGIN)),
    ("form-string", FormString),
    ("json", Json),
    ("key", NotedValue(CLIENT_CERTIFICATE)),
    ("location-trusted", Follow),
    ("negotiate", Noted(LOGIN)),
    ("netrc-file", NotedValue(LOGIN)),
    ("netrc-optional", Noted(LOGIN)),
    ("ntlm", Noted(LOGIN)),
    ("oauth2-bearer", Bearer),
    ("preproxy", Refused(SOCKS)),
    ("request-target", Refused("write the path into the URL")),
    ("resolve", Resolve),
    ("socks4", Refused(SOCKS)),
    ("socks4a", Refused(SOCKS)),
    ("socks5", Refused(SOCKS)),
    ("socks5-hostname", Refused(SOCKS)),
    ("unix-socket", Refused(WHERE)),
    ("abstract-unix-socket", Refused(WHERE)),
    ("url", Url),
    ("url-query", UrlQuery),
];

/// Long flags about curl's own output, speed and TLS, without a value.
const HARMLESS: &str = "basic ca-native cert-status compressed compressed-ssh create-dirs \
    disable-eprt disable-epsv disallow-username-in-url doh-insecure dump-ca-embed fail-early \
    fail-with-body false-start haproxy-protocol http0.9 http1.1 http2 http2-prior-knowledge http3 \
    http3-only ignore-content-length keepalive mptcp parallel-immediate path-as-is post301 post302 \
    post303 progress-meter proxy-insecure raw remote-name-all remove-on-error retry-all-errors \
    retry-connrefused sessionid skip-existing ssl ssl-allow-beast ssl-auto-client-cert \
    ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output suppress-connect-headers \
    tcp-fastopen tcp-nodelay tls-earlydata tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids \
    trace-time xattr";

/// The same with a value.
const HARMLESS_VALUE: &str = "alt-svc capath cert-type ciphers connect-timeout create-file-mode \
    crlfile curves dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url engine etag-compare \
    etag-save expect100-timeout happy-eyeballs-timeout-ms hsts interface keepalive-cnt \
    keepalive-time key-type libcurl limit-rate local-port max-filesize max-redirs noproxy \
    output-dir parallel-max parallel-max-host pass pinnedpubkey proto proto-default proto-redir \
    proxy-cacert proxy-header rate retry retry-delay retry-max-time stderr tls-max tls13-ciphers \
    trace trace-ascii trace-config";

/// What `-c` means.
pub(super) fn short(letter: char) -> Option<Meaning> {
    SHORT
        .iter()
        .find(|(short, ..)| *short == letter)
        .map(|(.., meaning)| *meaning)
}

/// What `--name` means. `--no-…` switches off a flag that has no value.
pub(super) fn long(name: &str) -> Option<Meaning> {
    let listed = |list: &str| list.split_whitespace().any(|one| one == name);
    if let Some((.., meaning)) = SHORT.iter().find(|(_, long, _)| *long == name) {
        return Some(*meaning);
    }
    if let Some((_, meaning)) = LONG.iter().find(|(long, _)| *long == name) {
        return Some(*meaning);
    }
    if listed(HARMLESS) {
        return Some(Harmless);
    }
    if listed(HARMLESS_VALUE) {
        return Some(HarmlessValue);
    }
    let base = long(
        name.strip_prefix("no-")
            .filter(|base| !base.starts_with("no-"))?,
    )?;
    (!base.takes_value() && !matches!(base, Refused(_))).then_some(Harmless)
}

/// A flag whose name starts as `name` does, to be proposed for a misspelled one.
pub(super) fn like(name: &str) -> Option<&'static str> {
    let start = name.get(..3)?;
    SHORT
        .iter()
        .map(|(_, long, _)| *long)
        .chain(LONG.iter().map(|(long, _)| *long))
        .find(|long| long.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_is_listed_twice() {
        let mut names: Vec<&str> = SHORT
            .iter()
            .map(|(_, long, _)| *long)
            .chain(LONG.iter().map(|(long, _)| *long))
            .chain(HARMLESS.split_whitespace())
            .chain(HARMLESS_VALUE.split_whitespace())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn flags_are_found() {
        assert_eq!(short('X'), Some(Request));
        assert_eq!(long("header"), Some(Header));
        assert_eq!(long("no-progress-meter"), Some(Harmless));
        assert_eq!(long("no-buffer"), Some(Harmless));
        assert_eq!(long("no-header"), None);
        assert_eq!(long("no-no-no-buffer"), None);
        assert_eq!(long("frobnicate"), None);
        assert_eq!(like("heeder"), None);
        assert_eq!(like("headers"), Some("header"));
    }
}
