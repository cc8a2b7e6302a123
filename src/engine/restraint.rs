//! How often somebody is told no.
//!
//! A stranger is told once a day, in private and in groups apart, what an operator needs to let them in; a chat that the
//! bot is not for is told once a day. Members are answered, as long as they do not collect the same answer by the dozen.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::mem;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use modelpin_chat::{Inbound, Kind};

/// How long a stranger, or a chat, is told nothing more.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How often a stranger is told a day who they are.
const INTRODUCTIONS: u32 = 10;
/// The same answer to the same person: so often in a minute.
const SAME: (u32, SignedDuration) = (10, SignedDuration::from_mins(1));
/// How many are remembered before the older half is forgotten.
const REMEMBERED: usize = 4_096;

/// What was said to whom, in memory. Who asks from many accounts makes it forget, which costs one more refusal.
#[derive(Default)]
pub(super) struct Restraint(Mutex<Said>);

#[derive(Default)]
struct Said {
    now: HashMap<Told, Count>,
    before: HashMap<Told, Count>,
}

/// Somebody, and what they were told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Told {
    channel: String,
    account: String,
    private: bool,
    who: String,
    what: u64,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Timestamp,
    times: u32,
}

/// What is to be said.
pub(super) enum Saying<'a> {
    /// To who wrote it: that they are a stranger.
    Stranger,
    /// To the chat: that it is none for this bot.
    Chat,
    /// To a stranger: who they are.
    Introduction,
    /// To who wrote it: this.
    Text(&'a str),
}

impl Restraint {
    /// Whether it may be said now; if so, it counts as said.
    pub(super) fn admits(&self, inbound: &Inbound, saying: &Saying<'_>, now: Timestamp) -> bool {
        let place = &inbound.conversation;
        let (what, most, within) = match saying {
            Saying::Stranger => (0, 1, A_DAY),
            Saying::Chat => (1, 1, A_DAY),
            Saying::Introduction => (2, INTRODUCTIONS, A_DAY),
            Saying::Text(text) => {
                let mut hasher = DefaultHasher::new();
                (place, text).hash(&mut hasher);
                (hasher.finish() | (1 << 63), SAME.0, SAME.1)
            }
        };
        let told = Told {
            channel: place.channel.clone(),
            account: place.account.clone(),
            private: place.kind == Kind::Dm,
            who: match saying {
                Saying::Chat => place.peer.clone(),
                Saying::Stranger | Saying::Introduction | Saying::Text(_) => inbound.sender.id.clone(),
            },
            what,
        };
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = said.now.get(&told).or_else(|| said.before.get(&told)).copied();
        // A clock that was set back must not keep anybody waiting until it has caught up.
        let running = known.filter(|count| count.since <= now && now.duration_since(count.since) < within);
        let count = running.unwrap_or(Count { since: now, times: 0 });
        if count.times >= most {
            return false;
        }
        if said.now.len() >= REMEMBERED {
            said.before = mem::take(&mut said.now);
        }
        said.now.insert(told, Count { times: count.times + 1, ..count });
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use modelpin_chat::{Conversation, Event, Inbound, Kind, Sender};

    use super::{INTRODUCTIONS, REMEMBERED, Restraint, SAME, Saying};

    fn from(kind: Kind, peer: &str, sender: &str) -> Inbound {
        let (channel, account) = ("telegram".to_owned(), "default".to_owned());
        Inbound {
            conversation: Conversation { channel, account, kind, peer: peer.to_owned(), thread: None },
            sender: Sender { id: sender.to_owned(), name: None, roles: Vec::new() },
            bot: "pinbot".to_owned(),
            addressed: true,
            room: None,
            id: None,
            event: Event::Message(String::new()),
        }
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + seconds)
    }

    #[test]
    fn a_stranger_is_told_once_a_day_in_private_and_once_in_groups() {
        let restraint = Restraint::default();
        let told = |inbound: &Inbound, seconds| restraint.admits(inbound, &Saying::Stranger, after(seconds));
        let (private, group) = (from(Kind::Dm, "7", "7"), from(Kind::Group, "-100", "7"));
        assert!(told(&private, 0) && !told(&private, 86_399));
        assert!(told(&group, 0) && !told(&from(Kind::Group, "-200", "7"), 5));
        assert!(told(&from(Kind::Group, "-100", "8"), 5), "somebody else");
        assert!(told(&private, 86_400) && !told(&private, 86_401));
        let other = Inbound {
            conversation: Conversation { account: "team".to_owned(), ..private.conversation.clone() },
            ..private.clone()
        };
        assert!(told(&other, 86_402), "another bot");
    }

    #[test]
    fn a_chat_is_told_once_whoever_asks() {
        let restraint = Restraint::default();
        let told = |sender| restraint.admits(&from(Kind::Group, "-100", sender), &Saying::Chat, after(0));
        assert!(told("7") && !told("8"));
    }

    #[test]
    fn the_same_answer_is_given_a_number_of_times_a_minute() {
        let restraint = Restraint::default();
        let member = from(Kind::Dm, "7", "7");
        let told = |text, seconds| restraint.admits(&member, &Saying::Text(text), after(seconds));
        assert!((0..SAME.0).all(|_| told("no", 0)) && !told("no", 59) && told("nope", 59));
        assert!(told("no", 60));
        assert!((0..INTRODUCTIONS).all(|_| restraint.admits(&member, &Saying::Introduction, after(0))));
        assert!(!restraint.admits(&member, &Saying::Introduction, after(0)));
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_waiting() {
        let restraint = Restraint::default();
        let stranger = from(Kind::Dm, "7", "7");
        assert!(restraint.admits(&stranger, &Saying::Stranger, after(10_000)));
        assert!(restraint.admits(&stranger, &Saying::Stranger, after(0)));
        assert!(!restraint.admits(&stranger, &Saying::Stranger, after(1)));
    }

    #[test]
    fn many_strangers_take_up_little_room() {
        let restraint = Restraint::default();
        for number in 0..REMEMBERED * 5 {
            let id = number.to_string();
            assert!(restraint.admits(&from(Kind::Dm, &id, &id), &Saying::Stranger, after(0)));
        }
        let said = restraint.0.into_inner().unwrap_or_else(|_| unreachable!());
        assert!(said.now.len() + said.before.len() <= 2 * REMEMBERED);
    }
}
