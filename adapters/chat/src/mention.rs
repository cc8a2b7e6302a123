//! Addressing the bot by name.

/// The message without a leading `@bot`, for platforms where people address a bot that way.
///
/// Only the bot's own name counts, compared case-insensitively, and only as a whole word: what is meant for somebody
/// else is left as it is. A `:` or `,` right after the mention goes with it.
///
/// ```
/// # use modelpin_chat::without_mention;
/// assert_eq!(without_mention("@ModelPin: /model", "modelpin"), "/model");
/// assert_eq!(without_mention("@somebody /model", "modelpin"), "@somebody /model");
/// ```
#[must_use]
pub fn without_mention<'a>(text: &'a str, bot: &str) -> &'a str {
    let Some(addressed) = text.trim_start().strip_prefix('@') else { return text };
    let end = addressed.find(|c: char| c.is_whitespace() || matches!(c, ':' | ',')).unwrap_or(addressed.len());
    let (name, rest) = addressed.split_at(end);
    if bot.is_empty() || name.to_lowercase() != bot.to_lowercase() {
        return text;
    }
    rest.strip_prefix([':', ',']).unwrap_or(rest).trim_start()
}

#[cfg(test)]
mod tests {
    use super::without_mention;

    #[test]
    fn takes_off_the_own_name_only() {
        for (text, left) in [
            ("@pin /model", "/model"),
            ("  @PIN\u{a0}/model", "/model"),
            ("@pin, hello", "hello"),
            ("@pin", ""),
            ("@pin\nsecond line", "second line"),
            ("@pinned /model", "@pinned /model"),
            ("@other /model", "@other /model"),
            ("hello @pin", "hello @pin"),
            (" /model", " /model"),
            ("@ /model", "@ /model"),
        ] {
            assert_eq!(without_mention(text, "pin"), left, "{text:?}");
        }
    }

    #[test]
    fn a_bot_without_a_name_is_never_mentioned() {
        assert_eq!(without_mention("@ hello", ""), "@ hello");
    }
}
