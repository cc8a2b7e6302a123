//! One name in the folder of the links.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A name in the folder of the links, and what is there now.
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) found: Found,
}

/// What is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// The link that is wanted.
    Current,
    /// A link to a program called as this one is, in another place: made before this one was moved or renewed.
    Older,
    /// A file or link of somebody else.
    Foreign,
    /// A folder, which is never replaced.
    Folder,
    /// This program itself, which must not become a link to itself.
    Itself,
}

impl Entry {
    /// Looks at `path`, where a link to `program` is meant to be.
    #[expect(clippy::match_same_arms, reason = "the arms are read in order: what cannot be looked at comes first")]
    pub(crate) fn look(path: &Path, program: &Path) -> Self {
        let found = match fs::symlink_metadata(path) {
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => Found::Nothing,
            // What cannot be looked at is not known to be ours.
            Err(_) => Found::Foreign,
            Ok(there) if there.is_dir() => Found::Folder,
            Ok(there) if there.is_symlink() => {
                let target = fs::read_link(path).unwrap_or_default();
                if target == program {
                    Found::Current
                } else if fs::canonicalize(path).is_ok_and(|real| real == program)
                    || target.file_name().is_some_and(|name| Some(name) == program.file_name())
                {
                    Found::Older
                } else {
                    Found::Foreign
                }
            }
            Ok(_) if fs::canonicalize(path).is_ok_and(|real| real == program) => Found::Itself,
            Ok(_) => Found::Foreign,
        };
        Self { path: path.to_owned(), found }
    }

    /// Whether it keeps a link from being made here.
    pub(crate) fn is_in_the_way(&self, force: bool) -> bool {
        match self.found {
            Found::Nothing | Found::Current | Found::Older => false,
            Found::Foreign => !force,
            Found::Folder | Found::Itself => true,
        }
    }

    /// Makes the link where nothing is.
    pub(crate) fn make(&self, program: &Path) -> io::Result<()> {
        symlink(program, &self.path)
    }

    /// Puts the link in the place of what is there, in one step, so that the name always means something.
    pub(crate) fn replace(&self, program: &Path) -> io::Result<()> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".modelpin-{}", std::process::id()));
        let beside = self.path.with_file_name(name);
        symlink(program, &beside)?;
        let replaced = fs::rename(&beside, &self.path);
        if replaced.is_err() {
            // What is said is why it could not be replaced.
            let _ = fs::remove_file(&beside);
        }
        replaced
    }
}
