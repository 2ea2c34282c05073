//! A header list keeps every byte, duplicate and place, whatever is done to it: it is compared
//! with a plain vector of pairs after each change.

#![no_main]

use corscope_fetch::HeaderList;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

/// A name: often one of a few, so that duplicates and other spellings of them happen.
#[derive(Arbitrary, Debug)]
enum Name {
    Origin,
    OriginInCapitals,
    Vary,
    Any(String),
}

impl Name {
    fn as_str(&self) -> &str {
        match self {
            Self::Origin => "origin",
            Self::OriginInCapitals => "ORIGIN",
            Self::Vary => "Vary",
            Self::Any(name) => name,
        }
    }
}

#[derive(Arbitrary, Debug)]
enum Change {
    Push(Name, Vec<u8>),
    PushBytes(Vec<u8>, Vec<u8>),
    Set(Name, Vec<u8>),
    Without(Name),
}

type Plain = Vec<(Vec<u8>, Vec<u8>)>;

fuzz_target!(|changes: Vec<Change>| {
    let mut list = HeaderList::new();
    let mut plain = Plain::new();
    for change in &changes {
        apply(change, &mut list, &mut plain);
        compare(&list, &plain);
    }
});

fn apply(change: &Change, list: &mut HeaderList, plain: &mut Plain) {
    match change {
        Change::Push(name, value) => {
            list.push(name.as_str(), value);
            plain.push((name.as_str().into(), value.clone()));
        }
        Change::PushBytes(name, value) => {
            list.push(name, value);
            plain.push((name.clone(), value.clone()));
        }
        Change::Set(name, value) => {
            let name = name.as_str();
            list.set(name, value);
            let place = plain.iter().position(|(other, _)| is(other, name));
            let kept: Plain = plain
                .drain(..)
                .filter(|(other, _)| !is(other, name))
                .collect();
            *plain = kept;
            // Everything before the first header of that name has another, so its place holds.
            plain.insert(place.unwrap_or(plain.len()), (name.into(), value.clone()));
        }
        Change::Without(name) => {
            *list = list.without(|header| header.is(name.as_str()));
            plain.retain(|(other, _)| !is(other, name.as_str()));
        }
    }
}

fn compare(list: &HeaderList, plain: &Plain) {
    assert_eq!(list.len(), plain.len());
    assert_eq!(list.is_empty(), plain.is_empty());
    assert_eq!(
        list.byte_len(),
        plain
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum()
    );
    assert!(list.line(plain.len()).is_none());
    for (index, (name, value)) in plain.iter().enumerate() {
        let header = list.line(index).unwrap();
        assert_eq!(
            (header.name, header.value),
            (name.as_slice(), value.as_slice())
        );
        assert_eq!(header.trimmed(), trimmed(value));
        assert_eq!(&header.value[header.trimmed_span()], trimmed(value));
    }
    for name in plain
        .iter()
        .filter_map(|(name, _)| std::str::from_utf8(name).ok())
    {
        let lines: Vec<_> = (0..plain.len())
            .filter(|line| is(&plain[*line].0, name))
            .collect();
        assert!(
            list.lines_named(name)
                .map(|(line, _)| line)
                .eq(lines.iter().copied())
        );
        let values: Vec<_> = lines.iter().map(|line| trimmed(&plain[*line].1)).collect();
        assert_eq!(
            list.get(name).as_deref(),
            Some(values.join(&b", "[..]).as_slice())
        );
        assert!(list.contains(name));
    }
}

fn is(name: &[u8], other: &str) -> bool {
    name.eq_ignore_ascii_case(other.as_bytes())
}

fn trimmed(value: &[u8]) -> &[u8] {
    let inner = |byte: &u8| !b"\t\n\r ".contains(byte);
    let Some(start) = value.iter().position(inner) else {
        return &[];
    };
    let end = value.iter().rposition(inner).map_or(start, |last| last + 1);
    &value[start..end]
}
