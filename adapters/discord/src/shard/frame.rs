//! A frame of the gateway, read as far as it is needed.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// What is told in a frame of an event.
const DISPATCH: u8 = 0;

/// The events that anything is done about.
pub(crate) fn is_wanted(event: &str) -> bool {
    matches!(event, "READY" | "RESUMED" | "MESSAGE_CREATE" | "INTERACTION_CREATE")
        || ["GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_", "CHANNEL_", "THREAD_"]
            .iter()
            .any(|prefix| event.starts_with(prefix))
}

/// A frame. Most are of no interest, and few of those are small: what is told is read when somebody wants it.
pub(crate) struct Frame<'a> {
    text: &'a str,
    place: Option<Place>,
}

/// Which event it is, and where in the order of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) event: String,
    pub(crate) sequence: u64,
}

impl<'a> Frame<'a> {
    /// Reads what kind of frame it is; `None` where it is none.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Head {
            op: u8,
            #[serde(default)]
            t: Option<String>,
            #[serde(default)]
            s: Option<u64>,
            #[serde(default, rename = "d")]
            _data: IgnoredAny,
        }
        let Head { op, t, s, _data: _ } = serde_json::from_str(text).ok()?;
        let place = (op == DISPATCH).then(|| t.zip(s).map(|(event, sequence)| Place { event, sequence })).flatten();
        Some(Self { text, place })
    }

    /// Which event it is, if it is one.
    pub(crate) fn place(&self) -> Option<Place> {
        self.place.clone()
    }

    /// What is told.
    pub(crate) fn data(&self) -> Option<Value> {
        #[derive(Deserialize)]
        struct Body {
            d: Value,
        }
        serde_json::from_str::<Body>(self.text).ok().map(|body| body.d)
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Place, is_wanted};

    #[test]
    fn an_event_has_a_name_and_a_place() {
        let frame = Frame::read(r#"{"op":0,"s":7,"t":"MESSAGE_CREATE","d":{"id":"1"},"more":[1]}"#);
        let frame = frame.as_ref();
        assert_eq!(frame.and_then(Frame::place), Some(Place { event: "MESSAGE_CREATE".to_owned(), sequence: 7 }));
        assert_eq!(frame.and_then(Frame::data), Some(serde_json::json!({"id": "1"})));
        for other in [r#"{"op":11}"#, r#"{"op":10,"d":{"heartbeat_interval":45000},"s":null,"t":null}"#] {
            assert_eq!(Frame::read(other).map(|frame| frame.place()), Some(None), "{other}");
        }
        for none in ["", "{}", "[]", r#"{"op":"0"}"#, r#"{"op":0,"s":-1,"t":"X"}"#] {
            assert!(Frame::read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn what_tells_of_channels_is_wanted_and_what_people_type_is_not() {
        for wanted in ["GUILD_CREATE", "CHANNEL_DELETE", "THREAD_LIST_SYNC", "GUILD_ROLE_UPDATE", "READY"] {
            assert!(is_wanted(wanted), "{wanted}");
        }
        for unwanted in ["TYPING_START", "PRESENCE_UPDATE", "MESSAGE_UPDATE", "GUILD_MEMBER_ADD"] {
            assert!(!is_wanted(unwanted), "{unwanted}");
        }
    }
}
