//! Which of several headers that were not allowed Chromium names.
//!
//! Its network service goes through the headers as the renderer handed them over, and the renderer
//! keeps them in a hash table. The table is deterministic, so its order can be told: it was compared
//! with Chromium 156 for 600 random sets of two to eight headers (live, the grid `missing`), of which
//! some with a header in the slot of another differ still.

use corscope_fetch::mixed_content::is_potentially_trustworthy;
use corscope_fetch::safelist::safelisted_request_header;
use corscope_fetch::{Api, Browser, Leg};

use crate::console::{Scene, latin1, response_value};

/// The name of the header that Chromium says is not allowed; `None` when its order does not tell.
pub(super) fn first_missing(scene: Scene<'_>, leg: Option<&Leg>) -> Option<String> {
    let leg = leg?;
    let request = scene.verdict.request.as_deref()?;
    let asked = leg
        .request
        .header_list
        .get("access-control-request-headers")?;
    let allowed = response_value(Some(leg), "access-control-allow-headers");
    let lists = |list: &[u8], name: &str| {
        list.split(|byte| *byte == b',')
            .any(|item| item.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    };
    let mut names: Vec<String> = request
        .header_list
        .iter()
        .map(|header| latin1(header.name).to_ascii_lowercase())
        .collect();
    if request.api == Api::Fetch {
        names.sort_unstable(); // `Headers` is a sorted map, `setRequestHeader()` is not
    }
    let mut table = Table::default();
    for name in &names {
        table.insert(name);
    }
    if is_potentially_trustworthy(&leg.request.url, Browser::Chromium.profile()) {
        for hint in ["sec-ch-ua-platform", "sec-ch-ua", "sec-ch-ua-mobile"] {
            table.insert(hint);
        }
    }
    table.insert("accept");
    let mut copy = Table::default(); // what crosses to the network service
    for name in table.order() {
        copy.insert(name);
    }
    let is_missing = |name: &&str| lists(&asked, name) && !lists(&allowed, name);
    let is_safelisted = |name: &&str| {
        let value = request.header_list.get(name).unwrap_or_default();
        let profile = Browser::Chromium.profile();
        safelisted_request_header(name.as_bytes(), &value, profile).is_ok()
    };
    // Those that are unsafe only together, by their length, come last.
    let missing: Vec<&str> = copy.order().filter(is_missing).collect();
    let mut by_itself = missing.iter().filter(|name| !is_safelisted(name));
    by_itself
        .next()
        .or(missing.first())
        .map(|name| (*name).to_owned())
}

/// Blink's hash table: a power of two slots, at most half of them taken, probed by 1, 2, 3…
struct Table<'a> {
    slots: Vec<Option<&'a str>>,
    taken: usize,
}

impl Default for Table<'_> {
    fn default() -> Self {
        Self {
            slots: vec![None; 8],
            taken: 0,
        }
    }
}

impl<'a> Table<'a> {
    fn insert(&mut self, name: &'a str) {
        if self.slots.contains(&Some(name)) {
            return;
        }
        place(&mut self.slots, name);
        self.taken += 1;
        if self.taken * 2 >= self.slots.len() {
            let mut larger = vec![None; self.slots.len() * 2];
            for name in self.slots.iter().flatten() {
                place(&mut larger, name);
            }
            self.slots = larger;
        }
    }

    fn order(&self) -> impl Iterator<Item = &'a str> {
        self.slots.iter().flatten().copied()
    }
}

fn place<'a>(slots: &mut [Option<&'a str>], name: &'a str) {
    let mask = slots.len() - 1;
    let mut slot = hash(name) as usize & mask;
    for step in 1..=slots.len() {
        match slots.get_mut(slot) {
            Some(free @ None) => {
                *free = Some(name);
                return;
            }
            _ => slot = (slot + step) & mask,
        }
    }
}

