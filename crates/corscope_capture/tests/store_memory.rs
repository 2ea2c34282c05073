//! The ring in memory: its budget, its numbers, and how others learn of changes.

use corscope_capture::message::Message;
use corscope_capture::row::Judged;
use corscope_capture::store::{BUDGET, Store};
use corscope_fetch::Exchange;
use corscope_fetch::exchange::{ObservedBody, ObservedResponse};

fn exchange(id: u64, bytes: usize, ended: bool) -> Exchange {
    Exchange {
        id,
        ended,
        response: Some(ObservedResponse {
            status: 200,
            body: ObservedBody {
                bytes: vec![b'x'; bytes],
                len: bytes as u64,
            },
            ..ObservedResponse::default()
        }),
        ..Exchange::default()
    }
}

fn ids(store: &Store) -> Vec<u64> {
    let rows = store.range(0..u64::MAX);
    rows.iter().map(|row| row.exchange.id).collect()
}

#[test]
fn numbers_rise_and_given_ones_are_kept() {
    let store = Store::in_memory(BUDGET);
    assert_eq!(store.put(exchange(0, 0, true)), 1);
    assert_eq!(store.reserve_id(), 2);
    assert_eq!(store.put(exchange(7, 0, true)), 7);
    assert_eq!(store.put(exchange(0, 0, true)), 8);
    assert_eq!(
        store.put(exchange(2, 0, true)),
        2,
        "reserved before, ended later"
    );
    assert_eq!(ids(&store), [1, 2, 7, 8]);
    assert_eq!(store.put(exchange(7, 5, true)), 7);
    assert_eq!(ids(&store), [1, 2, 7, 8]);
    let newest = store.newest(8, 2, |row| row.exchange.id != 2);
    let newest: Vec<_> = newest.iter().map(|row| row.exchange.id).collect();
    assert_eq!(newest, [7, 1]);
}

#[test]
fn the_oldest_ended_goes_first_and_the_pinned_and_open_stay() {
    let store = Store::in_memory(100_000);
    store.put(exchange(1, 10_000, false));
    store.put(exchange(2, 10_000, true));
    assert!(store.pin(2, true));
    for id in 3..=40 {
        store.put(exchange(id, 10_000, true));
    }
    let left = ids(&store);
    assert_eq!(left[..2], [1, 2]);
    assert_eq!(left[left.len() - 1], 40);
    assert!(left[2] > 30 && left[2..].is_sorted());
    let stats = store.stats();
    assert!(stats.bytes <= 100_000, "{stats:?}");
    assert_eq!(stats.evicted + stats.rows as u64, 40);
    // Once they may go, they do.
    assert!(store.update(1, |exchange| exchange.ended = true));
    assert!(store.pin(2, false));
    for id in 41..=60 {
        store.put(exchange(id, 10_000, true));
    }
    assert!(ids(&store)[0] > 40);
    assert!(!store.update(1, |_| {}) && !store.judge(1, Judged::default()));
}

#[test]
fn a_flood_of_messages_keeps_the_newest() {
    let store = Store::in_memory(1_000_000);
    store.put(exchange(1, 0, false));
    for at in 0..5_000 {
        assert!(store.message(
            1,
            Message {
                at,
                bytes: vec![0; 900],
                len: 900,
                ..Message::default()
            }
        ));
    }
    let (kept, dropped) = store.messages(1).unwrap();
    assert_eq!(kept.len() as u64 + dropped, 5_000);
    assert_eq!(kept.last().unwrap().at, 4_999);
    assert!(store.stats().bytes < 200_000);
    assert!(!store.message(2, Message::default()));
}

#[test]
fn a_snapshot_does_not_change() {
    let store = Store::in_memory(BUDGET);
    store.put(exchange(1, 0, false));
    let before = store.get(1).unwrap();
    store.update(1, |exchange| exchange.ended = true);
    assert!(!before.exchange.ended && store.get(1).unwrap().exchange.ended);
}
