//! Showing: the picker, the list, the status, the reasons, the help.

use modelpin_chat::Visibility;

use crate::access::{Action, Asker, Role, role_of};
use crate::catalog::{ModelRef, ProviderId};
use crate::directive::Typed;
use crate::engine::restraint::Saying;
use crate::engine::{Case, Done, Engine, words};
use crate::profile::ProfileId;
use crate::reply::{self, List, Picker, ProfileList, ProviderView, Refusal, Status, Whom, notes};
use crate::session::Selection;
use crate::turn::{Gathered, endpoint_of};

impl Engine {
    /// `/model`.
    pub(super) async fn picker(&self, case: &Case<'_>) -> Done {
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let selection = gathered.selection();
        let resolution = self.sources.resolve(&gathered, selection.as_deref());
        let profiles = match self.authorize(case.inbound, Action::ChooseCredential) {
            Ok(()) => visible_profiles(&gathered, &gathered.model().provider),
            Err(_) => Vec::new(),
        };
        let picker = Picker {
            selection: selection.as_deref(),
            inherited: gathered.is_inherited(),
            resolution: &resolution,
            profiles,
        };
        let mut draft = reply::picker(&picker, words(&gathered, case.inbound));
        notes(&mut draft, &gathered.trouble);
        self.send(case, draft, Visibility::Private).await;
        Done::Yes
    }

    /// `/model list [provider] [page]`.
    pub(super) async fn list(&self, case: &Case<'_>, provider: Option<Typed>, page: Option<u32>) -> Done {
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let catalog = &gathered.settings.catalog;
        let known: Vec<ProviderId> = catalog.providers().into_iter().map(|(provider, _)| provider.clone()).collect();
        let wanted = match &provider {
            None => None,
            Some(typed) => {
                let meant = ProviderId::new(&typed.text).filter(|provider| known.contains(provider));
                let Some(meant) = meant else {
                    let typed = typed.text.clone();
                    return self.refuse(case, Refusal::UnknownProvider { typed, known }).await;
                };
                Some(meant)
            }
        };
        let page = page.unwrap_or(1);
        let list = List { provider: wanted.as_ref(), page, current: gathered.model() };
        match reply::list(&list, words(&gathered, case.inbound)) {
            Ok(mut draft) => {
                notes(&mut draft, &gathered.trouble);
                self.send(case, draft, Visibility::Private).await;
                Done::Yes
            }
            Err(pages) => self.refuse(case, Refusal::NoSuchPage { page, last: pages }).await,
        }
    }

    /// `/model profiles [page]`.
    pub(super) async fn profiles(&self, case: &Case<'_>, page: Option<u32>) -> Done {
        if let Err(denied) = self.authorize(case.inbound, Action::ChooseCredential) {
            return self.refuse(case, Refusal::Denied(denied)).await;
        }
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let model = gathered.model();
        // As if nobody had pinned a credential: all of them are listed then, in the order of their turn.
        let open = Selection::trial(model.clone(), gathered.now);
        let resolution = self.sources.resolve(&gathered, Some(&open));
        let page = page.unwrap_or(1);
        let selection = gathered.selection();
        let list = ProfileList {
            model,
            page,
            pin: selection.as_ref().and_then(|selection| selection.pin.as_ref()).map(|pin| &pin.profile),
            resolution: &resolution,
            profiles: visible_profiles(&gathered, &model.provider),
        };
        match reply::profiles(&list, words(&gathered, case.inbound)) {
            Ok(mut draft) => {
                notes(&mut draft, &gathered.trouble);
                self.send(case, draft, Visibility::Private).await;
                Done::Yes
            }
            Err(pages) => self.refuse(case, Refusal::NoSuchPage { page, last: pages }).await,
        }
    }

    /// `/model status`.
    pub(super) async fn status(&self, case: &Case<'_>) -> Done {
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let last = self.sources.store.last_receipt(&gathered.session.key).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the last receipt cannot be read");
            None
        });
        let last = last.map(|receipt| gathered.readable(receipt));
        let selection = gathered.selection();
        let resolution = self.sources.resolve(&gathered, selection.as_deref());
        let mut remarks = gathered.trouble.clone();
        remarks.extend(self.sources.remarks(&gathered));
        let status = Status {
            session: &gathered.session,
            selection: selection.as_deref(),
            inherited: gathered.is_inherited(),
            resolution: &resolution,
            profiles: &gathered.profiles,
            providers: self.provider_views(&gathered),
            last: last.as_ref(),
            stores: self.sources.store_paths(),
            notes: remarks,
        };
        self.send(case, reply::status(&status, words(&gathered, case.inbound)), Visibility::Private).await;
        Done::Yes
    }

    /// `/model why`.
    pub(super) async fn why(&self, case: &Case<'_>) -> Done {
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let selection = gathered.selection();
        let resolution = self.sources.resolve(&gathered, selection.as_deref());
        let default = gathered.settings.catalog.default_model();
        let words = words(&gathered, case.inbound);
        let mut draft = reply::why(selection.as_deref(), gathered.is_inherited(), default, &resolution, words);
        notes(&mut draft, &gathered.trouble);
        self.send(case, draft, Visibility::Private).await;
        Done::Yes
    }

    /// `/help`.
    pub(super) async fn help(&self, case: &Case<'_>) -> Done {
        let is_operator = self.authorize(case.inbound, Action::Administer).is_ok();
        self.send(case, reply::help(is_operator, self.brings_own(case)), Visibility::Private).await;
        Done::Yes
    }

    /// `/whoami`: answered to strangers too, since it is what they are asked to pass on.
    pub(super) async fn whoami(&self, case: &Case<'_>) -> Done {
        let sender = &case.inbound.sender;
        let role = role_of(&self.sources.settings.current().config, &Asker::from(case.inbound));
        if role == Role::Stranger && !self.restraint.admits(case.inbound, &Saying::Introduction, self.sources.now()) {
            return Done::Refused;
        }
        let key = self.key(case.inbound);
        let whoami = reply::whoami(&Whom::of(case.inbound), sender.name.as_deref(), role, &key);
        self.send(case, whoami, Visibility::Private).await;
        Done::Yes
    }

    /// The provider in effect first, then the others that have credentials.
    fn provider_views(&self, gathered: &Gathered) -> Vec<ProviderView> {
        let current = gathered.model();
        let mut models: Vec<ModelRef> = vec![current.clone()];
        for (provider, of_provider) in gathered.settings.catalog.providers() {
            let has_profile = !visible_profiles(gathered, provider).is_empty();
            if let Some(first) = of_provider.first().filter(|_| has_profile && *provider != current.provider) {
                models.push(first.clone());
            }
        }
        let config = &gathered.settings.config;
        let view = |model: ModelRef| {
            // As if the person had chosen the model and left the credential open: no other model is listed then.
            let open = Selection::trial(model.clone(), gathered.now);
            ProviderView {
                endpoint: endpoint_of(config, &model).map_err(|why| why.to_string()),
                resolution: self.sources.resolve(gathered, Some(&open)),
                model,
            }
        };
        models.into_iter().map(view).collect()
    }
}

/// The profiles of `provider` that exist for the person who asks.
pub(super) fn visible_profiles(gathered: &Gathered, provider: &ProviderId) -> Vec<ProfileId> {
    let profiles = gathered.profiles.by_id.values();
    let visible = profiles.filter(|profile| profile.provider == *provider && gathered.may_use(&profile.id));
    visible.map(|profile| profile.id.clone()).collect()
}
