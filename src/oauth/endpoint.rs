//! Where and how one grant is renewed.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;

use crate::catalog::ProviderId;
use crate::config::{AuthConfig, BodyForm, OAuthConfig};
use crate::oauth::known::{USUAL_SKEW, known, owner};
use crate::profile::{Credential, Expiry, ExternalCli, Profile, SealTrouble};

/// A new access token is left alone for so long at the least: one that seems to have ended already, or to be about to,
/// would be renewed with every message.
const LEAST: Duration = Duration::from_secs(30);

/// How long a new access token lasts whose answer does not say.
const UNSAID: Duration = Duration::from_hours(1);

/// Where and how one grant is renewed.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    /// The provider.
    pub provider: ProviderId,
    /// Where the refresh token goes.
    pub url: String,
    /// The client that the grant was minted by.
    pub client_id: String,
    /// Its secret, where it has one.
    pub client_secret: Option<SecretString>,
    /// How the request is written.
    pub body: BodyForm,
    /// How long before its true end an access token is renewed.
    pub skew: Duration,
    /// Whether the store's `expires` is earlier than the true end by `skew`.
    pub stored_early: bool,
    /// Whether a 400 that says nothing else says that the refresh token is no longer taken.
    pub bare_400_is_final: bool,
}

/// Why a grant cannot be renewed here. Reads as the end of "it cannot be renewed: …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRenewal {
    /// It is a key or a token, not a grant.
    #[error("it is no OAuth grant")]
    NotAGrant,
    /// There is nothing to renew it with.
    #[error("log in again")]
    NoRefreshToken,
    /// The login is another program's, and only that renews it.
    #[error("it is managed by {0}: {remedy}", remedy = .0.remedy())]
    Managed(ExternalCli),
    /// It would be renewed here, but there is no refresh token in a file that could be written back.
    #[error("{0} has no refresh token for it in its file, and in a keychain nothing is written: {remedy}", remedy = .0.remedy())]
    NotInFile(ExternalCli),
    /// The login is that of a program whose files are not known here.
    #[error("it is managed by {0}, which renews it: start that once")]
    Foreign(&'static str),
    /// Its tokens are sealed, and do not open.
    #[error("it {0}")]
    Sealed(SealTrouble),
    /// Nobody knows where.
    #[error("set `auth.oauth.{0}.tokenUrl` to renew it, or log in again")]
    NoTokenUrl(ProviderId),
    /// Nobody knows by which client.
    #[error("set `auth.oauth.{0}.clientId` to the client it was minted by, or log in again")]
    NoClient(ProviderId),
}

impl TokenEndpoint {
    /// Where and how the grant in `profile` is renewed: what stands beside it counts first, then the configuration, then
    /// what is built in.
    ///
    /// # Errors
    /// [`NoRenewal`] when that is not known, or not ours to do.
    pub fn of(profile: &Profile, auth: &AuthConfig) -> Result<Self, NoRenewal> {
        if let Some(why) = profile.closed() {
            return Err(NoRenewal::Sealed(why.clone()));
        }
        let Credential::OAuth(grant) = &profile.credential else { return Err(NoRenewal::NotAGrant) };
        let outside = profile.origin.managed_by;
        match (outside, &grant.refresh) {
            (Some(ExternalCli::ClaudeCode), Some(_)) if auth.claude_cli.write_back => {}
            (Some(cli @ ExternalCli::ClaudeCode), None) if auth.claude_cli.write_back => {
                return Err(NoRenewal::NotInFile(cli));
            }
            (Some(cli), _) => return Err(NoRenewal::Managed(cli)),
            (None, None) => return Err(NoRenewal::NoRefreshToken),
            // A copy in the store is not what would be renewed, whoever opted in: the login itself is somewhere else.
            (None, Some(_)) => owner(&profile.id).map_or(Ok(()), Err)?,
        }
        let provider = profile.provider.clone();
        let (none, built_in) = (OAuthConfig::default(), known(provider.as_str()));
        let configured = auth.oauth.get(&provider).unwrap_or(&none);
        let url = configured.token_url.clone().or_else(|| built_in.map(|known| known.token_url.to_owned()));
        let client = grant.client_id.clone().or_else(|| configured.client_id.clone());
        let client = client.or_else(|| built_in.and_then(|known| known.client_id).map(str::to_owned));
        let skew = configured.skew_seconds.map(|seconds| Duration::from_secs(seconds.into()));
        // Its owner writes the true end, and renews it some minutes before that: whoever else does it leaves him the first go.
        let skew = skew.or(outside.map(|_| Duration::ZERO));
        Ok(Self {
            url: url.ok_or_else(|| NoRenewal::NoTokenUrl(provider.clone()))?,
            client_id: client.ok_or_else(|| NoRenewal::NoClient(provider.clone()))?,
            client_secret: configured.client_secret.clone(),
            body: configured.body_form.or_else(|| built_in.map(|known| known.body)).unwrap_or(BodyForm::Form),
            skew: skew.or_else(|| built_in.map(|known| known.skew)).unwrap_or(USUAL_SKEW),
            stored_early: outside.is_none() && built_in.is_some_and(|known| known.stored_early),
            bare_400_is_final: built_in.is_some_and(|known| known.bare_400_is_final),
            provider,
        })
    }

