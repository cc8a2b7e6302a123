//! The channels on which a bot can be, and what belongs to one there.

use std::fmt;
use std::str::FromStr;

use crate::config::channel_token::discord_bot_id;
use crate::config::{DISCORD_TOKEN, TELEGRAM_TOKEN};

/// A channel that needs a bot's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    /// Telegram.
    Telegram,
    /// Discord.
    Discord,
}

impl Channel {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Telegram, Self::Discord];

    /// Its name in the configuration.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Discord => "discord",
        }
    }

    /// The key of `channels.<name>` that holds the token.
    pub(crate) fn token_key(self) -> &'static str {
        match self {
            Self::Telegram => "botToken",
            Self::Discord => "token",
        }
    }

    /// The variable that the token is put into.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Telegram => TELEGRAM_TOKEN,
            Self::Discord => DISCORD_TOKEN,
        }
    }

    /// Whether `token` looks like a token of this channel.
    ///
    /// # Errors
    /// It does not: what one looks like, and where it is to be had.
    pub(crate) fn check(self, token: &str) -> Result<(), &'static str> {
        let word = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        match self {
            Self::Telegram => {
                let parts = token.split_once(':');
                let whole = parts.is_some_and(|(id, rest)| {
                    id.len() >= 6 && id.bytes().all(|byte| byte.is_ascii_digit()) && rest.len() == 35 && word(rest)
                });
                whole.then_some(()).ok_or(
                    "that is no token of a Telegram bot, which is digits, a colon and 35 characters: @BotFather shows it \
                     after /newbot or /token. Nothing was stored",
                )
            }
            Self::Discord => {
                let is_long = token.len() >= 50 && token.split('.').all(|part| part.len() >= 5);
                let whole = is_long && discord_bot_id(&token.to_owned().into()).is_some();
                whole.then_some(()).ok_or(
                    "that is no token of a Discord bot, which is three parts with dots between them: the developer portal \
                     shows it under Bot, Reset Token. Nothing was stored",
                )
            }
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Telegram => "Telegram",
            Self::Discord => "Discord",
        })
    }
}

/// Somebody who is to be an owner, as given: `telegram:42`, or an id alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// Where; `None` where it is not said.
    pub(crate) channel: Option<Channel>,
    /// The platform's id of the person.
    pub(crate) id: String,
}

impl FromStr for Owner {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (channel, id) = match text.split_once(':') {
            None => (None, text),
            Some((name, id)) => {
                let channel = Channel::ALL.into_iter().find(|channel| channel.name().eq_ignore_ascii_case(name.trim()));
                (Some(channel.ok_or("write telegram:ID or discord:ID")?), id.trim())
            }
        };
        if id.is_empty() || id.len() > 20 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("an id is a number, such as telegram:42; names can be taken by anybody. `/whoami` shows yours");
        }
        Ok(Self { channel, id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Channel, Owner};

    #[test]
    fn a_token_is_told_by_its_shape() {
        let (telegram, discord) =
            (format!("123456789:{}", "Ab-_5".repeat(7)), format!("{}.Test-1.{}", "MTIz".repeat(6), "x".repeat(27)));
        assert_eq!(Channel::Telegram.check(&telegram), Ok(()));
        assert_eq!(Channel::Discord.check(&discord), Ok(()));
        for wrong in ["", "123456789", "123456789:short", &discord, &telegram[1..].replace(':', ";")] {
            assert!(Channel::Telegram.check(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "a.b.c", &telegram, &discord.replace('.', ""), &discord.replace("MTIz", "YWJj")] {
            assert!(Channel::Discord.check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_owner_is_an_id() {
        let owner = |text: &str| text.parse::<Owner>().map(|owner| (owner.channel, owner.id));
        assert_eq!(owner(" 42 "), Ok((None, "42".to_owned())));
        assert_eq!(owner("Telegram:42"), Ok((Some(Channel::Telegram), "42".to_owned())));
        assert_eq!(owner("discord: 123456789012345678"), Ok((Some(Channel::Discord), "123456789012345678".to_owned())));
        for wrong in ["", "@ann", "telegram:", "telegram:ann", "irc:42", "-100", "123456789012345678901"] {
            assert!(owner(wrong).is_err(), "{wrong}");
        }
    }
}
