//! Opening the database file.

use std::fs::{self, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use crate::store::StoreFault;
use crate::store::sqlite::failure::{self, Failure};
use crate::store::sqlite::wal_index::beside;

/// How often a lock is asked for before giving up, and how long to sleep in between: 200 × 0.25 ms, then 500 × 10 ms.
/// A writer of ours holds it for one sync, so the first sleeps are short.
const QUICK_TRIES: i32 = 200;
const TRIES: i32 = 700;

/// Pages in the log that call for a checkpoint, and room for the log, in bytes, that is made before it is needed.
pub(crate) const CHECKPOINT_FRAMES: u32 = 2_000;
const LOG_ROOM: u64 = 9 * 1024 * 1024;

/// The smallest page of a database, in bytes.
const SHORTEST: u64 = 512;

/// Makes the database file, readable and writable by nobody but its owner, unless it is there.
///
/// The name appears with the final mode, and no descriptor of the file is closed after that: see
/// [`crate::store::sqlite::wal_index`].
pub(crate) fn create(path: &Path) -> Result<(), StoreFault> {
    let of_file = |error: &io::Error| failure::of_file(path, error);
    is_whole(path)?;
    match fs::metadata(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(of_file(&error)),
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_folder(folder).map_err(|error| of_file(&error))?;
    let file = tempfile::Builder::new()
        .prefix(".modelpin-")
        .tempfile_in(folder)
        .map_err(|error| of_file(&error))?
        .into_temp_path();
    match file.persist_noclobber(path) {
        Ok(()) => Ok(()),
        Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(other) => Err(of_file(&other.error)),
    }
}

/// Refuses a file that SQLite takes for an empty database, because it is too short for one, and would write over.
pub(crate) fn is_whole(path: &Path) -> Result<(), StoreFault> {
    match fs::metadata(path) {
        Ok(file) if (1..SHORTEST).contains(&file.len()) => {
            let why =
                format!("it is damaged: {} bytes are no database. It was left as it is; move it away", file.len());
            Err(StoreFault::Broken { path: path.to_path_buf(), why })
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A connection that can read, and write if the file can be written.
///
/// Where nothing can be written *and* nobody has left a log, the file cannot be changing either: then it is read as it
/// lies, and the connection is good for one look only (`true`).
pub(crate) fn open(path: &Path) -> Result<(Connection, bool), Failure> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let shared = Connection::open_with_flags(path, flags).map_err(Failure::from).and_then(prepare);
    let Err(Failure::Sql(rusqlite::Error::SqliteFailure(error, _))) = &shared else {
        return shared.map(|db| (db, false));
    };
    // A full disk has no room for the index of the log either.
    let full = error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE;
    let nothing_can_be_written = full || matches!(error.code, ErrorCode::CannotOpen | ErrorCode::ReadOnly);
    // An empty log is none: the attempt above may have made it.
    let logged = beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0);
    if !nothing_can_be_written || logged || !path.exists() {
        return shared.map(|db| (db, false));
    }
    frozen(path).map(|db| (db, true))
}

/// A connection that reads without leaving a trace: no log, no index and no lock is made beside the file. Where somebody
/// keeps a log, it is read through that.
pub(crate) fn look(path: &Path) -> Result<Connection, Failure> {
    if !beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0) {
        return frozen(path);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(Failure::from).and_then(prepare)
}

/// [`look`] for longer than a moment: who has the file open may begin to write, so it is read through the log as soon as
/// there is the index of one. `true` where there is none, and the file is read as it lies.
#[cfg(feature = "cli")]
pub(crate) fn look_through(path: &Path) -> Result<(Connection, bool), Failure> {
    if !beside(path, "-shm").exists() && !beside(path, "-wal").metadata().is_ok_and(|log| log.len() > 0) {
        return frozen(path).map(|db| (db, true));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let shared = Connection::open_with_flags(path, flags).map_err(Failure::from).and_then(prepare);
    shared.map(|db| (db, false))
}

/// The file as it lies, which nobody is changing.
fn frozen(path: &Path) -> Result<Connection, Failure> {
    let text = path.to_str().ok_or_else(|| StoreFault::Broken {
        path: path.to_path_buf(),
        why: "its path is not UTF-8, and it can only be read".to_owned(),
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let escaped = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    prepare(Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)?)
}

/// Sets up a connection, and reads something: SQLite opens its files only then.
fn prepare(mut db: Connection) -> Result<Connection, Failure> {
    db.busy_handler(Some(wait_for_lock))?;
    db.set_prepared_statement_cache_capacity(32);
    db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(db)
}

fn wait_for_lock(tries: i32) -> bool {
    thread::sleep(if tries < QUICK_TRIES { Duration::from_micros(250) } else { Duration::from_millis(10) });
    tries < TRIES
}

/// Sets up the connection that writes.
///
/// What is deleted is overwritten with zeros: a message that was dealt with leaves nothing in the file.
///
/// `checkpoints_itself` is for a writer that cannot see how long the log is.
pub(crate) fn make_writer(db: &Connection, checkpoints_itself: bool) -> Result<(), Failure> {
    let frames = if checkpoints_itself { CHECKPOINT_FRAMES } else { 0 };
    db.execute_batch(&format!(
        "PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA cache_size = -4096;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA wal_autocheckpoint = {frames};"
    ))?;
    Ok(())
}

/// Makes room for the log of a writer that goes on writing. Without room, each commit is as slow as it would have been: not
/// a reason to fail.
pub(crate) fn make_room(db: &Connection, path: &Path) {
    let lengthened = db.execute_batch("BEGIN IMMEDIATE").map_err(Failure::from).and_then(|()| {
        let lengthened = lengthen(&beside(path, "-wal"));
        db.execute_batch("ROLLBACK")?;
        lengthened.map_err(|error| failure::of_file(path, &error).into())
    });
    if let Err(failure) = lengthened {
        tracing::debug!(%failure, path = %path.display(), "no room was made for the log");
    }
}

/// Lengthens the log with zeros, which SQLite takes for the end of the log wherever it meets them.
///
/// A commit that makes the file longer has to sync the file system's journal too; one that writes over what is there
/// does not (0.2 ms instead of 4 ms where this was measured). The caller holds the write lock, so nobody else lengthens
/// the log at the same time. SQLite keeps no locks on this file: it may be closed.
fn lengthen(log: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(log)?;
    let length = file.seek(SeekFrom::End(0))?;
    if length >= LOG_ROOM {
        return Ok(());
    }
    let zeros = vec![0; usize::try_from(LOG_ROOM - length).unwrap_or(0)];
    file.write_all(&zeros).and_then(|()| file.sync_all()).or_else(|error| {
        file.set_len(length)?;
        Err(error)
    })
}
