//! Where the sockets of running programs are.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The longest path that a socket's address has room for, on every system.
const LONGEST: usize = 100;

/// A way to a socket that is short enough, and what has to stay open for it.
pub(crate) struct Way {
    pub(crate) path: PathBuf,
    _folder: Option<File>,
}

/// The name of the socket of the process `pid`.
pub(crate) fn name(pid: u32) -> String {
    format!("modelpin-{pid}.sock")
}

/// The way to the socket `name` in `folder`. Where the path is too long for an address, it goes over a descriptor.
pub(crate) fn way(folder: &Path, name: &str) -> io::Result<Way> {
    let path = folder.join(name);
    if path.as_os_str().len() <= LONGEST {
        return Ok(Way { path, _folder: None });
    }
    over_descriptor(folder, name)
}

#[cfg(target_os = "linux")]
fn over_descriptor(folder: &Path, name: &str) -> io::Result<Way> {
    use std::os::fd::AsRawFd as _;

    let folder = File::open(folder)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", folder.as_raw_fd()));
    Ok(Way { path, _folder: Some(folder) })
}

#[cfg(not(target_os = "linux"))]
fn over_descriptor(_folder: &Path, _name: &str) -> io::Result<Way> {
    Err(io::Error::new(io::ErrorKind::InvalidInput, "the path of the state directory is too long for a socket"))
}

/// The processes that have a socket in `folder`, whether they are still there or not.
pub(crate) fn pids(folder: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut pids: Vec<u32> =
        names.filter_map(|name| name.strip_prefix("modelpin-")?.strip_suffix(".sock")?.parse().ok()).collect();
    pids.sort_unstable();
    pids
}
