//! The failures in plain words: what happened, then what it usually means.

use std::fmt;
use std::time::Duration;

use super::{ConnectAttempt, ConnectFailure, HeadFault, NetworkError, Phase, RequestFault};

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Resolve => "while resolving the name",
            Self::Connect => "while connecting",
            Self::ProxyTunnel => "while asking the proxy for a tunnel",
            Self::TlsHandshake => "during the TLS handshake",
            Self::AwaitHead => "while waiting for the response to begin",
            Self::ReadHead => "in the midst of the response head",
            Self::ReadBody => "in the midst of the response body",
        })
    }
}

impl fmt::Display for ConnectFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::TimedOut => "no answer",
            Self::Unreachable => "unreachable",
            Self::Forbidden => "forbidden by this machine",
            Self::System(words) => words,
        })
    }
}

/// `127.0.0.1:80 (refused), [::1]:80 (refused)`.
struct Tried<'a>(&'a [ConnectAttempt]);

impl fmt::Display for Tried<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, attempt) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(out, "{comma}{} ({})", attempt.address, attempt.failure)?;
        }
        Ok(())
    }
}

/// `10 s`, `250 ms`.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_millis() == 0 && self.0.as_secs() > 0 {
            write!(out, "{} s", self.0.as_secs())
        } else {
            write!(out, "{} ms", self.0.as_millis())
        }
    }
}

/// A moment, in seconds since 1970, as its day in the Gregorian calendar: `2026-11-22 (UTC)`.
struct Day(i64);

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Days since 0000-03-01, so that a leap day ends its year.
        let days = self.0.div_euclid(86_400) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 {
            (month + 3, 0)
        } else {
            (month - 9, 1)
        };
        let year = era * 400 + year + next;
        write!(out, "{year:04}-{month:02}-{day:02} (UTC)")
    }
}

impl fmt::Display for HeadFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp { start } if matches!(start.as_slice(), [0x15, 0x03, ..]) => {
                out.write_str("it is a TLS alert, so the port wants https, not http")
            }
            Self::NotHttp { start } => write!(
                out,
                "it begins with \"{}\" where HTTP/1.1 and a status code must stand",
                start.escape_ascii()
            ),
            Self::NulByte { line: 0, .. } => out.write_str("the status line holds a NUL byte"),
            Self::NulByte { line, .. } => write!(out, "header line {line} holds a NUL byte"),
            Self::StatusOutOfRange { digits } => {
                write!(
                    out,
                    "the status code {} is above 999",
                    digits.escape_ascii()
                )
            }
            Self::ConflictingValues { name } => {
                write!(out, "it has {name} more than once, with different values")
            }
        }
    }
}

