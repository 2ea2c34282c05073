use corscope_fetch::{Api, Evidence};
use url::Url;

use crate::diagnostic::{Explanation, Who};
use crate::rule::{Finds, rule};
use crate::sight::{Sight, text};

rule!(
    "frame-embedding-refused",
    Client,
    Refusal,
    "frame_embedding_refused.md",
    "the page in the frame refuses to be embedded",
    Finds::Observation(observe)
);

fn observe(sight: &Sight<'_>) -> Option<(Explanation, Vec<Evidence>)> {
    if sight.api() != Api::Iframe {
        return None;
    }
    let (leg, response) = sight.final_response()?;
    let page = sight.page_origin();
    let url = sight.first_url()?;
    let csp =
        text(response, "content-security-policy").filter(|csp| csp.contains("frame-ancestors"));
    let (name, value) = match csp {
        // Where it is there, browsers do not look at X-Frame-Options.
        Some(csp) => {
            let directive = csp
                .split([';', ','])
                .map(str::trim)
                .find(|it| it.starts_with("frame-ancestors"))?;
            if lists_ancestor(directive, page, url) {
                return None;
            }
            ("content-security-policy", directive.to_owned())
        }
        None => {
            let options = text(response, "x-frame-options")?;
            let is = |wanted: &str| options.eq_ignore_ascii_case(wanted);
            if !(is("deny") || (is("sameorigin") && sight.is_cross_origin())) {
                return None;
            }
            ("x-frame-options", options.into_owned())
        }
    };
    let spelled = if name == "x-frame-options" {
        "X-Frame-Options"
    } else {
        "Content-Security-Policy"
    };
    let found = Explanation::new(
        Who::Server,
        format!("`{spelled}` is `{value}`: the site does not let `{page}` show it in a frame"),
    )
    .note("CORS has nothing to do with frames; CORS headers change nothing here.")
    .narrow(
        Who::Server,
        format!(
            "answer `Content-Security-Policy: frame-ancestors {page}`, and no `X-Frame-Options`"
        ),
    )
    .manual(
        Who::Client,
        "use the address that the site offers for embedding, or a plain link",
    );
    Some((found, Evidence::header(leg, &response.header_list, name)))
}

/// Whether a `frame-ancestors` directive of the page at `url` lets `page` embed it.
fn lists_ancestor(directive: &str, page: &str, url: &Url) -> bool {
    let host = page.split_once("://").map_or("", |(_, host)| host);
    directive
        .split_ascii_whitespace()
        .skip(1)
        .any(|source| match source {
            "*" => true,
            "'self'" => url.origin().ascii_serialization() == page,
            "'none'" => false,
            _ if source == page || source == host => true,
            _ if source.ends_with(':') => page.starts_with(source),
            _ => {
                let (scheme, pattern) = source.split_once("://").unwrap_or(("", source));
                page.starts_with(scheme)
                    && pattern
                        .strip_prefix('*')
                        .is_some_and(|suffix| host.ends_with(suffix))
            }
        })
}
