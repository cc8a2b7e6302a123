//! `auth.*` of the configuration.

use indexmap::IndexMap;
use secrecy::SecretString;

use crate::catalog::ProviderId;
use crate::profile::{ProfileId, SealWith};

/// `auth.*`.
#[derive(Debug, Clone, Default)]
pub struct AuthConfig {
    /// `auth.profiles`.
    pub profiles: IndexMap<ProfileId, ProfileConfig>,
    /// `auth.order`, by normalised provider; an empty list is kept.
    pub order: IndexMap<ProviderId, Vec<ProfileId>>,
    /// `auth.cooldowns`.
    pub cooldowns: Cooldowns,
    /// `auth.crossBillingClass: "deny"`.
    pub deny_cross_billing: bool,
    /// `auth.oauth`, by normalised provider: how one logs in there and its grants are renewed, where that is not as built
    /// in.
    pub oauth: IndexMap<ProviderId, OAuthConfig>,
    /// `auth.claudeCli`.
    pub claude_cli: ClaudeCliConfig,
    /// `auth.store`: where the profiles are kept.
    pub store: AuthPlace,
    /// `auth.seal`: how secrets are sealed before they are written. They are not unless configured.
    pub seal: Option<SealWith>,
    /// `auth.sealPassphraseFile`; `~` not yet expanded.
    pub seal_passphrase_file: Option<String>,
}

/// `auth.store`: where the profiles are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuthPlace {
    /// `file`: in `auth-profiles.json` of each agent, which other programs share.
    #[default]
    File,
    /// `database`: in the one that `store.url` names, which other machines share, every secret sealed with a passphrase.
    Database,
}

/// One entry of `auth.oauth`. What it leaves open is as built in for the provider, if anything is.
#[derive(Debug, Clone, Default)]
pub struct OAuthConfig {
    /// `authorizeUrl`: where a person logs in with a browser.
    pub authorize_url: Option<String>,
    /// `deviceUrl`: where a login is begun that is confirmed on another device.
    pub device_url: Option<String>,
    /// `userinfoUrl`: where a new login is asked whose it is.
    pub userinfo_url: Option<String>,
    /// `redirectUri`: where the provider sends the browser to after a login. An address of this machine is listened to.
    pub redirect_uri: Option<String>,
    /// `scopes`: what a login asks for.
    pub scopes: Vec<String>,
    /// `params`: what else stands in the address that a login begins with.
    pub params: IndexMap<String, String>,
    /// `tokenUrl`: where a code or a refresh token is exchanged.
    pub token_url: Option<String>,
    /// `clientId`: the client to log in with, and that the grants were minted by. One that stands beside the grant comes
    /// first.
    pub client_id: Option<String>,
    /// `clientSecret`, for clients that have one.
    pub client_secret: Option<SecretString>,
    /// `bodyForm`.
    pub body_form: Option<BodyForm>,
    /// `skewSeconds`: how long before its end an access token is renewed.
    pub skew_seconds: Option<u32>,
}

/// `auth.oauth.<provider>.bodyForm`: how a token endpoint is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyForm {
    /// `json`.
    Json,
    /// `form`: URL-encoded, as the standard has it.
    Form,
}

/// `auth.claudeCli`: how far the login of Claude Code is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClaudeCliConfig {
    /// `writeBack`: it may be renewed here, and is then written into Claude Code's own file. Off unless configured.
    pub write_back: bool,
    /// `sync`: it is copied into the main agent's store, for programs that look for it there. `None` where the
    /// configuration does not say: then the layout decides.
    pub sync: Option<bool>,
}

/// One entry of `auth.profiles`.
#[derive(Debug, Clone)]
pub struct ProfileConfig {
    /// The provider.
    pub provider: ProviderId,
    /// The kind of credential expected there.
    pub mode: Mode,
    /// The account's address.
    pub email: Option<String>,
    /// `grants`: who may use it. `None` where the config does not say: everybody who may choose credentials.
    pub grants: Option<Grants>,
    /// `visibility`: who is told that there is such a profile. Whom it answers is said by the grants.
    pub visibility: Visibility,
}

/// `auth.profiles.<id>.visibility`: who is told of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// `everybody`: whoever may use it.
    #[default]
    Everybody,
    /// `operators`: it answers whoever may use it, and only operators can name it and read its name, in private.
    Operators,
}

/// `auth.profiles.<id>.mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `api_key`.
    ApiKey,
    /// `token`.
    Token,
    /// `oauth`: accepts stored tokens too.
    OAuth,
}

impl Mode {
    /// As the configuration has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Token => "token",
            Self::OAuth => "oauth",
        }
    }
}

/// `auth.profiles.<id>.grants`: who may use a credential.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// Whether owners may. They may unless the list says otherwise.
    pub owners: bool,
    /// Ids of people, plain or as `channel:id`.
    pub users: Vec<String>,
    /// Ids of chats, plain or as `channel:id`.
    pub chats: Vec<String>,
    /// Names of roles.
    pub roles: Vec<String>,
}

/// `auth.cooldowns`.
#[derive(Debug, Clone)]
pub struct Cooldowns {
    /// First billing bench, in hours.
    pub billing_backoff_hours: f64,
    /// Longest billing bench, in hours.
    pub billing_max_hours: f64,
    /// After so many hours without a failure the ladders start again.
    pub failure_window_hours: f64,
}

impl Default for Cooldowns {
    fn default() -> Self {
        Self { billing_backoff_hours: 5.0, billing_max_hours: 24.0, failure_window_hours: 24.0 }
    }
}
