//! How the bots of Telegram are reached: `channels.telegram`, of which the rules of access are read elsewhere.

use indexmap::IndexMap;

use crate::profile::SecretValue;

/// The account where none is named.
pub const DEFAULT_ACCOUNT: &str = "default";

/// The variable with the token of the default account.
pub const TELEGRAM_TOKEN: &str = "TELEGRAM_BOT_TOKEN";

/// The bots of Telegram.
#[derive(Debug, Clone)]
pub struct TelegramConfig {
    /// `enabled`: whether any of them is served.
    pub enabled: bool,
    /// By id: those under `accounts`, and `default` for what is said beside them.
    pub accounts: IndexMap<String, TelegramAccount>,
}

/// One bot.
#[derive(Debug, Clone)]
pub struct TelegramAccount {
    /// `enabled`.
    pub enabled: bool,
    /// `name`: what the operator calls it.
    pub name: Option<String>,
    /// Where its token is.
    pub token: TokenPlace,
    /// Whether somebody wants it, so that a missing token is a fault; else it is an account only where there is one.
    pub wanted: bool,
    /// `webhookUrl`: the address that Telegram brings updates to; they are asked for where there is none.
    pub webhook_url: Option<String>,
    /// `webhookSecret`: what Telegram has to send along.
    pub webhook_secret: SecretValue,
    /// `webhookPath`, where it is said.
    pub webhook_path: Option<String>,
    /// `webhookHost`: the address that is listened on.
    pub webhook_host: Option<String>,
    /// `webhookPort`.
    pub webhook_port: Option<u16>,
    /// `apiRoot`: where the Bot API is, if not at Telegram's.
    pub api_root: Option<String>,
    /// `proxy`, which is not used here.
    pub proxy: Option<String>,
}

/// Where the token of a bot is.
#[derive(Debug, Clone)]
pub enum TokenPlace {
    /// `tokenFile`: alone in this file, `~` not yet expanded.
    File(String),
    /// `botToken`: there, or where that leads to.
    Written(SecretValue),
    /// In [`TELEGRAM_TOKEN`], as far as it is set.
    Variable,
}

impl Default for TelegramConfig {
    /// What counts where nothing is configured: the variable, if it is set.
    fn default() -> Self {
        let account = TelegramAccount {
            enabled: true,
            name: None,
            token: TokenPlace::Variable,
            wanted: false,
            webhook_url: None,
            webhook_secret: SecretValue::Missing,
            webhook_path: None,
            webhook_host: None,
            webhook_port: None,
            api_root: None,
            proxy: None,
        };
        Self { enabled: true, accounts: [(DEFAULT_ACCOUNT.to_owned(), account)].into() }
    }
}

/// The id of an account that the configuration calls `name`, as it stands in session keys: lower case, with `-` for what
/// is neither letter nor digit nor `_`. `None` where nothing is left.
pub fn account_id(name: &str) -> Option<String> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c.to_ascii_lowercase() } else { '-' };
    let id: String = name.trim().chars().map(plain).take(64).collect();
    let id = id.trim_matches('-');
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::account_id;

    #[test]
    fn an_account_goes_by_a_plain_name() {
        for (name, id) in [
            ("Work", Some("work")),
            (" my bot ", Some("my-bot")),
            ("a_b-c", Some("a_b-c")),
            ("ops:2", Some("ops-2")),
            ("::", None),
            ("", None),
        ] {
            assert_eq!(account_id(name).as_deref(), id, "{name}");
        }
    }
}
