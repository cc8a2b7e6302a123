//! The unit of systemd, with a `systemctl` of the test's own.

use std::fs;

use serde_json::Value;

use crate::cli::onboard::{onboard, tree};
use crate::cli::support::Home;
use crate::support::script::script;

/// A folder with a `systemctl` that notes what it is asked and ends with `code`.
fn systemctl(home: &Home, code: i32) -> String {
    let folder = home.path().join(format!("bin-{code}"));
    fs::create_dir(&folder).unwrap();
    let text = format!("echo \"$@\" >> '{}/asked'\necho 'no bus' >&2\nexit {code}", folder.display());
    script(&folder.join("systemctl"), &text);
    folder.display().to_string()
}

#[test]
fn a_unit_is_printed_and_nothing_is_written() {
    let home = Home::of_program("hex");
    let before = tree(home.path());
    for more in [&[][..], &["--system"]] {
        let done = onboard(&home, &[&["--print-service"][..], more].concat(), "", &[]);
        assert_eq!(done.code, 0, "{}", done.err);
        let state = home.path().join(".hex");
        assert!(done.out.starts_with("# Written by"), "{}", done.out);
        assert!(done.out.contains(&format!("gateway --layout hex --state-dir {}\n", state.display())), "{}", done.out);
        assert!(done.out.contains(&format!("EnvironmentFile=-{}/.env\n", state.display())), "{}", done.out);
        assert_eq!(done.out.contains("WantedBy=multi-user.target"), !more.is_empty(), "{}", done.out);
        assert!(done.out.contains("Type=notify\n"), "{}", done.out);
    }
    assert!(tree(home.path()) == before);
}

#[test]
fn a_unit_is_installed_and_switched_on_once() {
    let home = Home::empty();
    let path = systemctl(&home, 0);
    let flags = ["--install-service", "--json"];
    let done = onboard(&home, &flags, "", &[("PATH", &path)]);
    assert_eq!(done.code, 0, "{}", done.err);
    let told: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(told["service"]["enabled"], true, "{told:#}");
    let unit = home.path().join(".config/systemd/user/modelpin.service");
    assert_eq!(told["written"][0], unit.display().to_string());
    assert_eq!(fs::read_to_string(&unit).unwrap(), told["service"]["text"].as_str().unwrap());
    let asked = fs::read_to_string(format!("{path}/asked")).unwrap();
    assert_eq!(asked, "--user daemon-reload\n--user enable modelpin.service\n");
    let again = onboard(&home, &flags, "", &[("PATH", &path)]);
    let told: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(told["written"], Value::Array(Vec::new()));
}

#[test]
fn without_systemd_the_lines_to_type_are_said() {
    let home = Home::empty();
    let path = systemctl(&home, 1);
    for path in [path.as_str(), "/nowhere"] {
        let done = onboard(&home, &["--install-service", "--service-name", "bot"], "", &[("PATH", path)]);
        assert_eq!(done.code, 0, "{}", done.err);
        assert!(done.err.contains("systemctl --user daemon-reload\n"), "{}", done.err);
        assert!(done.err.contains("systemctl --user enable bot.service"), "{}", done.err);
    }
    assert!(home.path().join(".config/systemd/user/bot.service").exists());
}

#[test]
fn a_unit_of_somebody_else_is_left_alone() {
    let home = Home::empty();
    let path = systemctl(&home, 0);
    let unit = home.path().join(".config/systemd/user/modelpin.service");
    fs::create_dir_all(unit.parent().unwrap()).unwrap();
    fs::write(&unit, "[Service]\nExecStart=/bin/true\n").unwrap();
    let before = tree(home.path());
    let refused = onboard(&home, &["--install-service", "--owner", "telegram:42"], "", &[("PATH", &path)]);
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains("--service-name"), "{}", refused.err);
    assert!(tree(home.path()) == before);

    // Another state directory is another service.
    fs::remove_file(&unit).unwrap();
    assert_eq!(onboard(&home, &["--install-service"], "", &[("PATH", &path)]).code, 0);
    let refused = onboard(&home, &["--install-service", "--state-dir", "elsewhere"], "", &[("PATH", &path)]);
    assert_eq!(refused.code, 64);
    assert!(refused.err.contains(&format!("serves {}", home.state().display())), "{}", refused.err);
    for name in ["", "a b", "../x", "-x"] {
        let name = format!("--service-name={name}");
        let refused = onboard(&home, &["--install-service", &name], "", &[("PATH", &path)]);
        assert_eq!(refused.code, 64, "{name}: {}", refused.err);
    }
}

#[test]
fn what_systemd_would_read_otherwise_is_said() {
    let home = Home::empty();
    fs::create_dir(home.state()).unwrap();
    fs::write(home.state().join(".env"), "A_TOKEN=abc # mine\n").unwrap();
    let done = onboard(&home, &["--print-service"], "", &[]);
    assert!(done.err.contains("systemd reads A_TOKEN in "), "{}", done.err);
}
