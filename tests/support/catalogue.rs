//! A large catalogue, with names of all lengths and in all kinds of letters.

use serde_json::{Map, Value, json};

use crate::support::bot::Bot;

/// Letters of one, two, three and four bytes.
const LETTERS: [&str; 4] = ["x", "й", "模", "🙂"];

pub(crate) const PROVIDERS: [&str; 4] = ["anthropic", "openai", "groq", "mistral"];

/// 200 models, with ids of 1 to 300 bytes.
pub(crate) fn models() -> Vec<String> {
    (0..200).map(|number| format!("{}/{}", PROVIDERS[number % 4], name(number, number * 3 / 2 + 1))).collect()
}

/// 40 profiles of one provider, with names of 1 to 300 bytes.
pub(crate) fn profiles() -> Vec<String> {
    (0..40).map(|number| format!("anthropic:{}", name(number, 1 + number * 299 / 39))).collect()
}

/// A bot that has all of it.
pub(crate) fn bot() -> Bot {
    let models: Map<String, Value> = models().into_iter().map(|model| (model, json!({}))).collect();
    let bot = Bot::new().profiles("openai:default groq:default mistral:default");
    let bot = profiles().iter().fold(bot, |bot, id| bot.profile(id, json!({})));
    bot.config(json!({"agents": {"defaults": {"models": models}}}))
}

/// A name of about so many bytes that no other number has.
fn name(number: usize, bytes: usize) -> String {
    let letter = LETTERS[number % LETTERS.len()];
    let begin = if bytes < 4 { String::new() } else { format!("{number}-") };
    let more = bytes.saturating_sub(begin.len()) / letter.len();
    if bytes < 4 {
        char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string()
    } else {
        begin + &letter.repeat(more)
    }
}
