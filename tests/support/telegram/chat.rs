//! Where messages are.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::support::telegram::message::Message;

/// What kind of chat it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChatKind {
    Private,
    Group,
    Supergroup,
    Channel,
}

impl ChatKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
        }
    }
}

/// A place to write at: a chat, or a topic of one. A private chat is one with a certain bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Room {
    pub(crate) chat: i64,
    /// The bot that a private chat is with.
    pub(crate) with: Option<i64>,
    /// The topic; `None` is the whole chat, and General in a forum.
    pub(crate) topic: Option<i64>,
}

impl Room {
    /// Which chat it is in.
    pub(crate) fn key(self) -> (Option<i64>, i64) {
        (self.with, self.chat)
    }
}

/// How a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    /// May write.
    Member,
    /// Is an administrator, who may delete what others wrote if `deletes`.
    Admin { deletes: bool },
    /// Has been there, or never was.
    Left,
    /// Was thrown out; in a private chat: the person has blocked the bot.
    Kicked,
    /// May read and not write.
    Muted,
}

impl Rights {
    pub(crate) fn is_in(self) -> bool {
        matches!(self, Self::Member | Self::Admin { .. } | Self::Muted)
    }

    /// As a `ChatMember`.
    pub(crate) fn json(self, user: &Value, channel: bool) -> Value {
        match self {
            Self::Member => json!({"status": "member", "user": user}),
            Self::Left => json!({"status": "left", "user": user}),
            Self::Kicked => json!({"status": "kicked", "user": user, "until_date": 0}),
            Self::Muted => {
                let mut member = json!({"status": "restricted", "user": user, "is_member": true, "until_date": 0});
                for right in [
                    "can_send_messages",
                    "can_send_audios",
                    "can_send_documents",
                    "can_send_photos",
                    "can_send_videos",
                    "can_send_video_notes",
                    "can_send_voice_notes",
                    "can_send_polls",
                    "can_send_other_messages",
                    "can_add_web_page_previews",
                    "can_react_to_messages",
                    "can_edit_tag",
                    "can_change_info",
                    "can_invite_users",
                    "can_pin_messages",
                    "can_manage_topics",
                ] {
                    member[right] = json!(false);
                }
                member
            }
            Self::Admin { deletes } => {
                let mut member = json!({"status": "administrator", "user": user, "can_be_edited": false,
                    "is_anonymous": false, "can_manage_chat": true, "can_delete_messages": deletes});
                for right in [
                    "can_manage_video_chats",
                    "can_restrict_members",
                    "can_promote_members",
                    "can_change_info",
                    "can_invite_users",
                    "can_post_stories",
                    "can_edit_stories",
                    "can_delete_stories",
                ] {
                    member[right] = json!(false);
                }
                if channel {
                    member["can_post_messages"] = json!(true);
                    member["can_edit_messages"] = json!(true);
                }
                member
            }
        }
    }
}

/// A chat with all that was written in it.
#[derive(Debug, Clone)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    pub(crate) kind: ChatKind,
    pub(crate) title: String,
    pub(crate) username: Option<String>,
    pub(crate) forum: bool,
    /// Bots, and people whose standing was named; other people are plain members.
    pub(crate) members: HashMap<i64, Rights>,
    /// By the number of the message that opened it: whether it is closed.
    pub(crate) topics: BTreeMap<i64, bool>,
    pub(crate) messages: BTreeMap<i64, Message>,
    /// Where it went, when it became a supergroup.
    pub(crate) moved_to: Option<i64>,
    /// The number of the last message.
    pub(crate) last: i64,
}

impl Chat {
    pub(crate) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            username: None,
            forum: false,
            members: HashMap::new(),
            topics: BTreeMap::new(),
            messages: BTreeMap::new(),
            moved_to: None,
            last: 0,
        }
    }

    pub(crate) fn rights(&self, user: i64) -> Rights {
        self.members.get(&user).copied().unwrap_or(Rights::Left)
    }

    pub(crate) fn is_many(&self) -> bool {
        self.kind != ChatKind::Private
    }

    /// The message, if it is still there.
    pub(crate) fn standing(&self, id: i64) -> Option<&Message> {
        self.messages.get(&id).filter(|message| !message.gone)
    }

    pub(crate) fn json(&self) -> Value {
        let mut chat = json!({"id": self.id, "type": self.kind.as_str()});
        let name = if self.kind == ChatKind::Private { "first_name" } else { "title" };
        chat[name] = json!(self.title);
        if let Some(username) = &self.username {
            chat["username"] = json!(username);
        }
        if self.forum {
            chat["is_forum"] = json!(true);
        }
        chat
    }
}
