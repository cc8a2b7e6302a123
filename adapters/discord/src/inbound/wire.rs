//! Events as Discord's gateway writes them, as far as they are read.
//!
//! Only the fields that something here depends on: a kind of component, of embed or of attachment that Discord adds
//! tomorrow must not cost a message today. A field that is not what it should be counts as one that is not there, unless
//! it says who wrote or where: then the whole event counts for nothing.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::snowflake::Snowflake;

/// A message that somebody just wrote, and one that replies to another. All other types are Discord's own notices, and
/// what bots answer to commands.
const WRITTEN: [u64; 2] = [0, 19];

/// The type of a reference to a message that is passed on.
const FORWARD: u64 = 1;

/// The flag of a message that only one person sees.
const EPHEMERAL: u64 = 1 << 6;

/// A message.
#[derive(Debug, Deserialize)]
pub(super) struct Message<'a> {
    pub(super) id: Snowflake,
    pub(super) channel_id: Snowflake,
    pub(super) guild_id: Option<Snowflake>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) channel_type: Option<u64>,
    #[serde(rename = "type")]
    kind: u64,
    #[serde(borrow)]
    pub(super) author: User<'a>,
    webhook_id: Option<IgnoredAny>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) member: Option<Member<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    content: Option<&'a str>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) mention_roles: Vec<Snowflake>,
    #[serde(default, deserialize_with = "lenient")]
    referenced_message: Option<Answered>,
    #[serde(default, deserialize_with = "lenient")]
    message_reference: Option<Reference>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    message_snapshots: Vec<Snapshot<'a>>,
}

/// Where a message refers to.
#[derive(Debug, Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: Option<u64>,
}

/// What is passed on.
#[derive(Debug, Deserialize)]
struct Snapshot<'a> {
    #[serde(borrow)]
    message: Passed<'a>,
}

/// A message that is passed on. Discord does not say who wrote it.
#[derive(Debug, Deserialize)]
struct Passed<'a> {
    #[serde(borrow, default, deserialize_with = "lenient")]
    content: Option<&'a str>,
}

/// A message that another one replies to.
#[derive(Debug, Deserialize)]
struct Answered {
    author: Author,
}

/// Who wrote such a message.
#[derive(Debug, Deserialize)]
struct Author {
    id: Snowflake,
}

/// A person or a bot.
#[derive(Debug, Deserialize)]
pub(super) struct User<'a> {
    pub(super) id: Snowflake,
    bot: Option<bool>,
    system: Option<bool>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) username: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) global_name: Option<&'a str>,
}

/// What somebody is in a server.
#[derive(Debug, Deserialize)]
pub(super) struct Member<'a> {
    /// Who it is; not said with a message, whose author it is.
    #[serde(borrow)]
    pub(super) user: Option<User<'a>>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) nick: Option<&'a str>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) roles: Vec<Snowflake>,
}

/// What every interaction has: enough to acknowledge it.
#[derive(Debug, Deserialize)]
pub(super) struct Head<'a> {
    pub(super) id: Snowflake,
    pub(super) application_id: Snowflake,
    #[serde(rename = "type")]
    pub(super) kind: u64,
    pub(super) token: &'a str,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) message: Option<Shown>,
}

/// The message with the button or the menu.
#[derive(Debug, Deserialize)]
pub(super) struct Shown {
    pub(super) id: Snowflake,
    #[serde(default, deserialize_with = "lenient")]
    flags: Option<u64>,
}

/// Where an interaction happened, and who did it.
#[derive(Debug, Deserialize)]
pub(super) struct Body<'a> {
    pub(super) guild_id: Option<Snowflake>,
    pub(super) channel_id: Snowflake,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) channel: Option<Channel<'a>>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) context: Option<u64>,
    #[serde(borrow)]
    member: Option<Member<'a>>,
    #[serde(borrow)]
    user: Option<User<'a>>,
}

/// As much of a channel as an interaction tells.
#[derive(Debug, Deserialize)]
pub(super) struct Channel<'a> {
    #[serde(rename = "type")]
    pub(super) kind: u64,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) parent_id: Option<Snowflake>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) name: Option<&'a str>,
}

/// What was pressed or taken.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed<'a> {
    pub(super) component_type: u64,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) custom_id: Option<&'a str>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    pub(super) values: Vec<&'a str>,
}

/// A command as it was filled in.
#[derive(Debug, Deserialize)]
pub(super) struct Filled<'a> {
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: Option<u64>,
    #[serde(borrow, default)]
    pub(super) options: Vec<Field<'a>>,
}

/// Something that was filled in, or the subcommand with what was filled in for it.
#[derive(Debug, Deserialize)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: u64,
    #[serde(borrow)]
    pub(super) value: Option<Filling<'a>>,
    #[serde(borrow, default)]
    pub(super) options: Vec<Self>,
    #[serde(default)]
    pub(super) focused: bool,
}

/// What was filled in. A number is text as well while it is being typed.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Filling<'a> {
    Text(&'a str),
    Number(i64),
    Switch(bool),
}

impl<'a> Message<'a> {
    /// Whether a person wrote it.
    pub(super) fn is_of_a_person(&self) -> bool {
        WRITTEN.contains(&self.kind) && self.webhook_id.is_none() && self.author.is_a_person()
    }

    /// Whether it is what somebody wrote elsewhere.
    pub(super) fn is_passed_on(&self) -> bool {
        let is_forward = self.message_reference.as_ref().is_some_and(|reference| reference.kind == Some(FORWARD));
        is_forward || !self.message_snapshots.is_empty()
    }

    /// What stands in it. `None` for a bare picture or sticker, and for all that Discord keeps from a bot that may not read
    /// messages.
    pub(super) fn text(&self) -> Option<&'a str> {
        let passed = || self.message_snapshots.iter().filter_map(|snapshot| snapshot.message.content);
        let text = if self.is_passed_on() { passed().find(|text| !text.is_empty()) } else { self.content };
        text.filter(|text| !text.is_empty())
    }

    /// Whether it replies to something that `bot` wrote.
    pub(super) fn answers(&self, bot: u64) -> bool {
        self.referenced_message.as_ref().is_some_and(|answered| answered.author.id.get() == bot)
    }
}

impl User<'_> {
    /// Whether it is a person, and not a bot or Discord itself.
    pub(super) fn is_a_person(&self) -> bool {
        self.bot != Some(true) && self.system != Some(true)
    }
}

impl Shown {
    /// Whether only one person sees it.
    pub(super) fn is_private(&self) -> bool {
        self.flags.is_some_and(|flags| flags & EPHEMERAL != 0)
    }
}

impl<'a> Body<'a> {
    /// Who did it: what Discord says of him, and what he is in the server.
    pub(super) fn person(&self) -> Option<(&User<'a>, Option<&Member<'a>>)> {
        let member = self.member.as_ref();
        let user = member.and_then(|member| member.user.as_ref()).or(self.user.as_ref())?;
        user.is_a_person().then_some((user, member))
    }
}

impl Filling<'_> {
    /// The text or the digits.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Switch(on) => on.to_string(),
        }
    }
}

/// Reads a field, and takes one that cannot be read for one that is not there.
#[expect(clippy::unnecessary_wraps, reason = "serde wants a result")]
fn lenient<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(T::deserialize(deserializer).unwrap_or_default())
}
