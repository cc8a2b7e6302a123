//! The secrets that can be told by their shape.
//!
//! Vendors whose keys look like anything else (Mistral's are 32 letters and digits) have no row: a guess would withhold
//! ordinary messages.

use once_cell::sync::Lazy;
use regex::bytes::{Regex, RegexSet};

use crate::keyshape::chance::is_random;
use crate::keyshape::reading::Reading;
use crate::keyshape::shape::Shape;

/// A letter or a digit.
const ALNUM: &str = "[0-9A-Za-z]";

/// A character of the form of base64 that URLs take.
const WORD: &str = "[0-9A-Za-z_-]";

/// A shape whose random part has `least` characters `of` a kind at least.
const fn shape(
    name: &'static str,
    before: &'static str,
    of: &'static str,
    least: usize,
    rotate: &'static str,
) -> Shape {
    Shape { name, rotate, store: None, before, of, least, most: None }
}

impl Shape {
    /// One whose successor is stored with this command.
    const fn stored(self, with: &'static str) -> Self {
        Self { store: Some(with), ..self }
    }

    /// One that is never longer.
    const fn at_most(self, most: usize) -> Self {
        Self { most: Some(most), ..self }
    }
}

/// One row per kind of secret. Where two rows fit, the first counts, so the most telling come first.
static TABLE: &[Shape] = &[
    shape(
        "an Anthropic setup-token",
        "sk-ant-oat[0-9]{2}-",
        WORD,
        12,
        "Revoke it in the settings of the Claude account, and make a new one with `claude setup-token`.",
    )
    .stored("setup-token"),
    shape(
        "an Anthropic refresh token",
        "sk-ant-ort[0-9]{2}-",
        WORD,
        12,
        "Log that program out of the Claude account, and log in again.",
    ),
    shape(
        "an Anthropic API key",
        "sk-ant-(?:[a-z]{2,10}[0-9]{2}-)?",
        WORD,
        12,
        "Revoke it in the Anthropic Console, under API keys, and make a new one.",
    )
    .stored("add --provider anthropic"),
    shape(
        "an OpenRouter API key",
        "sk-or-(?:v[0-9]+-)?",
        WORD,
        20,
        "Delete it in OpenRouter's settings, under API keys, and make a new one.",
    )
    .stored("add --provider openrouter"),
    shape(
        "an OpenAI API key",
        "sk-(?:proj|svcacct|admin|None)-",
        WORD,
        20,
        "Revoke it on the OpenAI platform, under API keys, and make a new one.",
    )
    .stored("add --provider openai"),
    shape(
        "a Groq API key",
        "gsk_",
        ALNUM,
        30,
        "Delete it in the GroqCloud console, under API keys, and make a new one.",
    )
    .stored("add --provider groq"),
    shape("an xAI API key", "xai-", ALNUM, 40, "Delete it in the xAI console, under API keys, and make a new one.")
        .stored("add --provider xai"),
    shape(
        "a Google API key",
        "AIza",
        WORD,
        30,
        "Delete it in Google AI Studio or the Google Cloud console, under credentials, and make a new one.",
    )
    .stored("add --provider google"),
    shape(
        "a Google OAuth client secret",
        "GOCSPX-",
        WORD,
        24,
        "Replace it in the Google Cloud console, under credentials.",
    ),
    shape(
        "a Hugging Face token",
        "hf_",
        ALNUM,
        30,
        "Invalidate it in the Hugging Face settings, under access tokens, and make a new one.",
    )
    .stored("add --provider huggingface"),
    shape("a Perplexity API key", "pplx-", ALNUM, 32, "Delete it in Perplexity's API settings, and make a new one.")
        .stored("add --provider perplexity"),
    shape(
        "a GitHub token",
        "gh[pousr]_|github_pat_",
        "[0-9A-Za-z_]",
        30,
        "Revoke it in the GitHub settings, under developer settings, and make a new one.",
    ),
    shape(
        "a GitLab token",
        "glpat-",
        WORD,
        20,
        "Revoke it in GitLab's settings, under access tokens, and make a new one.",
    ),
    shape(
        "a Slack token",
        "xox[abeprs]-|xapp-[0-9]-",
        "[0-9A-Za-z-]",
        20,
        "Revoke it in the settings of the Slack app, and install the app anew.",
    ),
    shape("an npm token", "npm_", ALNUM, 30, "Delete it in the npm settings, under access tokens, and make a new one."),
    shape("an AWS access key", "A[KS]IA", "[2-7A-Z]", 16, AWS).at_most(16),
    shape("an AWS secret access key", r#"(?i:(?:aws)?_?secret_?access_?key)[ "':=]{1,10}"#, "[0-9A-Za-z/+]", 40, AWS)
        .at_most(40),
    shape("a Stripe live key", "[rs]k_live_", ALNUM, 16, "Roll it in the Stripe dashboard, under API keys."),
    shape(
        "a Telegram bot token",
        "(?:bot)?[0-9]{7,10}(?::|%3[Aa])",
        WORD,
        35,
        "Revoke it with /revoke in the chat with @BotFather, which gives the bot a new one.",
    )
    .at_most(35),
    shape(
        "a Discord bot token",
        // The bot's id, in base64: digits, so that each group of four begins with M, N or O.
        r"(?:[MNO][0-9A-Za-z]{3}){5,6}(?:[MNO][0-9A-Za-z]{1,2})?\.[0-9A-Za-z_-]{6}\.",
        WORD,
        27,
        "Reset it in the Discord Developer Portal, on the bot's page.",
    )
    .at_most(40),
    shape(
        "a signed token (JWT)",
        r"eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.",
        WORD,
        16,
        "Revoke it, or end the login it belongs to, where it was issued.",
    ),
    shape(
        "a private key",
        // Headers may follow, but not the end: behind it something else begins.
        "BEGIN [0-9A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-{1,10}(?:[^-]|-[^-]){0,200}?",
        "[0-9A-Za-z+/]",
        40,
        "Make a new pair, and replace the old public key wherever it is known.",
    ),
    shape(
        "an API key such as OpenAI, DeepSeek and Moonshot issue",
        "sk-(?:[a-z]{1,10}[0-9]{0,2}-){0,2}",
        ALNUM,
        20,
        "Revoke it in the console of whoever issued it, and make a new one.",
    )
    .stored("add --provider <provider>"),
];

const AWS: &str = "Deactivate and delete it in the AWS console, under IAM, and make a new one.";

/// All patterns at once, to see which rows could fit at all. A test makes sure that there is one of each.
static ANY: Lazy<Option<RegexSet>> = Lazy::new(|| RegexSet::new(TABLE.iter().map(Shape::pattern)).ok());

/// The pattern of each row.
static EACH: Lazy<Vec<Option<Regex>>> =
    Lazy::new(|| TABLE.iter().map(|shape| Regex::new(&shape.pattern()).ok()).collect());

/// What stands before the random part of any of them, at the start of a text.
static START: Lazy<Option<Regex>> = Lazy::new(|| {
    let before: Vec<&str> = TABLE.iter().map(|shape| shape.before).collect();
    Regex::new(&format!("(?-u)^(?:{})", before.join("|"))).ok()
});

/// The first row of which there is a secret in any of the `readings`.
pub(super) fn first_in(readings: &[Reading<'_>]) -> Option<&'static Shape> {
    let row = readings.iter().filter_map(|reading| row_in(reading.as_bytes())).min()?;
    TABLE.get(row)
}

/// Whether a secret begins where `line` begins.
pub(super) fn begins(line: &str) -> bool {
    START.as_ref().is_some_and(|start| start.is_match(line.as_bytes()))
}

fn row_in(text: &[u8]) -> Option<usize> {
    ANY.as_ref()?.matches(text).iter().find(|row| is_there(*row, text))
}

fn is_there(row: usize, text: &[u8]) -> bool {
    let Some((shape, Some(pattern))) = TABLE.get(row).zip(EACH.get(row)) else { return false };
    pattern.captures_iter(text).filter_map(|found| found.get(1)).any(|body| {
        let goes_on = text.get(body.end()).is_some_and(u8::is_ascii_alphanumeric);
        let fits = shape.most.is_none_or(|most| body.len() <= most && !goes_on);
        fits && is_random(body.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::{ANY, EACH, START, TABLE};

    #[test]
    fn every_row_can_be_looked_for() {
        assert_eq!(ANY.as_ref().map(regex::bytes::RegexSet::len), Some(TABLE.len()));
        assert!(EACH.len() == TABLE.len() && EACH.iter().all(Option::is_some) && START.is_some());
    }

    #[test]
    fn every_row_says_what_it_is_and_what_to_do() {
        for shape in TABLE {
            assert!(shape.name.starts_with("a ") || shape.name.starts_with("an "), "{}", shape.name);
            assert!(shape.rotate.ends_with('.'), "{}", shape.rotate);
        }
    }
}
