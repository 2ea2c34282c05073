//! JavaScript with one call of `fetch()`, hand-written or copied from a browser's DevTools.

use ::url::Url;

use super::browser_headers::{self, Placed, Source};
use super::error::InputError;
use super::js_literal::{self, Entry, Key, Node, Scanner, Value};
use super::{Given, url};

mod body;
mod headers;
mod options;
#[cfg(test)]
mod tests;

const PLACE: &str = "snippet";

/// Reads the first call of `fetch()` in `text`: "Copy as fetch" and "Copy as fetch (Node.js)" of
/// Chromium, "Copy as Fetch" of Firefox, or hand-written code with literals.
///
/// # Errors
/// When there is no call, or what it sends cannot be known without running the code.
pub fn fetch_snippet(text: &str) -> Result<Given, InputError> {
    super::check_length(PLACE, text)?;
    let mut scanner = Scanner::new(text);
    if !scanner.find_fetch() {
        return Err(no_call(text));
    }
    let start = scanner.at() - 1;
    let arguments = js_literal::arguments(&mut scanner)?;
    let more = std::iter::from_fn(|| scanner.find_fetch().then_some(())).count();
    let mut call = Call {
        source: Snippet::new(text),
        given: Given::default(),
        ..Call::default()
    };
    if more > 0 {
        let calls = if more == 1 {
            "1 more call follows".to_owned()
        } else {
            format!("{more} more calls follow")
        };
        call.given
            .note(format!("only the first call of fetch() was read; {calls}"));
    }
    call.read(&arguments, start)?;
    call.finish()
}

fn no_call(text: &str) -> InputError {
    let has = |word: &str| text.contains(word);
    let mend = if has("curl ") {
        "give a cURL command with --curl 'curl …'"
    } else if has("axios") || has("XMLHttpRequest") || has("ajax") || has("ky.") {
        "only fetch() is read; copy the request in DevTools with \"Copy as fetch\""
    } else {
        "give code such as fetch(\"https://api.example.com/x\", { method: \"PUT\" })"
    };
    InputError::new(PLACE, "there is no call of fetch() in it", mend)
}

/// The source, and the line of each of its bytes.
#[derive(Default)]
struct Snippet<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> Snippet<'a> {
    fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            text,
            line_starts: breaks.map(|(at, _)| at + 1).collect(),
        }
    }

    fn place(&self, at: usize) -> String {
        let line = self.line_starts.partition_point(|start| *start <= at) + 1;
        format!("snippet, line {line}")
    }

    fn error(
        &self,
        node: &Node,
        problem: impl Into<String>,
        mend: impl Into<String>,
    ) -> InputError {
        InputError::new(self.place(node.span.start), problem, mend)
            .with_excerpt(self.text, node.span.clone())
    }

    /// An error for what only running the code would tell.
    fn unknown(&self, node: &Node, what: &str, mend: &str) -> InputError {
        let problem = match node.value {
            Value::Unknown | Value::UnknownText => {
                format!("{what} cannot be known without running the code")
            }
            _ => "this is not of a kind that fetch() takes here".to_owned(),
        };
        self.error(node, problem, mend)
    }
}

/// One call of `fetch()`, as far as it is read.
#[derive(Default)]
struct Call<'a> {
    source: Snippet<'a>,
    given: Given,
    url: Option<(String, String)>,
    headers: Vec<Placed>,
    /// The page, and where the snippet says so.
    referrer: Option<(String, String)>,
    /// A body of a kind that the headers may tell.
    unknown_body: Option<Node>,
    /// Every option's name stands in double quotes, as DevTools writes them.
    is_json_like: bool,
    names: Vec<String>,
}

