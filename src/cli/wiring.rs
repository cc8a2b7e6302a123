//! What the commands need of the assembled program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use modelpin_chat::{BoxFuture, Handler};

use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::sessions::{ImportMode, Imported};
use crate::store::Store;

/// The assembled program. PLACEHOLDER: `crate::app::App` takes its place; nothing can be assembled without it.
pub(crate) enum App {}

impl App {
    /// Assembles it over the state directory that the command line names.
    pub(crate) async fn open(_global: &Global, _invoked_as: &str) -> Result<Self, Failure> {
        std::future::ready(Err(Failure::Unexpected("this build has no engine".to_owned()))).await
    }

    /// Assembles it over a throw-away state directory and pretended providers, told to fail as `faults` say.
    pub(crate) async fn open_demo(_faults: &[String]) -> Result<Self, Failure> {
        std::future::ready(Err(Failure::Unexpected("this build has no demo".to_owned()))).await
    }

    /// What answers.
    pub(crate) fn engine(&self) -> Arc<dyn Handler> {
        match *self {}
    }

    /// Where sessions are kept.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match *self {}
    }

    /// What the person should know before anything else.
    pub(crate) fn warnings(&self) -> Vec<String> {
        match *self {}
    }

    /// How to get a first credential, where there is none at all.
    pub(crate) fn first_steps(&self) -> Option<String> {
        match *self {}
    }

    /// Where the lines typed in `chat` are remembered, if they are.
    pub(crate) fn history_file(&self) -> Option<PathBuf> {
        match *self {}
    }

    /// Reads the pins of the family's session file, and takes them over if `mode` says so.
    pub(crate) fn import_sessions(&self, _file: &Path, _mode: ImportMode) -> BoxFuture<'_, Result<Imported, Failure>> {
        match *self {}
    }
}
