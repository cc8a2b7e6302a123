//! The bots of one platform: `channels.<platform>`, of which `access` reads the rules of access.

use indexmap::IndexMap;
use secrecy::SecretString;
use serde_json::Value;

use crate::config::KeyFault;
use crate::config::bot_account::{BotAccount, BotsConfig, DEFAULT_ACCOUNT, TokenPlace, account_id};
use crate::config::field::Field;
use crate::config::typed::secrets;
use crate::profile::{SecretRef, SecretValue};

/// What only one platform knows of an account.
pub(crate) trait More: Clone + Default {
    /// The key that holds the token.
    const TOKEN: &'static str;

    /// What is said in `field`, of one account or of all.
    ///
    /// # Errors
    /// A value is of the wrong kind.
    fn read(field: &Field<'_>) -> Result<Self, KeyFault>;

    /// What counts for an account that says this, where all of them say `common`.
    fn over(self, common: &Self) -> Self;
}

/// What is said beside `accounts` holds for each of them, where it says nothing else. A token there is the default
/// account's, as in the family.
pub(crate) fn bots<M: More>(field: &Field<'_>) -> Result<BotsConfig<M>, KeyFault> {
    let common = Account::<M>::read(field)?;
    let is_on = field.get("enabled")?.flag()?;
    let mut accounts = IndexMap::new();
    for (name, field) in field.get("accounts")?.members()? {
        let id = account_id(name).ok_or_else(|| field.wrong("an account under a name with a letter or a digit"))?;
        let own = Account::<M>::read(&field)?;
        let enabled = field.get("enabled")?.flag()?.unwrap_or(true);
        let inherited = if id == DEFAULT_ACCOUNT { common.token.clone() } else { None };
        // Of two spellings of one name the first counts.
        accounts.entry(id.clone()).or_insert_with(|| {
            let token = own.token.clone().or(inherited).unwrap_or(usual(&id));
            BotAccount { enabled, wanted: true, ..own.over(&common, token) }
        });
    }
    if !accounts.contains_key(DEFAULT_ACCOUNT) && (accounts.is_empty() || common.token.is_some()) {
        let wanted = common.token.is_some() || is_on == Some(true);
        let token = common.token.clone().unwrap_or(TokenPlace::Variable);
        let account = BotAccount { wanted, ..Account::default().over(&common, token) };
        accounts.insert(DEFAULT_ACCOUNT.to_owned(), account);
    }
    Ok(BotsConfig { enabled: is_on.unwrap_or(true), accounts })
}

/// Where the token of an account is that does not say so: the variable is the default account's alone.
fn usual(id: &str) -> TokenPlace {
    if id == DEFAULT_ACCOUNT { TokenPlace::Variable } else { TokenPlace::Written(SecretValue::Missing) }
}

/// What is said in one place, of one account or of all.
#[derive(Clone, Default)]
struct Account<M> {
    name: Option<String>,
    token: Option<TokenPlace>,
    api_root: Option<String>,
    proxy: Option<String>,
    more: M,
}

impl<M: More> Account<M> {
    fn read(field: &Field<'_>) -> Result<Self, KeyFault> {
        // A file goes before what is written, as in the family.
        let token = match (text(&field.get("tokenFile")?)?, secret(&field.get(M::TOKEN)?)?) {
            (Some(file), _) => Some(TokenPlace::File(file)),
            (None, SecretValue::Missing) => None,
            (None, written) => Some(TokenPlace::Written(written)),
        };
        Ok(Self {
            name: text(&field.get("name")?)?,
            token,
            api_root: text(&field.get("apiRoot")?)?,
            proxy: text(&field.get("proxy")?)?,
            more: M::read(field)?,
        })
    }

    fn over(self, common: &Self, token: TokenPlace) -> BotAccount<M> {
        BotAccount {
            enabled: true,
            name: self.name.or_else(|| common.name.clone()),
            token,
            wanted: false,
            api_root: self.api_root.or_else(|| common.api_root.clone()),
            proxy: self.proxy.or_else(|| common.proxy.clone()),
            more: self.more.over(&common.more),
        }
    }
}

/// Text that is not blank.
pub(crate) fn text(field: &Field<'_>) -> Result<Option<String>, KeyFault> {
    Ok(field.text()?.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
}

/// A secret, or a reference to one.
pub(crate) fn secret(field: &Field<'_>) -> Result<SecretValue, KeyFault> {
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
