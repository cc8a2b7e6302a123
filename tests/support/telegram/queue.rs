//! What has happened and was not handed to a bot yet.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};

/// All that an update may be.
pub(crate) const KINDS: &[&str] = &[
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
];

/// Those that come only to who asks for them by name.
const RARE: &[&str] = &["chat_member", "message_reaction", "message_reaction_count"];

/// The updates of one bot.
#[derive(Debug)]
pub(crate) struct Queue {
    next: i64,
    waiting: VecDeque<Update>,
    /// The kinds that were asked for last.
    allowed: BTreeSet<String>,
    /// As they were asked for; `None` where nobody asked.
    pub(crate) asked: Option<Vec<String>>,
    /// The number of the request that may be handed updates.
    pub(crate) poll: u64,
    /// The last that a bot confirmed or took.
    pub(crate) confirmed: i64,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) id: i64,
    pub(crate) value: Value,
    /// No update that Telegram would send.
    pub(crate) odd: bool,
}

impl Queue {
    /// The first update's number is somewhere.
    pub(crate) fn new(first: i64) -> Self {
        let mut queue = Self {
            next: first,
            waiting: VecDeque::new(),
            allowed: BTreeSet::new(),
            asked: None,
            poll: 0,
            confirmed: first - 1,
        };
        queue.allow(&[]);
        queue.asked = None;
        queue
    }

    /// Takes up which kinds come from now on; none named are all but the rare ones. Unknown ones are passed over.
    pub(crate) fn allow(&mut self, kinds: &[String]) {
        let named = kinds.iter().map(String::as_str).filter(|kind| KINDS.contains(kind));
        self.allowed = if kinds.is_empty() {
            KINDS.iter().filter(|kind| !RARE.contains(kind)).map(|kind| (*kind).to_owned()).collect()
        } else {
            named.map(str::to_owned).collect()
        };
        self.asked = Some(kinds.to_vec());
    }

    /// Puts something at the end, if its kind is asked for; says its number.
    pub(crate) fn push(&mut self, kind: &str, value: Value) -> Option<i64> {
        self.allowed.contains(kind).then(|| self.put(json!({ kind: value }), false))
    }

    /// Puts something at the end that Telegram would not send; its number is filled in where it is an object.
    pub(crate) fn push_odd(&mut self, value: Value) -> i64 {
        self.put(value, true)
    }

    fn put(&mut self, mut value: Value, odd: bool) -> i64 {
        let id = self.next;
        self.next += 1;
        if let Value::Object(fields) = &mut value {
            fields.shift_insert(0, "update_id".to_owned(), json!(id));
        }
        self.waiting.push_back(Update { id, value, odd });
        id
    }

    /// Forgets for ever what is before `offset`; a negative one counts from the end.
    pub(crate) fn confirm(&mut self, offset: i64) {
        if offset < 0 {
            let kept = usize::try_from(-offset).unwrap_or(usize::MAX);
            while self.waiting.len() > kept {
                self.waiting.pop_front();
            }
        } else {
            self.waiting.retain(|update| update.id >= offset);
        }
        self.confirmed = self.waiting.front().map_or(self.next, |update| update.id) - 1;
    }

    /// What is first.
    pub(crate) fn first(&self) -> Option<&Update> {
        self.waiting.front()
    }

    /// The first so many.
    pub(crate) fn page(&self, limit: usize) -> Vec<Update> {
        self.waiting.iter().take(limit).cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn clear(&mut self) {
        self.confirm(self.next);
    }
}
