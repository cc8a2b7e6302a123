//! What operators ask for in a chat. It is answered where nobody else reads along.

use std::sync::Arc;

use modelpin_chat::{Kind, Visibility};

use crate::access::{Action, Asker, authorize};
use crate::audit::{Entry, Surface};
use crate::catalog::{ModelRef, ProviderId};
use crate::directive::{Lifetime, Operation, OrderWish, Typed, Wanted};
use crate::engine::{Case, Done, Engine, actor, words};
use crate::operator::{Desk, Trouble, clear_benches, find_all, find_profile, is_of};
use crate::profile::{Profile, ProfileId};
use crate::reply::{
    CredentialLine, Draft, Refusal, audit, code, credentials, expiry, plain, selection, sessions, standing, usage,
};
use crate::resolver::Candidate;
use crate::session::Selection;
use crate::store::UsageQuery;
use crate::turn::Gathered;
use crate::usage::Dimension;

/// How many rows of the audit are shown where no number is said, and at the most.
const AUDIT: (u32, u32) = (10, 40);

impl Engine {
    /// Carries out what those ask for who look after the bot, or who bring a credential of their own.
    pub(super) async fn operate(&self, case: &Case<'_>, operation: Operation) -> Done {
        if let Some(done) = self.own(case, &operation).await {
            return done;
        }
        if let Err(denied) = self.authorize(case.inbound, Action::Administer) {
            return self.refuse(case, Refusal::Denied(denied)).await;
        }
        if !is_private(case) {
            return self.refuse(case, Refusal::OnlyInPrivate).await;
        }
        let gathered = self.sources.gather_to_show(case.inbound).await;
        let settings = Arc::clone(&gathered.settings);
        let by = (actor(case.inbound), case.surface);
        let sources = &self.sources;
        let desk = Desk::new(Arc::clone(&sources.auth_store), Arc::clone(&sources.store), settings, by, gathered.now);
        let at = Counter { engine: self, case, gathered: &gathered, desk: &desk };
        match at.carry_out(operation).await {
            Ok(mut draft) => {
                if let Some(remark) = desk.remarks().pop() {
                    self.note_audit(Some(remark));
                }
                for remark in desk.remarks() {
                    draft.line(format!("Note: {remark}"));
                }
                self.send(case, draft, Visibility::Private).await;
                Done::Yes
            }
            Err(Trouble::Unread(unread)) => self.refuse(case, Refusal::Unread(unread)).await,
            Err(trouble) => self.refuse(case, Refusal::NotDone(trouble.to_string())).await,
        }
    }
}

/// Whether nobody else reads the answer: in a private chat, and where a platform shows it to who asked alone.
fn is_private(case: &Case<'_>) -> bool {
    case.inbound.conversation.kind == Kind::Dm || matches!(case.surface, Surface::Command | Surface::Press)
}

/// Where one operation is carried out.
struct Counter<'a> {
    engine: &'a Engine,
    case: &'a Case<'a>,
    gathered: &'a Gathered,
    desk: &'a Desk,
}

