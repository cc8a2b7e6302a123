//! `auth.*`.

use indexmap::IndexMap;
use secrecy::SecretString;
use serde_json::Value;

use crate::catalog::ProviderId;
use crate::config::field::Field;
use crate::config::{
    AuthConfig, AuthPlace, BodyForm, ClaudeCliConfig, Cooldowns, Grants, KeyFault, Mode, OAuthConfig, ProfileConfig,
    Visibility,
};
use crate::profile::{ExternalCli, ProfileId, SealWith};

pub(crate) fn auth(field: &Field<'_>) -> Result<AuthConfig, KeyFault> {
    let mut profiles = IndexMap::new();
    for (name, field) in field.get("profiles")?.members()? {
        let id = ProfileId::new(name).ok_or_else(|| field.wrong("a profile's id that is not blank"))?;
        profiles.insert(id, profile(name, &field)?);
    }
    let cross = field.get("crossBillingClass")?;
    let deny_cross_billing = match cross.text()? {
        None | Some("allow") => false,
        Some("deny") => true,
        Some(_) => return Err(cross.wrong("`allow` or `deny`")),
    };
    Ok(AuthConfig {
        profiles,
        order: order(&field.get("order")?)?,
        cooldowns: cooldowns(&field.get("cooldowns")?)?,
        deny_cross_billing,
        oauth: oauth(&field.get("oauth")?)?,
        claude_cli: claude_cli(&field.get("claudeCli")?)?,
        store: store(&field.get("store")?)?,
        seal: seal(&field.get("seal")?)?,
        seal_passphrase_file: field.get("sealPassphraseFile")?.string()?.filter(|path| !path.trim().is_empty()),
    })
}

fn store(field: &Field<'_>) -> Result<AuthPlace, KeyFault> {
    match field.text()? {
        None | Some("file") => Ok(AuthPlace::File),
        Some("database") => Ok(AuthPlace::Database),
        Some(_) => Err(field.wrong("`file` or `database`")),
    }
}

fn seal(field: &Field<'_>) -> Result<Option<SealWith>, KeyFault> {
    match field.text()? {
        None => Ok(None),
        Some(with) => with.parse().map(Some).map_err(|_| field.wrong("`keyring` or `passphrase`")),
    }
}

fn claude_cli(field: &Field<'_>) -> Result<ClaudeCliConfig, KeyFault> {
    Ok(ClaudeCliConfig {
        write_back: field.get("writeBack")?.flag()?.unwrap_or(false),
        sync: field.get("sync")?.flag()?,
    })
}

fn profile(id: &str, field: &Field<'_>) -> Result<ProfileConfig, KeyFault> {
    let named = field.get("provider")?;
    let provider = named.text()?.or_else(|| id.split_once(':').map(|(provider, _)| provider));
    let provider = provider.and_then(ProviderId::new).ok_or_else(|| named.wrong("the provider's name"))?;
    let mode = field.get("mode")?;
    let wrong_mode = || mode.wrong("`api_key`, `token` or `oauth`");
    let mode = match mode.text()?.ok_or_else(wrong_mode)? {
        "api_key" => Mode::ApiKey,
        // What older programs wrote for it; the login may be of either kind.
        "token" if id == ExternalCli::ClaudeCode.profile_id().as_str() => Mode::OAuth,
        "token" => Mode::Token,
        "oauth" => Mode::OAuth,
        _ => return Err(wrong_mode()),
    };
    let grants = field.get("grants")?;
    let grants = if grants.present().is_some() { Some(self::grants(&grants)?) } else { None };
    let visible = field.get("visibility")?;
    let visibility = match visible.text()? {
        None | Some("everybody") => Visibility::Everybody,
        Some("operators") => Visibility::Operators,
        Some(_) => return Err(visible.wrong("`everybody` or `operators`")),
    };
    Ok(ProfileConfig { provider, mode, email: field.get("email")?.string()?, grants, visibility })
}

