//! The systemd unit of the gateway: text, made of places. There is no secret in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How the first line of a unit of ours begins: what has no such line is somebody else's.
const MARK: &str = "# Written by `modelpin onboard`";

/// What is to be run, and where.
#[derive(Debug, Clone)]
pub(crate) struct Gateway<'a> {
    /// The program, absolute.
    pub(crate) program: &'a Path,
    /// Whose files are served.
    pub(crate) layout: &'a str,
    /// The state directory, absolute.
    pub(crate) state_dir: &'a Path,
    /// The agent, where one was named.
    pub(crate) agent: Option<&'a str>,
    /// Where it writes, beside the state directory.
    pub(crate) writes: &'a [PathBuf],
    /// Whether it is for the system instead of a user.
    pub(crate) system: bool,
}

/// A unit, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Its name, without `.service`.
    pub(crate) name: String,
    /// What is in its file.
    pub(crate) text: String,
}

impl Unit {
    /// The unit `name` that runs `gateway`.
    ///
    /// # Errors
    /// A path cannot be written in a unit.
    pub(crate) fn of(name: &str, gateway: &Gateway<'_>) -> Result<Self, String> {
        let Gateway { program, layout, state_dir, agent, writes, system } = gateway;
        let mut command = format!(
            "{} gateway --layout {layout} --state-dir {}",
            word(text(program)?, true),
            word(text(state_dir)?, true)
        );
        if let Some(agent) = agent {
            let _ = write!(command, " --agent {}", word(agent, true));
        }
        let mut places = vec![word(text(state_dir)?, false)];
        for place in *writes {
            places.push(word(text(place)?, false));
        }
        // One that is not there yet must not keep the service from starting.
        let places: Vec<_> = places.iter().map(|place| optional(place)).collect();
        let (bus, network, user, wanted_by) = if *system {
            (
                "",
                "Wants=network-online.target\nAfter=network-online.target\n",
                "# The user whose state directory this is:\n#User=modelpin\n",
                "multi-user.target",
            )
        } else {
            (" --user", "", "", "default.target")
        };
        let environment = text(state_dir)?.replace('%', "%%");
        let text = format!(
            "{MARK}, which replaces it when it is run again.\n\
             # `systemctl{bus} edit {name}` is the place for changes of your own.\n\
             [Unit]\n\
             Description=modelpin gateway ({layout})\n\
             {network}\
             StartLimitIntervalSec=5min\n\
             StartLimitBurst=10\n\
             \n\
             [Service]\n\
             Type=notify\n\
             NotifyAccess=main\n\
             {user}\
             ExecStart={command}\n\
             EnvironmentFile=-{environment}/.env\n\
             Restart=on-failure\n\
             RestartSec=5s\n\
             # It says every half of that that it lives, and needs ten seconds to bring everything to its end.\n\
             WatchdogSec=60\n\
             TimeoutStopSec=15\n\
             # A command line that is wrong, a store that cannot be read, or no bot at all: mended by nobody but you.\n\
             RestartPreventExitStatus=64 65 78\n\
             UMask=0077\n\
             NoNewPrivileges=yes\n\
             PrivateTmp=yes\n\
             ProtectSystem=strict\n\
             ReadWritePaths={}\n\
             RestrictSUIDSGID=yes\n\
             LockPersonality=yes\n\
             RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n\
             \n\
             [Install]\n\
             WantedBy={wanted_by}\n",
            places.join(" ")
        );
        Ok(Self { name: name.to_owned(), text })
    }

