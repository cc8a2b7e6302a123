//! The family's session keys, in all their dialects, as ours.

use modelpin_chat::{Conversation, Kind, Thread};

use crate::agent::AgentId;
use crate::session::SessionKey;
use crate::session::import::entry::Entry;

/// Where the choice of a family's session goes.
pub(crate) struct Target {
    pub(crate) key: SessionKey,
    /// What is not obvious about it, in words.
    pub(crate) note: Option<String>,
}

/// Our account where the family's key names none.
const DEFAULT_ACCOUNT: &str = "default";

/// Parts of a key that say that the session is no conversation of people, and what it is.
const NO_CHAT: [(&str, &str); 6] = [
    ("slash", "a session of slash commands; the choice is in the session of the chat itself"),
    ("subagent", "a session of a sub-agent"),
    ("cron", "a session of a scheduled task"),
    ("hook", "a session of a webhook"),
    ("acp", "a session of an editor"),
    ("node", "a session of a device"),
];

/// Our key for the session `family_key`.
///
/// # Errors
///
/// Why there is none, in words.
pub(crate) fn of_family(family_key: &str, entry: &Entry<'_>) -> Result<Target, String> {
    let lower = family_key.trim().to_lowercase();
    let fields: Vec<&str> = lower.split(':').collect();
    if lower == "global" {
        return Err("one session for everything; there is no such thing here".to_owned());
    }
    let unknown = || {
        let what = NO_CHAT.iter().find(|(word, _)| fields.iter().take(4).any(|field| field == word));
        what.map_or("a key of unknown shape", |(_, what)| what).to_owned()
    };
    let Some(("agent", rest)) = fields.split_first().map(|(first, rest)| (*first, rest)) else { return Err(unknown()) };
    let (agent, place) = rest.split_first().ok_or_else(unknown)?;
    let (place, thread) = without_thread(place);
    let conversation = |channel: &str, account: &str, kind, peer: &[&str]| Conversation {
        channel: channel.to_owned(),
        account: account.to_owned(),
        kind,
        peer: peer.join(":"),
        thread: thread.clone(),
    };
    let (conversation, note) = match place {
        [channel, "dm" | "direct", peer @ ..] if !peer.is_empty() => {
            (conversation(channel, DEFAULT_ACCOUNT, Kind::Dm, peer), None)
        }
        ["dm" | "direct", peer @ ..] if !peer.is_empty() => {
            let channel = entry.text("lastChannel").or_else(|| entry.text("channel"));
            let channel = channel.ok_or("a private chat on no particular channel, and the entry names none")?;
            let note = format!("for all channels there; here for {channel}, where it was used last");
            (conversation(channel, DEFAULT_ACCOUNT, Kind::Dm, peer), Some(note))
        }
        [channel, account, "dm" | "direct", peer @ ..] if !peer.is_empty() => {
            (conversation(channel, account, Kind::Dm, peer), None)
        }
        [channel, "group", peer @ ..] if !peer.is_empty() => {
            (conversation(channel, DEFAULT_ACCOUNT, Kind::Group, peer), of_account(entry))
        }
        [channel, "channel", peer @ ..] if !peer.is_empty() => {
            let found = conversation(channel, DEFAULT_ACCOUNT, Kind::Channel, peer);
            (in_its_parent(found, entry), of_account(entry))
        }
        // The main key can be configured, so it is known by being alone.
        [_main] => folded(entry, thread.clone())?,
        _ => return Err(unknown()),
    };
    Ok(Target { key: SessionKey::of(&AgentId::new(agent), &conversation, false), note })
}

/// Takes `:topic:<id>`, `:thread:<id>` or `:thread:<chat>:<id>` off the end.
fn without_thread<'a, 'b>(place: &'b [&'a str]) -> (&'b [&'a str], Option<Thread>) {
    match place {
        [before @ .., "topic", id] => (before, Some(Thread::Topic((*id).to_owned()))),
        [before @ .., "thread", id] | [before @ .., "thread", _, id] => {
            (before, Some(Thread::Thread((*id).to_owned())))
        }
        _ => (place, None),
    }
}

/// The family gives a Discord thread a key like a channel's; its parent, if the entry has one, says that it is none.
fn in_its_parent(found: Conversation, entry: &Entry<'_>) -> Conversation {
    let parent = entry.text("parentSessionKey").and_then(|key| key.rsplit_once(":channel:")).map(|(_, id)| id);
    match parent {
        Some(parent) if found.channel == "discord" && found.thread.is_none() && parent != found.peer => {
            Conversation { peer: parent.to_owned(), thread: Some(Thread::Thread(found.peer)), ..found }
        }
        Some(_) | None => found,
    }
}

/// The session that all private chats share there goes to the one that it was used in last.
fn folded(entry: &Entry<'_>, thread: Option<Thread>) -> Result<(Conversation, Option<String>), String> {
    let no_peer = "all private chats in one, and the entry does not say which of them was used last";
    let channel = entry.text("lastChannel").ok_or(no_peer)?;
    let to = entry.text("lastTo").ok_or(no_peer)?;
    let to = to.strip_prefix(channel).and_then(|to| to.strip_prefix(':')).unwrap_or(to);
    let peer = to.strip_prefix("user:").or_else(|| to.strip_prefix("dm:")).unwrap_or(to);
    if ["group:", "channel:", "-"].iter().any(|start| peer.starts_with(start)) {
        return Err("all private chats in one, and it was last used from a group".to_owned());
    }
    let account = entry.text("lastAccountId").unwrap_or(DEFAULT_ACCOUNT);
    let note =
        format!("for all private chats there; here for the one with {peer} on {channel}, where it was used last");
    let conversation = Conversation {
        channel: channel.to_owned(),
        account: account.to_owned(),
        kind: Kind::Dm,
        peer: peer.to_owned(),
        thread,
    };
    Ok((conversation, Some(note)))
}

/// The keys of groups hold no account; where the entry names one, somebody should know that it was not looked at.
fn of_account(entry: &Entry<'_>) -> Option<String> {
    let account = entry.text("lastAccountId").filter(|account| *account != DEFAULT_ACCOUNT)?;
    Some(format!("for every bot account there; here for `{DEFAULT_ACCOUNT}`, not for `{account}`, which used it last"))
}
