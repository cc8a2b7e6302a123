//! The bots of one platform as they are configured: `channels.<platform>`, of which the rules of access are read elsewhere.

use indexmap::IndexMap;

use crate::profile::SecretValue;

/// The account where none is named.
pub const DEFAULT_ACCOUNT: &str = "default";

/// The bots of one platform. `More` is what only that platform knows.
#[derive(Debug, Clone)]
pub struct BotsConfig<More> {
    /// `enabled`: whether any of them is served.
    pub enabled: bool,
    /// By id: those under `accounts`, and `default` for what is said beside them.
    pub accounts: IndexMap<String, BotAccount<More>>,
}

/// One bot.
#[derive(Debug, Clone)]
pub struct BotAccount<More> {
    /// `enabled`.
    pub enabled: bool,
    /// `name`: what the operator calls it.
    pub name: Option<String>,
    /// Where its token is.
    pub token: TokenPlace,
    /// Whether somebody wants it, so that a missing token is a fault; else it is an account only where there is one.
    pub wanted: bool,
    /// `apiRoot`: where the API of the platform is, if not at its own place.
    pub api_root: Option<String>,
    /// `proxy`, which is not used here.
    pub proxy: Option<String>,
    /// What only this platform knows.
    pub more: More,
}

/// Where the token of a bot is.
#[derive(Debug, Clone)]
pub enum TokenPlace {
    /// `tokenFile`: alone in this file, `~` not yet expanded.
    File(String),
    /// In the configuration, or where that leads to.
    Written(SecretValue),
    /// In the variable of the platform, as far as it is set.
    Variable,
}

impl TokenPlace {
    /// The file that it is in.
    #[cfg(feature = "cli")]
    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Self::File(path) => Some(path),
            Self::Written(_) | Self::Variable => None,
        }
    }
}

impl<More: Default> Default for BotsConfig<More> {
    /// What counts where nothing is configured: the variable, if it is set.
    fn default() -> Self {
        let account = BotAccount {
            enabled: true,
            name: None,
            token: TokenPlace::Variable,
            wanted: false,
            api_root: None,
            proxy: None,
            more: More::default(),
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
