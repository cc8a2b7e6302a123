//! The places where secrets are, or may be: the store, its copies, `.env`, and what other programs of the family put there.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::config::{Config, Places, SecretPlace};
use crate::doctor::Agent;
use crate::profile::ExternalPaths;

/// What is in an agent's folder and holds secrets, by how the name begins.
const IN_AGENTS: [&str; 4] = ["auth-profiles.json", "auth.json", "models.json", "openclaw-agent.sqlite"];

/// One of the places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What is there, behind any link of our own.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    /// The bits of who may do what.
    pub(crate) mode: u32,
    pub(crate) owner: u32,
    /// Whether it belongs to this installation: what belongs to another program is not changed.
    pub(crate) ours: bool,
}

/// What is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// A link that somebody else made: it is not followed.
    ForeignLink,
}

/// Looks at all of them from outside; nothing is opened.
pub(crate) fn gather(
    places: &Places,
    config: &Config,
    config_files: &[PathBuf],
    agents: &[Agent],
    external: &ExternalPaths,
) -> Vec<Place> {
    let us = rustix::process::geteuid().as_raw();
    let mut found = Found { us, places: BTreeMap::new() };
    let state = &places.state_dir;
    found.take(state, true);
    let config_name = name(&places.config_path);
    found.take_named(state, |name| {
        name.starts_with(".env") || name.contains("modelpin.sqlite") || name.contains(".bak") || ends_in(name, "tmp")
    });
    if let Some(folder) = places.config_path.parent() {
        found.take_named(folder, |name| name.trim_start_matches('.').starts_with(&config_name));
    }
    for file in config_files {
        found.take(file, true);
    }
    found.take(&state.join("state"), true);
    found.take_named(&state.join("state"), |name| name.starts_with("openclaw.sqlite"));
    found.take(places.oauth_dir(), true);
    found.take_named(places.oauth_dir(), |_| true);
    for agent in agents {
        let home = state.join("agents").join(agent.id.as_str());
        found.take(&state.join("agents"), true);
        found.take(&home, true);
        found.take(&home.join("sessions"), true);
        found.take_named(&home.join("sessions"), |name| name.starts_with("sessions.json"));
        found.take(&agent.folder, true);
        found.take_named(&agent.folder, |name| {
            let bare = name.trim_start_matches('.');
            IN_AGENTS.iter().any(|sink| bare.starts_with(sink)) || ends_in(name, "tmp")
        });
    }
    let passphrase = config.auth.seal_passphrase_file.iter();
    let referred = config.secrets.providers.values().filter_map(|place| match place {
        SecretPlace::File { path, .. } => Some(path),
        SecretPlace::Env { .. } | SecretPlace::Exec(_) => None,
    });
    for path in passphrase.chain(referred).map(String::as_str).chain(config.token_files()) {
        found.take(&places.expand(path), true);
    }
    let others = [&external.claude_code, &external.codex, &external.qwen];
    for path in others.into_iter().flatten() {
        found.take(path, false);
    }
    found.places.into_values().collect()
}

struct Found {
    us: u32,
    places: BTreeMap<PathBuf, Place>,
}

impl Found {
    fn take(&mut self, path: &Path, ours: bool) {
        let Ok(there) = fs::symlink_metadata(path) else { return };
        if there.is_symlink() {
            if there.uid() != self.us && self.us != 0 {
                self.keep(path.to_owned(), Kind::ForeignLink, &there, ours);
            } else if let Ok(target) = fs::canonicalize(path)
                && let Ok(there) = fs::symlink_metadata(&target)
            {
                self.keep_plain(target, &there, ours);
            }
            return;
        }
        self.keep_plain(path.to_owned(), &there, ours);
    }

    /// What in `folder` has such a name, no locks: there is no secret in them.
    fn take_named(&mut self, folder: &Path, holds: impl Fn(&str) -> bool) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let file = entry.file_name();
            let file = file.to_string_lossy();
            let lock = ends_in(&file, "lock") || file.ends_with("modelpin-lock");
            if !lock && holds(&file) {
                self.take(&entry.path(), true);
            }
        }
    }

    fn keep_plain(&mut self, path: PathBuf, there: &Metadata, ours: bool) {
        if there.is_dir() {
            self.keep(path, Kind::Folder, there, ours);
        } else if there.is_file() {
            self.keep(path, Kind::File, there, ours);
        }
    }

    fn keep(&mut self, path: PathBuf, kind: Kind, there: &Metadata, ours: bool) {
        let place = Place { path: path.clone(), kind, mode: there.mode() & 0o7777, owner: there.uid(), ours };
        self.places.entry(path).or_insert(place);
    }
}

fn ends_in(name: &str, extension: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == extension)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
