//! What is wrong with a file is told with its place and the mend; then nothing is asked.

use super::{Folder, test_in};

#[test]
fn every_mistake_is_told_with_its_place_and_the_mend() {
    let folder = Folder::new();
    let good = "version = 1\n[[case]]\nname = 'a'\nexpect = 'allowed'\npage.origin = 'https://a.test'\nrequest.url = 'https://b.test'\n";
    for (text, wanted) in [
        (
            String::new(),
            "cors.toml:1:1: version: a contract begins with its version",
        ),
        (
            "version = 2".to_owned(),
            "cors.toml:1:11: version: version 2 of contracts is not known",
        ),
        (
            "version = 1\n".to_owned(),
            "cors.toml:1:1: there is no case",
        ),
        (
            format!("{good}request.methud = 'PUT'\n"),
            "cors.toml:7:9: case[0].request.methud: unknown field `methud`",
        ),
        (
            format!("{good}request.methud = 'PUT'\n"),
            "did you mean `method`?",
        ),
        (
            format!("{good}expct = 'x'\n"),
            "cors.toml:7:1: case[0].expct: unknown field `expct`",
        ),
        (format!("{good}expct = 'x'\n"), "did you mean `expect`?"),
        (
            good.replace("'allowed'", "'alowed'"),
            "did you mean `allowed`?",
        ),
        (
            good.replace("'allowed'", "{ rule = 'acao-misssing' }"),
            "did you mean `acao-missing`",
        ),
        (
            good.replace("'allowed'", "true"),
            "cors.toml:4:10: case[0].expect",
        ),
        (
            format!("{good}send = 'yes'\n"),
            "cors.toml:7:8: case[0].send",
        ),
        (
            format!("{good}{}", good.replace("version = 1\n", "")),
            "another case is named \"a\" (line 2)",
        ),
        (
            format!("{good}request.headers = [['X-Key', '${{CORSCOPE_TEST_UNSET}}']]\n"),
            "environment variable CORSCOPE_TEST_UNSET is not set",
        ),
        ("version = ".to_owned(), "cors.toml:1:11: "),
    ] {
        folder.write("cors.toml", &text);
        let ended = test_in(&folder.0, &["cors.toml"], &[]);
        assert_eq!(ended.code, Some(2), "{text}: {ended:?}");
        assert!(ended.err.contains(wanted), "{text}: {ended:?}");
        assert_eq!(ended.out, "");
    }
    // Nothing of a file reaches the terminal as a command.
    folder.write("cors.toml", "version = 1\n\"\\u001b[2Jx\" = 1\n");
    let ended = test_in(&folder.0, &["cors.toml"], &[]);
    assert!(
        ended.code == Some(2) && !ended.err.contains('\u{1b}'),
        "{ended:?}"
    );
    // Several files, several mistakes: all of them.
    folder.write("one.toml", "version = 3\nkase = 1\n");
    folder.write("two.toml", "version = 1\n");
    let ended = test_in(&folder.0, &["one.toml", "two.toml"], &[]);
    for place in ["one.toml:1:11", "one.toml:2:1", "two.toml:1:1"] {
        assert!(ended.err.contains(place), "{ended:?}");
    }
    for args in [
        &["nothing.toml"][..],
        &["."],
        &[],
        &["cors.toml", "--base", "staging"],
        &["cors.toml", "--base", "https://a.test/x"],
        &["cors.toml", "--jobs", "0"],
    ] {
        let ended = test_in(&folder.0, args, &[]);
        assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
    }
}

#[test]
fn the_guides_contracts_can_be_tested() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    for page in ["README.md", "docs/guide/contracts.md"] {
        let text = std::fs::read_to_string(format!("{root}/{page}")).unwrap();
        let blocks = text.split("```toml\n").skip(1);
        let blocks: Vec<&str> = blocks.filter_map(|it| it.split("```").next()).collect();
        let contracts = blocks.iter().filter(|block| block.contains("[[case]]"));
        let mut seen = 0;
        for contract in contracts {
            let read = corscope_diagnose::contract::contract_from_toml(contract.as_bytes(), None);
            assert!(read.is_ok(), "{page}: {read:?}");
            seen += 1;
        }
        assert!(seen > 0, "{page}");
    }
}
