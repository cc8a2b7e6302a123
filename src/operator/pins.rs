//! The pins of all sessions, from outside of them.

use std::sync::Arc;

use crate::access::is_admitted_in;
use crate::audit::{Demand, change_of_choice};
use crate::catalog::ProfileIndex;
use crate::directive::{Lifetime, Wanted};
use crate::operator::{Desk, Trouble};
use crate::profile::{Profile, ProfileId, eligible};
use crate::reply::end;
use crate::session::{Change, Choice, Pin, Selection, Session, SessionKey, Source};
use crate::store::{CommitFault, Store, StoreFault};
use crate::turn::{DISABLED, endpoint_of, without_pin};

/// Before the key of a session, the name of the mark with what is to be said there with the next turn.
const TELL: &str = "tell:";

/// How often a change is applied anew when others commit in between.
const TRIES: usize = 5;

/// The sessions that lost a pin.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unpinned {
    /// Their keys, in order.
    pub(crate) sessions: Vec<SessionKey>,
}

impl Desk {
    /// Takes the credential off one session; the model stays. Says whether one was pinned.
    ///
    /// # Errors
    /// It could not be written.
    pub(crate) async fn unpin_session(&self, key: &SessionKey) -> Result<bool, Trouble> {
        let release = |session: &Session| {
            let pinned = pins(&session.choice);
            let mut released = session.clone();
            for profile in &pinned {
                released = without_pin(&released, profile, self.now);
            }
            (!pinned.is_empty()).then_some(released)
        };
        self.change(key, "an operator has taken the credential off that was pinned here", &release).await
    }

    /// Takes a profile off every session that it is pinned in, and has each told so with its next turn.
    ///
    /// # Errors
    /// A session could not be written; those before it are done.
    pub(crate) async fn unpin_profile(&self, profile: &ProfileId) -> Result<Unpinned, Trouble> {
        let mut unpinned = Unpinned::default();
        for key in self.pinned_to(profile).await? {
            let release = |session: &Session| {
                pins(&session.choice).contains(profile).then(|| without_pin(session, profile, self.now))
            };
            if self
                .change(&key, "an operator has taken the credential off every chat that it was pinned in", &release)
                .await?
            {
                unpinned.sessions.push(key);
            }
        }
        Ok(unpinned)
    }

    /// The sessions that a profile is pinned in.
    ///
    /// # Errors
    /// The state cannot be read.
    pub(crate) async fn pinned_to(&self, profile: &ProfileId) -> Result<Vec<SessionKey>, StoreFault> {
        let sessions = self.store.list("", usize::MAX).await?;
        let pinned = sessions.iter().filter(|session| pins(&session.choice).contains(profile));
        Ok(pinned.map(|session| session.key.clone()).collect())
    }

