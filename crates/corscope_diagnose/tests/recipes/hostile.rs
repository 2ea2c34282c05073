//! Policies whose values try to leave their quotes: chance strings of everything that an origin, a
//! method or a header name may hold. The same at each run.

use corscope_fetch::policy::{Policy, PolicyDocument};

/// What the hosts of apps' own schemes may hold, ends of strings, blocks and lines foremost.
const IN_HOSTS: &[&str] = &[
    "\"", "\"; ", "';", "`", "$", "${", "$(", "{", "}", "{{", "}}", "%{", "%[", "%", "#{", ");",
    "(", ")", "\\", ";", ",", "&", "=", "+", "~", "*", "!", "|", "^", "_", "-", ".", "a", "evil",
];

/// What tokens may hold.
const IN_TOKENS: &[&str] = &[
    "!", "#", "$", "%", "&", "'", "*", "+", "-", ".", "^", "_", "`", "|", "~", "a", "Z", "9", "$'",
    "%%", "''", "``", "#$", "${",
];

struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap() % end
    }

    fn text(&mut self, pieces: &[&str]) -> String {
        let length = 1 + self.below(8);
        (0..length)
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

/// That many policies, each with at least one hostile origin. `mark` stands in every value.
pub(crate) fn policies(count: usize, mark: &str) -> Vec<Policy> {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut policies = Vec::new();
    while policies.len() < count {
        let mut tokens = || -> Vec<String> {
            (0..2)
                .map(|_| format!("{mark}{}", chance.text(IN_TOKENS)))
                .filter(|token| !token.contains('{'))
                .collect()
        };
        let (methods, headers, expose) = (tokens(), tokens(), tokens());
        let star = if chance.below(4) == 0 { "*." } else { "" };
        let origin = format!("app://{star}{mark}{}", chance.text(IN_HOSTS));
        let document = PolicyDocument {
            origins: vec![origin, format!("https://{mark}.example")],
            methods,
            headers,
            expose,
            credentials: chance.below(2) == 0,
            max_age: Some(600),
            ..PolicyDocument::default()
        };
        // Which of them are origins is the standard's word.
        policies.extend(document.build(true));
    }
    policies
}
