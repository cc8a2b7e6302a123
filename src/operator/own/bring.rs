//! Taking what somebody brings.

use jiff::Timestamp;
use secrecy::SecretString;

use crate::catalog::ProviderId;
use crate::operator::orders::written;
use crate::operator::own::{Invitation, name_of, prints};
use crate::operator::{Desk, Trouble};
use crate::profile::{Credential, Expiry, Fingerprint, NewProfile, ProfileId, SecretValue, is_setup_token};
use crate::session::Actor;
use crate::store::{Store, StoreFault};

/// The invitation that `token` stands for, while it is good.
///
/// # Errors
/// The state cannot be read.
pub(crate) async fn invited(store: &dyn Store, token: &str, now: Timestamp) -> Result<Option<Invitation>, StoreFault> {
    Ok(found(store, token).await?.map(|(_, invitation)| invitation).filter(|invitation| now < invitation.until))
}

/// The same, used up: nobody else gets it.
///
/// # Errors
/// The state cannot be read or written.
pub(crate) async fn use_up(store: &dyn Store, token: &str, now: Timestamp) -> Result<Option<Invitation>, StoreFault> {
    let Some((text, invitation)) = found(store, token).await? else { return Ok(None) };
    let is_first = store.swap_mark(&name_of(token), Some(&text), None, None).await?.value;
    Ok(Some(invitation).filter(|invitation| is_first && now < invitation.until))
}

async fn found(store: &dyn Store, token: &str) -> Result<Option<(String, Invitation)>, StoreFault> {
    let name = name_of(token);
    let marks = store.marks(&name).await?;
    let text = marks.into_iter().find(|(found, _)| *found == name).map(|(_, text)| text);
    Ok(text.and_then(|text| Some((text.clone(), serde_json::from_str(&text).ok()?))))
}

impl Desk {
    /// Stores what who works at it has brought for themselves, in the place of what they brought before. Returns its id.
    ///
    /// # Errors
    /// It could not be stored.
    pub(crate) async fn bring(&self, provider: &ProviderId, secret: SecretString) -> Result<ProfileId, Trouble> {
        let Actor { channel, id: person, .. } = &self.actor;
        let id = ProfileId::own(provider, channel, person);
        let id = id.ok_or_else(|| Trouble::Refused("your id on that platform cannot be part of a name".to_owned()))?;
        let print = Fingerprint::of(&secret);
        let (word, credential) = if is_setup_token(&secret) {
            ("token", Credential::Token { token: SecretValue::Inline(secret), expires: Expiry::Never })
        } else {
            ("api_key", Credential::ApiKey { key: SecretValue::Inline(secret) })
        };
        let before = self.auth_store.current().profiles.get(&id).map(prints);
        let deed = Self::own_deed(&id, before, Some(format!("{word} {print}")), "brought for themselves alone");
        let (store, profile, own) =
            (self.auth_store.clone(), NewProfile::new(provider.clone(), credential), id.clone());
        let put = move || {
            store.edit_own(|document| {
                document.set_profile(&own, &profile);
                // What went wrong with the old secret says nothing about the new one.
                document.clear_usage(&own);
            })
        };
        self.audited(deed, written(put)).await?;
        Ok(id)
    }
}