    /// Whether the access token of `profile` has ended at `now`, or is about to.
    pub fn is_due(&self, profile: &Profile, now: Timestamp) -> bool {
        // What was written down early need not be renewed earlier still.
        let lead = if self.stored_early { Duration::ZERO } else { self.skew };
        match &profile.credential {
            Credential::OAuth(grant) => grant.access.is_none() || has_ended(grant.expires, later(now, lead)),
            Credential::ApiKey { .. } | Credential::Token { .. } => false,
        }
    }

    /// What to write down as the end of an access token that came at `now` and lasts so long.
    pub(crate) fn stored_end(&self, now: Timestamp, lasts: Option<Duration>) -> Timestamp {
        let lasts = lasts.unwrap_or(UNSAID);
        let end = if self.stored_early {
            lasts.saturating_sub(self.skew).max(LEAST)
        } else {
            lasts.max(self.skew.saturating_add(LEAST))
        };
        later(now, end)
    }
}

/// The command that gets `profile` a new login.
///
/// An id that holds an e-mail address is left out of it: the words are read in groups too.
pub fn login_command(profile: &Profile) -> String {
    let Profile { id, provider, .. } = profile;
    if let Some(cli) = profile.origin.managed_by {
        return cli.login_command().to_owned();
    }
    if id.as_str().chars().all(|c| c.is_ascii_alphanumeric() || ":._-".contains(c)) {
        format!("modelpin models auth login --provider {provider} --profile-id {id}")
    } else {
        format!("modelpin models auth login --provider {provider}")
    }
}

/// Whether something with that end has ended at `at`. What stands there and is no time is taken for an end gone by.
pub(crate) fn has_ended(end: Expiry, at: Timestamp) -> bool {
    match end {
        Expiry::Never => false,
        Expiry::At(end) => end <= at,
        Expiry::Invalid => true,
    }
}

