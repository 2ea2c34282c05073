use super::*;

fn read(source: &str) -> Result<Vec<Node>, InputError> {
    let mut scanner = Scanner::new(source);
    let nodes = arguments(&mut scanner)?;
    assert!(scanner.at() <= source.len());
    Ok(nodes)
}

fn one(source: &str) -> Value {
    let nodes = read(&format!("{source})")).unwrap();
    assert_eq!(nodes.len(), 1, "{source}");
    nodes.into_iter().next().unwrap().value
}

fn text(source: &str) -> Value {
    Value::Text(source.to_owned())
}

#[test]
fn strings_are_unescaped() {
    for (source, read) in [
        (r#""a\"b\\c""#, "a\"b\\c"),
        (r"'it\'s'", "it's"),
        (r#""\u00e9\x41\n\t\0""#, "éA\n\t\0"),
        (r#""\ud83d\ude00\u{1f600}""#, "😀😀"),
        (r#""\ud83dx\udc00""#, "\u{fffd}x\u{fffd}"),
        (r#""\u{zz}""#, "\u{fffd}"),
        ("`two\nlines`", "two\nlines"),
        ("`a\\`b $x {y}`", "a`b $x {y}"),
        ("\"a\\\nb\"", "ab"),
        ("'a' + \"b\" + `c` + 1", "abc1"),
        ("'a' // comment\n + /* more */ 'b'", "ab"),
    ] {
        assert_eq!(one(source), text(read), "{source}");
    }
}

#[test]
fn literals_are_read() {
    assert_eq!(one("true"), Value::Bool(true));
    assert_eq!(one("null"), Value::Null);
    assert_eq!(one("undefined"), Value::Undefined);
    assert_eq!(one("-1.5e3"), Value::Number("-1.5e3".to_owned()));
    assert_eq!(one("[]"), Value::Array(Vec::new()));
    let Value::Object(entries) =
        one("{ a: 1, 'b': 2, \"c-d\": 3, 4: 5, /* x */ e, ...f, [g]: h, i() {}, }")
    else {
        panic!("no object");
    };
    let keys: Vec<_> = entries
        .iter()
        .map(|entry| match &entry.key {
            Key::Name {
                name,
                is_double_quoted,
            } => (name.as_str(), *is_double_quoted),
            Key::Unknown => ("?", false),
        })
        .collect();
    let names = ["a", "b", "c-d", "4", "e", "?", "?", "i"];
    assert_eq!(keys, names.map(|name| (name, name == "c-d")));
    assert!(!entries[4].value.is_known());
    assert!(
        matches!(one("new Headers({ a: 'b' })"), Value::New { class, .. } if class == "Headers")
    );
    assert!(matches!(one("new FormData"), Value::New { class, .. } if class == "FormData"));
    assert!(
        matches!(one("new URL('https://a.test').href"), Value::New { class, .. } if class == "URL")
    );
}

#[test]
fn stringify_keeps_its_source() {
    let source = "JSON.stringify({ a: [1, \"x\"], b: c })";
    let Value::Stringify { argument, inside } = one(source) else {
        panic!("no call")
    };
    assert_eq!(&source[inside], "{ a: [1, \"x\"], b: c }");
    assert!(!argument.unwrap().is_known());
}

#[test]
fn the_unknown_is_read_over() {
    for source in [
        "url",
        "f(a, b)",
        "a ? 'b' : 'c'",
        "'a' || b",
        "() => { return ')'; }",
        "async function (a) { return `${a}, ${`)`}`; }",
        "a[b](c)",
        "'a'.concat('b')",
        "{}.x",
        "-x",
        "new Foo(1).bar({})",
        "process.env.URL",
    ] {
        let nodes = read(&format!("{source}, 1)")).unwrap();
        assert_eq!(nodes.len(), 2, "{source}");
        assert_eq!(nodes[0].value, Value::Unknown, "{source}");
    }
    for (source, unknown) in [
        ("`a${b}c`", "${b}"),
        ("`${ {x: `}`}.x }${c}`", "${ {x: `}`}.x }"),
        ("'a' + b", "b"),
        ("'a' + b + 'c'", "b + 'c'"),
    ] {
        let whole = format!("{source}, 1)");
        let nodes = read(&whole).unwrap();
        assert_eq!(nodes.len(), 2, "{source}");
        assert_eq!(nodes[0].value, Value::UnknownText, "{source}");
        assert_eq!(&whole[nodes[0].span.clone()], unknown, "{source}");
    }
}

#[test]
fn broken_code_is_an_error() {
    for source in [
        "", "'a", "{", "{ a: }", "[1, 2", "{ a b }", "`${", "`${a", "f(", ";", "{ ; }", "new X(",
    ] {
        assert!(read(source).is_err(), "{source}");
    }
}

#[test]
fn nesting_is_bounded() {
    for open in ["[", "{a:", "new X(", "`${", "(", "JSON.stringify(", "'a'+["] {
        assert!(read(&open.repeat(100_000)).is_err());
    }
    let deep = format!("{}{})", "[".repeat(10_000), "]".repeat(10_000));
    assert!(!read(&deep).unwrap()[0].is_known());
}

#[test]
fn fetch_is_found_where_it_is_called() {
    for (source, rest) in [
        ("fetch(1)", Some("1)")),
        ("const r = await window.fetch (1)", Some("1)")),
        ("// fetch(0)\n'fetch(0)'; fetch(1)", Some("1)")),
        ("function fetch(a) {}; fetch(1)", Some("1)")),
        ("this.fetch(0); refetch(0); self.fetch(1)", Some("1)")),
        ("`${fetch(1)}`", Some("1)}`")),
        ("axios.get(1)", None),
        ("fetch", None),
        ("/['\"]/; fetch(2)\nfetch(1)", Some("1)")),
    ] {
        let mut scanner = Scanner::new(source);
        let found = scanner.find_fetch().then(|| &source[scanner.at()..]);
        assert_eq!(found, rest, "{source}");
    }
}
