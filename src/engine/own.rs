//! Credentials that people bring for themselves.

use std::sync::Arc;

use modelpin_chat::{Kind, Visibility};

use crate::access::{Action, Denied};
use crate::catalog::ProviderId;
use crate::directive::{Operation, Typed};
use crate::engine::{Case, Done, Engine, actor, words};
use crate::operator::{Desk, Trouble, find_profile, invite};
use crate::profile::ProfileId;
use crate::reply::{CredentialLine, Draft, Refusal, code, credentials, expiry, plain};

impl Engine {
    /// Where people bring their own: the address of the page, without a `/` at its end. Said once, by who serves it.
    #[cfg(feature = "cli")]
    pub(crate) fn has_page_at(&self, address: String) {
        // The first who says so is right: there is one gateway in a process.
        let _ = self.page.set(address);
    }

    /// `/auth`, `/auth add` and `/auth remove` of somebody who looks after no credential but their own.
    ///
    /// `None` where it is none of these, or who asks looks after all of them and asks for these.
    pub(super) async fn own(&self, case: &Case<'_>, operation: &Operation) -> Option<Done> {
        let is_operator = self.authorize(case.inbound, Action::Administer).is_ok();
        match operation {
            Operation::Add { .. } | Operation::Remove { .. } => {}
            Operation::Auth if !is_operator => {}
            _ => return None,
        }
        let config = Arc::clone(&self.sources.settings.current());
        if !config.config.access.bring_own {
            return Some(self.refuse(case, Refusal::Denied(Denied::OperatorsOnly)).await);
        }
        if case.inbound.conversation.kind != Kind::Dm {
            return Some(self.refuse(case, Refusal::OnlyInPrivate).await);
        }
        for action in [Action::Talk, Action::ChooseCredential] {
            if let Err(denied) = self.authorize(case.inbound, action) {
                return Some(self.refuse(case, Refusal::Denied(denied)).await);
            }
        }
        let done = match operation {
            Operation::Add { provider } => self.add_own(case, provider.as_ref()).await,
            Operation::Remove { profile } => self.remove_own(case, profile).await,
            _ => self.list_own(case).await,
        };
        Some(match done {
            Ok(draft) => {
                self.send(case, draft, Visibility::Private).await;
                Done::Yes
            }
            Err(trouble) => self.refuse(case, Refusal::NotDone(trouble.to_string())).await,
        })
    }

    /// Whether who asks may bring a credential of their own, here.
    pub(super) fn brings_own(&self, case: &Case<'_>) -> bool {
        let is_wanted = self.sources.settings.current().config.access.bring_own && self.page.get().is_some();
        let may = self.authorize(case.inbound, Action::ChooseCredential).is_ok();
        is_wanted && may && case.inbound.conversation.kind == Kind::Dm
    }

    async fn add_own(&self, case: &Case<'_>, provider: Option<&Typed>) -> Result<Draft, Trouble> {
        let Some(page) = self.page.get() else {
            return Err(Trouble::Refused(
                "this bot has no page on which a key could be given; ask its operator".to_owned(),
            ));
        };
        let provider = match provider {
            Some(typed) => Some(self.known_provider(&typed.text)?),
            None => None,
        };
        let now = self.sources.now();
        let token = invite(self.sources.store.as_ref(), actor(case.inbound), provider.as_ref(), now).await?;
        let mut draft = Draft::default();
        draft.line("Open this page and give the key there, never in a chat. It is good once, for 15 minutes:");
        draft.spans(vec![code(format!("{page}/own/{token}"))]);
        draft.line("Nobody but you is answered with it. The same again replaces it.");
        Ok(draft)
    }

    /// A provider that can be asked.
    fn known_provider(&self, typed: &str) -> Result<ProviderId, Trouble> {
        let settings = self.sources.settings.current();
        let known: Vec<ProviderId> =
            settings.catalog.providers().into_iter().map(|(provider, _)| provider.clone()).collect();
        let wanted = ProviderId::new(typed).filter(|provider| known.contains(provider));
        wanted.ok_or_else(|| {
            let known: Vec<String> = known.iter().map(ToString::to_string).collect();
            Trouble::Refused(format!("`{typed}` is no provider here; there are {}", known.join(", ")))
        })
    }

    async fn remove_own(&self, case: &Case<'_>, typed: &Typed) -> Result<Draft, Trouble> {
        let desk = self.own_desk(case);
        let profiles = desk.auth_store.current().profiles;
        let id = find_profile(&profiles, &typed.text, &|id| desk.is_own(id))?;
        desk.take_back(&id).await?;
        let mut draft = Draft::default();
        draft.line(format!("{id} is taken out of the store, and pinned nowhere any more."));
        draft.line("Whoever issued it still takes it: revoke it there if it is not to be used again.");
        Ok(draft)
    }

    async fn list_own(&self, case: &Case<'_>) -> Result<Draft, Trouble> {
        let desk = self.own_desk(case);
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let words = words(&gathered, case.inbound);
        let mut providers: Vec<(ProviderId, Vec<CredentialLine>)> = Vec::new();
        for profile in gathered.profiles.all().filter(|profile| desk.is_own(&profile.id)) {
            let line = CredentialLine {
                name: profile.id.to_string(),
                state: profile.fingerprints().first().map_or_else(String::new, |print| format!("fingerprint {print}")),
                expiry: expiry(profile, words),
                pins: desk.pinned_to(&profile.id).await?.len(),
            };
            providers.push((profile.provider.clone(), vec![line]));
        }
        let mut draft = credentials(&providers, true);
        if let Some(id) = providers.iter().find_map(|(_, lines)| ProfileId::new(&lines.first()?.name)) {
            let short = id.as_str().split_once(':').map_or(id.as_str(), |(_, short)| short);
            draft.blank().spans(vec![plain("To be answered with it: "), code(format!("/model @{short}"))]);
            draft.spans(vec![plain("To take it out: "), code(format!("/auth remove {id}"))]);
        }
        Ok(draft)
    }

    fn own_desk(&self, case: &Case<'_>) -> Desk {
        let sources = &self.sources;
        let (auth_store, store) = (Arc::clone(&sources.auth_store), Arc::clone(&sources.store));
        let by = (actor(case.inbound), case.surface);
        Desk::new(auth_store, store, sources.settings.current(), by, sources.now())
    }
}
