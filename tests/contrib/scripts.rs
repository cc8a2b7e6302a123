//! The units, the installer and the widget.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::script::script;

fn contrib(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib").join(path)
}

fn install(home: &TempDir, arguments: &[&str]) -> String {
    let mut command = Command::new("sh");
    // Nothing of a service manager that may be running here.
    command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").arg(contrib("install")).args(arguments);
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

#[test]
fn it_is_installed_once_and_taken_away_without_the_settings() {
    let home = tempfile::tempdir().unwrap();
    let said = install(&home, &[]);
    assert!(said.contains("monitor.env: set NTFY_URL or WEBHOOK_URL there"), "{said}");
    let script = home.path().join(".local/bin/modelpin-auth-monitor");
    let units = home.path().join(".config/systemd/user");
    let settings = home.path().join(".config/modelpin/monitor.env");
    assert_eq!(script.metadata().unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(settings.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read(&script).unwrap(), fs::read(contrib("modelpin-auth-monitor")).unwrap());
    fs::write(&settings, "NTFY_URL=https://ntfy.example/x\n").unwrap();
    let said = install(&home, &[]);
    assert!(!said.contains("wrote"), "nothing is written twice: {said}");
    install(&home, &["--uninstall"]);
    assert!(!script.exists() && fs::read_dir(&units).unwrap().next().is_none());
    assert_eq!(fs::read_to_string(settings).unwrap(), "NTFY_URL=https://ntfy.example/x\n");
}

/// The values of a key of a unit.
fn values<'a>(unit: &'a str, key: &'a str) -> Vec<&'a str> {
    unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

#[test]
fn the_units_run_what_the_installer_installs() {
    let service = fs::read_to_string(contrib("systemd/modelpin-auth-monitor.service")).unwrap();
    assert_eq!(values(&service, "Type"), ["oneshot"]);
    assert_eq!(values(&service, "ExecStart"), ["%h/.local/bin/modelpin-auth-monitor"]);
    assert_eq!(values(&service, "EnvironmentFile"), ["-%h/.config/modelpin/monitor.env"]);
    let timer = fs::read_to_string(contrib("systemd/modelpin-auth-monitor.timer")).unwrap();
    assert_eq!(values(&timer, "OnBootSec"), ["5min"]);
    assert_eq!(values(&timer, "OnUnitActiveSec"), ["30min"]);
    assert_eq!(values(&timer, "WantedBy"), ["timers.target"]);
    assert!(contrib("modelpin-auth-monitor").metadata().unwrap().permissions().mode() & 0o111 == 0o111);
}

#[test]
fn the_widget_shows_what_the_check_says() {
    let home = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| script(&home.path().join(name), text);
    put("modelpin", "echo \"$@\"\nexit 2");
    put("ssh", "echo \"asked $*\"\nexit 1");
    let run = |server: &str| {
        let mut command = Command::new("sh");
        command.env_clear().env("HOME", home.path()).env("MODELPIN_SERVER", server);
        command.env("PATH", format!("{}:/usr/bin:/bin", home.path().display())).arg(contrib("termux/modelpin-auth"));
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run(""), (2, "Credentials: one ends soon\nmodels status --check\n".to_owned()));
    let (code, said) = run("ann@bot.example");
    assert_eq!(code, 1);
    assert!(said.starts_with("Credentials: expired or missing\nasked ") && said.contains("ann@bot.example"), "{said}");
    // On the telephone it is a notification.
    put("termux-notification", "echo \"notified $*: $(cat)\"");
    put("termux-toast", "");
    let (_, said) = run("");
    assert!(said.contains("--title Credentials: one ends soon") && said.contains("models status --check"), "{said}");
}
