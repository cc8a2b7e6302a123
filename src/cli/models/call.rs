//! What a command about models is carried out with.

use std::path::PathBuf;

use serde::Serialize;

use crate::app::Installation;
use crate::catalog::Catalog;
use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::open::again;
use crate::cli::output::Output;
use crate::config::{Draft, Edited, edit};

/// What a command about models is carried out with.
pub(crate) struct Call<'a> {
    pub(crate) installation: Installation,
    pub(crate) global: &'a Global,
    pub(crate) invoked_as: &'a str,
    pub(crate) output: &'a mut Output,
}

/// What an edit did, as `--json` prints it.
#[derive(Serialize)]
struct Report<'a, T> {
    #[serde(flatten)]
    what: &'a T,
    /// Whether a byte had to be written.
    changed: bool,
    files: Vec<Updated>,
    /// What else there is to know, a sentence each.
    notes: &'a [String],
}

/// A file of the configuration that was written.
#[derive(Serialize)]
struct Updated {
    file: String,
    /// The copy of what it held before.
    backup: Option<String>,
}

impl Call<'_> {
    /// The line to type for another command on the same installation.
    pub(crate) fn command(&self, rest: &str) -> String {
        again(self.global, self.invoked_as, &format!("models {rest}"))
    }

    /// The configuration file, for sentences.
    pub(crate) fn config_file(&self) -> String {
        self.installation.places().config_path.display().to_string()
    }

    /// Applies `change` to the configuration. What it decides by it finds in the draft, which may be newer than what was
    /// read at the start.
    ///
    /// # Errors
    /// What `change` refused, or the configuration cannot be written; it is then as it was.
    pub(crate) fn edit<T>(&self, change: impl FnMut(&mut Draft) -> Result<T, Failure>) -> Result<Edited<T>, Failure> {
        edit(&self.installation.places().config_path, &self.installation.settings().environment, change)
    }

    /// The models that the draft offers.
    ///
    /// # Errors
    /// It makes no configuration.
    pub(crate) fn catalog(&self, draft: &Draft) -> Result<Catalog, Failure> {
        let config = draft.config(&self.installation.settings().environment)?;
        Ok(Catalog::new(&config, self.installation.agent()))
    }

    /// Prints what an edit did: `line` for a person, or `what` as JSON.
    ///
    /// # Errors
    /// It cannot be printed.
    pub(crate) fn report(
        &mut self,
        what: &impl Serialize,
        line: &str,
        written: &[(PathBuf, Option<PathBuf>)],
        notes: &[String],
    ) -> Result<Exit, Failure> {
        let updated = |(file, copy): &(PathBuf, Option<PathBuf>)| Updated {
            file: file.display().to_string(),
            backup: copy.as_ref().map(|copy| copy.display().to_string()),
        };
        let files: Vec<Updated> = written.iter().map(updated).collect();
        if self.global.json {
            self.output.json(&Report { what, changed: !files.is_empty(), files, notes })?;
        } else {
            let already = if files.is_empty() { " (as it was already)" } else { "" };
            let mut text = format!("{line}{already}\n");
            for Updated { file, backup } in &files {
                let before = backup.as_ref().map_or_else(String::new, |copy| format!("; what it held before: {copy}"));
                text.push_str(&format!("Updated {file}{before}\n"));
            }
            self.output.data(&modelpin_terminal::visible(&text))?;
        }
        for note in notes {
            self.output.talk(&modelpin_terminal::visible(note));
        }
        Ok(Exit::Ok)
    }

    /// Refuses `--plain` together with `--json`.
    ///
    /// # Errors
    /// Both are wanted.
    pub(crate) fn plain_or_json(&self, plain: bool) -> Result<(), Failure> {
        if plain && self.global.json {
            return Err(Failure::Misuse("--plain and --json exclude each other: leave one of them out".to_owned()));
        }
        Ok(())
    }
}
