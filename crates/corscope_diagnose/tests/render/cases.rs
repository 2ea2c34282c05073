//! Fetches worth looking at.

/// A page asks for something that has no Access-Control-Allow-Origin.
pub(crate) const MISSING: &str = r#"{
  "page": { "origin": "http://localhost:5173" },
  "request": { "url": "http://127.0.0.1:8377/items" },
  "responses": [ { "status": 200, "headers": [["Content-Type", "application/json"], ["Server", "demo"]] } ]
}"#;

/// Another origin is allowed.
pub(crate) const MISMATCH: &str = r#"{
  "page": { "origin": "http://localhost:5173" },
  "request": { "url": "http://127.0.0.1:8377/items" },
  "responses": [ { "status": 200, "headers": [
    ["Access-Control-Allow-Origin", " http://localhost:3000 "], ["Vary", "Origin"]] } ]
}"#;

/// Two layers each add their header.
pub(crate) const DUPLICATES: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "url": "https://api.example/items" },
  "responses": [ { "status": 200, "headers": [["Access-Control-Allow-Origin", "https://app.example"],
    ["Content-Type", "application/json"], ["Access-Control-Allow-Origin", "*"]] } ]
}"#;

/// Authentication answers the preflight.
pub(crate) const PREFLIGHT_401: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "method": "PUT", "url": "https://api.example/items", "headers": [["Authorization", "Bearer abc.def"]] },
  "preflight": { "status": 401, "headers": [["WWW-Authenticate", "Bearer realm=\"api\""]] },
  "responses": [ { "status": 200, "headers": [["Access-Control-Allow-Origin", "https://app.example"]] } ]
}"#;

/// Nearly everything is wrong, in every leg.
pub(crate) const SEVERAL: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "method": "PATCH", "url": "https://api.example/items/1", "credentials": "include",
    "headers": [["X-Request-Id", "7"], ["Content-Type", "application/json"], ["Cookie", "a=b"]] },
  "preflight": { "status": 404, "headers": [["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Allow-Methods", "GET, POST"]] },
  "responses": [ { "status": 500, "headers": [["Access-Control-Allow-Origin", "https://www.app.example"],
    ["Server", "nginx"]] } ]
}"#;

/// The second hop is asked by `null`.
pub(crate) const REDIRECTS: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "url": "https://api.example/file" },
  "responses": [
    { "status": 302, "headers": [["Location", "https://cdn.example/file"], ["Access-Control-Allow-Origin", "https://app.example"]] },
    { "status": 200, "headers": [["Access-Control-Allow-Origin", "https://app.example"], ["Age", "20"]] } ]
}"#;

/// All is well, and not every header can be read.
pub(crate) const READABLE: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "url": "https://api.example/items" },
  "responses": [ { "status": 200, "headers": [["Access-Control-Allow-Origin", "https://app.example"],
    ["Vary", "Origin"], ["Content-Type", "application/json"], ["X-Total-Count", "4"], ["ETag", "\"1\""],
    ["Access-Control-Expose-Headers", "ETag"], ["Set-Cookie", "sid=s3cr3t; SameSite=Lax"]] } ]
}"#;

/// Without CORS.
pub(crate) const OPAQUE: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "method": "POST", "url": "https://stats.example/hit", "mode": "no-cors" },
  "responses": [ { "status": 204, "headers": [] } ]
}"#;

/// The preflight's answer is not known.
pub(crate) const INCOMPLETE: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "method": "DELETE", "url": "https://api.example/items/1" }
}"#;

/// Nothing answers.
pub(crate) const REFUSED: &str = r#"{
  "page": { "origin": "http://localhost:5173" },
  "request": { "url": "http://127.0.0.1:8399/items" },
  "network": { "error": "net::ERR_CONNECTION_REFUSED" }
}"#;

/// The page's own policy is in the way, and the server would be, too.
pub(crate) const CSP: &str = r#"{
  "page": { "origin": "https://app.example", "csp": "connect-src 'self'" },
  "request": { "url": "https://api.example/items" },
  "responses": [ { "status": 200, "headers": [] } ]
}"#;

/// A server that attacks who reads its headers.
pub(crate) const HOSTILE: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "url": "https://api.example/?a=\u001b[31m&b=\u202e\u200b" },
  "responses": [ { "status": 200, "headers": [
    ["Access-Control-Allow-Origin", "\u001b[2J\u001b]0;owned\u0007https://app.example\u009b1m\u00ff\t`|<img src=x>` @everyone"],
    ["Access-Control-Expose-Headers", "\u0000\u0008\u007f"],
    ["Content-Type", "text/html\r\n\u001b[1A"], ["Vary", "```"]] } ]
}"#;

/// An API that throws, at a method and a URL that are none.
pub(crate) const NONSENSE: &str = r#"{
  "page": { "origin": "https://app.example" },
  "request": { "method": "GE\u001b[31mT", "url": "http:\u001b]0;x\u0007\u202e" }
}"#;

/// A URL, a header and an allowed list much longer than a line.
pub(crate) fn long() -> String {
    let path = "segment/".repeat(60);
    let names: Vec<String> = (0..60).map(|index| format!("x-allowed-{index}")).collect();
    format!(
        r#"{{ "page": {{ "origin": "https://app.example" }},
          "request": {{ "method": "GET", "url": "https://api.example/{path}?q=1", "headers": [["X-Wanted", "{}"]] }},
          "preflight": {{ "status": 200, "headers": [["Access-Control-Allow-Origin", "*"],
            ["Access-Control-Allow-Headers", "{}, bad name, {}"]] }} }}"#,
        "v".repeat(500),
        names.join(", "),
        names.join(","),
    )
}

/// A chain of redirects without an end.
pub(crate) fn endless() -> String {
    let hop = r#"{ "status": 302, "headers": [["Location", "/again"], ["Access-Control-Allow-Origin", "*"]] }"#;
    let hops = vec![hop; 22].join(",");
    format!(
        r#"{{ "page": {{ "origin": "https://app.example" }}, "request": {{ "url": "https://api.example/" }},
          "responses": [{hops}] }}"#
    )
}

/// All of them.
pub(crate) fn all() -> Vec<String> {
    let fixed = [
        MISSING,
        MISMATCH,
        DUPLICATES,
        PREFLIGHT_401,
        SEVERAL,
        REDIRECTS,
        READABLE,
        OPAQUE,
        INCOMPLETE,
        REFUSED,
        CSP,
        HOSTILE,
        NONSENSE,
    ];
    let mut all: Vec<String> = fixed.iter().map(|case| (*case).to_owned()).collect();
    all.extend([long(), endless()]);
    all
}
