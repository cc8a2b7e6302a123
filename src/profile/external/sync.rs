//! Claude Code's login in the main agent's store, for programs of the family that look for it there.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::profile::wire::Stored;
use crate::profile::{
    AuthStore, Credential, Document, Expiry, ExternalCli, Fingerprint, NewProfile, OAuth, Profile, ProfileId,
    SecretValue, StoreFileFault,
};

/// Copies Claude Code's login into the main agent's store: without its refresh token, unless the person opted in to
/// write-back. Returns the file that was written; `None` when there was nothing to write, and then not a byte and no lock
/// was touched.
///
/// modelpin itself does not need the copy: it reads the login where it is. An older copy gives way, and so does one that
/// has ended at `now`, unless it has a refresh token that may be the newer one. A key, a token that does not end or ends
/// later, and an entry that modelpin cannot read are somebody's own and stay.
///
/// # Errors
///
/// The store cannot be read or written; it is then as it was.
pub fn sync(store: &AuthStore, now: Timestamp) -> Result<Option<PathBuf>, StoreFileFault> {
    let with_refresh = store.may_write_back();
    let (Some(login), stored) = store.external(ExternalCli::ClaudeCode) else { return Ok(None) };
    let Some(copy) = Copy::of(&login, with_refresh) else { return Ok(None) };
    if stored.is_some_and(|stored| !copy.is_due(Some(&stored), now)) {
        return Ok(None);
    }
    let main = Arc::new(store.main());
    let written = store.edit(&main, |document: &mut Document| {
        // Once more under the lock: somebody may have stored something under that id meanwhile.
        let there = document.profile_ids().any(|id| id == login.id.as_str());
        let stored = Stored::of(document, &main, &store.sealing().keys()).profiles.shift_remove(&login.id);
        if there == stored.is_some() && copy.is_due(stored.as_deref(), now) {
            copy.put(document, &login.id);
        }
    })?;
    Ok(written.changed.then_some(written.path))
}

/// The login, as it is to be stored.
struct Copy {
    profile: NewProfile,
    access: Fingerprint,
    refresh: Option<Fingerprint>,
    expires: Expiry,
}

impl Copy {
    fn of(login: &Profile, with_refresh: bool) -> Option<Self> {
        let Credential::OAuth(OAuth { access: Some(access), refresh, expires, .. }) = &login.credential else {
            return None;
        };
        let refresh = refresh.as_ref().filter(|_| with_refresh);
        let credential = match refresh {
            Some(refresh) => Credential::OAuth(OAuth {
                access: Some(access.clone()),
                refresh: Some(refresh.clone()),
                expires: *expires,
                client_id: None,
            }),
            // What cannot be renewed is a token in the family's terms; as a grant it would be sent to be renewed.
            None => Credential::Token { token: SecretValue::Inline(access.clone()), expires: *expires },
        };
        Some(Self {
            profile: NewProfile::new(login.provider.clone(), credential),
            access: Fingerprint::of(access),
            refresh: refresh.map(Fingerprint::of),
            expires: *expires,
        })
    }

    /// Whether it is to take the place of `stored` at `now`.
    fn is_due(&self, stored: Option<&Profile>, now: Timestamp) -> bool {
        let Some(stored) = stored else { return true };
        let (access, refresh, expires): (Option<&SecretString>, Option<&SecretString>, Expiry) =
            match &stored.credential {
                Credential::Token { token: SecretValue::Inline(token), expires } => (Some(token), None, *expires),
                Credential::OAuth(grant) => (grant.access.as_ref(), grant.refresh.as_ref(), grant.expires),
                Credential::Token { token: SecretValue::Ref(_), .. } | Credential::ApiKey { .. } => return false,
                Credential::Token { token: SecretValue::Missing, .. } => (None, None, Expiry::Invalid),
            };
        if stored.provider != self.profile.provider {
            return false;
        }
        if access.map(Fingerprint::of).as_ref() == Some(&self.access) {
            let lacks = self.refresh.is_some() && refresh.map(Fingerprint::of) != self.refresh;
            return lacks || expires != self.expires;
        }
        match (expires, self.expires) {
            (Expiry::At(stored), Expiry::At(outside)) => stored < outside || (stored <= now && refresh.is_none()),
            (Expiry::Invalid, _) => true,
            (Expiry::Never, _) => access.is_none(),
            (Expiry::At(_), Expiry::Never | Expiry::Invalid) => false,
        }
    }

    fn put(&self, document: &mut Document, id: &ProfileId) {
        document.set_profile(id, &self.profile);
    }
}
