//! Choosing: a model, a credential, the default, the choice before, an entry of a list, a new conversation.

use crate::access::{Action, Asker, Denied, authorize};
use crate::catalog::{ModelRef, Read, Unread, Wish};
use crate::directive::{Lifetime, Wanted};
use crate::engine::change::{Changed, NOT_SAVED};
use crate::engine::{Case, Done, Engine, actor, words};
use crate::profile::{Profile, ProfileId, eligible};
use crate::reply::{Deed, Refusal, end};
use crate::resolver::{CredentialId, Standing};
use crate::session::{Actor, Change, Pin, PinFate, Selection, Source};
use crate::turn::{Gathered, endpoint_of};

impl Engine {
    /// `/model target[@profile] [lifetime]`.
    pub(super) async fn select(&self, case: &Case<'_>, wanted: &Wanted, lifetime: Lifetime) -> Done {
        let change = |gathered: &Gathered| {
            let (selection, fate) = self.chosen(case, gathered, wanted, lifetime)?;
            Ok(Changed { session: gathered.session.select(selection, gathered.now), fate })
        };
        self.change(case, Deed::Chosen, change).await
    }

    /// `/<alias>` selects; with a text it asks that model once and leaves the selection as it was.
    pub(super) async fn shortcut(&self, case: &Case<'_>, wanted: &Wanted, text: Option<String>) -> Done {
        let Some(text) = text else { return self.select(case, wanted, Lifetime::Lasting).await };
        let Some(gathered) = self.gather(case, NOT_SAVED).await else { return Done::Refused };
        match self.chosen(case, &gathered, wanted, Lifetime::Once) {
            Ok((selection, _)) => {
                let selection = gathered.for_asker(selection);
                self.talk(case, &text, Some(selection)).await;
                Done::Yes
            }
            Err(why) => self.refuse(case, why).await,
        }
    }

    /// `/model default`.
    pub(super) async fn drop_choice(&self, case: &Case<'_>) -> Done {
        let change = |gathered: &Gathered| {
            self.authorize(case.inbound, Action::SwitchModel).map_err(Refusal::Denied)?;
            let fate = released(gathered);
            self.may_let_go(case, &fate)?;
            Ok(Changed { session: gathered.session.drop_choice(gathered.now), fate: told(gathered, fate) })
        };
        self.change(case, Deed::Dropped, change).await
    }

    /// `/model undo`. The choice that comes back has to be allowed as if it were made now.
    pub(super) async fn undo(&self, case: &Case<'_>) -> Done {
        let change = |gathered: &Gathered| {
            self.authorize(case.inbound, Action::SwitchModel).map_err(Refusal::Denied)?;
            let session = gathered.session.undo(gathered.now).ok_or(Refusal::NothingToUndo)?;
            self.may_let_go(case, &released(gathered))?;
            for selection in [&session.choice.lasting, &session.choice.passing].into_iter().flatten() {
                still_allowed(case, gathered, selection)?;
            }
            Ok(Changed { session, fate: PinFate::None })
        };
        self.change(case, Deed::Undone, change).await
    }

    /// `/model 3`: the entry of the list that was shown last, by what was printed there.
    pub(super) async fn number(&self, case: &Case<'_>, number: u32) -> Done {
        let key = self.key(case.inbound);
        let menu = match self.sources.store.last_numbered(&key).await {
            Ok(Some(menu)) => menu,
            Ok(None) if self.is_made(case).await => return Done::Yes,
            Ok(None) => return self.refuse(case, Refusal::NoListShown).await,
            Err(fault) => {
                self.tell_fault(case, NOT_SAVED, &fault).await;
                return Done::Refused;
            }
        };
        if let Some(entry) = menu.numbered(number) {
            return self.repeat(case, &entry.command).await;
        }
        // It came again, and the list is another one by now.
        if self.is_made(case).await {
            return Done::Yes;
        }
        let numbers = menu.entries.iter().filter_map(|entry| entry.number);
        let range = (numbers.clone().min().unwrap_or(0), numbers.max().unwrap_or(0));
        self.refuse(case, Refusal::NotOnList { number, range }).await
    }

