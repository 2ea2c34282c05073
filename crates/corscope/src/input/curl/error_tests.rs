use super::curl;

#[test]
fn what_cannot_be_done_is_mended() {
    for (command, place, problem, mend) in [
        ("", "cURL command", "no command", "give the whole command"),
        ("curl", "cURL command", "no URL", "add the URL"),
        (
            "wget https://a.test",
            "cURL command",
            "`wget` is not curl",
            "Copy as cURL",
        ),
        (
            "fetch('https://a.test')",
            "cURL command",
            "is not curl",
            "--fetch-snippet",
        ),
        (
            "Invoke-WebRequest -UseBasicParsing -Uri \"https://a.test\"",
            "cURL command",
            "PowerShell",
            "bash",
        ),
        (
            "curl.exe https://a.test `\n -H 'A: b'",
            "cURL command",
            "PowerShell",
            "bash",
        ),
        (
            "curl https://a.test https://b.test",
            "cURL command, word 3",
            "a second URL",
            "quotes",
        ),
        (
            "curl --frobnicate https://a.test",
            "cURL command, word 2",
            "`--frobnicate`",
            "take it out",
        ),
        (
            "curl --headers 'A: b' https://a.test",
            "cURL command, word 2",
            "`--headers`",
            "--header,",
        ),
        (
            "curl -header 'A: b' https://a.test",
            "cURL command, word 2",
            "`-header`",
            "--header with two",
        ),
        (
            "curl -sQ x https://a.test",
            "cURL command, word 2",
            "`-Q`",
            "take it out",
        ),
        (
            "curl https://a.test -H",
            "cURL command, word 3",
            "-H has no value",
            "behind it",
        ),
        (
            "curl https://a.test -H X-Foo",
            "cURL command, word 4",
            "no colon",
            "Name: value",
        ),
        (
            "curl https://a.test -H 'X-Foo: a\nb'",
            "cURL command, word 4",
            "line break",
            "take it out",
        ),
        (
            "curl https://a.test -H @headers.txt",
            "cURL command, word 4",
            "`headers.txt`",
            "one -H",
        ),
        (
            "curl https://a.test -X 'GE T'",
            "cURL command, word 4",
            "no method",
            "PUT",
        ),
        (
            "curl https://a.test -d @body.json",
            "cURL command, word 4",
            "`body.json`",
            "-d '",
        ),
        (
            "curl https://a.test --data-binary @-",
            "cURL command, word 4",
            "file",
            "-d '",
        ),
        (
            "curl https://a.test --json @x",
            "cURL command, word 4",
            "file",
            "-d '",
        ),
        (
            "curl https://a.test -b jar.txt",
            "cURL command, word 4",
            "`jar.txt`",
            "-b 'name=value'",
        ),
        (
            "curl https://a.test -b $'a=b\\nc'",
            "cURL command, word 4",
            "line break",
            "take it out",
        ),
        (
            "curl https://a.test -u me",
            "cURL command, word 4",
            "no password",
            "-u 'me:password'",
        ),
        (
            "curl https://a.test -K c",
            "cURL command, word 3",
            "-K is not",
            "write the flags",
        ),
        (
            "curl https://a.test -T c",
            "cURL command, word 3",
            "-T is not",
            "-X PUT",
        ),
        (
            "curl https://a.test -m soon",
            "cURL command, word 4",
            "seconds",
            "2.5",
        ),
        (
            "curl https://a.test -m -1",
            "cURL command, word 4",
            "seconds",
            "2.5",
        ),
        (
            "curl https://a.test -m 1e400",
            "cURL command, word 4",
            "seconds",
            "2.5",
        ),
        (
            "curl https://a.test -d a -F b=c",
            "cURL command",
            "a body",
            "either",
        ),
        (
            "curl https://a.test -H \"Authorization: Bearer $TOKEN\"",
            "cURL command, word 4",
            "shell",
            "value itself",
        ),
        (
            "curl https://a.test –X PUT",
            "cURL command, word 3",
            "typographic dash",
            "write -",
        ),
        (
            "curl ftp://a.test/x",
            "cURL command, word 2",
            "`ftp`",
            "https://",
        ),
        ("curl -", "cURL command, word 2", "terminal", "URL"),
        (
            "curl https://a.test -H 'Origin: https://b.test/'",
            "cURL command, word 4",
            "trailing slash",
            "write https://b.test",
        ),
    ] {
        let error = curl(command).expect_err(command);
        assert_eq!(error.place, place, "{command}: {error}");
        assert!(error.problem.contains(problem), "{command}: {error}");
        assert!(error.mend.contains(mend), "{command}: {error}");
    }
}

#[test]
fn an_error_shows_the_command_around_it() {
    let error = curl("curl 'https://a.test' -H 'X-Foo: 1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cURL command, word 4: the quote ' that starts here is not closed\n  \
         | curl 'https://a.test' -H 'X-Foo: 1\n  \
         |                          ^\n  \
         close it with ', or copy the whole command again"
    );
}
