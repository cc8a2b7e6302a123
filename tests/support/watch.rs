//! What is done to a folder and the files in it, told by the kernel: also what leaves no trace.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use rustix::io::Errno;

/// A folder that is watched from now on.
pub(crate) struct Watch(OwnedFd);

impl Watch {
    pub(crate) fn on(folder: &Path) -> Self {
        let writes = WatchFlags::MODIFY | WatchFlags::ATTRIB | WatchFlags::CLOSE_WRITE;
        let names = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE;
        let itself = WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF;
        let events = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        inotify::add_watch(&events, folder, writes | names | itself).unwrap();
        Self(events)
    }

    /// What was done there since this was asked last: everything but reading.
    pub(crate) fn seen(&self) -> Vec<String> {
        let mut room = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.0, &mut room);
        let mut seen = Vec::new();
        loop {
            match reader.next() {
                Ok(event) => seen.push(format!("{:?} {:?}", event.events(), event.file_name())),
                Err(Errno::AGAIN) => return seen,
                Err(error) => panic!("{error}"),
            }
        }
    }
}