impl Counter<'_> {
    async fn carry_out(&self, operation: Operation) -> Result<Draft, Trouble> {
        match operation {
            Operation::Auth => self.auth().await,
            Operation::Add { .. } | Operation::Remove { .. } => Err(Trouble::Refused(
                "credentials of all are stored at the command line: `modelpin models auth add`".to_owned(),
            )),
            Operation::Clear { profile } => self.clear(&profile).await,
            Operation::Order { provider, order } => self.order(&provider, order).await,
            Operation::Disable { profile } => {
                let id = self.profile(&profile)?;
                let text = if self.desk.disable(&id).await? {
                    format!("{id} is switched off: it answers nobody, whatever is pinned.")
                } else {
                    format!("{id} was switched off already.")
                };
                Ok(said(text, &format!("/auth enable {id}"), "To take that back: "))
            }
            Operation::Enable { profile } => {
                let id = self.profile(&profile)?;
                let was_off = self.desk.enable(&id).await?;
                Ok(line(if was_off { format!("{id} answers again.") } else { format!("{id} was not switched off.") }))
            }
            Operation::Sessions { filter } => self.sessions(filter.as_ref()).await,
            Operation::Pin { session, wanted, lifetime } => self.pin(&session, &wanted, lifetime).await,
            Operation::Unpin { subject } => self.unpin(&subject).await,
            Operation::Usage { by } => self.usage(by).await,
            Operation::Audit { count } => self.audit(count).await,
            Operation::Reload => Ok(self.reload()),
            Operation::Drain => self.drain(),
        }
    }

    /// Whether a profile exists for who asks: one that is theirs to use, and for an owner every one.
    fn exists(&self, profile: &ProfileId) -> bool {
        let asker = Asker::from(self.case.inbound);
        authorize(&self.gathered.settings.config, &asker, Action::Administer, None, Some(profile)).is_ok()
    }

    fn profile(&self, typed: &Typed) -> Result<ProfileId, Trouble> {
        find_profile(&self.gathered.profiles, &typed.text, &|id| self.exists(id))
    }

    async fn auth(&self) -> Result<Draft, Trouble> {
        let pinned = self.desk.store.list("", usize::MAX).await?;
        let there: Vec<&Profile> = self.gathered.profiles.all().filter(|profile| self.exists(&profile.id)).collect();
        let mut providers: Vec<(ProviderId, Vec<CredentialLine>)> = Vec::new();
        for profile in there {
            let state = self.state(profile);
            let is_pinned =
                |selection: &&Selection| selection.pin.as_ref().is_some_and(|pin| pin.profile == profile.id);
            let pins = pinned.iter().filter(|session| {
                let choice = &session.choice;
                [&choice.lasting, &choice.passing].into_iter().flatten().any(|selection| is_pinned(&selection))
            });
            let line = CredentialLine {
                name: profile.id.to_string(),
                state,
                expiry: expiry(profile, words(self.gathered, self.case.inbound)),
                pins: pins.count(),
            };
            match providers.iter_mut().find(|(provider, _)| *provider == profile.provider) {
                Some((_, lines)) => lines.push(line),
                None => providers.push((profile.provider.clone(), vec![line])),
            }
        }
        Ok(credentials(&providers, false))
    }

    /// How a profile stands where nobody has pinned anything.
    fn state(&self, profile: &Profile) -> String {
        let catalog = &self.gathered.settings.catalog;
        let known = catalog.providers().into_iter().find(|(provider, _)| **provider == profile.provider);
        let model = known.and_then(|(_, models)| models.first().cloned());
        let Some(model) = model.or_else(|| format!("{}/any", profile.provider).parse::<ModelRef>().ok()) else {
            return "not known".to_owned();
        };
        let trial = Selection::trial(model, self.gathered.now);
        let resolution =
            self.engine.sources.resolve_for(self.gathered, Some(&trial), &|_, id| id.is_none_or(|id| self.exists(id)));
        let is_it = |candidate: &&Candidate| candidate.credential.profile() == Some(&profile.id);
        let words = words(self.gathered, self.case.inbound);
        let found = resolution.candidates.iter().find(is_it);
        found.map_or_else(
            || "not in the auth order".to_owned(),
            |candidate| {
                let is_next = resolution.next().is_some_and(|next| std::ptr::eq(next, candidate));
                standing(&candidate.standing, is_next, words)
            },
        )
    }

    async fn clear(&self, typed: &Typed) -> Result<Draft, Trouble> {
        let id = self.profile(typed)?;
        let profile = self.gathered.profiles.get(&id);
        let mut prints = profile.map(Profile::fingerprints).unwrap_or_default();
        prints.extend(profile.and_then(|profile| self.engine.sources.wallet.fingerprint(profile)));
        let cleared = clear_benches(self.desk, std::slice::from_ref(&id), |bench| is_of(bench, &prints)).await?;
        let count = cleared.benches.len();
        Ok(line(match count {
            0 => format!("{id} was not benched."),
            1 => format!("{id} is off its bench, and tried again with the next message."),
            _ => format!("{id} is off its {count} benches, and tried again with the next message."),
        }))
    }

    async fn order(&self, provider: &Typed, order: OrderWish) -> Result<Draft, Trouble> {
        let Some(provider) = ProviderId::new(&provider.text) else {
            return Err(Trouble::Refused(format!("`{}` is no provider's name", provider.text)));
        };
        match order {
            OrderWish::Show => {}
            OrderWish::Clear => {
                self.desk.clear_order(&provider).await?;
            }
            OrderWish::Set(names) => {
                let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
                let ids = find_all(&self.gathered.profiles, &provider, &names, &|id| self.exists(id))?;
                self.desk.set_order(&provider, &ids).await?;
            }
        }
        let profiles = self.desk.auth_store.current().profiles;
        let Some(ids) = profiles.order.get(&provider) else {
            return Ok(line(format!("{provider} has no order of its own: its credentials take turns by last use.")));
        };
        let ids: Vec<String> = ids.iter().filter(|id| self.exists(id)).map(ToString::to_string).collect();
        Ok(line(format!("Order of {provider}: {}.", ids.join(", "))))
    }

    async fn sessions(&self, filter: Option<&Typed>) -> Result<Draft, Trouble> {
        let all = self.desk.store.list("", usize::MAX).await?;
        let filter = filter.map(|filter| filter.text.to_lowercase());
        let words = words(self.gathered, self.case.inbound);
        let hidden = |selection: &Selection| selection.pin.as_ref().is_some_and(|pin| !self.exists(&pin.profile));
        let fits = |session: &&crate::session::Session| {
            let choice = &session.choice;
            let chosen = [&choice.lasting, &choice.passing];
            let text = |chosen: &Selection| selection(chosen, hidden(chosen), words).to_lowercase();
            match &filter {
                // Where nothing is chosen there is nothing to look after.
                None => chosen.into_iter().flatten().next().is_some(),
                Some(part) => {
                    session.key.as_str().contains(part)
                        || chosen.into_iter().flatten().any(|chosen| text(chosen).contains(part))
                }
            }
        };
        let found: Vec<&crate::session::Session> = all.iter().map(AsRef::as_ref).filter(fits).collect();
        Ok(sessions(&found, &hidden, words))
    }

    async fn pin(&self, session: &Typed, wanted: &Wanted, lifetime: Lifetime) -> Result<Draft, Trouble> {
        let key = self.desk.find_session(&session.text).await?;
        let chosen = self.desk.pin(&key, wanted, lifetime, &|id| self.exists(id)).await?;
        let words = words(self.gathered, self.case.inbound);
        let text = format!("{key}: {}. It is told so with its next answer.", selection(&chosen, false, words));
        Ok(said(text, &format!("/unpin {key}"), "To take the credential off again: "))
    }

    async fn unpin(&self, subject: &Typed) -> Result<Draft, Trouble> {
        let typed = subject.text.trim();
        if !typed.starts_with("agent:")
            && let Ok(id) = self.profile(subject)
        {
            let unpinned = self.desk.unpin_profile(&id).await?.sessions;
            return Ok(line(match unpinned.len() {
                0 => format!("{id} is pinned in no session."),
                1 => format!("{id} is taken off {}, which is told so with its next answer.", unpinned[0]),
                count => format!("{id} is taken off {count} sessions, which are told so with their next answer."),
            }));
        }
        let key = match self.desk.find_session(typed).await {
            Ok(key) => key,
            Err(Trouble::Refused(_)) => {
                return Err(Trouble::Refused(format!("there is neither a session nor a profile `{typed}`")));
            }
            Err(trouble) => return Err(trouble),
        };
        Ok(line(if self.desk.unpin_session(&key).await? {
            format!("The credential is taken off {key}; its model stays. It is told so with its next answer.")
        } else {
            format!("No credential is pinned in {key}.")
        }))
    }

    async fn usage(&self, by: Dimension) -> Result<Draft, Trouble> {
        let mut sums = self.desk.store.usage(by, &UsageQuery::default()).await?;
        if by == Dimension::Profile {
            sums.retain(|(key, _)| ProfileId::new(key).is_none_or(|id| !self.is_stored(&id) || self.exists(&id)));
        }
        Ok(usage(by, &sums, &self.gathered.settings.config.usage.currency))
    }

    /// Whether it is the id of a profile that is there, or that the configuration knows.
    fn is_stored(&self, id: &ProfileId) -> bool {
        self.gathered.profiles.by_id.contains_key(id) || self.gathered.settings.config.auth.profiles.contains_key(id)
    }

    async fn audit(&self, count: Option<u32>) -> Result<Draft, Trouble> {
        let (usual, most) = AUDIT;
        let count = usize::try_from(count.unwrap_or(usual).min(most)).unwrap_or_default();
        let links = self.desk.store.last_links(count).await?;
        let is_hidden =
            |entry: &Entry| entry.profiles.iter().filter_map(|id| ProfileId::new(id)).any(|id| !self.exists(&id));
        Ok(audit(&links, &is_hidden, words(self.gathered, self.case.inbound)))
    }

    fn reload(&self) -> Draft {
        let settings = self.engine.sources.settings.reload_now();
        let current = self.engine.sources.auth_store.current();
        let problems = settings.catalog.problems().iter().map(ToString::to_string);
        let troubles: Vec<String> = settings
            .trouble
            .iter()
            .cloned()
            .chain(current.trouble.iter().map(ToString::to_string))
            .chain(problems)
            .collect();
        let mut draft = line(format!("Read again: {} credentials.", current.profiles.by_id.len()));
        for trouble in &troubles {
            draft.line(format!("Not good: {trouble}"));
        }
        draft
    }

    fn drain(&self) -> Result<Draft, Trouble> {
        if !self.engine.ask_to_end() {
            return Err(Trouble::Refused("this is no gateway, so there is nothing that could be drained".to_owned()));
        }
        Ok(line("What is under way is brought to its end, and nothing new is begun; then the gateway ends.".to_owned()))
    }
}

fn line(text: String) -> Draft {
    let mut draft = Draft::default();
    draft.line(text);
    draft
}

/// What was done, and what is typed next.
fn said(text: String, next: &str, opening: &str) -> Draft {
    let mut draft = line(text);
    draft.spans(vec![plain(opening), code(next)]);
    draft
}
