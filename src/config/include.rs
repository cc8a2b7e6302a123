//! `$include`: one configuration in several files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::config::ConfigFault;
use crate::config::depth::too_deep;
use crate::config::field::joined;

/// How deep includes may be nested.
const DEEPEST: usize = 10;
/// How deep objects and lists may be nested in a file: each level takes room on the stack.
const DEEPEST_VALUE: usize = 100;
/// The longest file that is read, in bytes.
const LONGEST: u64 = 2 * 1024 * 1024;

/// The key whose value names the files to be included.
pub(crate) const KEYWORD: &str = "$include";

/// What some files are to hold, by their real path: read in their place while an edit is not written yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts(BTreeMap<PathBuf, String>);

impl Texts {
    /// `path` with its links followed; as it is where nothing is there.
    pub(crate) fn real(path: &Path) -> PathBuf {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }

    /// What `file` is to hold.
    #[cfg(feature = "cli")]
    pub(crate) fn of(&self, file: &Path) -> Option<&str> {
        self.0.get(file).map(String::as_str)
    }

    /// Notes what `file` is to hold.
    #[cfg(feature = "cli")]
    pub(crate) fn put(&mut self, file: &Path, text: String) {
        self.0.insert(file.to_owned(), text);
    }

    /// What `file` holds, or is to hold; `None` where there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    #[cfg(feature = "cli")]
    pub(crate) fn read(&self, file: &Path) -> Result<Option<String>, ConfigFault> {
        match self.0.get(file) {
            Some(text) => Ok(Some(text.clone())),
            None if matches!(file.try_exists(), Ok(false)) => Ok(None),
            None => read_bounded(file).map(Some),
        }
    }

    /// The value in `file`, its includes not followed; an empty object where there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is no JSON5.
    #[cfg(feature = "cli")]
    pub(crate) fn value(&self, file: &Path) -> Result<Value, ConfigFault> {
        match self.read(file)? {
            Some(text) => parse(file, &text),
            None => Ok(Value::Object(Map::new())),
        }
    }
}

/// Reads a file with everything that it includes, and notes each file that it read.
#[derive(Debug)]
pub(crate) struct Includes<'a> {
    /// What is read in the place of files.
    texts: &'a Texts,
    /// The folder of the main file: nothing outside of it is included.
    root: PathBuf,
    /// The files being read, the main one first.
    open: Vec<PathBuf>,
    /// Every file that was read.
    pub(crate) files: Vec<PathBuf>,
}

impl<'a> Includes<'a> {
    /// Nothing read yet; `main` is the file to begin with, and `texts` are read in the place of what files hold.
    pub(crate) fn of(main: &Path, texts: &'a Texts) -> Self {
        let real = Texts::real(main);
        let root = real.parent().unwrap_or(&real).to_owned();
        Self { texts, root, open: Vec::new(), files: Vec::new() }
    }

    /// The value in the file at `path`, includes resolved.
    ///
    /// # Errors
    ///
    /// The file or one that it includes cannot be read, is no JSON5, or is not to be included.
    pub(crate) fn read(&mut self, path: &Path) -> Result<Value, ConfigFault> {
        let real = Texts::real(path);
        let value = match self.texts.0.get(&real) {
            Some(text) => parse(path, text)?,
            None => parse(path, &read_bounded(path)?)?,
        };
        self.files.push(path.to_owned());
        self.open.push(real);
        let resolved = self.resolve(value, path, "");
        self.open.pop();
        resolved
    }

    fn resolve(&mut self, value: Value, path: &Path, key: &str) -> Result<Value, ConfigFault> {
        match value {
            Value::Object(mut object) => {
                let Some(wanted) = object.shift_remove(KEYWORD) else { return self.members(object, path, key) };
                let mut merged = None;
                for target in targets(wanted, path, key)? {
                    let included = self.include(&target, path, key)?;
                    merged = Some(match merged {
                        None => included,
                        Some(before) => merge(before, included),
                    });
                }
                if object.is_empty()
                    && let Some(merged) = merged
                {
                    return Ok(merged);
                }
                let own = self.members(object, path, key)?;
                match merged {
                    None => Ok(own),
                    Some(included @ Value::Object(_)) => Ok(merge(included, own)),
                    Some(_) => Err(fault(path, key, "", "keys beside it need an object to be included")),
                }
            }
            Value::Array(values) => {
                let element = |(at, value)| self.resolve(value, path, &format!("{key}[{at}]"));
                values.into_iter().enumerate().map(element).collect::<Result<_, _>>().map(Value::Array)
            }
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => Ok(plain),
        }
    }

