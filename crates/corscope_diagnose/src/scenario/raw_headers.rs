//! Raw header lists in documents: bytes as Latin-1 code points.

use std::borrow::Cow;
use std::fmt;

use corscope_fetch::HeaderList;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeSeq as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A raw header list in a document: `[name, value]` pairs, the value's bytes as Latin-1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawHeaders(pub HeaderList);

impl<'de> Deserialize<'de> for RawHeaders {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = RawHeaders;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of [name, value] pairs")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pairs: A) -> Result<RawHeaders, A::Error> {
                let mut list = HeaderList::with_capacity(8, 256);
                while let Some(Pair(name, value)) = pairs.next_element()? {
                    list.push(name, value);
                }
                Ok(RawHeaders(list))
            }
        }
        deserializer.deserialize_seq(Pairs)
    }
}

/// One `[name, value]` pair, already bytes.
struct Pair<'a>(Cow<'a, [u8]>, Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Pair<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairVisitor;
        impl<'de> Visitor<'de> for PairVisitor {
            type Value = Pair<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a [name, value] pair of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Pair<'de>, A::Error> {
                let missing = || A::Error::custom("a header is a pair: [name, value]");
                let name: Latin1 = pair.next_element()?.ok_or_else(missing)?;
                let value: Latin1 = pair.next_element()?.ok_or_else(missing)?;
                if pair.next_element::<serde::de::IgnoredAny>()?.is_some() {
                    return Err(A::Error::custom(
                        "a header is a pair: [name, value]; this has more",
                    ));
                }
                Ok(Pair(name.0, value.0))
            }
        }
        deserializer.deserialize_seq(PairVisitor)
    }
}

/// A string of code points up to U+00FF, as bytes.
struct Latin1<'a>(Cow<'a, [u8]>);

impl<'de> Deserialize<'de> for Latin1<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Latin1<'de>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_borrowed_str<E: serde::de::Error>(
                self,
                text: &'de str,
            ) -> Result<Latin1<'de>, E> {
                if text.is_ascii() {
                    return Ok(Latin1(Cow::Borrowed(text.as_bytes())));
                }
                self.visit_str(text)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Latin1<'de>, E> {
                let byte = |code_point: char| {
                    u8::try_from(u32::from(code_point)).map_err(|_| {
                        E::custom(format_args!(
                            "{code_point:?} is no byte: a response header holds the code points \
                             U+0000 to U+00FF, one for each byte on the wire"
                        ))
                    })
                };
                text.chars()
                    .map(byte)
                    .collect::<Result<_, E>>()
                    .map(|bytes| Latin1(Cow::Owned(bytes)))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl Serialize for RawHeaders {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pairs = serializer.serialize_seq(Some(self.0.len()))?;
        for header in self.0.iter() {
            pairs.serialize_element(&[latin1(header.name), latin1(header.value)])?;
        }
        pairs.end()
    }
}

/// Bytes as the string of their code points.
pub(crate) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}
