//! As in a container: another user, a root that can only be read, one volume, no terminal.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::cli::support::{Ended, store_in};
use crate::support::leaks::Leaks;

/// Who the program runs as.
const USER: u32 = 10001;

/// `$0` is the volume, and what follows is the program: the root is read-only, the volume is not.
const CONTAINED: &str = r#"
mount --make-rprivate / && mount --bind "$0" "$0" && mount -o remount,ro,bind / || exit 99
exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs "$@"
"#;

/// A machine with a program on it, and a volume.
struct Container {
    folder: TempDir,
    program: PathBuf,
}

impl Container {
    /// One whose volume belongs to `owner`; `None` where there can be none, which is said.
    #[expect(clippy::explicit_write, reason = "`eprintln!` would be kept back by the harness")]
    fn of(owner: u32, name: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        // The other user has to get to it.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let program = folder.path().join("modelpin");
        let built = env!("CARGO_BIN_EXE_modelpin");
        fs::hard_link(built, &program).or_else(|_| fs::copy(built, &program).map(drop)).unwrap();
        let container = Self { folder, program };
        let volume = container.volume();
        fs::create_dir(&volume).unwrap();
        let given = chown(&volume, Some(owner), Some(owner));
        let tried = given.ok().and_then(|()| {
            let read_only =
                format!("! touch /{name} 2>/dev/null && ! touch '{}/x' 2>/dev/null", container.folder.path().display());
            container.command(Path::new("/bin/sh"), &["-c", &read_only]).output().ok()
        });
        if tried.is_none_or(|output| !output.status.success()) {
            let missing = "root and a mount namespace, which are not to be had here";
            writeln!(std::io::stderr(), "SKIPPED: {name} needs {missing}").unwrap();
            return None;
        }
        Some(container)
    }

    fn volume(&self) -> PathBuf {
        self.folder.path().join("volume")
    }

    fn store(&self) -> PathBuf {
        store_in(&self.volume().join(".modelpin"))
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "/bin/sh", "-c", CONTAINED]).arg(self.volume()).arg(program).args(arguments);
        command.env_clear().env("HOME", self.volume()).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn start(&self, arguments: &[&str]) -> Child {
        self.command(&self.program, arguments).spawn().unwrap()
    }
}

fn ended(child: Child) -> Ended {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Waits until the program itself runs, behind all that has prepared its place: each has become the next.
fn running(child: &Child) -> PathBuf {
    let process = Path::new("/proc").join(child.id().to_string());
    let begun = Instant::now();
    while fs::read(process.join("cmdline"))
        .unwrap()
        .split(|byte| *byte == 0)
        .next()
        .is_none_or(|name| !name.ends_with(b"/modelpin"))
    {
        assert!(begun.elapsed() < Duration::from_secs(30), "the program does not start");
        std::thread::sleep(Duration::from_millis(2));
    }
    process
}

#[test]
fn a_token_is_piped_in_and_nobody_else_sees_it() {
    let Some(container) = Container::of(USER, "a_token_is_piped_in_and_nobody_else_sees_it") else { return };
    let token = format!("sk-ant-oat01-{}", "Vo1_Zq9k7Wb3-".repeat(7));
    let leaks = Leaks::of([&token["sk-ant-oat01-".len()..]]);
    let mut before = None;
    for arguments in [
        &["models", "auth", "paste-token", "--provider", "anthropic", "-"][..],
        &["models", "auth", "paste-token", "--provider", "anthropic", "--token", "-"],
    ] {
        let mut child = container.start(arguments);
        let process = running(&child);
        let (first, second) = token.split_at(50);
        let mut input = child.stdin.take().unwrap();
        input.write_all(first.as_bytes()).unwrap();
        for entry in fs::read_dir("/proc").unwrap() {
            // One that has just ended says nothing.
            let said = fs::read(entry.unwrap().path().join("cmdline")).unwrap_or_default();
            leaks.assert_none_in("the table of processes", said);
        }
        leaks.assert_none_in("the environment", fs::read(process.join("environ")).unwrap());
        let status = fs::read_to_string(process.join("status")).unwrap();
        assert!(status.contains(&format!("Uid:\t{USER}\t{USER}")), "{status}");
        input.write_all(second.as_bytes()).unwrap();
        drop(input);
        let Ended { code, out, err } = ended(child);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        leaks.assert_none_in("standard output", &out);
        let found = fs::metadata(container.store()).unwrap();
        assert_eq!((found.mode() & 0o777, found.uid()), (0o600, USER));
        let bytes = fs::read(container.store()).unwrap();
        assert!(String::from_utf8_lossy(&bytes).contains(&token));
        assert_eq!(*before.get_or_insert_with(|| bytes.clone()), bytes, "twice is once");
    }
}

#[test]
fn a_volume_that_belongs_to_root_is_told_with_its_path_the_users_and_the_fix() {
    let name = "a_volume_that_belongs_to_root_is_told_with_its_path_the_users_and_the_fix";
    let Some(container) = Container::of(0, name) else { return };
    let mut child = container.start(&["models", "auth", "add", "--provider", "openai"]);
    let written = child.stdin.take().unwrap().write_all(b"sk-test-0123456789abcdef");
    let Ended { code, out, err } = ended(child);
    assert_eq!((code, out.as_str()), (70, ""), "{written:?}: {err}");
    let volume = container.volume().display().to_string();
    for told in [volume.as_str(), "belongs to user 0", "this is user 10001", &format!("chown -R 10001 {volume}")] {
        assert!(err.contains(told), "no `{told}` in {err}");
    }
    assert!(!err.contains("sk-test"), "{err}");
    assert_eq!(fs::read_dir(container.volume()).unwrap().count(), 0);
}
