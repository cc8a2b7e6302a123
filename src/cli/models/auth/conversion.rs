//! What `seal` and `unseal` did, file by file.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::profile::{Closed, Converted, Origin, SealWith, StoreFileFault};

/// What was done. `--json` prints it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conversion {
    #[serde(skip)]
    what: &'static str,
    with: Option<&'static str>,
    /// Where the key is.
    pub(crate) key: Option<String>,
    /// Whether it was made just now.
    pub(crate) key_made: bool,
    files: Vec<File>,
    /// Files beside the stores that hold secrets as they are.
    pub(crate) plain: Vec<String>,
    /// What has to be configured.
    pub(crate) note: Option<String>,
    /// Why the next file could not be converted.
    #[serde(skip)]
    failed: Option<Failure>,
}

/// One store file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct File {
    #[serde(rename = "file")]
    path: String,
    /// Whether it is there at all.
    exists: bool,
    changed: bool,
    /// How many secrets were converted now.
    converted: usize,
    /// How many had been before.
    already: usize,
    /// Those that did not open.
    closed: Vec<Unopened>,
}

#[derive(Serialize)]
struct Unopened {
    id: String,
    why: String,
}

impl File {
    fn of(origin: &Origin, converted: Option<Converted>) -> Self {
        let Some(Converted { path, changed, converted, already, closed }) = converted else {
            let path = origin.path.display().to_string();
            return Self { path, exists: false, changed: false, converted: 0, already: 0, closed: Vec::new() };
        };
        let unopened = |Closed { profile, why }| Unopened { id: profile, why: why.to_string() };
        let closed = closed.into_iter().map(unopened).collect();
        Self { path: path.display().to_string(), exists: true, changed, converted, already, closed }
    }
}

impl Conversion {
    pub(crate) fn new(what: &'static str, with: impl Into<Option<SealWith>>) -> Self {
        let with = with.into().map(SealWith::as_str);
        Self { what, with, key: None, key_made: false, files: Vec::new(), plain: Vec::new(), note: None, failed: None }
    }

    /// Converts one file after the other. The first that cannot be ends it: what was done by then is still told.
    pub(crate) fn run(
        &mut self,
        files: Vec<Origin>,
        convert: impl Fn(&Origin) -> Result<Option<Converted>, StoreFileFault>,
    ) {
        for origin in files {
            match convert(&origin) {
                Ok(converted) => self.files.push(File::of(&origin, converted)),
                Err(fault) => {
                    self.failed = Some(fault.into());
                    return;
                }
            }
        }
    }

    /// Prints it. What did not open is a failure: those secrets are not as they were to be.
    ///
    /// # Errors
    /// A file could not be converted, or something in one did not open.
    pub(crate) fn say(mut self, case: &mut Case<'_>) -> Result<Exit, Failure> {
        if let Some(failure) = self.failed.take_if(|_| self.files.is_empty()) {
            return Err(failure);
        }
        if case.global.json {
            case.output.json(&self)?;
        } else {
            let lines: String = self.files.iter().map(|file| self.line(file)).collect();
            case.output.data(&modelpin_terminal::visible(&lines))?;
        }
        if let Some(key) = self.key.as_ref().filter(|_| self.key_made) {
            case.output.talk(&format!(
                "A new key was made: {key}. Without it the credentials are lost, so keep a copy of it."
            ));
        }
        for file in &self.plain {
            case.output.talk(&modelpin_terminal::visible(&format!(
                "{file} may hold secrets as they are: delete it if nobody needs it."
            )));
        }
        if let Some(note) = &self.note {
            case.output.talk(&modelpin_terminal::visible(note));
        }
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        let unopened: Vec<String> =
            self.files.iter().flat_map(|file| &file.closed).map(|Unopened { id, why }| format!("{id} {why}")).collect();
        if unopened.is_empty() { Ok(Exit::Ok) } else { Err(Failure::Unreadable(unopened.join("\n"))) }
    }

    fn line(&self, file: &File) -> String {
        let File { path, exists, changed: _, converted, already, closed } = file;
        let done = format!("{}ed", self.what);
        let what = match (exists, converted, already) {
            (false, _, _) => "is not there, and nothing was to be done".to_owned(),
            (true, 0, 0) => format!("nothing to {}", self.what),
            (true, 0, already) => format!("{} {done} already", secrets(*already)),
            (true, converted, 0) => format!("{} {done}", secrets(*converted)),
            (true, converted, already) => format!("{} {done}, {already} already", secrets(*converted)),
        };
        let left = if closed.is_empty() { String::new() } else { format!(", {} left as they are", closed.len()) };
        format!("{path}: {what}{left}\n")
    }
}

fn secrets(count: usize) -> String {
    if count == 1 { "1 secret".to_owned() } else { format!("{count} secrets") }
}
