//! Where a shell looks for programs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::config::Environment;

/// The folders of `PATH`, in order.
pub(crate) struct SearchPath(Vec<PathBuf>);

impl SearchPath {
    pub(crate) fn of(environment: &Environment) -> Self {
        Self(environment.var("PATH").map(|path| std::env::split_paths(path).collect()).unwrap_or_default())
    }

    /// Whether `folder` is among them.
    pub(crate) fn has(&self, folder: &Path) -> bool {
        self.0.iter().any(|other| same(other, folder))
    }

    /// The program called `name` that is found before one in `folder` would be.
    pub(crate) fn before(&self, folder: &Path, name: &str) -> Option<PathBuf> {
        let before = self.0.iter().take_while(|other| !same(other, folder));
        before.map(|other| other.join(name)).find(|path| is_program(path))
    }
}

fn same(one: &Path, other: &Path) -> bool {
    one == other || fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|other| one == other))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
