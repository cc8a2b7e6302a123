//! File systems that several machines may have mounted.
//!
//! Locks that the kernel keeps hold among the programs of one machine. Over a network they may, or may not, and nobody can
//! tell from here: so what must not be done twice, such as renewing a login, is not safe there.

use std::fs;
use std::path::{Path, PathBuf};

/// What Linux calls the file systems that are made to be mounted by several machines at once.
const SHARED: [&str; 20] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.cephfs",
    "fuse.gcsfuse",
    "fuse.glusterfs",
    "fuse.juicefs",
    "fuse.s3fs",
    "fuse.sshfs",
    "gfs2",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
    "smbfs",
];

/// What is mounted where.
#[derive(Debug, Default)]
pub(crate) struct Mounts(Vec<(PathBuf, String)>);

impl Mounts {
    /// As it is now. Where the system does not tell (it is no Linux), nothing is known.
    pub(crate) fn of_this_machine() -> Self {
        fs::read_to_string("/proc/self/mountinfo").map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// Of a text as in `/proc/self/mountinfo` (proc(5)): the fifth field is the place, the first behind the `-` the kind.
    pub(crate) fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let (place, kind) = line.split_once(" - ")?;
            Some((PathBuf::from(unescaped(place.split(' ').nth(4)?)), kind.split(' ').next()?.to_owned()))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// What people should know of a store at `path`, as the end of a sentence that begins with it; `None` where only this
    /// machine has it.
    pub(crate) fn remark(&self, path: &Path) -> Option<String> {
        let kind = self.shared(path)?;
        Some(format!(
            "is on {kind}, which other machines may have mounted: locks may not hold there, and of a login that two of \
             them renew one copy is void"
        ))
    }

    /// The kind of the file system that `path` is on, or would be, where other machines may have it mounted too.
    pub(crate) fn shared(&self, path: &Path) -> Option<&str> {
        // Through links, as far as it is there.
        let real = path.ancestors().find_map(|there| {
            let rest = path.strip_prefix(there).ok()?;
            Some(fs::canonicalize(there).ok()?.join(rest))
        });
        let real = real.as_deref().unwrap_or(path);
        let above = self.0.iter().filter(|(place, _)| real.starts_with(place));
        // Of two on the same place the later one hides the other.
        let (_, kind) = above.max_by_key(|(place, _)| place.components().count())?;
        SHARED.contains(&kind.as_str()).then_some(kind)
    }
}

/// Spaces and their like are written as `\` and three octal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(code) = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            plain.push(char::from(code));
            plain.push_str(&part[3..]);
        } else {
            plain.push('\\');
            plain.push_str(part);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r"22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
36 22 0:41 / /srv/bot rw,relatime shared:19 - nfs4 nas.example:/bot rw,vers=4.2
37 36 0:42 / /srv/bot/local rw - tmpfs tmpfs rw
38 22 0:43 / /mnt/with\040space rw master:2 - cifs //nas/bot rw
39 22 0:44 / /srv/old rw - nfs nas.example:/old rw
40 22 259:2 / /srv/old rw - ext4 /dev/sdb rw
not a line";

    #[test]
    fn it_is_told_which_folders_others_may_have_mounted() {
        let mounts = Mounts::parse(TEXT);
        for (path, kind) in [
            ("/srv/bot/agents/main/agent/auth-profiles.json", Some("nfs4")),
            ("/srv/bot", Some("nfs4")),
            ("/srv/bottle/auth-profiles.json", None),
            ("/srv/bot/local/auth-profiles.json", None),
            ("/mnt/with space/auth-profiles.json", Some("cifs")),
            ("/srv/old/auth-profiles.json", None),
            ("/home/ann/auth-profiles.json", None),
        ] {
            assert_eq!(mounts.shared(Path::new(path)), kind, "{path}");
        }
        assert_eq!(Mounts::default().shared(Path::new("/srv/bot")), None);
    }

    #[test]
    fn this_machine_says_what_it_has() {
        let mounts = Mounts::of_this_machine();
        assert!(!cfg!(target_os = "linux") || mounts.0.iter().any(|(place, _)| place == Path::new("/")), "{mounts:?}");
    }
}
