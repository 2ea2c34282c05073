//! Reading, writing, and the mistakes of rules files; the registry that they fill.

use std::sync::Arc;

use super::{
    ActionDocument, BreakpointDocument, Ground, RewriteDocument, Rewrites, RewritesError,
    RulesDocument, Stages, rules_from_toml, rules_to_toml,
};

const GOOD: &str = r#"
show-every-preflight = true

[[rewrite]]
id = "mend"
name = "let the app in"
next = 3
match = { method = ["PUT"], host = ["api.test"], path = ["/v1/*"], preflight = false }
do = [
    { set-response-header = { name = "Access-Control-Allow-Origin", value = "https://app.test" } },
    { set-status = 200 },
    { delay = { on = "response", ms = 100 } },
]

[[rewrite]]
enabled = false
[rewrite.match]
request-header = [{ name = "X-Tag", value = "a*" }]
[[rewrite.do]]
answer = { status = 200, body = { text = "hello" }, readable = true }

[[rewrite]]
do = [{ answer-preflight = { policy = { origins = ["https://app.test"], methods = ["PUT"] } } }]

[[breakpoint]]
on = ["request", "response"]
match = { preflight = true }
hold-seconds = 30
then = "close"
"#;

fn read(text: &str) -> Result<RulesDocument, Vec<String>> {
    rules_from_toml(text.as_bytes(), &Ground::default())
        .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

#[test]
fn a_file_is_read_and_written_back() {
    let document = read(GOOD).unwrap();
    assert_eq!(document.rewrites.len(), 3);
    assert_eq!(document.rewrites[0].actions.len(), 3);
    let written = rules_to_toml(&document).unwrap();
    assert_eq!(read(&written).unwrap(), document, "{written}");
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(
        serde_json::from_str::<RulesDocument>(&json).unwrap(),
        document
    );
    let empty = rules_to_toml(&RulesDocument::default()).unwrap();
    assert_eq!(read(&empty).unwrap(), read("").unwrap());
}

#[test]
fn every_mistake_is_told_at_once_with_its_place_and_mend() {
    let text = r#"enabeld = true
[[rewrite]]
match = { methods = ["GET"], host = "api.test", url-regex = "(", preflight = 1 }
do = [
    { set-header = { name = "X", value = "" } },
    { set-response-header = { name = "X Y", value = "a", when = "" } },
    { set-response-header = { name = "X", value = "a\nb" } },
    { set-status = 99999999 },
]
[[rewrite]]
name = 7
do = []
[[breakpoint]]
on = ["requests"]
then = "stop"
"#;
    let mistakes = read(text).unwrap_err();
    let wanted = [
        "line 1, column 1, enabeld: unknown field `enabeld`; write enabled",
        "line 3, column 11, rewrite[0].match.methods: unknown field `methods`; write method",
        "line 3, column 30, rewrite[0].match.host: string \"api.test\"; write a list: [ … ]",
        "line 3, column 49, rewrite[0].match.url-regex: no regular expression: unclosed group",
        "line 3, column 66, rewrite[0].match.preflight: integer `1`; write true or false",
        "line 5, column 5, rewrite[0].do[0]: unknown variant `set-header`",
        "line 6, column 31, rewrite[0].do[1].set-response-header.name: \"X Y\" is no header name",
        "line 6, column 58, rewrite[0].do[1].set-response-header.when: unknown field `when`",
        "line 7, column 43, rewrite[0].do[2].set-response-header.value: the value has a line break",
        "line 8, column 7, rewrite[0].do[3].set-status",
        "line 11, column 1, rewrite[1].name: integer `7`",
        "line 12, column 1, rewrite[1].do: it does nothing",
        "line 14, column 7, breakpoint[0].on[0]: unknown variant `requests`",
        "line 15, column 1, breakpoint[0].then: unknown variant `stop`",
    ];
    for wanted in wanted {
        assert!(
            mistakes.iter().any(|mistake| mistake.starts_with(wanted)),
            "{wanted}\nnot in\n{}",
            mistakes.join("\n")
        );
    }
    assert_eq!(mistakes.len(), wanted.len(), "{}", mistakes.join("\n"));
}

#[test]
fn what_is_no_file_of_this_kind_is_refused() {
    for (text, wanted) in [
        (b"rewrite = [".as_slice(), "line 1, column "),
        (b"rewrite = 1", "line 1, column 1, rewrite: "),
        (
            b"\xff",
            "rules file: not UTF-8 at byte 0; save the file as UTF-8",
        ),
        (
            b"[[rewrite]]\nid='a'\ndo=[{close='request'}]\n[[breakpoint]]\nid='a'",
            "line 5, column 1, breakpoint[0].id: another one has the id",
        ),
    ] {
        let mistakes = rules_from_toml(text, &Ground::default()).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(
            mistakes[0].to_string().starts_with(wanted),
            "{}",
            mistakes[0]
        );
    }
    let long = vec![b'#'; (1 << 20) + 1];
    assert!(rules_from_toml(&long, &Ground::default()).is_err());
    // As many mistakes as one likes end somewhere.
    let many = "[[rewrite]]\nx = 1\n".repeat(500);
    let mistakes = rules_from_toml(many.as_bytes(), &Ground::default()).unwrap_err();
    assert_eq!(mistakes.len(), 100);
}

fn names(stages: &Stages) -> Vec<String> {
    let list = stages.get();
    let list = list.iter().flat_map(|list| list.iter());
    list.map(|stage| stage.name().to_owned()).collect()
}

fn closing(id: &str) -> RewriteDocument {
    RewriteDocument {
        id: id.into(),
        actions: vec![ActionDocument::Close(super::Direction::Request)],
        ..RewriteDocument::default()
    }
}

#[test]
fn changes_are_in_force_at_once() {
    let stages = Arc::new(Stages::default());
    let rewrites = Rewrites::new(Arc::clone(&stages), Ground::default());
    assert_eq!(rewrites.put_rewrite(closing("a")).unwrap(), "a");
    assert_eq!(rewrites.put_rewrite(closing("")).unwrap(), "#1");
    let stop = rewrites.put_breakpoint(BreakpointDocument::default());
    assert_eq!(stop.unwrap(), "#2");
    assert_eq!(names(&stages), ["a", "rewrite", "breakpoint"]);
    assert!(rewrites.place("a", 9));
    rewrites.set_show_every_preflight(true);
    let wanted = ["rewrite", "a", "show every preflight", "breakpoint"];
    assert_eq!(names(&stages), wanted);
    rewrites.set_enabled("a", false).unwrap();
    assert_eq!(names(&stages).len(), 3);
    rewrites.set_all_enabled(false);
    assert_eq!(names(&stages), [""; 0]);
    rewrites.set_all_enabled(true);
    assert!(rewrites.remove("#1"));
    assert!(!rewrites.remove("#1"));
    assert_eq!(names(&stages), ["show every preflight", "breakpoint"]);
    assert_eq!(
        rewrites.set_enabled("x", true),
        Err(RewritesError::NotThere)
    );
    assert!(!rewrites.place("x", 0));
    // An identity stands for one thing only.
    assert!(
        rewrites
            .put_breakpoint(BreakpointDocument {
                id: "a".into(),
                ..BreakpointDocument::default()
            })
            .is_err()
    );
    let document = rewrites.document();
    assert_eq!(rewrites.load(&document), Ok(()));
    assert_eq!(rewrites.document(), document);
    assert_eq!(rewrites.rewrites()[0].document.id, "a");
    assert_eq!(rewrites.breakpoints()[0].matches, 0);
}

#[test]
fn a_wrong_file_changes_nothing() {
    let stages = Arc::new(Stages::default());
    let rewrites = Rewrites::new(Arc::clone(&stages), Ground::default());
    rewrites.put_rewrite(closing("a")).unwrap();
    let wrong = RulesDocument {
        rewrites: vec![closing("b"), RewriteDocument::default()],
        ..RulesDocument::default()
    };
    assert_eq!(rewrites.load(&wrong).unwrap_err()[0].at, "rewrite[1].do");
    assert_eq!(names(&stages), ["a"]);
}
