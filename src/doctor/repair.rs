//! What a program can mend by itself: one step each, all of it or nothing.

use std::collections::HashSet;
use std::fs::{File, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use serde_json::{Value, json};

use crate::catalog::ProviderId;
use crate::config::{Draft, EditFault, Environment, edit};
use crate::doctor::locks::{fingerprints, holds};
use crate::profile::{AuthFile, Fingerprint, ProfileId, StoreFileFault};
use crate::session::{Pin, SessionKey};

/// One step that mends something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// Nobody but the owner is to open it.
    Mode { path: PathBuf, from: u32, to: u32 },
    /// An abandoned lock of the store goes.
    Lock { store: PathBuf, lock: PathBuf },
    /// A temporary file goes whose secrets are all in the store.
    Temporary { store: PathBuf, path: PathBuf },
    /// A profile that nobody has goes out of the orders of a store.
    StoreOrder { store: PathBuf, ghost: ProfileId },
    /// The same in the configuration.
    ConfigOrder { provider: ProviderId, ghost: ProfileId },
    /// `auth.profiles.<id>.mode` becomes `oauth`, which the profile is.
    DeclaredMode { id: ProfileId },
    /// An entry goes out of an agent's store that is word for word main's.
    Copy { store: PathBuf, main: PathBuf, id: ProfileId },
    /// A pin moves, or is cleared.
    Pin { session: SessionKey, gone: ProfileId, to: Option<Pin> },
}

/// What is needed to mend the configuration.
pub(crate) struct Hands<'a> {
    pub(crate) config: &'a Path,
    pub(crate) environment: &'a Environment,
}

impl Repair {
    /// What is there, and what is to be.
    pub(crate) fn change(&self) -> String {
        match self {
            Self::Mode { path, from, to } => format!("{}: mode {from:04o} -> {to:04o}", path.display()),
            Self::Lock { lock, .. } => format!("{}: a stale lock -> gone", lock.display()),
            Self::Temporary { path, .. } => format!("{}: left over -> gone", path.display()),
            Self::StoreOrder { store, ghost } => format!("{}: order with {ghost} -> order without it", store.display()),
            Self::ConfigOrder { provider, ghost } => {
                format!("auth.order.{provider}: with {ghost} -> without it")
            }
            Self::DeclaredMode { id } => format!("auth.profiles.{id}.mode: \"token\" -> \"oauth\""),
            Self::Copy { store, main, id } => {
                format!("{}: a copy of {id} -> none, so that the one in {} counts", store.display(), main.display())
            }
            Self::Pin { session, gone, to: Some(to) } => format!("{session}: pin {gone} -> {}", to.profile),
            Self::Pin { session, gone, to: None } => {
                format!("{session}: pin {gone} -> none, so that the auth order answers (/model undo takes it back)")
            }
        }
    }

    /// Does it, unless it is about a session, and returns the copies that were made of what was changed.
    ///
    /// # Errors
    /// Why it was not done, in words. What was to be changed is as it was.
    pub(crate) fn carry_out(&self, hands: &Hands<'_>) -> Result<Vec<PathBuf>, String> {
        match self {
            Self::Mode { path, from, to } => set_mode(path, *from, *to).map(|()| Vec::new()),
            Self::Lock { store, .. } => {
                // Taking it takes a stale one away; letting go of it leaves none.
                AuthFile::at(store).hold(|| ()).map(|()| Vec::new()).map_err(|fault| fault.to_string())
            }
            Self::Temporary { store, path } => remove_temporary(store, path).map(|()| Vec::new()),
            Self::StoreOrder { store, ghost } => {
                let file = AuthFile::at(store);
                let copy = file.keep_copy().map_err(|fault| fault.to_string())?;
                file.edit(|document| document.forget_listed(ghost)).map_err(|fault| fault.to_string())?;
                Ok(copy.into_iter().collect())
            }
            Self::ConfigOrder { provider, ghost } => configure(hands, |draft| take_out(draft, provider, ghost)),
            Self::DeclaredMode { id } => configure(hands, |draft| {
                let key = ["auth", "profiles", id.as_str(), "mode"];
                match draft.get(&key).and_then(Value::as_str) {
                    Some("token") => Ok(draft.set(&key, &json!("oauth"))?),
                    Some(_) | None => Err(Refusal("it no longer says \"token\" there".to_owned())),
                }
            }),
            Self::Copy { store, main, id } => remove_copy(store, main, id),
            Self::Pin { .. } => Err("a session is mended in the state".to_owned()),
        }
    }
}