    /// `/new [text]`.
    pub(super) async fn begin(&self, case: &Case<'_>, text: Option<String>) -> Done {
        let change = |gathered: &Gathered| {
            self.authorize(case.inbound, Action::SwitchModel).map_err(Refusal::Denied)?;
            let fate = released(gathered);
            // Who may not take a credential off may begin anew all the same, and it stays.
            let keep = gathered.settings.config.session.keep_on_new || self.may_let_go(case, &fate).is_err();
            let fate = if keep { PinFate::None } else { told(gathered, fate) };
            Ok(Changed { session: gathered.session.begin(keep, gathered.now), fate })
        };
        let done = self.change(case, Deed::Begun, change).await;
        if let (Done::Yes, Some(text)) = (done, text) {
            self.talk(case, &text, None).await;
        }
        done
    }

    /// The selection that `wanted` means for this person here and now. Nothing is changed by asking.
    fn chosen(
        &self,
        case: &Case<'_>,
        gathered: &Gathered,
        wanted: &Wanted,
        lifetime: Lifetime,
    ) -> Result<(Selection, PinFate), Refusal> {
        let current = gathered.model().clone();
        let index = self.sources.index.of(&gathered.profiles);
        let known = index.seen_by(|profile: &ProfileId| gathered.may_use(profile));
        let catalog = &gathered.settings.catalog;
        let read = catalog.read(wanted, &current, &known).map_err(|unread| unreadable(gathered, unread))?;
        if case.printed {
            as_printed(wanted, &read)?;
        }
        may_choose(case, gathered, &read)?;
        let mut change = Change::of(gathered.held(), &current, read);
        // One that stays is still theirs who pinned it.
        let kept_by =
            (change.fate == PinFate::Kept).then(|| gathered.held().map(Selection::pinned_by).cloned()).flatten();
        // For one message nothing is taken off: the pin is there again with the next.
        if lifetime != Lifetime::Once {
            self.may_let_go(case, &change.fate)?;
        }
        let is_anothers = gathered.has_anothers_pin();
        self.check(gathered, &change, is_anothers)?;
        if is_anothers && change.fate != PinFate::Pinned {
            // What becomes of a credential that one may not use is not told.
            change.fate = PinFate::None;
        }
        let selection = Selection {
            pin: change.pin.map(|profile| pin(gathered, profile, kept_by)),
            model: Some(change.model),
            source: Source::User,
            since: gathered.now,
            until: end(lifetime, gathered.now),
            by: actor(case.inbound),
        };
        Ok((selection, change.fate))
    }

    /// Whether somebody may take the credential off that goes with a change: choosing none is choosing, too.
    fn may_let_go(&self, case: &Case<'_>, fate: &PinFate) -> Result<(), Refusal> {
        match fate {
            PinFate::Dropped(_) | PinFate::Released(_) => {
                self.authorize(case.inbound, Action::ChooseCredential).map_err(Refusal::Denied)
            }
            PinFate::None | PinFate::Pinned | PinFate::Kept => Ok(()),
        }
    }

    /// Whether the change could answer a message at all; what is merely benched may be chosen.
    /// Of somebody else's personal credential, which stays, it says nothing.
    fn check(&self, gathered: &Gathered, change: &Change, is_anothers: bool) -> Result<(), Refusal> {
        let config = &gathered.settings.config;
        endpoint_of(config, &change.model).map_err(|why| Refusal::NoEndpoint(why.to_string()))?;
        if let Some(pin) = change.pin.as_ref().filter(|_| !is_anothers || change.fate == PinFate::Pinned) {
            return check_pin(gathered, &change.model, pin);
        }
        let trial = Selection::trial(change.model.clone(), gathered.now);
        let resolution = self.sources.resolve(gathered, Some(&trial));
        let usable = resolution.candidates.iter().any(|candidate| match candidate.standing {
            Standing::Ready
            | Standing::Refreshable
            | Standing::Probe(_)
            | Standing::Benched(_)
            | Standing::NotedElsewhere(_) => candidate.model == change.model,
            Standing::NeedsLogin(_) | Standing::Unusable(_) => false,
        });
        if usable { Ok(()) } else { Err(Refusal::NoCredential(change.model.clone())) }
    }
}

