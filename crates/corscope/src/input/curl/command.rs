//! What each flag of a `curl` command adds to the request.

use std::path::PathBuf;
use std::time::Duration;

use super::super::browser_headers::{PSEUDO, Placed};
use super::super::error::{InputError, quoted};
use super::super::shell_words::Word;
use super::super::{Dropped, Given, header, method};
use super::flags::{self, Meaning};
use super::{PLACE, body};

const NOT_NEEDED: &str = "take it out; flags that do not change the request are not needed";

/// What the flags have said so far.
#[derive(Default)]
pub(super) struct Command {
    pub(super) given: Given,
    pub(super) method: Option<String>,
    pub(super) url: Option<(String, String)>,
    pub(super) headers: Vec<Placed>,
    /// Names that `-H 'Name:'` takes out.
    pub(super) removed: Vec<String>,
    pub(super) data: Option<String>,
    pub(super) is_json: bool,
    pub(super) form: body::Form,
    pub(super) query: Vec<String>,
    pub(super) is_head: bool,
    pub(super) is_get: bool,
    pub(super) is_glob_off: bool,
}

impl Command {
    /// Reads the words from `first` on.
    pub(super) fn read(&mut self, words: &[Word], first: usize) -> Result<(), InputError> {
        let mut index = first;
        let mut only_urls = false;
        while let Some(word) = words.get(index) {
            let place = place_of(index);
            index += 1;
            if only_urls || !word.text.starts_with('-') {
                self.url(place, &word.text)?;
            } else if let Some(name) = word.text.strip_prefix("--") {
                only_urls = name.is_empty();
                if !only_urls {
                    self.long(&place, name, words, &mut index)?;
                }
            } else {
                self.short(&place, &word.text[1..], words, &mut index)?;
            }
        }
        Ok(())
    }

    fn long(
        &mut self,
        place: &str,
        text: &str,
        words: &[Word],
        index: &mut usize,
    ) -> Result<(), InputError> {
        // curl wants a blank between the two; people write `=`.
        let (name, joined) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let Some(meaning) = flags::long(name) else {
            return Err(unknown(place, name));
        };
        let flag = format!("--{name}");
        let value = match (meaning.takes_value(), joined) {
            (false, _) => "",
            (true, Some(value)) => value,
            (true, None) => value_of(place, &flag, words, index)?,
        };
        let value_place = if joined.is_some() {
            place.to_owned()
        } else {
            place_of(*index - 1)
        };
        self.apply(meaning, &flag, value_place, value)
    }

    /// `-sSLk`, `-XPOST`, `-H 'A: b'`.
    fn short(
        &mut self,
        place: &str,
        text: &str,
        words: &[Word],
        index: &mut usize,
    ) -> Result<(), InputError> {
        if text.is_empty() {
            let mend = "give the URL itself";
            return Err(InputError::new(place, "`-` reads from the terminal", mend));
        }
        // curl would take `-data x` for `-d ata` and then an URL; nobody means that.
        if text.len() > 2 && flags::long(text).is_some() {
            let mend = format!("write --{text} with two dashes");
            return Err(InputError::new(
                place,
                format!("unknown flag `-{text}`"),
                mend,
            ));
        }
        for (at, letter) in text.char_indices() {
            let flag = format!("-{letter}");
            let Some(meaning) = flags::short(letter) else {
                return Err(unknown_short(place, letter));
            };
            let rest = &text[at + letter.len_utf8()..];
            if !meaning.takes_value() {
                self.apply(meaning, &flag, place.to_owned(), "")?;
            } else if rest.is_empty() {
                let value = value_of(place, &flag, words, index)?;
                return self.apply(meaning, &flag, place_of(*index - 1), value);
            } else {
                return self.apply(meaning, &flag, place.to_owned(), rest);
            }
        }
        Ok(())
    }

