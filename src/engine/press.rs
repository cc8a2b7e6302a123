//! Buttons: what was printed on one is what a press does, or the press says that the menu is too old.

use std::time::Duration;

use jiff::ToSpan;
use modelpin_chat::{Choice, Event, Inbound, Visibility};

use crate::access::Action;
use crate::directive::{self, Command, Message};
use crate::engine::{Case, Done, Engine, actor, changes};
use crate::menu::{Menu, MenuEntry, MenuId, parse_token};
use crate::reply::{Refusal, closed};
use crate::session::{Actor, SessionKey};

/// How long buttons work.
const LIFE_HOURS: i64 = 24;

/// A disk that hangs must not keep a menu's text from the person who asked for it; the buttons are left out then.
const PATIENCE: Duration = Duration::from_millis(500);

/// The alphabet of menu ids: 64 characters, so that each takes six bits of a random byte without bias.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

impl Engine {
    pub(super) async fn press(&self, case: &Case<'_>, token: &str) {
        let key = self.key(case.inbound);
        // What the button does is known when its menu has been read, which has to wait for nobody.
        let pass = self.gate.look_in(&key).await;
        let case = Case { pass: &pass, ..*case };
        let entry = match self.pressed(&key, case.inbound, token).await {
            Ok(entry) => entry,
            Err(Refusal::StaleMenu) => {
                if !self.is_made(&case).await {
                    self.refuse_stale(&case).await;
                }
                return;
            }
            Err(why) => {
                self.refuse(&case, why).await;
                return;
            }
        };
        if entry.cancels() {
            self.close(&case).await;
        } else {
            self.repeat(&case, &entry.command).await;
        }
    }

    /// Takes a menu away.
    async fn close(&self, case: &Case<'_>) {
        match self.authorize(case.inbound, Action::See) {
            Ok(()) => self.send(case, closed(), Visibility::Private).await,
            Err(denied) => {
                self.refuse(case, Refusal::Denied(denied)).await;
            }
        }
    }

    /// Says that the menu is too old, and shows a fresh one.
    async fn refuse_stale(&self, case: &Case<'_>) {
        if let Err(denied) = self.authorize(case.inbound, Action::See) {
            self.refuse(case, Refusal::Denied(denied)).await;
            return;
        }
        self.refuse(case, Refusal::StaleMenu).await;
        self.picker(case).await;
    }

    /// The entry that `token` names, if the menu is still good, was shown here, and to this person.
    async fn pressed(&self, key: &SessionKey, inbound: &Inbound, token: &str) -> Result<MenuEntry, Refusal> {
        let (id, index) = parse_token(token).ok_or(Refusal::StaleMenu)?;
        let found = self.sources.store.menu(&id).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "a menu cannot be read");
            None
        });
        let now = self.sources.now();
        let menu = found.filter(|menu| menu.session == *key && now < menu.expires).ok_or(Refusal::StaleMenu)?;
        let presser = actor(inbound);
        if (&menu.actor.channel, &menu.actor.id) != (&presser.channel, &presser.id) {
            return Err(Refusal::ForeignMenu);
        }
        menu.entries.get(index).cloned().ok_or(Refusal::StaleMenu)
    }

    /// Carries out a command in canonical form, as if the person had typed it now.
    pub(super) async fn repeat(&self, case: &Case<'_>, command: &str) -> Done {
        let inbound = Inbound { event: Event::Message(command.to_owned()), ..case.inbound.clone() };
        let case = Case { inbound: &inbound, text: command, printed: true, ..*case };
        let Ok(Message::Command(Command { directive, following: _ })) = directive::read(command, &inbound.bot) else {
            return self.refuse(&case, Refusal::StaleMenu).await;
        };
        let entered;
        let mut case = case;
        if changes(&directive) && !case.pass.is_held() {
            entered = self.gate.enter(&self.key(&inbound)).await;
            case.pass = &entered;
        }
        Box::pin(self.carry_out(&case, directive)).await
    }

    /// Keeps the menu of a reply and gives its buttons their tokens; no buttons where it could not be kept.
    pub(super) async fn keep_menu(
        &self,
        key: &SessionKey,
        actor: &Actor,
        rows: Vec<Vec<MenuEntry>>,
    ) -> Vec<Vec<Choice>> {
        if rows.is_empty() {
            return Vec::new();
        }
        let shown = self.sources.now();
        let Some((id, expires)) = menu_id().zip(shown.checked_add(LIFE_HOURS.hours()).ok()) else { return Vec::new() };
        let lengths: Vec<usize> = rows.iter().map(Vec::len).collect();
        let entries: Vec<MenuEntry> = rows.into_iter().flatten().collect();
        let menu = Menu { id, session: key.clone(), actor: actor.clone(), entries, shown, expires };
        let mut buttons = menu.entries.iter().enumerate().map(|(index, entry)| Choice {
            label: entry.label.clone(),
            token: menu.token(index),
            list: entry.list.clone(),
            current: entry.current,
        });
        let choices = lengths.into_iter().map(|length| buttons.by_ref().take(length).collect()).collect();
        drop(buttons);
        match tokio::time::timeout(PATIENCE, self.sources.store.save_menu(menu)).await {
            Ok(Ok(())) => choices,
            Ok(Err(fault)) => {
                tracing::warn!(session.key = %key, %fault, "a menu could not be kept, so it is shown without buttons");
                Vec::new()
            }
            Err(_) => {
                tracing::warn!(session.key = %key, "the state is slow, so a menu is shown without buttons");
                Vec::new()
            }
        }
    }
}

/// A random id; `None` where the system has no randomness to give.
fn menu_id() -> Option<MenuId> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(MenuId(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect()))
}