/// Why an edit of the configuration was given up, in words.
struct Refusal(String);

impl From<EditFault> for Refusal {
    fn from(fault: EditFault) -> Self {
        Self(fault.to_string())
    }
}

fn configure(hands: &Hands<'_>, change: impl FnMut(&mut Draft) -> Result<(), Refusal>) -> Result<Vec<PathBuf>, String> {
    let edited = edit(hands.config, hands.environment, change).map_err(|Refusal(why)| why)?;
    Ok(edited.written.into_iter().filter_map(|(_, copy)| copy).collect())
}

fn take_out(draft: &mut Draft, provider: &ProviderId, ghost: &ProfileId) -> Result<(), Refusal> {
    let orders = draft.get(&["auth", "order"]).and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, list) in orders {
        let Some(list) = list.as_array().filter(|_| ProviderId::new(&key).as_ref() == Some(provider)) else { continue };
        let named = |entry: &&Value| entry.as_str().is_none_or(|id| id.trim() != ghost.as_str());
        let kept: Vec<Value> = list.iter().filter(named).cloned().collect();
        if kept.is_empty() {
            return Err(Refusal("nobody else is in it, and an empty order would mean that nobody is tried".to_owned()));
        }
        draft.set(&["auth", "order", &key], &Value::Array(kept))?;
    }
    Ok(())
}

/// Whatever has taken the place of what was looked at stays as it is.
fn set_mode(path: &Path, from: u32, to: u32) -> Result<(), String> {
    let said = |why: std::io::Error| format!("{}: {why}", path.display());
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file = File::options().read(true).custom_flags(flags).open(path).map_err(said)?;
    let now = file.metadata().map_err(said)?.permissions().mode() & 0o7777;
    if now != from {
        return Err(format!("{} has the mode {now:04o} by now; look again", path.display()));
    }
    file.set_permissions(Permissions::from_mode(to)).map_err(said)
}

fn remove_temporary(store: &Path, path: &Path) -> Result<(), String> {
    let file = AuthFile::at(store);
    let removed = file.hold(|| {
        let known: HashSet<Fingerprint> =
            file.read().map(|document| fingerprints(&document).into_iter().collect()).unwrap_or_default();
        match holds(path) {
            Some(inside) if inside.iter().all(|print| known.contains(print)) => {
                std::fs::remove_file(path).map_err(|why| format!("{}: {why}", path.display()))
            }
            Some(_) | None => Err(format!("{} holds something that the store does not", path.display())),
        }
    });
    removed.map_err(|fault| fault.to_string())?
}

/// Main's entry is held in place while the copy goes.
fn remove_copy(store: &Path, main: &Path, id: &ProfileId) -> Result<Vec<PathBuf>, String> {
    let said = |fault: StoreFileFault| fault.to_string();
    let guard = AuthFile::at(main).lock().map_err(said)?;
    let of_main = guard.read().map_err(said)?;
    let Some(entry) = of_main.entry(id) else { return Err(format!("main has no {id} any more")) };
    let file = AuthFile::at(store);
    let copy = file.keep_copy().map_err(said)?;
    file.edit(|document| document.entry(id) == Some(entry) && document.remove_entry(id)).map_err(said)?;
    drop(guard);
    Ok(copy.into_iter().collect())
}