fn may_choose(case: &Case<'_>, gathered: &Gathered, read: &Read) -> Result<(), Refusal> {
    let config = &gathered.settings.config;
    let asker = Asker::from(case.inbound);
    let allowed =
        |action, model, profile| authorize(config, &asker, action, Some(model), profile).map_err(Refusal::Denied);
    let model = read.model.as_ref().unwrap_or(gathered.model());
    if read.model.is_some() {
        allowed(Action::SwitchModel, model, None)?;
    }
    match &read.credential {
        Wish::Profile(profile) => allowed(Action::ChooseCredential, model, Some(profile)),
        Wish::Auto => allowed(Action::ChooseCredential, model, None),
        Wish::Keep => Ok(()),
    }
}

/// The pin of a profile that `by` has pinned, where that is not who chooses now.
fn pin(gathered: &Gathered, profile: ProfileId, by: Option<Actor>) -> Pin {
    let account = gathered.profiles.get(&profile).and_then(Profile::account);
    let is_other = |by: &Actor| by.channel != gathered.conversation.channel || by.id != gathered.sender.id;
    Pin { account, profile, by: by.filter(is_other) }
}

/// A name that was printed means what it says and nothing that resembles it: not the profile in other letters that has
/// taken the place of the one that was there.
fn as_printed(wanted: &Wanted, read: &Read) -> Result<(), Refusal> {
    let Wanted::Parts { target, profile } = wanted else { return Ok(()) };
    if let (Some(target), Some(model)) = (target, &read.model)
        && model.to_string() != target.text
    {
        return Err(Refusal::NoEndpoint(format!("{} is not offered any more", target.text)));
    }
    if let (Some(printed), Wish::Profile(found)) = (profile, &read.credential)
        && found.as_str() != printed.text
        && let Some(profile) = ProfileId::new(&printed.text)
    {
        return Err(Refusal::ProfileUnusable { profile, why: "it is not in the auth store any more".to_owned() });
    }
    Ok(())
}

fn check_pin(gathered: &Gathered, model: &ModelRef, pin: &ProfileId) -> Result<(), Refusal> {
    let unusable = |why: String| Refusal::ProfileUnusable { profile: pin.clone(), why };
    let profile = gathered.profiles.by_id.get(pin).filter(|profile| gathered.may_use(&profile.id));
    let profile = profile.ok_or_else(|| unusable("it is not in the auth store any more".to_owned()))?;
    if profile.provider != model.provider {
        return Err(unusable(format!("it is for {}, not for {}", profile.provider, model.provider)));
    }
    if let Some(why) = gathered.barred.why(&CredentialId::Profile(pin.clone())) {
        return Err(unusable(why));
    }
    if !gathered.may_answer(model, Some(pin)) {
        return Err(Refusal::Denied(Denied::NotInThisChat));
    }
    eligible(profile, &gathered.settings.config.auth, gathered.now).map_err(|why| unusable(why.to_string()))
}

fn still_allowed(case: &Case<'_>, gathered: &Gathered, selection: &Selection) -> Result<(), Refusal> {
    let Some(model) = &selection.model else { return Ok(()) };
    if !gathered.settings.catalog.allows(model) {
        let words = words(gathered, case.inbound);
        return Err(Refusal::NoEndpoint(format!("{} is not allowed here any more", words.model(model))));
    }
    let Some(pin) = &selection.pin else { return Ok(()) };
    if !gathered.may_use(&pin.profile) {
        return Err(Refusal::Denied(Denied::ProfileHidden));
    }
    check_pin(gathered, model, &pin.profile)
}

/// The refusal for a name that cannot be read: people type a profile where a model belongs.
fn unreadable(gathered: &Gathered, unread: Unread) -> Refusal {
    if let Unread::UnknownModel { text, .. } = &unread
        && let Some(profile) = ProfileId::new(text).filter(|id| gathered.profiles.by_id.contains_key(id))
        && gathered.may_use(&profile)
    {
        return Refusal::ProfileForModel(profile);
    }
    Refusal::Unread(unread)
}

/// The pin that goes when the choice is dropped.
///
/// Its name is told to nobody who may not use it, see [`told`].
fn released(gathered: &Gathered) -> PinFate {
    let own = gathered.session.choice.effective(gathered.now);
    own.and_then(|selection| selection.pin.as_ref()).map_or(PinFate::None, |pin| PinFate::Released(pin.profile.clone()))
}

/// What is told of it.
fn told(gathered: &Gathered, fate: PinFate) -> PinFate {
    match &fate {
        PinFate::Dropped(profile) | PinFate::Released(profile) if !gathered.may_use(profile) => PinFate::None,
        _ => fate,
    }
}
