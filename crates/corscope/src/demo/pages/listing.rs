//! The page at `/`: every endpoint with the command that shows its fault.

use std::fmt::Write as _;

use super::{document, escaped};
use crate::demo::catalogue::{Endpoint, GROUPS};
use crate::demo::{PAGE_ORIGIN, Places};

pub(in crate::demo) fn listing(places: &Places) -> String {
    let mut body = format!(
        "<h1>corscope demo</h1>\n\
         <p>Each endpoint is broken in one way, on purpose. Paste its command into a terminal to \
         see what is wrong and what would mend it. The page that asks is taken to be \
         <code>{PAGE_ORIGIN}</code>.</p>\n\
         <p>The same list <a href=\"/catalogue.json\">as JSON</a>; the same requests \
         <a href=\"{}\">from this browser</a>, to see what it says itself.</p>\n",
        escaped(&places.try_page()),
    );
    for group in GROUPS {
        let (title, about) = (escaped(group.title), escaped(group.about));
        let _ = writeln!(body, "<h2>{title}</h2>\n<p class=\"quiet\">{about}</p>");
        for endpoint in group.endpoints {
            body.push_str(&article(endpoint, places));
        }
    }
    document("corscope demo", &body)
}

fn article(endpoint: &Endpoint, places: &Places) -> String {
    let rule = match endpoint.rule {
        Some(rule) => format!("rule <code>{}</code>", escaped(rule)),
        None => "<span class=\"good\">nothing is wrong</span>".to_owned(),
    };
    format!(
        "<article id=\"{slug}\">\n<h3>{title}</h3>\n\
         <p class=\"quiet\"><a href=\"{url}\">/{slug}</a> · {rule}</p>\n\
         <pre><code>{command}</code></pre>\n</article>\n",
        slug = escaped(endpoint.slug),
        title = escaped(endpoint.title),
        url = escaped(&endpoint.url(places)),
        command = escaped(&endpoint.command(places)),
    )
}