impl Call<'_> {
    fn read(&mut self, arguments: &[Node], start: usize) -> Result<(), InputError> {
        let Some(first) = arguments.first() else {
            let call = Node {
                value: Value::Unknown,
                span: start..start + 1,
            };
            let mend = "write it: fetch(\"https://api.example.com/x\")";
            return Err(self.source.error(&call, "fetch() has no URL", mend));
        };
        self.is_json_like = true;
        match &first.value {
            Value::New { class, arguments } if class == "Request" => {
                let Some(inner) = arguments.first() else {
                    let mend = "write it: new Request(\"https://api.example.com/x\")";
                    return Err(self.source.error(first, "new Request() has no URL", mend));
                };
                self.url = Some((self.source.place(inner.span.start), self.url_of(inner)?));
                self.init(arguments.get(1))?;
            }
            _ => self.url = Some((self.source.place(first.span.start), self.url_of(first)?)),
        }
        self.init(arguments.get(1))
    }

    fn url_of(&self, node: &Node) -> Result<String, InputError> {
        match &node.value {
            Value::Text(text) => Ok(text.clone()),
            Value::New { class, arguments } if class == "URL" => match arguments.as_slice() {
                [
                    Node {
                        value: Value::Text(url),
                        ..
                    },
                ] => Ok(url.clone()),
                [
                    Node {
                        value: Value::Text(url),
                        ..
                    },
                    Node {
                        value: Value::Text(base),
                        ..
                    },
                ] => {
                    let joined = Url::parse(base).and_then(|base| base.join(url));
                    joined.map(String::from).map_err(|error| {
                        let mend = "write the whole URL as one string";
                        self.source
                            .error(node, format!("not a URL: {}", url::reason(error)), mend)
                    })
                }
                _ => Err(self.unknown_url(node)),
            },
            _ => Err(self.unknown_url(node)),
        }
    }

    fn unknown_url(&self, node: &Node) -> InputError {
        let mend = "write the URL out: fetch(\"https://api.example.com/x\", …)";
        self.source.unknown(node, "the URL", mend)
    }

    fn init(&mut self, node: Option<&Node>) -> Result<(), InputError> {
        let Some(node) = node else { return Ok(()) };
        match &node.value {
            Value::Undefined | Value::Null => Ok(()),
            Value::Object(entries) => entries.iter().try_for_each(|entry| self.entry(entry)),
            _ => {
                let mend =
                    "write the options out: fetch(\"…\", { method: \"PUT\", headers: { … } })";
                Err(self.source.unknown(node, "what the options are", mend))
            }
        }
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), InputError> {
        let Key::Name {
            name,
            is_double_quoted,
        } = &entry.key
        else {
            let mend = "write the options themselves instead";
            return Err(self
                .source
                .unknown(&entry.value, "which options this adds", mend));
        };
        self.is_json_like &= is_double_quoted;
        self.names.push(name.clone());
        self.option(name, &entry.value)
    }

    /// Whether DevTools wrote the snippet, so that its headers are those that went over the wire.
    /// Chromium always writes body, method, mode and credentials, Firefox all but the body; for
    /// Node.js Chromium leaves the last two out.
    fn is_browser_copy(&self) -> bool {
        let has = |name: &str| self.names.iter().any(|one| one == name);
        browser_headers::is_browser_copy(&self.headers)
            || self.is_json_like && has("method") && has("mode") && has("credentials")
            || self
                .headers
                .iter()
                .any(|header| header.name == "Referrer-Policy")
    }

    fn finish(mut self) -> Result<Given, InputError> {
        if let Some((place, referrer)) = self.referrer.take() {
            browser_headers::set_page_url(&mut self.given, &place, &referrer);
        }
        self.settle_body()?;
        let is_copy = self.is_browser_copy();
        let headers = std::mem::take(&mut self.headers);
        if self.given.init.method.is_empty() {
            self.given.init.method = "GET".to_owned();
        }
        if is_copy {
            browser_headers::sort(&mut self.given, headers, Source::BrowserCopy)?;
        } else {
            let pairs = headers
                .into_iter()
                .map(|header| (header.name, header.value));
            self.given.init.headers.extend(pairs);
        }
        let (place, text) = self.url.take().unwrap_or_default();
        self.given.init.url = self.absolute(&place, text)?;
        Ok(self.given)
    }

    /// A path is relative to the page, if that is known.
    fn absolute(&mut self, place: &str, text: String) -> Result<String, InputError> {
        if text.starts_with(['/', '.', '?', '#'])
            && let Some(page) = &self.given.page_url
            && let Ok(joined) = Url::parse(page).and_then(|page| page.join(&text))
        {
            self.given
                .note(format!("the URL is relative to the page: {joined}"));
            return Ok(joined.into());
        }
        url::target(place, &text)
    }
}