    /// Whether `text` is a unit that was written here.
    pub(crate) fn is_ours(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// What `text` starts, to tell one installation's unit from another's.
    pub(crate) fn state_dir_in(text: &str) -> Option<&str> {
        text.lines().find_map(|line| line.strip_prefix("EnvironmentFile=-")?.strip_suffix("/.env"))
    }

    /// The name of its file.
    pub(crate) fn file_name(&self) -> String {
        format!("{}.service", self.name)
    }
}

fn text(path: &Path) -> Result<&str, String> {
    let text = path.to_str().filter(|text| !text.chars().any(char::is_control));
    text.ok_or_else(|| format!("{} cannot be written in a unit of systemd: it is no plain text", path.display()))
}

/// `text` as one word of a unit: `%` begins a specifier there, and `$` a variable of a `command`.
fn word(text: &str, command: bool) -> String {
    let mut word = text.replace('%', "%%");
    if command {
        word = word.replace('$', "$$");
    }
    if word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+@:%$,=~".contains(c)) {
        word
    } else {
        format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// A path that need not be there.
fn optional(word: &str) -> String {
    match word.strip_prefix('"') {
        Some(rest) => format!("\"-{rest}"),
        None => format!("-{word}"),
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and says aloud what it leaves out"
)]
mod tests {
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use super::{Gateway, Unit};

    fn gateway<'a>(state_dir: &'a Path, writes: &'a [PathBuf], system: bool) -> Gateway<'a> {
        let program = Path::new("/opt/model pin/modelpin");
        Gateway { program, layout: "hex", state_dir, agent: Some("ops"), writes, system }
    }

    /// The value of a key within a section, as systemd finds it.
    fn value<'a>(text: &'a str, section: &str, key: &str) -> Vec<&'a str> {
        let mut inside = false;
        let mut found = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                inside = line == format!("[{section}]");
            } else if inside && let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix('=')) {
                found.push(value);
            }
        }
        found
    }

    #[test]
    fn it_runs_the_gateway_with_the_variables_of_the_state_directory() {
        let unit = Unit::of("modelpin-hex", &gateway(Path::new("/home/ann/.hex"), &[], false)).unwrap();
        assert_eq!(unit.file_name(), "modelpin-hex.service");
        let text = &unit.text;
        assert_eq!(
            value(text, "Service", "ExecStart"),
            ["\"/opt/model pin/modelpin\" gateway --layout hex --state-dir /home/ann/.hex --agent ops"]
        );
        assert_eq!(value(text, "Service", "EnvironmentFile"), ["-/home/ann/.hex/.env"]);
        assert_eq!(value(text, "Service", "ReadWritePaths"), ["-/home/ann/.hex"]);
        assert_eq!(value(text, "Service", "Restart"), ["on-failure"]);
        assert_eq!(value(text, "Service", "Type"), ["notify"]);
        assert_eq!(value(text, "Service", "WatchdogSec"), ["60"]);
        assert_eq!(value(text, "Service", "TimeoutStopSec"), ["15"]);
        assert_eq!(value(text, "Service", "NoNewPrivileges"), ["yes"]);
        assert_eq!(value(text, "Install", "WantedBy"), ["default.target"]);
        assert!(Unit::is_ours(text) && !Unit::is_ours("[Unit]\n"));
        assert_eq!(Unit::state_dir_in(text), Some("/home/ann/.hex"));
    }

    #[test]
    fn odd_paths_stay_what_they_are() {
        let writes = [PathBuf::from("/srv/a b")];
        let unit = Unit::of("x", &gateway(Path::new("/tmp/100% $HOME \"q\""), &writes, true)).unwrap();
        let text = &unit.text;
        assert!(
            value(text, "Service", "ExecStart")[0].contains(r#"--state-dir "/tmp/100%% $$HOME \"q\"" --agent"#),
            "{text}"
        );
        assert_eq!(value(text, "Service", "EnvironmentFile"), [r#"-/tmp/100%% $HOME "q"/.env"#]);
        assert_eq!(value(text, "Service", "ReadWritePaths"), [r#""-/tmp/100%% $HOME \"q\"" "-/srv/a b""#]);
        assert_eq!(value(text, "Install", "WantedBy"), ["multi-user.target"]);
        for bytes in [&b"/tmp/a\nb"[..], b"/tmp/\xff"] {
            let path = Path::new(std::ffi::OsStr::from_bytes(bytes));
            assert!(Unit::of("x", &gateway(path, &[], false)).is_err());
        }
    }

    #[test]
    fn systemd_takes_it_where_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let program = Path::new("/bin/sh");
        let gateway = Gateway { program, ..gateway(folder.path(), &[], true) };
        let unit = Unit::of("modelpin-test", &gateway).unwrap();
        let file = folder.path().join(unit.file_name());
        fs::write(&file, &unit.text).unwrap();
        match Command::new("systemd-analyze").arg("verify").arg(&file).output() {
            Err(_) => eprintln!("skipped: there is no systemd-analyze here"),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(!said.contains("modelpin-test.service"), "{said}");
            }
        }
    }
}