    /// Chooses model and credential of a session from outside of it. `exists`: whether a profile exists for who asks.
    ///
    /// # Errors
    /// What was named cannot be chosen there, or it could not be written.
    pub(crate) async fn pin(
        &self,
        key: &SessionKey,
        wanted: &Wanted,
        lifetime: Lifetime,
        exists: &(dyn Fn(&ProfileId) -> bool + Sync),
    ) -> Result<Selection, Trouble> {
        let profiles = self.auth_store.current().profiles;
        let config = &self.settings.config;
        let catalog = &self.settings.catalog;
        let index = ProfileIndex::new(&profiles);
        let known = index.seen_by(|profile: &ProfileId| exists(profile));
        let switched_off = self.store.marks(DISABLED).await?;
        let held = self.store.load(key).await?;
        let effective = held.as_ref().and_then(|session| session.choice.effective(self.now)).cloned();
        let current = effective.as_ref().and_then(|selection| selection.model.clone());
        let current = current.unwrap_or_else(|| catalog.default_model().clone());
        let refused = |why: String| Trouble::Refused(why);
        let read = catalog.read(wanted, &current, &known).map_err(Trouble::Unread)?;
        let change = Change::of(effective.as_ref(), &current, read);
        let model = change.model.clone();
        endpoint_of(config, &model).map_err(|why| refused(why.to_string()))?;
        if let Some(profile) = &change.pin {
            let found = profiles.get(profile).filter(|found| exists(&found.id));
            let found = found.ok_or_else(|| refused(format!("there is no profile {profile}")))?;
            if found.provider != model.provider {
                return Err(refused(format!("{profile} is for {}, not for {}", found.provider, model.provider)));
            }
            eligible(found, &config.auth, self.now)
                .map_err(|why| refused(format!("{profile} cannot be used: {why}")))?;
            if switched_off.iter().any(|(name, _)| *name == format!("{DISABLED}{profile}")) {
                return Err(refused(format!("{profile} is switched off by an operator: enable it first")));
            }
        }
        let is_admitted = key
            .conversation()
            .is_none_or(|conversation| is_admitted_in(config, &conversation, &model, change.pin.as_ref()));
        if !is_admitted {
            return Err(refused(format!("that may not answer in {key}: `access.chats` says which pairs do")));
        }
        let pin = change.pin.map(|profile| Pin {
            account: profiles.get(&profile).and_then(Profile::account),
            profile,
            by: None,
        });
        let selection = Selection {
            model: Some(model),
            pin,
            source: Source::User,
            since: self.now,
            until: end(lifetime, self.now),
            by: self.actor.clone(),
        };
        let select = |session: &Session| Some(session.select(selection.clone(), self.now));
        self.change(key, "an operator has chosen model and credential here", &select).await?;
        Ok(selection)
    }

    /// Changes one session, and has it told with its next turn. Says whether there was something to change.
    async fn change(
        &self,
        key: &SessionKey,
        reason: &str,
        change: &(dyn Fn(&Session) -> Option<Session> + Sync),
    ) -> Result<bool, Trouble> {
        let mut conflict = None;
        for _ in 0..TRIES {
            let stored = self.store.load(key).await?.unwrap_or_else(|| Arc::new(Session::new(key.clone(), self.now)));
            let Some(changed) = change(&stored) else { return Ok(false) };
            let entry = change_of_choice(&stored, &changed, self.actor.clone(), self.surface, reason);
            let Some(entry) = entry else { return Ok(false) };
            let demand = Demand { entry, required: self.settings.config.audit.required };
            match self.store.commit_audited(changed, demand).await {
                Ok(committed) => {
                    let committed = self.noted(committed);
                    self.tell(&committed, reason).await;
                    return Ok(true);
                }
                Err(fault @ CommitFault::Store(_)) => return Err(Trouble::of_commit(fault, key.as_str())),
                Err(fault) => conflict = Some(fault),
            }
        }
        Err(conflict.map_or_else(|| Trouble::Busy(key.to_string()), |fault| Trouble::of_commit(fault, key.as_str())))
    }

    /// Leaves word for the next turn of a session. That it could not be left is no reason to take the change back.
    async fn tell(&self, session: &Session, reason: &str) {
        let name = format!("{TELL}{}", session.key);
        let before = self.store.marks(&name).await.unwrap_or_default();
        let before = before.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value);
        if let Err(fault) = self.store.swap_mark(&name, before.as_deref(), Some(reason), None).await {
            tracing::warn!(session.key = %session.key, %fault, "a session is not told what an operator changed in it");
        }
    }
}

/// What was left to be said in a session, taken: nobody else says it.
pub(crate) async fn take_word(store: &dyn Store, key: &SessionKey) -> Option<String> {
    let name = format!("{TELL}{key}");
    let marks = store.marks(&name).await.ok()?;
    let (_, word) = marks.into_iter().find(|(found, _)| *found == name)?;
    let taken = store.swap_mark(&name, Some(&word), None, None).await;
    taken.is_ok_and(|taken| taken.value).then_some(word)
}

/// The profiles that are pinned, for good or for a while.
fn pins(choice: &Choice) -> Vec<ProfileId> {
    let Choice { lasting, passing } = choice;
    [lasting, passing]
        .into_iter()
        .flatten()
        .filter_map(|selection| selection.pin.as_ref())
        .map(|pin| pin.profile.clone())
        .collect()
}
