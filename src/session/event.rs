//! The events by which changes are recognised that were made already.

use std::fmt;

use modelpin_chat::Inbound;
use serde::{Deserialize, Serialize};

use crate::session::Session;

/// How many events a row remembers beside those that are still being handled. What comes again after a crash was not
/// dealt with before it, and that much is dealt with only a moment after it was applied.
const REMEMBERED: usize = 8;
/// How many it remembers at the most, whatever is being handled.
const MOST: usize = 64;

/// One event of one account of a channel, where the platform may deliver it again: `<channel>/<account>/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(String);

impl EventId {
    /// The id of `inbound`; `None` where the platform gives none.
    pub fn of(inbound: &Inbound) -> Option<Self> {
        let id = inbound.id.as_ref()?;
        Some(Self(format!("{}/{}/{id}", inbound.conversation.channel, inbound.conversation.account)))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Session {
    /// Whether a change was made for that event already.
    pub fn carries(&self, event: &EventId) -> bool {
        self.events.contains(event)
    }

    /// Whether a row has no room for one more event, because so many of its events are still `open`.
    pub fn is_full(&self, open: impl Fn(&EventId) -> bool) -> bool {
        self.events.iter().filter(|event| open(event)).count() >= MOST - REMEMBERED
    }

    /// The row with that event noted. The oldest events are forgotten, but none that is still `open` as long as the row
    /// is not full: it would be applied a second time if the program ended now.
    #[must_use]
    pub fn carrying(mut self, event: EventId, open: impl Fn(&EventId) -> bool) -> Self {
        self.events.push(event);
        let surplus = self.events.len().saturating_sub(REMEMBERED);
        let mut at = 0;
        self.events.retain(|event| {
            at += 1;
            at > surplus || open(event)
        });
        let must_go = self.events.len().saturating_sub(MOST);
        self.events.drain(..must_go);
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::Timestamp;

    use super::{EventId, MOST, REMEMBERED};
    use crate::session::Session;

    fn event(number: usize) -> EventId {
        EventId(format!("telegram/default/{number}"))
    }

    fn after(events: usize, open: impl Fn(&EventId) -> bool) -> Session {
        let session = Session::new("agent:main:telegram:default:dm:1".parse().unwrap(), Timestamp::UNIX_EPOCH);
        (0..events).fold(session, |session, number| session.carrying(event(number), &open))
    }

    #[test]
    fn the_last_ones_are_remembered() {
        let session = after(20, |_| false);
        assert_eq!(session.events.len(), REMEMBERED);
        assert!(session.carries(&event(12)) && !session.carries(&event(11)));
    }

    #[test]
    fn what_is_still_being_handled_is_not_forgotten() {
        let session = after(20, |open| *open == event(3) || *open == event(19));
        assert!(session.carries(&event(3)) && !session.carries(&event(4)));
        assert_eq!(session.events.len(), REMEMBERED + 1);
    }

    #[test]
    fn until_it_is_full_nothing_that_is_being_handled_is_forgotten() {
        let session = Session::new("agent:main:telegram:default:dm:1".parse().unwrap(), Timestamp::UNIX_EPOCH);
        // The first ones are handled for ever, and between them come others that are dealt with at once.
        let slow = |event: &EventId| (0..200).step_by(2).any(|number| *event == self::event(number));
        let mut row = session;
        let mut number = 0;
        while !row.is_full(slow) {
            row = row.carrying(event(number), slow);
            number += 1;
        }
        assert!((0..number).step_by(2).all(|number| row.carries(&event(number))), "{:?}", row.events);
        assert!(number > MOST && row.events.len() <= MOST, "{number}: {:?}", row.events);
    }

    #[test]
    fn a_row_stays_small_whatever_is_being_handled() {
        let session = after(200, |_| true);
        assert_eq!(session.events.len(), MOST);
        assert!(session.carries(&event(199)) && !session.carries(&event(135)));
    }
}
