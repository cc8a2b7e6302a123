//! Which database, as a person says it: `sqlite`, `sqlite:PATH`, `postgres`.

use std::path::PathBuf;
use std::str::FromStr;

/// A database that state can be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StatePlace {
    /// A file; that of the state directory where no path is written.
    Sqlite(Option<PathBuf>),
    /// What the configuration names.
    Postgres,
}

impl FromStr for StatePlace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "sqlite" => Ok(Self::Sqlite(None)),
            None if text == "postgres" => Ok(Self::Postgres),
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(Some(path.into()))),
            Some(("postgres" | "postgresql", _)) => {
                Err("an address has a password in it, which everybody on this machine could read here: write it as \
                     `store.url` into the configuration, and say `postgres`")
            }
            _ => Err("say sqlite, sqlite:PATH or postgres"),
        }
    }
}