pub(crate) fn later(from: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| from.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::sync::Arc;

    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::agent::AgentId;
    use crate::config::from_value;
    use crate::profile::{OAuth, Origin, Seal};

    fn grant(id: &str, client: Option<&str>, expires: Expiry) -> Profile {
        let secret = |text: &str| Some(SecretString::from(text));
        let client_id = client.map(str::to_owned);
        Profile {
            id: id.parse().unwrap(),
            provider: id.split(':').next().unwrap().parse().unwrap(),
            credential: Credential::OAuth(OAuth { access: secret("at"), refresh: secret("rt"), expires, client_id }),
            email: None,
            account: None,
            display_name: None,
            origin: Arc::new(Origin { agent: AgentId::main(), path: "/x".into(), managed_by: None }),
            seal: Seal::Absent,
        }
    }

    fn endpoint(profile: &Profile, oauth: &Value) -> Result<TokenEndpoint, NoRenewal> {
        TokenEndpoint::of(profile, &from_value(&json!({"auth": {"oauth": oauth}})).unwrap().auth)
    }

    #[test]
    fn the_grant_names_its_client_first_then_the_configuration_then_the_table() {
        let client = |own, oauth: Value| endpoint(&grant("anthropic:a", own, Expiry::Never), &oauth).unwrap().client_id;
        let configured = json!({"Anthropic": {"clientId": "configured"}});
        assert_eq!(client(Some("own"), configured.clone()), "own");
        assert_eq!(client(None, configured), "configured");
        assert_eq!(client(None, json!({})), "9d1c250a-e61b-44d9-88ed-5944d1962f5e");
    }

    #[test]
    fn what_is_missing_is_named() {
        let fault = |id: &str, oauth: Value| endpoint(&grant(id, None, Expiry::Never), &oauth).unwrap_err();
        assert_eq!(fault("acme:a", json!({})), NoRenewal::NoTokenUrl("acme".parse().unwrap()));
        assert_eq!(fault("google-gemini-cli:a", json!({})), NoRenewal::NoClient("google-gemini-cli".parse().unwrap()));
        assert_eq!(fault("anthropic:claude-cli", json!({})), NoRenewal::Managed(ExternalCli::ClaudeCode));
        assert_eq!(fault("minimax-portal:minimax-cli", json!({})), NoRenewal::Foreign("the MiniMax CLI"));
        let own = json!({"acme": {"tokenUrl": "https://id.example.com/t", "clientId": "c", "bodyForm": "json"}});
        assert_eq!(endpoint(&grant("acme:a", None, Expiry::Never), &own).unwrap().body, BodyForm::Json);
    }

    /// The table of the family's refresh endpoints, row by row: where, by which client, in which form, and what is
    /// written down as the end of an access token that came at 0 and lasts an hour.
    #[rstest]
    #[case(
        "anthropic",
        "https://console.anthropic.com/v1/oauth/token",
        Some("9d1c250a-e61b-44d9-88ed-5944d1962f5e"),
        BodyForm::Json,
        3300
    )]
    #[case(
        "openai-codex",
        "https://auth.openai.com/oauth/token",
        Some("app_EMoamEEZ73f0CkXaXp7hrann"),
        BodyForm::Form,
        3600
    )]
    #[case("google-gemini-cli", "https://oauth2.googleapis.com/token", None, BodyForm::Form, 3300)]
    #[case("google-antigravity", "https://oauth2.googleapis.com/token", None, BodyForm::Form, 3300)]
    #[case("chutes", "https://api.chutes.ai/idp/token", None, BodyForm::Form, 3300)]
    #[case(
        "qwen-portal",
        "https://chat.qwen.ai/api/v1/oauth2/token",
        Some("f0304373b74a44d2b584a3fb70ca9e56"),
        BodyForm::Form,
        3600
    )]
    fn each_known_provider_renews_as_the_family_does(
        #[case] provider: &str,
        #[case] url: &str,
        #[case] client: Option<&str>,
        #[case] body: BodyForm,
        #[case] end: i64,
    ) {
        let id = format!("{provider}:me");
        match (client, endpoint(&grant(&id, None, Expiry::Never), &json!({}))) {
            (Some(client), found) => assert_eq!(found.unwrap().client_id, client),
            // No public client: the grant or the configuration has to name the one it was minted by.
            (None, found) => assert_eq!(found.unwrap_err(), NoRenewal::NoClient(provider.parse().unwrap())),
        }
        let of_grant = endpoint(&grant(&id, Some("client-of-the-grant"), Expiry::Never), &json!({})).unwrap();
        assert_eq!((of_grant.url.as_str(), of_grant.body), (url, body));
        assert_eq!(of_grant.client_id, "client-of-the-grant");
        let hour = Some(Duration::from_hours(1));
        assert_eq!(of_grant.stored_end(Timestamp::UNIX_EPOCH, hour).as_second(), end);
        assert_eq!(of_grant.bare_400_is_final, provider == "qwen-portal");
    }

    /// Those that the table has without a refresher of the usual kind: one is a GET with a token of another service.
    #[rstest]
    #[case("github-copilot")]
    #[case("minimax-portal")]
    fn others_are_not_guessed_at(#[case] provider: &str) {
        let fault = endpoint(&grant(&format!("{provider}:me"), Some("c"), Expiry::Never), &json!({})).unwrap_err();
        assert_eq!(fault, NoRenewal::NoTokenUrl(provider.parse().unwrap()));
    }

    #[test]
    fn a_token_is_renewed_by_the_skew_before_its_end_whoever_wrote_it_down() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let due = |id: &str, end, now| {
            let profile = grant(id, None, Expiry::At(at(end)));
            endpoint(&profile, &json!({})).unwrap().is_due(&profile, at(now))
        };
        assert!(!due("anthropic:a", 1000, 999), "its time is written down five minutes early already");
        assert!(due("anthropic:a", 1000, 1000));
        assert!(!due("openai-codex:a", 1000, 939));
        assert!(due("openai-codex:a", 1000, 940));
        let early = endpoint(&grant("anthropic:a", None, Expiry::Never), &json!({})).unwrap();
        let hour = Some(Duration::from_hours(1));
        assert_eq!(early.stored_end(at(0), hour), at(3300));
        assert_eq!(early.stored_end(at(0), Some(Duration::from_secs(10))), at(30), "never already over");
        let exact = endpoint(&grant("openai-codex:a", None, Expiry::Never), &json!({})).unwrap();
        assert_eq!(exact.stored_end(at(0), hour), at(3600));
        assert_eq!(exact.stored_end(at(0), Some(Duration::ZERO)), at(90), "not due again with the next message");
    }
}