fn grants(field: &Field<'_>) -> Result<Grants, KeyFault> {
    Ok(Grants {
        owners: field.get("owners")?.flag()?.unwrap_or(true),
        users: field.get("users")?.ids()?.unwrap_or_default(),
        chats: field.get("chats")?.ids()?.unwrap_or_default(),
        roles: field.get("roles")?.ids()?.unwrap_or_default(),
    })
}

/// By normalised provider; of two spellings of one provider the first counts. An empty list is kept.
fn order(field: &Field<'_>) -> Result<IndexMap<ProviderId, Vec<ProfileId>>, KeyFault> {
    let mut order = IndexMap::new();
    for (name, field) in field.members()? {
        let Some(ids) = field.ids()? else { continue };
        let provider = ProviderId::new(name).ok_or_else(|| field.wrong("a provider's name without `/`"))?;
        order.entry(provider).or_insert_with(|| ids.iter().filter_map(|id| ProfileId::new(id)).collect());
    }
    Ok(order)
}

fn cooldowns(field: &Field<'_>) -> Result<Cooldowns, KeyFault> {
    let usual = Cooldowns::default();
    Ok(Cooldowns {
        billing_backoff_hours: field.get("billingBackoffHours")?.positive()?.unwrap_or(usual.billing_backoff_hours),
        billing_max_hours: field.get("billingMaxHours")?.positive()?.unwrap_or(usual.billing_max_hours),
        failure_window_hours: field.get("failureWindowHours")?.positive()?.unwrap_or(usual.failure_window_hours),
    })
}

/// A day: a token that is renewed so long before its end is renewed with every use.
const LONGEST_SKEW: i64 = 86_400;

/// By normalised provider; of two spellings of one provider the first counts.
fn oauth(field: &Field<'_>) -> Result<IndexMap<ProviderId, OAuthConfig>, KeyFault> {
    let mut oauth = IndexMap::new();
    for (name, field) in field.members()? {
        let provider = ProviderId::new(name).ok_or_else(|| field.wrong("a provider's name without `/`"))?;
        let word = |name| Ok(field.get(name)?.string()?.filter(|text: &String| !text.trim().is_empty()));
        let form = field.get("bodyForm")?;
        let body_form = match form.text()? {
            None => None,
            Some("json") => Some(BodyForm::Json),
            Some("form") => Some(BodyForm::Form),
            Some(_) => return Err(form.wrong("`json` or `form`")),
        };
        let skew = field.get("skewSeconds")?.whole(0, LONGEST_SKEW, "seconds, 86400 at most")?;
        let entry = OAuthConfig {
            authorize_url: word("authorizeUrl")?,
            device_url: word("deviceUrl")?,
            userinfo_url: word("userinfoUrl")?,
            redirect_uri: word("redirectUri")?,
            scopes: scopes(&field.get("scopes")?)?,
            params: params(&field.get("params")?)?,
            token_url: word("tokenUrl")?,
            client_id: word("clientId")?,
            client_secret: word("clientSecret")?.map(SecretString::from),
            body_form,
            skew_seconds: skew.and_then(|seconds| u32::try_from(seconds).ok()),
        };
        oauth.entry(provider).or_insert(entry);
    }
    Ok(oauth)
}

/// A list, or one text with blanks between them, as providers write them.
fn scopes(field: &Field<'_>) -> Result<Vec<String>, KeyFault> {
    let written = match field.present() {
        Some(Value::String(text)) => vec![text.clone()],
        Some(_) | None => field.ids()?.unwrap_or_default(),
    };
    Ok(written.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect())
}

fn params(field: &Field<'_>) -> Result<IndexMap<String, String>, KeyFault> {
    let text =
        |(name, field): (&str, Field<'_>)| Ok((name.to_owned(), field.string()?.ok_or_else(|| field.wrong("text"))?));
    field.members()?.into_iter().map(text).collect()
}
