//! Where a key of the configuration is written, or would be.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::config::ConfigFault;
use crate::config::edit::member;
use crate::config::include::{KEYWORD, Texts, included_paths};

/// Where a key is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, its links followed.
    pub(crate) file: PathBuf,
    /// The key within that file.
    pub(crate) within: Vec<String>,
    /// Whether something is there.
    pub(crate) exists: bool,
}

/// Where `key` of the configuration `main` is to be changed: where what counts is written now, else beside what is
/// written already of the objects around it.
///
/// # Errors
///
/// A file cannot be read.
pub(crate) fn of(main: &Path, texts: &Texts, key: &[&str]) -> Result<Place, ConfigFault> {
    let file = Texts::real(main);
    let root = texts.value(&file)?;
    for written in (0..=key.len()).rev() {
        let (known, new) = key.split_at(written);
        if let Some((file, mut within)) = find(texts, &file, &root, &[], known)? {
            within.extend(new.iter().map(|name| (*name).to_owned()));
            return Ok(Place { file, within, exists: new.is_empty() });
        }
    }
    Ok(Place { file, within: key.iter().map(|name| (*name).to_owned()).collect(), exists: false })
}

type Found = Option<(PathBuf, Vec<String>)>;

/// Where the `rest` of a key is written, from `value` on, which stands at `within` in `file`. What an object says itself
/// comes before what it includes, and of the files that it includes the last comes first.
fn find(texts: &Texts, file: &Path, value: &Value, within: &[String], rest: &[&str]) -> Result<Found, ConfigFault> {
    let Some((name, inside)) = rest.split_first() else { return Ok(Some((file.to_owned(), within.to_vec()))) };
    if let Some(member) = member(value, name) {
        let mut deeper = within.to_vec();
        deeper.push((*name).to_owned());
        if let Some(found) = find(texts, file, member, &deeper, inside)? {
            return Ok(Some(found));
        }
    }
    let Some(wanted) = value.get(KEYWORD) else { return Ok(None) };
    for target in included_paths(wanted, file).into_iter().rev() {
        let target = Texts::real(&target);
        let included = texts.value(&target)?;
        if let Some(found) = find(texts, &target, &included, &[], rest)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