    fn apply(
        &mut self,
        meaning: Meaning,
        flag: &str,
        place: String,
        value: &str,
    ) -> Result<(), InputError> {
        match meaning {
            Meaning::Request => self.method = Some(method::method(&place, value)?),
            Meaning::Header => self.header(place, value)?,
            Meaning::Data => match value.strip_prefix('@') {
                Some(file) => return Err(body::refuse_file(&place, file)),
                None => self.add_data(value, "&"),
            },
            Meaning::DataRaw => self.add_data(value, "&"),
            Meaning::DataUrlencode => self.add_data(&body::urlencoded(&place, value)?, "&"),
            Meaning::Json => {
                if let Some(file) = value.strip_prefix('@') {
                    return Err(body::refuse_file(&place, file));
                }
                self.is_json = true;
                self.add_data(value, "");
            }
            Meaning::Form => self.form.add(&place, value)?,
            Meaning::FormString => self.form.add_string(&place, value)?,
            Meaning::Cookie if value.contains('=') => self.push(place, "Cookie", value)?,
            Meaning::Cookie => {
                let problem = format!("cookies from the file {} are not read", quoted(value));
                return Err(InputError::new(
                    place,
                    problem,
                    "write them out: -b 'name=value'",
                ));
            }
            Meaning::User => {
                if !value.contains(':') {
                    let mend = format!("write -u '{}:password'", value.escape_default());
                    return Err(InputError::new(place, "the user has no password", mend));
                }
                let basic = format!("Basic {}", body::base64(value.as_bytes()));
                self.push(place, "Authorization", &basic)?;
            }
            Meaning::Bearer => self.push(place, "Authorization", &format!("Bearer {value}"))?,
            Meaning::UserAgent => self.push(place, "User-Agent", value)?,
            Meaning::Referer => {
                self.push(
                    place,
                    "Referer",
                    value.strip_suffix(";auto").unwrap_or(value),
                )?;
            }
            Meaning::Range => self.push(place, "Range", &format!("bytes={value}"))?,
            Meaning::Insecure => self.given.insecure = true,
            Meaning::Follow => self.given.follow = true,
            Meaning::Head => self.is_head = true,
            Meaning::Get => self.is_get = true,
            Meaning::GlobOff => self.is_glob_off = true,
            Meaning::Url => self.url(place, value)?,
            Meaning::UrlQuery => self.query.push(match value.strip_prefix('+') {
                Some(as_written) => as_written.to_owned(),
                None => body::urlencoded(&place, value)?,
            }),
            Meaning::MaxTime => self.given.max_time = max_time(&place, value)?,
            Meaning::Proxy => self.given.proxy = Some(value.to_owned()),
            Meaning::Resolve => self.given.resolve.push(value.to_owned()),
            Meaning::CaCert => self.given.cacert = Some(PathBuf::from(value)),
            Meaning::Harmless | Meaning::HarmlessValue => {}
            Meaning::Noted(note) | Meaning::NotedValue(note) => {
                self.given.note(format!("{flag}: {note}"));
            }
            Meaning::Refused(mend) => {
                return Err(InputError::new(
                    place,
                    format!("{flag} is not supported"),
                    mend,
                ));
            }
        }
        Ok(())
    }

    /// Adds a header that a flag of its own gives, its value being as hostile as any.
    pub(super) fn push(
        &mut self,
        place: String,
        name: &str,
        value: &str,
    ) -> Result<(), InputError> {
        let (name, value) = header::pair(&place, name, value)?;
        self.headers.push(Placed { place, name, value });
        Ok(())
    }

    fn header(&mut self, place: String, text: &str) -> Result<(), InputError> {
        match header::line(&place, text)? {
            header::Line::Set(name, value) => self.headers.push(Placed { place, name, value }),
            header::Line::Pseudo(name, value) => {
                // The colon is the mark of it; without, it is dropped among the browser's own.
                let reason = PSEUDO;
                self.given.dropped.push(Dropped {
                    name,
                    value,
                    reason,
                });
            }
            header::Line::Remove(name) => self.removed.push(name),
        }
        Ok(())
    }

    fn add_data(&mut self, text: &str, separator: &str) {
        match &mut self.data {
            Some(data) => {
                data.push_str(separator);
                data.push_str(text);
            }
            None => self.data = Some(text.to_owned()),
        }
    }

    fn url(&mut self, place: String, text: &str) -> Result<(), InputError> {
        if text.starts_with(['–', '—']) {
            let problem = format!("{} starts with a typographic dash", quoted(text));
            return Err(InputError::new(place, problem, "write - or -- instead"));
        }
        if let Some((_, first)) = &self.url {
            let problem = format!("a second URL, {}, after {}", quoted(text), quoted(first));
            let mend = "give one URL; put quotes around a value that has blanks";
            return Err(InputError::new(place, problem, mend));
        }
        self.url = Some((place, text.to_owned()));
        Ok(())
    }
}

/// Words are counted from 1, `curl` being the first.
fn place_of(index: usize) -> String {
    format!("{PLACE}, word {}", index + 1)
}

fn value_of<'a>(
    place: &str,
    flag: &str,
    words: &'a [Word],
    index: &mut usize,
) -> Result<&'a str, InputError> {
    let Some(word) = words.get(*index) else {
        let mend = format!("write what {flag} is to be behind it, or take it out");
        return Err(InputError::new(place, format!("{flag} has no value"), mend));
    };
    *index += 1;
    Ok(&word.text)
}

fn unknown(place: &str, name: &str) -> InputError {
    let mend = match flags::like(name) {
        Some(like) => format!("write --{like}, if that is meant, or take it out"),
        None => NOT_NEEDED.to_owned(),
    };
    InputError::new(
        place,
        format!("unknown flag {}", quoted(&format!("--{name}"))),
        mend,
    )
}

fn unknown_short(place: &str, letter: char) -> InputError {
    let problem = format!("unknown flag {}", quoted(&format!("-{letter}")));
    InputError::new(place, problem, NOT_NEEDED)
}

/// Seconds, with a fraction or without; 0 is no limit.
fn max_time(place: &str, value: &str) -> Result<Option<Duration>, InputError> {
    match value
        .parse::<f64>()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    {
        Some(Duration::ZERO) => Ok(None),
        Some(duration) => Ok(Some(duration)),
        None => {
            let problem = format!("{} is no number of seconds", quoted(value));
            Err(InputError::new(
                place,
                problem,
                "write one, such as 10 or 2.5",
            ))
        }
    }
}
