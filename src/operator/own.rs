//! Credentials that people bring for themselves: invited in a chat, brought on a page, used by nobody else.

#[cfg(feature = "cli")]
mod bring;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::audit::Kind;
use crate::catalog::ProviderId;
use crate::operator::orders::written;
use crate::operator::{Deed, Desk, Trouble};
use crate::profile::{Profile, ProfileId};
use crate::session::Actor;
use crate::store::Store;

#[cfg(feature = "cli")]
pub(crate) use bring::{invited, use_up};

/// Before the digest of its token, the name of the mark with an invitation.
const INVITE: &str = "invite:";

/// How long an invitation is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(15);

/// Somebody who may bring a credential of their own, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Invitation {
    /// Who.
    pub(crate) person: Actor,
    /// For which provider; `None` where that is still to be said.
    pub(crate) provider: Option<String>,
    /// Until when.
    pub(crate) until: Timestamp,
}

/// Keeps an invitation; returns its token, of which only a digest is kept.
///
/// # Errors
/// It could not be kept.
pub(crate) async fn invite(
    store: &dyn Store,
    person: Actor,
    provider: Option<&ProviderId>,
    now: Timestamp,
) -> Result<String, Trouble> {
    let mut bytes = [0_u8; 24];
    let no_chance = |_| Trouble::Refused("the system has no randomness to give".to_owned());
    getrandom::fill(&mut bytes).map_err(no_chance)?;
    let token = hex(&bytes);
    // What is over goes, and so does an earlier one of the same person: one link at a time.
    for (name, value) in store.marks(INVITE).await? {
        let is_over = serde_json::from_str::<Invitation>(&value).map_or(true, |other| {
            other.until <= now || (&other.person.channel, &other.person.id) == (&person.channel, &person.id)
        });
        if is_over {
            store.swap_mark(&name, Some(&value), None, None).await?;
        }
    }
    let until = now + GOOD_FOR;
    let invitation = Invitation { person, provider: provider.map(ToString::to_string), until };
    let text = serde_json::to_string(&invitation).map_err(|fault| Trouble::Refused(fault.to_string()))?;
    store.swap_mark(&name_of(&token), None, Some(&text), None).await?;
    Ok(token)
}

fn name_of(token: &str) -> String {
    format!("{INVITE}{}", hex(&Sha256::digest(token)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Desk {
    /// Takes out again what who works at it has brought, and its pins.
    ///
    /// # Errors
    /// It is not theirs, or it could not be taken out.
    pub(crate) async fn take_back(&self, id: &ProfileId) -> Result<(), Trouble> {
        let before = self.auth_store.current().profiles.get(id).map(prints);
        let Some(origin) = self.auth_store.owner_of(id).filter(|_| self.is_own(id)) else {
            return Err(Trouble::Refused(format!("there is no profile `{id}`")));
        };
        let deed = Self::own_deed(id, before, None, "taken out by whose it was");
        let (store, own) = (self.auth_store.clone(), id.clone());
        let remove = move || store.edit(&origin, |document| document.remove_profile(&own));
        self.audited(deed, written(remove)).await?;
        self.unpin_profile(id).await?;
        Ok(())
    }

    /// Whether it is what who works at it has brought.
    pub(crate) fn is_own(&self, id: &ProfileId) -> bool {
        let Actor { channel, id: person, .. } = &self.actor;
        id.brought_by() == Some((channel.as_str(), person.as_str()))
    }

    fn own_deed(id: &ProfileId, before: Option<String>, after: Option<String>, reason: &str) -> Deed {
        let subject = id.to_string();
        Deed {
            kind: Kind::Credential,
            profiles: vec![subject.clone()],
            subject,
            before,
            after,
            reason: reason.to_owned(),
        }
    }
}

fn prints(profile: &Profile) -> String {
    profile.fingerprints().iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}