impl fmt::Display for RequestFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme(scheme) => write!(out, "{scheme}: is neither http: nor https:"),
            Self::NoHost => out.write_str("the URL has no host"),
            Self::Method(method) => {
                write!(out, "\"{}\" is not a method", method.escape_ascii())
            }
            Self::HeaderName { line } => {
                write!(
                    out,
                    "the name of request header {} is not a token",
                    line + 1
                )
            }
            Self::HeaderValue { line } => write!(
                out,
                "the value of request header {} holds a line break or a NUL byte",
                line + 1
            ),
            Self::Target => out.write_str("the URL's path or query cannot be written in HTTP/2"),
            Self::Http2WithoutTls => out.write_str("HTTP/2 was required for a URL without TLS"),
        }
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameNotFound { host } => {
                write!(out, "the name {host} does not exist or has no address")
            }
            Self::NameServerFailed { host } => {
                write!(
                    out,
                    "no name server could say what address {host} has; try again later"
                )
            }
            Self::NameLookupFailed { host, reason } => {
                write!(out, "looking up {host} failed: {reason}")
            }
            Self::ConnectionRefused { tried } => {
                write!(out, "nothing listens there: {}", Tried(tried))
            }
            Self::ConnectTimedOut { tried, after } => {
                write!(
                    out,
                    "no connection after {}: {}",
                    Span(*after),
                    Tried(tried)
                )
            }
            Self::Unreachable { tried } => {
                write!(out, "there is no route to the host: {}", Tried(tried))
            }
            Self::ConnectForbidden { tried } | Self::ConnectFailed { tried } => {
                write!(out, "no connection could be made: {}", Tried(tried))
            }
            Self::OwnListener { address } => {
                write!(
                    out,
                    "{address} is corscope itself; it does not connect to itself"
                )
            }
            Self::ConnectionReset { during } => {
                write!(out, "the server cut the connection {during}")
            }
            Self::ConnectionBroken { during, reason } => {
                write!(out, "the connection broke {during}: {reason}")
            }
            Self::TimedOut { during, after } => {
                write!(out, "time ran out after {} {during}", Span(*after))
            }
            Self::ProxyUnreachable { proxy, why } => {
                write!(out, "the proxy {proxy} cannot be reached: {why}")
            }
            Self::ProxyAuthenticationRequired { proxy } => {
                write!(
                    out,
                    "the proxy {proxy} wants a user and password, or other ones"
                )
            }
            Self::ProxyRefusedTunnel {
                proxy,
                status,
                reason,
            } => {
                write!(
                    out,
                    "the proxy {proxy} refused the tunnel with status {status}"
                )?;
                if reason.is_empty() {
                    return Ok(());
                }
                write!(out, " ({})", reason.escape_ascii())
            }
            Self::ProxyTunnelBroken { proxy, why } => {
                write!(out, "the proxy {proxy} did not open the tunnel: {why}")
            }
            Self::CertificateExpired {
                host,
                not_after: Some(end),
            } => write!(out, "the certificate of {host} expired on {}", Day(*end)),
            Self::CertificateExpired { host, .. } => {
                write!(out, "the certificate of {host} has expired")
            }
            Self::CertificateNotYetValid { host, not_before } => {
                write!(out, "the certificate of {host} is not valid yet")?;
                if let Some(start) = not_before {
                    write!(out, ", only from {}", Day(*start))?;
                }
                out.write_str("; is the clock right?")
            }
            Self::CertificateUnknownIssuer { host, issuer } => {
                write!(
                    out,
                    "the certificate of {host} is not signed by anyone trusted"
                )?;
                match issuer {
                    Some(issuer) => write!(out, " (issuer: {issuer})"),
                    None => Ok(()),
                }
            }
            Self::CertificateSelfSigned { host } => {
                write!(out, "the certificate of {host} is signed by itself")
            }
            Self::CertificateWrongHost { host, names } if names.is_empty() => {
                write!(
                    out,
                    "the certificate is not for {host}; it names no host at all"
                )
            }
            Self::CertificateWrongHost { host, names } => {
                write!(
                    out,
                    "the certificate is not for {host}; it is for {}",
                    names.join(", ")
                )
            }
            Self::CertificateRevoked { host } => {
                write!(out, "the certificate of {host} was revoked")
            }
            Self::CertificateInvalid { host, reason } => {
                write!(out, "the certificate of {host} is unacceptable: {reason}")
            }
            Self::NotTls => out.write_str("the port does not speak TLS; it may be plain http"),
            Self::TlsNothingInCommon { reason } => {
                write!(
                    out,
                    "no TLS version or cipher in common with the server: {reason}"
                )
            }
            Self::ClientCertificateWanted => out.write_str("the server wants a client certificate"),
            Self::TlsAlert { alert } => {
                write!(
                    out,
                    "the server refused the TLS handshake with the alert {alert}"
                )
            }
            Self::TlsProtocol { reason } => write!(out, "the TLS connection failed: {reason}"),
            Self::TlsClosed => {
                out.write_str("the server closed the connection during the TLS handshake")
            }
            Self::TlsImpossible { reason } => write!(out, "TLS cannot be tried: {reason}"),
            Self::Http2NotOffered => {
                out.write_str("HTTP/2 was required, and the server does not offer it")
            }
            Self::Http2 {
                by_server: true,
                reason,
                ..
            } => {
                write!(out, "the server ended the HTTP/2 stream: {reason}")
            }
            Self::Http2 { reason, .. } => {
                write!(out, "the server's HTTP/2 answer is unacceptable: {reason}")
            }
            Self::EmptyResponse => {
                out.write_str("the server closed the connection without a byte of response")
            }
            Self::HeadTruncated { received } => write!(
                out,
                "the server closed the connection after {received} bytes, in the midst of the \
                 response head"
            ),
            Self::InvalidResponse(fault) => write!(out, "the answer is not valid HTTP: {fault}"),
            Self::HeadTooLarge { limit } => {
                write!(out, "the response head is larger than {limit} bytes")
            }
            Self::TooManyHeaderLines { limit } => {
                write!(out, "the response head has more than {limit} lines")
            }
            Self::TooManyInformational { limit } => {
                write!(
                    out,
                    "the server sent more than {limit} informational (1xx) responses"
                )
            }
            Self::InvalidRequest(fault) => write!(out, "the request cannot be sent: {fault}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, day) in [
            (0, "1970-01-01 (UTC)"),
            (-1, "1969-12-31 (UTC)"),
            (951_782_400, "2000-02-29 (UTC)"),
            (1_700_000_000, "2023-11-14 (UTC)"),
            (4_107_542_399, "2100-02-28 (UTC)"),
            (4_107_542_400, "2100-03-01 (UTC)"),
            (253_402_300_799, "9999-12-31 (UTC)"),
        ] {
            assert_eq!(Day(seconds).to_string(), day);
        }
    }
}
