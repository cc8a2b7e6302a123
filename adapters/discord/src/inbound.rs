//! Events of Discord's gateway become what the engine understands. Pure: nothing is asked of Discord.

mod form;
mod me;
mod naming;
mod place;
mod sender;
mod wire;
mod written;

use modelpin_chat::{CommandEntry, CompletionRequest, Event, Inbound, Invocation, Visibility};
use secrecy::SecretString;
use serde::Deserialize as _;
use serde_json::Value;

use crate::directory::{self, Directory, Missing};
use crate::inbound::naming::Naming;
use crate::inbound::place::{Place, Told};
use crate::inbound::wire::{Body, Filled, Head, Message, Pressed};
use crate::snowflake::Snowflake;
use crate::way::{Interaction, InteractionKind, Way};

pub(crate) use me::Me;
pub(crate) use written::written;

/// How many proposals Discord shows while a command is being filled in.
const PROPOSALS: usize = 25;

/// Types of interactions.
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const COMPLETION: u64 = 4;
const MODAL: u64 = 5;

/// Types of what is pressed.
const BUTTON: u64 = 2;
const LIST: u64 = 3;

/// Where an interaction happened, if it was in a private chat that is not the bot's.
const ELSEWHERE: u64 = 2;

/// What an event is to us.
#[derive(Debug, Clone)]
pub(crate) enum Heard {
    /// Somebody wrote, pressed or filled in something: it goes to the engine.
    Said(Box<Said>),
    /// Somebody is filling in a command, and wants to see what could be meant.
    Completion(Box<Asked>),
    /// An interaction that belongs to no conversation of ours. It is only acknowledged, so that nobody waits.
    Stray(Interaction),
    /// It cannot be told yet where it happened.
    Unplaced(Unplaced),
}

/// What can be heard only when more is known of where it happened.
#[derive(Debug, Clone)]
pub(crate) struct Unplaced {
    /// What is to be asked for. [`Directory::learn`] is told of it, and the event heard again.
    pub(crate) missing: Missing,
    /// What somebody waits for meanwhile.
    pub(crate) awaited: Awaited,
}

/// What somebody waits for while it is asked where something happened.
#[derive(Debug, Clone)]
pub(crate) enum Awaited {
    /// Nothing: a message may take its time.
    Nothing,
    /// That the interaction is acknowledged.
    Acknowledgement(Interaction),
    /// Proposals, while a command is being filled in.
    Proposals,
}

/// Something for the engine, and what the way back from it needs.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// What the engine is given.
    pub(crate) inbound: Inbound,
    /// Where answers go.
    pub(crate) way: Way,
}

/// What could be meant is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// What the engine is given.
    pub(crate) request: CompletionRequest,
    /// What is answered.
    pub(crate) interaction: Interaction,
}

/// Reads the data of an event of the name `event`, as it came, for the bot `me` that the operator calls `account`.
///
/// `None` for all that nothing is to be done about: other events, what bots and webhooks wrote, what Discord says by
/// itself, what is of a kind unknown here, and what cannot be read; the last is logged by its number.
pub(crate) fn hear(
    event: &str,
    data: &Value,
    me: &Me,
    account: &str,
    commands: &[CommandEntry],
    directory: &Directory,
) -> Option<Heard> {
    match event {
        "MESSAGE_CREATE" => said(data, me, account, directory),
        "INTERACTION_CREATE" => done(data, me, account, commands, directory),
        _ => None,
    }
}

/// The channel that an event happened in.
pub(crate) fn channel(data: &Value) -> Option<u64> {
    data["channel_id"].as_str().and_then(Snowflake::read).map(Snowflake::get)
}

/// The number of an event: the id of its message or its interaction.
pub(crate) fn number(data: &Value) -> Option<u64> {
    data["id"].as_str().and_then(Snowflake::read).map(Snowflake::get)
}

fn said(data: &Value, me: &Me, account: &str, directory: &Directory) -> Option<Heard> {
    let Ok(message) = Message::deserialize(data) else {
        // Why it cannot be read would be told with what was found there, and that is somebody's text.
        tracing::warn!(account, message = number(data), "a message cannot be read and is passed over");
        return None;
    };
    if !message.is_of_a_person() || message.author.id.get() == me.id {
        return None;
    }
    let text = message.text()?;
    let told = Told {
        channel: message.channel_id,
        server: message.guild_id,
        kind: message.channel_type,
        parent: None,
        name: None,
        person: message.author.id,
    };
    let (conversation, room) = match place::of(&told, account, directory) {
        Place::Known(conversation, room) => (conversation, room),
        Place::Foreign => return None,
        Place::Unknown(missing) => return Some(Heard::Unplaced(Unplaced { missing, awaited: Awaited::Nothing })),
    };
    let (event, is_named) = if message.is_passed_on() {
        // Whom it names was said elsewhere, to others.
        (Event::Forwarded(text.to_owned()), false)
    } else {
        let is_ours = |role| {
            let is_mentioned = message.mention_roles.iter().any(|mentioned| mentioned.get() == role);
            let server = room.as_ref().and_then(|room| room.server.parse().ok());
            is_mentioned && server.is_some_and(|server| directory.is_role_of(server, role, me.id))
        };
        let Naming { is_named, rest } = naming::of(text, me.id, is_ours);
        (Event::Message(rest.to_owned()), is_named)
    };
    let inbound = Inbound {
        addressed: room.is_none() || is_named || message.answers(me.id),
        conversation,
        room,
        sender: sender::of(&message.author, message.member.as_ref()),
        bot: me.username.clone(),
        id: Some(message.id.get().to_string()),
        event,
    };
    let way = Way { channel: message.channel_id.to(), message: Some(message.id.to()), interaction: None };
    Some(Heard::Said(Box::new(Said { inbound, way })))
}

