//! JSON for streams: `serde_json`'s compact form, byte for byte. `serde_json` looks each byte of a
//! string up to escape it, one after the other; nearly every string has nothing to escape, which
//! can be seen of many bytes at once.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;

/// Appends a value as JSON.
///
/// # Errors
/// When it has no JSON form, such as a map whose keys are no strings.
pub(super) fn write<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) -> Result<(), Error> {
    value.serialize(Json(out))
}

/// Writes a string; what needs an escape is left to `serde_json`.
fn write_string(out: &mut Vec<u8>, text: &str) -> Result<(), Error> {
    if needs_escape(text) {
        return serde_json::to_writer(out, text);
    }
    write_plain(out, text);
    Ok(())
}

/// Writes a string without escapes, such as the name of a field or a variant.
fn write_plain(out: &mut Vec<u8>, text: &str) {
    debug_assert!(!needs_escape(text), "{text:?}");
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

fn needs_escape(text: &str) -> bool {
    let is_escaped = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Without an early end the loop takes many bytes at a time.
    text.bytes().fold(false, |any, byte| any | is_escaped(byte))
}

struct Json<'a>(&'a mut Vec<u8>);

/// The inside of an array or an object.
struct Inside<'a> {
    out: &'a mut Vec<u8>,
    is_empty: bool,
    end: &'static [u8],
}

impl<'a> Json<'a> {
    fn open(self, start: u8, end: &'static [u8]) -> Inside<'a> {
        self.0.push(start);
        Inside {
            out: self.0,
            is_empty: true,
            end,
        }
    }

    /// An enum's variant with contents: an object of one member.
    fn open_variant(self, variant: &'static str, start: u8, end: &'static [u8]) -> Inside<'a> {
        self.0.push(b'{');
        write_plain(self.0, variant);
        self.0.push(b':');
        self.open(start, end)
    }
}

impl Inside<'_> {
    fn separate(&mut self) {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.out.push(b',');
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.separate();
        write(self.out, value)
    }

    fn member<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.separate();
        write_plain(self.out, name);
        self.out.push(b':');
        write(self.out, value)
    }

    fn close(self) {
        self.out.extend_from_slice(self.end);
    }
}

macro_rules! left_to_serde_json {
    ($($method:ident: $type:ty),+) => {
        $(fn $method(self, value: $type) -> Result<(), Error> {
            serde_json::to_writer(self.0, &value)
        })+
    };
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'a>;
    type SerializeTuple = Inside<'a>;
    type SerializeTupleStruct = Inside<'a>;
    type SerializeTupleVariant = Inside<'a>;
    type SerializeMap = Inside<'a>;
    type SerializeStruct = Inside<'a>;
    type SerializeStructVariant = Inside<'a>;

    left_to_serde_json!(
        serialize_bool: bool, serialize_char: char,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_bytes: &[u8]
    );

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        write_string(self.0, text)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.0.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        write_plain(self.0, variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut object = self.open(b'{', b"}");
        object.member(variant, value)?;
        object.close();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'a>, Error> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'a>, Error> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, Error> {
        Ok(self.open(b'[', b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'a>, Error> {
        Ok(self.open_variant(variant, b'[', b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'a>, Error> {
        Ok(self.open(b'{', b"}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'a>, Error> {
        Ok(self.open(b'{', b"}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Inside<'a>, Error> {
        Ok(self.open_variant(variant, b'{', b"}}"))
    }
}

/// Arrays, and objects whose member names are known: each trait has a name of its own for the same.
macro_rules! inside {
    ($($trait:ident $method:ident($($name:ident)?) $inner:ident;)+) => {
        $(impl $trait for Inside<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(
                &mut self,
                $($name: &'static str,)?
                value: &T,
            ) -> Result<(), Error> {
                self.$inner($($name,)? value)
            }

            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        })+
    };
}

inside! {
    SerializeSeq serialize_element() element;
    SerializeTuple serialize_element() element;
    SerializeTupleStruct serialize_field() element;
    SerializeTupleVariant serialize_field() element;
    SerializeStruct serialize_field(name) member;
    SerializeStructVariant serialize_field(name) member;
}

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.separate();
        let start = self.out.len();
        write(self.out, key)?;
        match self.out.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(Error::custom("the name of a member must be a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.push(b':');
        write(self.out, value)
    }

    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(u8),
        Tuple(i64, f64),
        Struct { a: char, b: () },
    }

    #[derive(Serialize)]
    struct Everything<'a> {
        texts: Vec<String>,
        numbers: (i8, u64, f32, bool),
        missing: Option<&'a str>,
        present: Option<&'a str>,
        shapes: [Shape; 4],
        map: BTreeMap<&'a str, Vec<u16>>,
        empty: BTreeMap<&'a str, ()>,
        bytes: &'a [u8],
    }

    #[test]
    fn it_is_what_serde_json_writes() {
        let mut texts: Vec<String> = (0..=0x100)
            .map(|code| format!("a{code}{}", code as u8 as char))
            .collect();
        texts.extend(
            [
                "",
                "plain, and long enough for several steps",
                "\u{1F600}\"\\/\u{7F}",
            ]
            .map(String::from),
        );
        let everything = Everything {
            texts,
            numbers: (-1, u64::MAX, 1.5, true),
            missing: None,
            present: Some("x"),
            shapes: [
                Shape::Unit,
                Shape::Newtype(1),
                Shape::Tuple(-2, 1e30),
                Shape::Struct { a: '"', b: () },
            ],
            map: [("\n", vec![]), ("k", vec![1, 2])].into(),
            empty: BTreeMap::new(),
            bytes: b"ab",
        };
        let mut out = b"before".to_vec();
        write(&mut out, &everything).unwrap();
        let expected = serde_json::to_string(&everything).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("before{expected}"));
    }

    #[test]
    fn a_member_without_a_name_is_refused() {
        let by_number: BTreeMap<Option<u8>, u8> = [(None, 1)].into();
        assert!(write(&mut Vec::new(), &by_number).is_err());
    }
}
