//! Links under the names of the family.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::cli::support::Home;

const FAMILY: [&str; 6] = ["hex", "aipro", "nova-engine", "moltbot", "epiloop", "openclaw"];

fn bin(home: &Home) -> PathBuf {
    home.path().join("my bin")
}

fn link(home: &Home, more: &[&str]) -> (i32, String, String) {
    let folder = bin(home);
    let ended = home.run(&[&["link", folder.to_str().unwrap()], more].concat());
    (ended.code, ended.out, ended.err)
}

fn program() -> PathBuf {
    fs::canonicalize(env!("CARGO_BIN_EXE_modelpin")).unwrap()
}

fn outcomes(home: &Home, more: &[&str]) -> Vec<String> {
    let folder = bin(home);
    let told = home.json(&[&["link", folder.to_str().unwrap()], more].concat());
    let rows = told["links"].as_array().unwrap().clone();
    rows.iter().map(|row| format!("{} {}", row["name"].as_str().unwrap(), row["outcome"].as_str().unwrap())).collect()
}

fn listed(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

#[test]
fn every_name_of_the_family_is_made_once_and_taken_away_again() {
    let home = Home::empty();
    let (code, out, err) = link(&home, &[]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out.lines().count(), FAMILY.len(), "{out}");
    for name in FAMILY {
        assert_eq!(fs::read_link(bin(&home).join(name)).unwrap(), program(), "absolute, to the program itself");
    }
    let folder = bin(&home);
    let says = format!("export PATH='{}:'\"$PATH\"", folder.display());
    assert!(err.contains(&says), "{err}");
    assert!(outcomes(&home, &[]).iter().all(|row| row.ends_with(" kept")));
    assert_eq!(outcomes(&home, &["hex", "hex", "aipro"]), ["hex kept", "aipro kept"]);
    assert_eq!(outcomes(&home, &["--remove", "hex"]), ["hex removed"]);
    assert_eq!(outcomes(&home, &["--remove"]).first().unwrap(), "hex absent");
    assert_eq!(listed(&folder), [] as [&str; 0]);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "no state directory is made for that");
}

#[test]
fn what_is_somebody_elses_stays_unless_it_is_meant() {
    let home = Home::empty();
    let folder = bin(&home);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("hex"), "#!/bin/sh\n").unwrap();
    symlink("/bin/true", folder.join("aipro")).unwrap();
    symlink("/nowhere/any more/modelpin", folder.join("moltbot")).unwrap();
    for name in ["hex", "aipro"] {
        let (code, out, err) = link(&home, &["epiloop", name]);
        assert_eq!((code, out.as_str()), (64, ""));
        let again = format!("link '{}' epiloop {name} --force", folder.display());
        assert!(err.contains("nothing was changed") && err.contains(&again), "{err}");
        let (code, out, err) = link(&home, &["--remove", name]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("is no link to modelpin, and stays"), "{out}");
    }
    assert_eq!(listed(&folder), ["aipro", "hex", "moltbot"], "all or none");
    assert_eq!(fs::read_to_string(folder.join("hex")).unwrap(), "#!/bin/sh\n");
    // One that this program left in another place is its own.
    assert_eq!(outcomes(&home, &["moltbot"]), ["moltbot replaced"]);
    assert_eq!(outcomes(&home, &["hex", "aipro", "--force"]), ["hex replaced", "aipro replaced"]);
    for name in ["hex", "aipro", "moltbot"] {
        assert_eq!(fs::read_link(folder.join(name)).unwrap(), program());
    }
    assert_eq!(listed(&folder), ["aipro", "hex", "moltbot"], "nothing is left beside them");
}

#[test]
fn neither_a_folder_nor_the_program_itself_is_replaced() {
    let home = Home::empty();
    let folder = bin(&home);
    fs::create_dir_all(folder.join("hex")).unwrap();
    let (code, _, err) = link(&home, &["hex", "--force"]);
    assert_eq!(code, 64);
    assert!(err.contains("is a folder, so nothing was changed"), "{err}");
    assert_eq!(outcomes(&home, &["hex", "--remove"]), ["hex foreign"]);
    let own = folder.join("modelpin");
    fs::copy(program(), &own).unwrap();
    let mut command = std::process::Command::new(&own);
    let output = command.env_clear().args(["link", folder.to_str().unwrap(), "modelpin", "--force"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is this very program"));
    assert!(!own.symlink_metadata().unwrap().is_symlink());
    let (code, _, err) = {
        let ended = home.run(&["link", own.to_str().unwrap()]);
        (ended.code, ended.out, ended.err)
    };
    assert_eq!(code, 64);
    assert!(err.contains("is no folder"), "{err}");
}

#[test]
fn it_is_said_where_another_program_comes_first() {
    let home = Home::empty();
    let (before, folder) = (home.path().join("before"), bin(&home));
    fs::create_dir_all(&before).unwrap();
    fs::write(before.join("hex"), "#!/bin/sh\n").unwrap();
    fs::write(before.join("aipro"), "no program").unwrap();
    fs::set_permissions(before.join("hex"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(before.join("aipro"), fs::Permissions::from_mode(0o644)).unwrap();
    let mut command = home.program();
    command.env("PATH", format!("{}:{}", before.display(), folder.display()));
    let output = command.args(["link", folder.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success());
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains(&format!("{} comes before it in PATH, so `hex`", before.join("hex").display())), "{err}");
    assert!(!err.contains("aipro") && !err.contains("is not in PATH"), "{err}");
}

#[test]
fn a_further_installation_is_one_flag_away() {
    let home = Home::empty();
    let (code, _, err) = link(&home, &["hex"]);
    assert_eq!(code, 0, "{err}");
    let run = |more: &[&str]| {
        let mut command = std::process::Command::new(bin(&home).join("hex"));
        command.env_clear().env("HOME", home.path()).args(["models", "auth", "order", "get"]);
        let output = command.args(["--provider", "anthropic"]).args(more).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    // What it is told to type next leads to the same place.
    assert!(run(&["--profile", "work"]).contains("hex models auth add --provider anthropic --profile work"));
    let mut command = std::process::Command::new(bin(&home).join("hex"));
    command.env_clear().env("HOME", home.path()).args(["models", "auth", "add", "--provider", "anthropic"]);
    command.args(["--profile", "work", "--key-file"]).arg(home.path().join("key"));
    fs::write(home.path().join("key"), "sk-ant-api03-test-of-a-further-installation-5d0c").unwrap();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(home.path().join(".hex-work/agents/main/agent/auth-profiles.json").is_file());
    assert!(!home.path().join(".hex").exists());
}
