//! The rows in memory, oldest first. What has ended longest ago goes when the budget is used up.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::message::Message;
use crate::row::Row;

/// Of one exchange's messages at most this part of the budget is kept.
const MESSAGES_PART: usize = 8;

/// So many of the newest rows are looked at one by one before a row is searched for.
const NEARLY_LAST: usize = 64;

struct Slot {
    row: Arc<Row>,
    /// Mostly there are none.
    messages: Option<Box<Messages>>,
    cost: usize,
    /// Whether it stands among those that may go.
    may_go: bool,
}

/// The messages inside an exchange.
#[derive(Default)]
struct Messages {
    kept: VecDeque<Arc<Message>>,
    dropped: u64,
    bytes: usize,
}

pub(super) struct Ring {
    budget: usize,
    /// By rising number; `None` where a row has gone.
    slots: VecDeque<(u64, Option<Slot>)>,
    gone: usize,
    /// The numbers of what has ended, in that order.
    ended: VecDeque<u64>,
    bytes: usize,
    last_id: u64,
    pub(super) evicted: u64,
}

impl Ring {
    pub(super) fn new(budget: usize, last_id: u64) -> Self {
        Self {
            budget,
            slots: VecDeque::new(),
            gone: 0,
            ended: VecDeque::new(),
            bytes: 0,
            last_id,
            evicted: 0,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.gone
    }

    pub(super) fn reserve_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Where `id` stands, or where it would.
    fn place(&self, id: u64) -> Result<usize, usize> {
        let Some((first, _)) = self.slots.front() else {
            return Err(0);
        };
        // Numbers mostly follow each other, so that the place is known without a search.
        if let Some(guess) = id.checked_sub(*first)
            && let Ok(guess) = usize::try_from(guess)
            && self.slots.get(guess).is_some_and(|(other, _)| *other == id)
        {
            return Ok(guess);
        }
        // Mostly it is the next one, or nearly: exchanges end in another order than they begin.
        let newest = self.slots.iter().rev().take(NEARLY_LAST);
        for (back, (other, _)) in newest.enumerate() {
            match other.cmp(&id) {
                Ordering::Less => return Err(self.slots.len() - back),
                Ordering::Equal => return Ok(self.slots.len() - back - 1),
                Ordering::Greater => {}
            }
        }
        self.slots.binary_search_by_key(&id, |(id, _)| *id)
    }

    fn slot(&self, id: u64) -> Option<&Slot> {
        let place = self.place(id).ok()?;
        self.slots.get(place)?.1.as_ref()
    }

    fn slot_mut(&mut self, id: u64) -> Option<&mut Slot> {
        let place = self.place(id).ok()?;
        self.slots.get_mut(place)?.1.as_mut()
    }

    pub(super) fn contains(&self, id: u64) -> bool {
        self.slot(id).is_some()
    }

    pub(super) fn get(&self, id: u64) -> Option<Arc<Row>> {
        Some(Arc::clone(&self.slot(id)?.row))
    }

    pub(super) fn messages(&self, id: u64) -> Option<(Vec<Arc<Message>>, u64)> {
        let messages = self.slot(id)?.messages.as_deref();
        Some(messages.map_or_else(Default::default, |messages| {
            (messages.kept.iter().cloned().collect(), messages.dropped)
        }))
    }

    pub(super) fn from(&self, id: u64) -> impl DoubleEndedIterator<Item = &Arc<Row>> {
        let start = self.place(id).unwrap_or_else(|place| place);
        let rows = self.slots.range(start..);
        rows.filter_map(|(_, slot)| Some(&slot.as_ref()?.row))
    }

    pub(super) fn before(&self, id: u64) -> impl DoubleEndedIterator<Item = &Arc<Row>> {
        let end = self.place(id).unwrap_or_else(|place| place);
        let rows = self.slots.range(..end);
        rows.filter_map(|(_, slot)| Some(&slot.as_ref()?.row))
    }

    /// Puts a row in, in the place of one with its number.
    pub(super) fn put(&mut self, mut row: Row) -> Arc<Row> {
        if row.exchange.id == 0 {
            Arc::make_mut(&mut row.exchange).id = self.reserve_id();
        }
        let id = row.exchange.id;
        self.last_id = self.last_id.max(id);
        let cost = row.cost();
        let row = Arc::new(row);
        let place = match self.place(id) {
            Ok(place) => place,
            Err(place) => {
                self.slots.insert(place, (id, None));
                self.gone += 1;
                place
            }
        };
        let slot = &mut self.slots[place].1;
        self.bytes += cost;
        match slot {
            Some(slot) => {
                self.bytes -= slot.cost;
                slot.cost = cost;
                slot.row = Arc::clone(&row);
            }
            None => {
                self.gone -= 1;
                *slot = Some(Slot {
                    row: Arc::clone(&row),
                    messages: None,
                    cost,
                    may_go: false,
                });
            }
        }
        self.settle(id);
        row
    }

    pub(super) fn update(&mut self, id: u64, change: impl FnOnce(&mut Row)) -> Option<Arc<Row>> {
        let slot = self.slot_mut(id)?;
        let row = Arc::make_mut(&mut slot.row);
        change(row);
        if row.exchange.id != id {
            Arc::make_mut(&mut row.exchange).id = id;
        }
        let cost = row.cost();
        let row = Arc::clone(&slot.row);
        let before = std::mem::replace(&mut slot.cost, cost);
        self.bytes = self.bytes + cost - before;
        self.settle(id);
        Some(row)
    }

    pub(super) fn message(&mut self, id: u64, message: Arc<Message>) -> bool {
        let limit = self.budget / MESSAGES_PART;
        let cost = |message: &Message| size_of::<Message>() + 24 + message.bytes.len();
        let Some(slot) = self.slot_mut(id) else {
            return false;
        };
        let messages = slot.messages.get_or_insert_default();
        let before = messages.bytes;
        messages.bytes += cost(&message);
        messages.kept.push_back(message);
        while messages.bytes > limit
            && let Some(dropped) = messages.kept.pop_front()
        {
            messages.bytes -= cost(&dropped);
            messages.dropped += 1;
        }
        let after = messages.bytes;
        self.bytes = self.bytes + after - before;
        self.settle(id);
        true
    }

    /// After a change to `id`: it may go now, or others must.
    fn settle(&mut self, id: u64) {
        if let Some(slot) = self.slot_mut(id)
            && slot.row.exchange.ended
            && !slot.row.pinned
            && !slot.may_go
        {
            slot.may_go = true;
            self.ended.push_back(id);
        }
        while self.bytes > self.budget
            && let Some(oldest) = self.ended.pop_front()
        {
            self.evict(oldest);
        }
        if self.gone > 1024 && self.gone > self.slots.len() / 2 {
            self.slots.retain(|(_, slot)| slot.is_some());
            self.gone = 0;
        }
    }

    fn evict(&mut self, id: u64) {
        let Ok(place) = self.place(id) else {
            return;
        };
        let entry = &mut self.slots[place].1;
        match entry {
            Some(slot) if slot.row.pinned => slot.may_go = false,
            Some(slot) => {
                let of_messages = slot.messages.as_ref().map_or(0, |it| it.bytes);
                self.bytes -= slot.cost + of_messages;
                *entry = None;
                self.gone += 1;
                self.evicted += 1;
            }
            None => {}
        }
        while let Some((_, None)) = self.slots.front() {
            self.slots.pop_front();
            self.gone -= 1;
        }
    }

    /// Forgets everything but what is pinned or has not ended.
    pub(super) fn clear(&mut self) {
        while let Some(id) = self.ended.pop_front() {
            self.evict(id);
        }
    }
}
