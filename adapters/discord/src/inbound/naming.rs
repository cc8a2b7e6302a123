//! Whether a text names the bot.

use crate::snowflake::Snowflake;

/// Whether a text names the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Naming<'a> {
    /// Whether it does, anywhere.
    pub(super) is_named: bool,
    /// The text without the mention that it begins with.
    pub(super) rest: &'a str,
}

/// Looks in `text` for a mention of the user `me`, or of a role that is `ours`: the one that a server has for the bot, and
/// that people's clients propose beside the bot itself.
pub(super) fn of(text: &str, me: u64, ours: impl Fn(u64) -> bool) -> Naming<'_> {
    let mut naming = Naming { is_named: false, rest: text };
    let mut at = 0;
    while let Some(begin) = text[at..].find("<@").map(|begin| at + begin) {
        at = begin + 2;
        let Some(end) = text[at..].find('>').map(|end| at + end) else { break };
        let mentioned = &text[at..end];
        let is_ours = match mentioned.strip_prefix('&') {
            Some(role) => Snowflake::read(role).is_some_and(|role| ours(role.get())),
            None => Snowflake::read(mentioned.strip_prefix('!').unwrap_or(mentioned)).is_some_and(|id| id.get() == me),
        };
        if !is_ours {
            continue;
        }
        naming.is_named = true;
        if text[..begin].trim_start().is_empty() {
            naming.rest = behind(text, end + 1);
        }
    }
    naming
}

/// What follows a mention that ends at `end`; all of the text where it is only the beginning of a word, as in `<@7001>'s`.
fn behind(text: &str, end: usize) -> &str {
    let rest = &text[end..];
    match rest.chars().next() {
        None | Some('/') => rest,
        Some(':' | ',') => rest[1..].trim_start(),
        Some(c) if c.is_whitespace() => rest.trim_start(),
        Some(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Naming, of};

    #[test]
    fn a_mention_counts_anywhere_and_goes_at_the_beginning() {
        for (text, is_named, rest) in [
            ("<@7001> /model", true, "/model"),
            ("<@!7001> /model", true, "/model"),
            ("<@&55> /model", true, "/model"),
            ("  <@7001>\u{a0}/model", true, "/model"),
            ("<@7001>/model", true, "/model"),
            ("<@7001>: hello", true, "hello"),
            ("<@7001>,\nhello", true, "hello"),
            ("<@7001>", true, ""),
            ("<@7001>'s turn", true, "<@7001>'s turn"),
            ("hello <@7001>", true, "hello <@7001>"),
            ("<@5> <@7001> hello", true, "<@5> <@7001> hello"),
            ("<@7001> <@5> hello", true, "<@5> hello"),
            ("<@5> hello", false, "<@5> hello"),
            ("<@&56> hello", false, "<@&56> hello"),
            ("<@&7001> hello", false, "<@&7001> hello"),
            ("<@55> hello", false, "<@55> hello"),
            ("<@!&55> hello", false, "<@!&55> hello"),
            ("<@07001> hello", false, "<@07001> hello"),
            ("<@7001 hello", false, "<@7001 hello"),
            ("<@<@7001> hello", true, "<@<@7001> hello"),
            ("<@é<@7001>", true, "<@é<@7001>"),
            ("<@> @PinBot", false, "<@> @PinBot"),
            ("<@", false, "<@"),
            ("", false, ""),
        ] {
            assert_eq!(of(text, 7001, |role| role == 55), Naming { is_named, rest }, "{text:?}");
        }
    }
}
