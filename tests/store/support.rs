//! Rows to write, places to write them to, and child processes that do.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use modelpin::session::{Actor, Choice, Pin, Selection, Session, SessionKey, Source, Until};
use modelpin::store::{Memory, Sqlite, Store};
use tempfile::TempDir;

/// Says to a test that it was started by itself as a child, and on which database it works.
const CHILD: &str = "MODELPIN_TEST_CHILD";

/// Somewhere to keep state, which any number of stores can be opened on, as by so many processes.
pub(super) struct Place {
    memory: Option<Arc<Memory>>,
    directory: TempDir,
}

impl Place {
    /// In this process only.
    pub(super) fn memory() -> Self {
        Self { memory: Some(Arc::new(Memory::new())), directory: tempfile::tempdir().unwrap() }
    }

    /// On disk.
    pub(super) fn sqlite() -> Self {
        Self { memory: None, directory: tempfile::tempdir().unwrap() }
    }

    /// One more store on it.
    pub(super) fn open(&self) -> Arc<dyn Store> {
        match &self.memory {
            Some(memory) => Arc::clone(memory) as Arc<dyn Store>,
            None => Arc::new(Sqlite::open(&self.path()).unwrap()),
        }
    }

    /// The database.
    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join("modelpin.sqlite")
    }
}

/// A time, in seconds since 1970.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The session of the private chat with that person.
pub(super) fn key(peer: &str) -> SessionKey {
    format!("agent:main:telegram:default:dm:{peer}").parse().unwrap()
}

/// A session without any choice.
pub(super) fn session(peer: &str) -> Session {
    Session::new(key(peer), at(1_700_000_000))
}

/// Somebody.
pub(super) fn ann() -> Actor {
    Actor { channel: "telegram".to_owned(), id: "42".to_owned(), name: Some("Änn \"the\" first".to_owned()) }
}

/// A choice of a person.
pub(super) fn selection(model: &str, profile: &str) -> Selection {
    Selection {
        model: Some(model.parse().unwrap()),
        pin: Some(Pin { profile: profile.parse().unwrap(), account: Some("me+tag@example.com".to_owned()) }),
        source: Source::User,
        since: at(1_700_000_001),
        until: Until::Changed,
        by: ann(),
    }
}

/// A session pinned to `profile`.
pub(super) fn pinned(peer: &str, profile: &str) -> Session {
    let lasting = Some(selection("anthropic/claude-opus-4-6", profile));
    Session { choice: Choice { lasting, passing: None }, ..session(peer) }
}

/// The database that this process, started by [`start`], works on; `None` in the test itself.
pub(super) fn child_of_test() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

/// Starts the running test binary once more, for the test `name` alone, as a child on `database`.
pub(super) fn start(name: &str, database: &Path) -> Child {
    command(Command::new(std::env::current_exe().unwrap()), name, database).spawn().unwrap()
}

/// The arguments and the environment of a child.
pub(super) fn command(mut program: Command, name: &str, database: &Path) -> Command {
    program.args(["--exact", name, "--nocapture", "--test-threads=1"]);
    program.env(CHILD, database).stdin(Stdio::piped()).stdout(Stdio::piped());
    program
}

/// What a child has to say; the harness around it says things too.
pub(super) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "child> {text}").unwrap();
    out.flush().unwrap();
}

/// What the child said, line by line, until it ends.
pub(super) fn hear(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).filter_map(|line| line.split_once("child> ").map(|(_, said)| said.to_owned()))
}
