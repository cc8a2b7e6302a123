//! `channels.telegram`, of which `channels` reads the rules of access, and `gateway.*`.

use indexmap::IndexMap;
use secrecy::SecretString;
use serde_json::Value;

use crate::config::field::Field;
use crate::config::telegram::{DEFAULT_ACCOUNT, TelegramAccount, TelegramConfig, TokenPlace, account_id};
use crate::config::typed::secrets;
use crate::config::{GatewayConfig, KeyFault};
use crate::profile::{SecretRef, SecretValue};

pub(crate) fn gateway(field: &Field<'_>) -> Result<GatewayConfig, KeyFault> {
    Ok(GatewayConfig { port: port(&field.get("port")?)? })
}

/// What is said beside `accounts` holds for each of them, where it says nothing else. A token there is the default
/// account's, as in the family.
pub(crate) fn telegram(field: &Field<'_>) -> Result<TelegramConfig, KeyFault> {
    let common = Account::read(field)?;
    let is_on = field.get("enabled")?.flag()?;
    let mut accounts = IndexMap::new();
    for (name, field) in field.get("accounts")?.members()? {
        let id = account_id(name).ok_or_else(|| field.wrong("an account under a name with a letter or a digit"))?;
        let own = Account::read(&field)?;
        let enabled = field.get("enabled")?.flag()?.unwrap_or(true);
        let inherited = if id == DEFAULT_ACCOUNT { common.token.clone() } else { None };
        // Of two spellings of one name the first counts.
        accounts.entry(id.clone()).or_insert_with(|| TelegramAccount {
            enabled,
            token: own.token.clone().or(inherited).unwrap_or(usual(&id)),
            wanted: true,
            ..own.over(&common)
        });
    }
    if !accounts.contains_key(DEFAULT_ACCOUNT) && (accounts.is_empty() || common.token.is_some()) {
        let wanted = common.token.is_some() || is_on == Some(true);
        let token = common.token.clone().unwrap_or(TokenPlace::Variable);
        let account = TelegramAccount { token, wanted, ..Account::default().over(&common) };
        accounts.insert(DEFAULT_ACCOUNT.to_owned(), account);
    }
    Ok(TelegramConfig { enabled: is_on.unwrap_or(true), accounts })
}

/// Where the token of an account is that does not say so: the variable is the default account's alone.
fn usual(id: &str) -> TokenPlace {
    if id == DEFAULT_ACCOUNT { TokenPlace::Variable } else { TokenPlace::Written(SecretValue::Missing) }
}

/// What is said in one place, of one account or of all.
#[derive(Clone)]
struct Account {
    name: Option<String>,
    token: Option<TokenPlace>,
    webhook_url: Option<String>,
    webhook_secret: SecretValue,
    webhook_path: Option<String>,
    webhook_host: Option<String>,
    webhook_port: Option<u16>,
    api_root: Option<String>,
    proxy: Option<String>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            name: None,
            token: None,
            webhook_url: None,
            webhook_secret: SecretValue::Missing,
            webhook_path: None,
            webhook_host: None,
            webhook_port: None,
            api_root: None,
            proxy: None,
        }
    }
}

impl Account {
    fn read(field: &Field<'_>) -> Result<Self, KeyFault> {
        // A file goes before what is written, as in the family.
        let token = match (text(&field.get("tokenFile")?)?, secret(&field.get("botToken")?)?) {
            (Some(file), _) => Some(TokenPlace::File(file)),
            (None, SecretValue::Missing) => None,
            (None, written) => Some(TokenPlace::Written(written)),
        };
        Ok(Self {
            name: text(&field.get("name")?)?,
            token,
            webhook_url: text(&field.get("webhookUrl")?)?,
            webhook_secret: secret(&field.get("webhookSecret")?)?,
            webhook_path: text(&field.get("webhookPath")?)?,
            webhook_host: text(&field.get("webhookHost")?)?,
            webhook_port: port(&field.get("webhookPort")?)?,
            api_root: text(&field.get("apiRoot")?)?,
            proxy: text(&field.get("proxy")?)?,
        })
    }

    fn over(self, common: &Self) -> TelegramAccount {
        let common = common.clone();
        TelegramAccount {
            enabled: true,
            name: self.name.or(common.name),
            token: TokenPlace::Variable,
            wanted: false,
            webhook_url: self.webhook_url.or(common.webhook_url),
            webhook_secret: match self.webhook_secret {
                SecretValue::Missing => common.webhook_secret,
                own @ (SecretValue::Inline(_) | SecretValue::Ref(_)) => own,
            },
            webhook_path: self.webhook_path.or(common.webhook_path),
            webhook_host: self.webhook_host.or(common.webhook_host),
            webhook_port: self.webhook_port.or(common.webhook_port),
            api_root: self.api_root.or(common.api_root),
            proxy: self.proxy.or(common.proxy),
        }
    }
}

/// Text that is not blank.
fn text(field: &Field<'_>) -> Result<Option<String>, KeyFault> {
    Ok(field.text()?.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
}

/// A secret, or a reference to one.
fn secret(field: &Field<'_>) -> Result<SecretValue, KeyFault> {
    if let Some(Value::Object(_)) = field.present() {
        return Ok(SecretValue::Ref(secrets::secret_ref(field)?));
    }
    Ok(match text(field)? {
        None => SecretValue::Missing,
        // What was not filled in while reading was written to be left alone.
        Some(text) => {
            SecretRef::inline(&text).map_or_else(|| SecretValue::Inline(SecretString::from(text)), SecretValue::Ref)
        }
    })
}

fn port(field: &Field<'_>) -> Result<Option<u16>, KeyFault> {
    let port = field.whole(1, i64::from(u16::MAX), "a port, 1 to 65535")?;
    Ok(port.and_then(|port| u16::try_from(port).ok()))
}
