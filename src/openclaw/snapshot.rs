//! One look into a database that another program may be writing, without touching it or its companions.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};
use url::Url;

use crate::openclaw::SourceFault;
use crate::openclaw::databases::beside;
use crate::openclaw::private::{self, PrivateFolder};

/// How often a look is taken anew because somebody wrote meanwhile, and how long is waited in between.
const ATTEMPTS: u32 = 60;
const PAUSE: Duration = Duration::from_millis(50);

/// What SQLite keeps beside a database that is not all in its own file.
const COMPANIONS: [&str; 2] = ["-wal", "-journal"];

/// What `look` finds in the database at `path`.
///
/// SQLite writes beside a database even to read it (`-shm`), unless it is told that nobody can be writing. So it is told
/// that where there is no log, and believed only if there is none afterwards either; where there is one, the database and
/// the log are copied to where nobody else can look, and the copy is read. A copy counts only if what was copied is still
/// there after it.
///
/// # Errors
///
/// [`SourceFault`].
pub(crate) fn look<T>(
    path: &Path,
    mut look: impl FnMut(&Connection) -> Result<T, rusqlite::Error>,
) -> Result<T, SourceFault> {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            thread::sleep(PAUSE);
        }
        let before = Standing::of(path)?;
        if before.is_whole() {
            let found = in_place(path).and_then(|db| look(&db));
            if Standing::of(path)? == before {
                return found.map_err(|error| SourceFault::of_database(path, &error));
            }
        } else if let Some((copy, folder)) = copied(path)? {
            let found = open(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|db| look(&db));
            drop(folder);
            return found.map_err(|error| SourceFault::of_database(path, &error));
        }
    }
    Err(SourceFault::Busy(path.to_owned()))
}

/// What `look` finds in the file of the database alone, whatever is in its log: cheap, and perhaps not the last word.
///
/// # Errors
///
/// What SQLite says.
pub(crate) fn glance<T>(
    path: &Path,
    look: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
) -> Result<T, rusqlite::Error> {
    in_place(path).and_then(|db| look(&db))
}

/// What can be seen of a database from outside.
#[derive(PartialEq, Eq)]
struct Standing {
    file: (u64, Option<SystemTime>),
    /// The length of each companion; `None` where there is none.
    companions: [Option<u64>; 2],
}

impl Standing {
    fn of(path: &Path) -> Result<Self, SourceFault> {
        let file = fs::metadata(path).map_err(|error| SourceFault::reading(path, &error))?;
        let length = |ending| beside(path, ending).metadata().ok().map(|found| found.len());
        Ok(Self { file: (file.len(), file.modified().ok()), companions: COMPANIONS.map(length) })
    }

    /// Whether everything is in the file itself.
    fn is_whole(&self) -> bool {
        self.companions.iter().all(|length| length.unwrap_or(0) == 0)
    }
}

/// The database as it lies, on the promise that nobody changes it.
fn in_place(path: &Path) -> Result<Connection, rusqlite::Error> {
    let mut url = Url::from_file_path(path).map_err(|()| rusqlite::Error::InvalidPath(path.to_owned()))?;
    url.set_query(Some("immutable=1"));
    open(Path::new(url.as_str()), OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // What is written in a foreign schema is not carried out.
    db.pragma_update(None, "trusted_schema", false)?;
    Ok(db)
}

/// A copy of the database and of what lies beside it, and the folder it is in; `None` when it changed meanwhile.
fn copied(path: &Path) -> Result<Option<(PathBuf, PrivateFolder)>, SourceFault> {
    let mut refused = io::Error::other("there is no folder for temporary files");
    for folder in PrivateFolder::candidates() {
        let made = folder.map_err(Refusal::Writing).and_then(|folder| {
            let copy = folder.path().join("copy.sqlite");
            Ok(copy_whole(path, &copy)?.then_some((copy, folder)))
        });
        match made {
            Ok(made) => return Ok(made),
            Err(Refusal::Reading(error)) => return Err(SourceFault::reading(path, &error)),
            // A full one; the next may have room.
            Err(Refusal::Writing(error)) => refused = error,
        }
    }
    Err(SourceFault::NoCopy { path: path.to_owned(), why: refused.to_string() })
}

/// Which side of a copy went wrong.
enum Refusal {
    Reading(io::Error),
    Writing(io::Error),
}

/// Copies the database and its companions, and returns whether what was copied still stands there.
///
/// A log that only grew is fine: what was copied of it is what it was at that moment.
fn copy_whole(from: &Path, to: &Path) -> Result<bool, Refusal> {
    let Some(file) = copy(from, to)? else { return Ok(false) };
    let mut logs = Vec::new();
    for ending in COMPANIONS {
        logs.push((beside(from, ending), copy(&beside(from, ending), &beside(to, ending))?));
    }
    let same = |path: &Path, copied: Option<&Copied>| -> Result<bool, Refusal> {
        let length = copied.map_or(0, |copied| copied.length);
        let now = read(path, length, |_| Ok(()))?;
        Ok(now.as_ref() == copied)
    };
    if !same(from, Some(&file))? {
        return Ok(false);
    }
    for (path, copied) in &logs {
        if !same(path, copied.as_ref())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What was read of a file.
#[derive(PartialEq, Eq)]
struct Copied {
    length: u64,
    digest: Vec<u8>,
}

/// Copies the file; `None` when there is none.
fn copy(from: &Path, to: &Path) -> Result<Option<Copied>, Refusal> {
    let mut target = None;
    read(from, u64::MAX, |bytes| {
        let file = match &mut target {
            Some(file) => file,
            none => none.insert(private::create(to)?),
        };
        file.write_all(bytes)
    })
}

/// Reads `length` bytes of the file, as many as it has at the most; `None` when there is no file.
fn read(path: &Path, length: u64, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> Result<Option<Copied>, Refusal> {
    let mut file = match File::open(path) {
        Ok(file) => file.take(length),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Refusal::Reading(error)),
    };
    let mut piece = Zeroizing::new(vec![0; 256 * 1024]);
    let (mut digest, mut length) = (Sha256::new(), 0);
    loop {
        let read = file.read(&mut piece).map_err(Refusal::Reading)?;
        if read == 0 {
            return Ok(Some(Copied { length, digest: digest.finalize().to_vec() }));
        }
        each(&piece[..read]).map_err(Refusal::Writing)?;
        digest.update(&piece[..read]);
        length += read as u64;
    }
}
