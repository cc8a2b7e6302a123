//! What is asked of a chat: the wire, the row, the receipt, and the words that matter.

use std::sync::Arc;

use modelpin::agent::AgentId;
use modelpin::clock::Clock;
use modelpin::session::{Selection, Session, SessionKey};
use modelpin_chat::{Reply, Visibility};
use serde_json::Value;

use crate::support::bot::Chat;

impl Chat {
    /// What came of what was said last.
    pub(crate) fn heard(&self) -> Vec<Reply> {
        self.heard.replies()
    }

    /// Its text.
    pub(crate) fn text(&self) -> String {
        self.heard().iter().map(Reply::plain_text).collect::<Vec<_>>().join("\n")
    }

    /// The reply has all of these words in it, in whatever letter case.
    #[track_caller]
    pub(crate) fn replies(self, words: &str) -> Self {
        let text = self.text();
        assert!(text.to_lowercase().contains(&words.to_lowercase()), "{words:?} is not in: {text}");
        self
    }

    /// The reply does not have these words in it.
    #[track_caller]
    pub(crate) fn says_nothing_of(self, words: &str) -> Self {
        let text = self.text();
        assert!(!text.to_lowercase().contains(&words.to_lowercase()), "{words:?} is in: {text}");
        self
    }

    /// There was no reply at all.
    #[track_caller]
    pub(crate) fn stays_silent(self) -> Self {
        assert_eq!(self.heard(), []);
        self
    }

    /// The replies are for the person alone.
    #[track_caller]
    pub(crate) fn in_private(self) -> Self {
        assert!(self.heard().iter().all(|reply| reply.visibility == Visibility::Private), "{:?}", self.heard());
        self
    }

    /// The requests since what was said last: who was on the wire, and with which model.
    pub(crate) fn sent(&self) -> Vec<(String, String)> {
        let seen = self.provider().seen().split_off(self.seen_before);
        let who = |profile: Option<String>| profile.unwrap_or_else(|| "nobody".to_owned());
        let request = |seen: modelpin::demo::Seen| {
            (who(seen.profile.map(|id| id.to_string())), format!("{}/{}", seen.provider, seen.model))
        };
        seen.into_iter().map(request).collect()
    }

    /// Exactly these requests were sent, in this order.
    #[track_caller]
    pub(crate) fn wire(self, expected: &[(&str, &str)]) -> Self {
        let sent = self.sent();
        let sent: Vec<(&str, &str)> = sent.iter().map(|(who, model)| (who.as_str(), model.as_str())).collect();
        assert_eq!(sent, expected, "{}", self.text());
        self
    }

    /// No request was sent.
    #[track_caller]
    pub(crate) fn nothing_sent(self) -> Self {
        self.wire(&[])
    }

    /// One request was sent, with this credential to this model; it was answered, and the receipt says the same.
    #[track_caller]
    pub(crate) fn on_wire(self, profile: &str, model: &str) -> Self {
        self.wire(&[(profile, model)]).answered_by(profile, model)
    }

    /// One request was sent, with this credential, whatever is told of it.
    #[track_caller]
    pub(crate) fn on_the_wire(self, profile: &str) -> Self {
        let sent = self.sent();
        assert_eq!(sent.iter().map(|(who, _)| who.as_str()).collect::<Vec<_>>(), [profile], "{}", self.text());
        self
    }

    /// The last request went with this credential to this model and was answered, and the receipt says the same.
    #[track_caller]
    pub(crate) fn answered_by(self, profile: &str, model: &str) -> Self {
        let receipt = self.receipt();
        let seen = self.provider().seen().pop().expect("a request");
        assert_eq!(seen.profile.map(|id| id.to_string()).as_deref(), Some(profile));
        assert_eq!(format!("{}/{}", seen.provider, seen.model), model);
        assert_eq!((&receipt["profile"], &receipt["model"]), (&profile.into(), &model.into()), "{receipt}");
        assert_eq!(receipt["fingerprint"], seen.fingerprint.expect("a credential").as_str(), "{receipt}");
        assert_eq!(receipt["outcome"], "ok", "{receipt}");
        self
    }

    /// The receipt that came with the last reply that has one.
    #[track_caller]
    pub(crate) fn receipt(&self) -> Value {
        let receipt = self.heard().into_iter().rev().find_map(|reply| reply.receipt);
        serde_json::from_str(&receipt.unwrap_or_else(|| panic!("no receipt: {}", self.text()))).unwrap()
    }

    /// The receipt's outcome is this.
    #[track_caller]
    pub(crate) fn outcome(self, expected: &str) -> Self {
        assert_eq!(self.receipt()["outcome"], expected, "{}", self.text());
        self
    }

    /// The profiles that the receipt says were passed over or failed, in order.
    pub(crate) fn passed_over(&self) -> Vec<String> {
        let receipt = self.receipt();
        let attempts = receipt["attempts"].as_array().unwrap();
        attempts.iter().map(|attempt| attempt["profile"].as_str().unwrap().to_owned()).collect()
    }

    /// The key of this conversation's session.
    pub(crate) fn key(&self) -> SessionKey {
        SessionKey::of(&AgentId::main(), &self.place, false)
    }

    /// The row of this conversation's session.
    pub(crate) fn row(&self) -> Option<Arc<Session>> {
        self.run(self.app().store().load(&self.key())).unwrap()
    }

    /// The row of another conversation's session.
    pub(crate) fn row_of(&self, key: &SessionKey) -> Option<Arc<Session>> {
        self.run(self.app().store().load(key)).unwrap()
    }

    /// What is chosen here now, in the row: `anthropic/claude-opus-4-6@anthropic:work`, or `-`.
    #[track_caller]
    pub(crate) fn chosen(self, expected: &str) -> Self {
        let row = self.row();
        let choice = row.as_ref().and_then(|row| row.choice.effective(self.clock.now()));
        assert_eq!(line(choice), expected);
        self
    }

    /// Says `text`, which is refused with these words: nothing is sent, and no row and no file is touched.
    #[track_caller]
    pub(crate) fn refuses(self, text: &str, words: &str) -> Self {
        let files = |chat: &Self| [chat.auth_path(), chat.config_path()].map(|path| std::fs::read(path).ok());
        let (rows, bytes) = (self.rows(), files(&self));
        let chat = self.say(text).replies(words).nothing_sent();
        assert_eq!(chat.rows(), rows, "{text}");
        assert!(files(&chat) == bytes, "{text} touched a file");
        chat
    }
}

/// A selection as one word.
pub(crate) fn line(selection: Option<&Selection>) -> String {
    let Some(selection) = selection else { return "-".to_owned() };
    let model = selection.model.as_ref().map(ToString::to_string).unwrap_or_default();
    let pin = selection.pin.as_ref().map(|pin| format!("@{}", pin.profile)).unwrap_or_default();
    format!("{model}{pin}")
}