fn done(data: &Value, me: &Me, account: &str, commands: &[CommandEntry], directory: &Directory) -> Option<Heard> {
    let Ok(head) = Head::deserialize(data) else {
        tracing::warn!(account, interaction = number(data), "an interaction cannot be read and is passed over");
        return None;
    };
    let what = What::of(&head, data, commands)?;
    let interaction = Interaction {
        id: head.id.to(),
        token: SecretString::from(head.token),
        application: head.application_id.to(),
        kind: what.kind,
    };
    // A proposal that cannot be made is not acknowledged: Discord has no way for that.
    let stray = |interaction| (head.kind != COMPLETION).then_some(Heard::Stray(interaction));
    let Some(deed) = what.deed else { return stray(interaction) };
    let Ok(body) = Body::deserialize(data) else {
        tracing::warn!(account, interaction = head.id.get(), "an interaction cannot be read and is only acknowledged");
        return stray(interaction);
    };
    let Some((user, member)) = body.person() else { return stray(interaction) };
    let told = Told {
        channel: body.channel_id,
        server: body.guild_id,
        // Discord names the server of everything that is done in one.
        kind: body.channel.as_ref().map(|channel| channel.kind).or(body.guild_id.is_none().then_some(directory::DM)),
        parent: body.channel.as_ref().and_then(|channel| channel.parent_id),
        name: body.channel.as_ref().and_then(|channel| channel.name),
        person: user.id,
    };
    let (conversation, room) = match place::of(&told, account, directory) {
        Place::Known(..) if body.guild_id.is_none() && body.context == Some(ELSEWHERE) => return stray(interaction),
        Place::Known(conversation, room) => (conversation, room),
        Place::Foreign => return stray(interaction),
        Place::Unknown(missing) => {
            let awaited = match deed {
                Deed::Completion(..) => Awaited::Proposals,
                Deed::Event(_) => Awaited::Acknowledgement(interaction),
            };
            return Some(Heard::Unplaced(Unplaced { missing, awaited }));
        }
    };
    let sender = sender::of(user, member);
    let event = match deed {
        Deed::Completion(invocation, parameter) => {
            let request = CompletionRequest { conversation, room, sender, invocation, parameter, most: PROPOSALS };
            return Some(Heard::Completion(Box::new(Asked { request, interaction })));
        }
        Deed::Event(event) => event,
    };
    let inbound = Inbound {
        conversation,
        room,
        sender,
        bot: me.username.clone(),
        addressed: true,
        id: Some(head.id.get().to_string()),
        event,
    };
    let way = Way { channel: body.channel_id.to(), message: None, interaction: Some(interaction) };
    Some(Heard::Said(Box::new(Said { inbound, way })))
}

/// What an interaction is.
struct What {
    /// How it is acknowledged.
    kind: InteractionKind,
    /// What was done. `None` where that is nothing of ours.
    deed: Option<Deed>,
}

/// What somebody did.
enum Deed {
    /// This.
    Event(Event),
    /// Asked what could be meant by one parameter of a command.
    Completion(Invocation, String),
}

impl What {
    /// `None` for kinds that are not known here, and for a press on nothing.
    fn of(head: &Head<'_>, data: &Value, commands: &[CommandEntry]) -> Option<Self> {
        let unseen = InteractionKind::Command(Visibility::Private);
        let press = head
            .message
            .as_ref()
            .map(|shown| InteractionKind::Press { message: shown.id.to(), private: shown.is_private() });
        match head.kind {
            COMMAND | COMPLETION => {
                let filled = Filled::deserialize(&data["data"]).ok();
                let Some((invocation, focused)) = filled.as_ref().and_then(form::of) else {
                    return Some(Self { kind: unseen, deed: None });
                };
                let kind = InteractionKind::Command(form::answers(&invocation, commands));
                let deed = if head.kind == COMMAND {
                    Some(Deed::Event(Event::Command(invocation)))
                } else {
                    focused.map(|parameter| Deed::Completion(invocation, parameter))
                };
                Some(Self { kind, deed })
            }
            COMPONENT => {
                let pressed = Pressed::deserialize(&data["data"]).ok();
                let token = pressed.as_ref().and_then(token);
                Some(Self { kind: press?, deed: token.map(|token| Deed::Event(Event::Press(token.to_owned()))) })
            }
            MODAL => Some(Self { kind: press.unwrap_or(unseen), deed: None }),
            _ => None,
        }
    }
}

/// The token of what was pressed: that of a button is its name, that of a list the one entry that was taken.
fn token<'a>(pressed: &Pressed<'a>) -> Option<&'a str> {
    let token = match (pressed.component_type, pressed.values.as_slice()) {
        (BUTTON, _) => pressed.custom_id?,
        (LIST, [value]) => value,
        _ => return None,
    };
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests;
