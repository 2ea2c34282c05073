//! What a lint can find in a policy.

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// No origin is allowed at all.
    NoOrigin,
    /// An entry is no serialized origin.
    NotAnOrigin,
    /// `null` is allowed: any sandboxed frame has it.
    NullOrigin,
    /// A scheme that pages never have in their origin.
    OriginScheme,
    /// `*` beside other origins, which it makes needless.
    WildcardBesideOrigins,
    /// `*` with credentials: browsers refuse it, and reflecting instead lets every site in.
    WildcardWithCredentials,
    /// An http origin that is not this machine, with credentials.
    InsecureOriginWithCredentials,
    /// Subdomains of a name under which anybody can have one, with credentials.
    PublicSuffixWithCredentials,
    /// A method that is no token.
    NotAMethod,
    /// CONNECT, TRACE or TRACK.
    ForbiddenMethod,
    /// A method that only differs in case from a usual one; methods compare byte for byte.
    MethodCase,
    /// A header name that is no token.
    NotAHeaderName,
    /// A request-header that no script can set.
    ForbiddenRequestHeader,
    /// `Access-Control-*` or `Origin` as a request-header.
    ResponseHeaderAsRequestHeader,
    /// A response-header that no script can read.
    ForbiddenExposedHeader,
    /// `*` exposed with credentials: a literal name then.
    ExposeWildcardWithCredentials,
    /// A max-age below 0 or above a day.
    MaxAgeRange,
    /// The same entry twice.
    Duplicate,
    /// An entry that is allowed anyway.
    Needless,
    /// Private Network Access, which no browser asks for any more.
    PrivateNetwork,
}

impl FindingKind {
    /// Its name, in kebab case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoOrigin => "no-origin",
            Self::NotAnOrigin => "not-an-origin",
            Self::NullOrigin => "null-origin",
            Self::OriginScheme => "origin-scheme",
            Self::WildcardBesideOrigins => "wildcard-beside-origins",
            Self::WildcardWithCredentials => "wildcard-with-credentials",
            Self::InsecureOriginWithCredentials => "insecure-origin-with-credentials",
            Self::PublicSuffixWithCredentials => "public-suffix-with-credentials",
            Self::NotAMethod => "not-a-method",
            Self::ForbiddenMethod => "forbidden-method",
            Self::MethodCase => "method-case",
            Self::NotAHeaderName => "not-a-header-name",
            Self::ForbiddenRequestHeader => "forbidden-request-header",
            Self::ResponseHeaderAsRequestHeader => "response-header-as-request-header",
            Self::ForbiddenExposedHeader => "forbidden-exposed-header",
            Self::ExposeWildcardWithCredentials => "expose-wildcard-with-credentials",
            Self::MaxAgeRange => "max-age-range",
            Self::Duplicate => "duplicate",
            Self::Needless => "needless",
            Self::PrivateNetwork => "private-network",
        }
    }

    /// Whether the policy cannot mean what it says.
    pub const fn is_wrong(self) -> bool {
        matches!(
            self,
            Self::NoOrigin
                | Self::NotAnOrigin
                | Self::OriginScheme
                | Self::NotAMethod
                | Self::ForbiddenMethod
                | Self::NotAHeaderName
                | Self::ForbiddenRequestHeader
                | Self::ResponseHeaderAsRequestHeader
                | Self::MaxAgeRange
        )
    }

    /// Whether the policy lets somebody in who should stay out, or invites a mend that does.
    pub const fn is_unsafe(self) -> bool {
        matches!(
            self,
            Self::NullOrigin
                | Self::WildcardWithCredentials
                | Self::InsecureOriginWithCredentials
                | Self::PublicSuffixWithCredentials
        )
    }

    /// `error`, `unsafe` or `note`.
    pub const fn level(self) -> &'static str {
        if self.is_wrong() {
            "error"
        } else if self.is_unsafe() {
            "unsafe"
        } else {
            "note"
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind.
    pub kind: FindingKind,
    /// Where: `origins[1]`, `max-age`.
    pub at: String,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub mend: String,
}