const SEED: u64 = 0xbdd8_9aa9_8270_4029;
const SECRET: [u64; 3] = [
    0x2d35_8dcc_aa6c_78a5,
    0x8bb8_4b93_962e_acc9,
    0x4b33_a62e_d433_d4a3,
];

/// The lower 24 bits of the rapidhash of a lower-case name in UTF-16.
fn hash(name: &str) -> u32 {
    let bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = bytes.len() as u64;
    let mut seed = SEED ^ mix(SEED ^ SECRET[0], SECRET[1]) ^ length;
    let (a, b) = match bytes.len() {
        0..4 => (read(&bytes, 0, 2), 0),
        4..=16 => {
            let last = bytes.len() - 4;
            let delta = (bytes.len() & 24) >> (bytes.len() >> 3);
            (
                read(&bytes, 0, 4) << 32 | read(&bytes, last, 4),
                read(&bytes, delta, 4) << 32 | read(&bytes, last - delta, 4),
            )
        }
        _ => {
            let mut rest = bytes.as_slice();
            if rest.len() > 48 {
                let (mut see1, mut see2) = (seed, seed);
                while rest.len() >= 48 {
                    seed = mix(read(rest, 0, 8) ^ SECRET[0], read(rest, 8, 8) ^ seed);
                    see1 = mix(read(rest, 16, 8) ^ SECRET[1], read(rest, 24, 8) ^ see1);
                    see2 = mix(read(rest, 32, 8) ^ SECRET[2], read(rest, 40, 8) ^ see2);
                    rest = &rest[48..];
                }
                seed ^= see1 ^ see2;
            }
            if rest.len() > 16 {
                let second = read(rest, 8, 8) ^ seed ^ SECRET[1];
                seed = mix(read(rest, 0, 8) ^ SECRET[2], second);
                if rest.len() > 32 {
                    seed = mix(read(rest, 16, 8) ^ SECRET[2], read(rest, 24, 8) ^ seed);
                }
            }
            let end = bytes.len();
            (read(&bytes, end - 16, 8), read(&bytes, end - 8, 8))
        }
    };
    let product = u128::from(a ^ SECRET[1]) * u128::from(b ^ seed);
    let (low, high) = (product as u64, (product >> 64) as u64);
    let hash = mix(low ^ SECRET[0] ^ length, high ^ SECRET[1]) as u32 & 0x00ff_ffff;
    if hash == 0 { 0x0080_0000 } else { hash }
}

fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// `count` bytes at `at`, the lowest first; what is missing is 0.
fn read(bytes: &[u8], at: usize, count: usize) -> u64 {
    let read = bytes.iter().skip(at).take(count).enumerate();
    read.fold(0, |value, (index, byte)| {
        value | u64::from(*byte) << (8 * index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: &[&str]) -> Vec<String> {
        let mut table = Table::default();
        for name in names {
            table.insert(name);
        }
        table.order().map(str::to_owned).collect()
    }

    // What Chromium 156 named first of headers that were all missing.
    #[test]
    fn the_order_is_that_of_chromiums_table() {
        let hints = [
            "sec-ch-ua-platform",
            "sec-ch-ua",
            "sec-ch-ua-mobile",
            "accept",
        ];
        for (names, expected) in [
            (&["accept-language", "authorization"][..], "authorization"),
            (&["content-type", "x-csrf-token"], "x-csrf-token"),
            (&["cache-control", "if-none-match"], "if-none-match"),
            (&["a", "x_y"], "x_y"),
            (&["content-type", "range"], "range"),
        ] {
            let all = [names, &hints].concat();
            let first = order(&all)
                .into_iter()
                .find(|name| names.contains(&&**name));
            assert_eq!(first.as_deref(), Some(expected), "{names:?}");
        }
    }

    #[test]
    fn a_table_grows_when_half_of_it_is_taken_and_keeps_every_name() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "a"];
        let mut sorted = order(&names);
        sorted.sort_unstable();
        assert_eq!(sorted, names[..9]);
    }
}