    fn members(&mut self, object: Map<String, Value>, path: &Path, key: &str) -> Result<Value, ConfigFault> {
        let mut members = Map::new();
        for (name, value) in object {
            let value = self.resolve(value, path, &joined(key, &name))?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }

    fn include(&mut self, target: &str, path: &Path, key: &str) -> Result<Value, ConfigFault> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let file = folder.join(target);
        let Ok(real) = fs::canonicalize(&file) else { return Err(fault(path, key, target, "there is no such file")) };
        // Compared after links are followed, so that a link does not lead out.
        if !real.starts_with(&self.root) {
            return Err(fault(path, key, target, "it is outside of the configuration's folder"));
        }
        if self.open.contains(&real) {
            return Err(fault(path, key, target, "it includes itself"));
        }
        if self.open.len() > DEEPEST {
            return Err(fault(path, key, target, "includes are nested more than 10 deep"));
        }
        self.read(&file)
    }
}

fn targets(wanted: Value, path: &Path, key: &str) -> Result<Vec<String>, ConfigFault> {
    let wrong = || fault(path, key, "", "expected a path or a list of paths");
    match wanted {
        Value::String(target) => Ok(vec![target]),
        Value::Array(targets) => targets
            .into_iter()
            .map(|target| target.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<Vec<_>, _>>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Err(wrong()),
    }
}

/// The files that `wanted`, the value of a `$include` in `file`, names; what makes no sense in it is reported by reading.
#[cfg(feature = "cli")]
pub(crate) fn included_paths(wanted: &Value, file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let targets = targets(wanted.clone(), file, "").unwrap_or_default();
    targets.into_iter().map(|target| folder.join(target)).collect()
}

/// `over` laid over `under`: objects member by member, lists one after the other, anything else replaced.
fn merge(under: Value, over: Value) -> Value {
    match (under, over) {
        (Value::Object(mut under), Value::Object(over)) => {
            for (name, value) in over {
                let value = match under.get_mut(&name) {
                    Some(before) => merge(before.take(), value),
                    None => value,
                };
                under.insert(name, value);
            }
            Value::Object(under)
        }
        (Value::Array(mut under), Value::Array(over)) => {
            under.extend(over);
            Value::Array(under)
        }
        (_, over) => over,
    }
}

fn read_bounded(path: &Path) -> Result<String, ConfigFault> {
    let length = fs::metadata(path).map_err(|source| unreadable(path, source))?.len();
    if length > LONGEST {
        let what = format!("the file is {length} bytes long; at most {LONGEST} are read");
        return Err(ConfigFault::Syntax { path: path.to_owned(), line: 1, column: 1, what });
    }
    fs::read_to_string(path).map_err(|source| unreadable(path, source))
}

fn parse(path: &Path, text: &str) -> Result<Value, ConfigFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(at) = too_deep(text, DEEPEST_VALUE) {
        let json5::Position { line, column } = json5::Position::from_offset(at, text);
        let what = format!("nested more than {DEEPEST_VALUE} deep");
        return Err(ConfigFault::Syntax { path: path.to_owned(), line: line + 1, column: column + 1, what });
    }
    json5::from_str(text).map_err(|error| {
        let end = || json5::Position::from_offset(text.len(), text);
        let position = error.position().unwrap_or_else(end);
        let what = error.code().map_or_else(|| error.to_string(), |code| code.to_string());
        ConfigFault::Syntax { path: path.to_owned(), line: position.line + 1, column: position.column + 1, what }
    })
}

fn unreadable(path: &Path, source: std::io::Error) -> ConfigFault {
    ConfigFault::Unreadable { path: path.to_owned(), source }
}

fn fault(path: &Path, key: &str, target: &str, why: &'static str) -> ConfigFault {
    let key = if key.is_empty() { "the configuration" } else { key };
    ConfigFault::Include { path: path.to_owned(), key: key.to_owned(), target: target.to_owned(), why }
}
