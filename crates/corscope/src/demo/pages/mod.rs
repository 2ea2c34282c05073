//! What the demo says about itself: for people, for programs, and for a real browser to try.

mod catalogue_json;
mod listing;
mod try_page;

pub use catalogue_json::catalogue_json;
pub(super) use listing::listing;
pub(super) use try_page::{TRY_POLICY, TRY_SCRIPT, try_page};

/// Text for HTML, in an element or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

/// A whole page.
fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n\
         </html>\n",
        escaped(title),
        include_str!("page.css"),
    )
}
