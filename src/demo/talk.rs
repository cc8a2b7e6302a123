//! What the loopback provider says, and how it is cut in pieces.

use serde_json::Value;

use crate::profile::{Fingerprint, ProfileId};

/// Words per piece of a streamed answer.
const WORDS: usize = 3;

/// The usual answer: which model and which credential were reached.
pub(crate) fn words(
    model: &str,
    fingerprint: Option<&Fingerprint>,
    profile: Option<&ProfileId>,
    body: &Value,
) -> String {
    let credential = match (fingerprint, profile) {
        (Some(fingerprint), Some(profile)) => format!("with credential {fingerprint} ({profile})"),
        (Some(fingerprint), None) => format!("with credential {fingerprint}"),
        (None, _) => "without a credential".to_owned(),
    };
    let last = body["messages"].as_array().and_then(|messages| messages.last());
    let said = last.and_then(|message| message["content"].as_str()).unwrap_or_default();
    let mut short: String = said.chars().take(300).collect();
    if short.len() < said.len() {
        short.push('…');
    }
    format!("{model} here. Your message came {credential}. You said: {short}")
}

/// `text` in pieces of a few words; together they are `text`.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    words.chunks(WORDS).map(<[&str]>::concat).collect()
}

/// A guess at the number of tokens, as good as any other for show.
pub(crate) fn tokens(text: &str) -> usize {
    text.len().div_ceil(4)
}
