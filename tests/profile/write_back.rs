//! A renewed login, put back into Claude Code's file by comparing and swapping.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use modelpin::profile::{Fingerprint, RenewedGrant, StoreFileFault, Swapped, can_write_back, write_back};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::json;

use crate::profile::external::{CLAUDE, NOW, claude, put};
use crate::profile::support::{Home, json as read_json};

/// What the refresh token of that login was exchanged for.
fn renewed(name: &str) -> RenewedGrant {
    RenewedGrant {
        used: used(name),
        access: SecretString::from("sk-test-access-renewed"),
        refresh: Some(SecretString::from("sk-test-refresh-renewed")),
        expires: Timestamp::from_second(NOW + 9999).unwrap(),
    }
}

fn used(name: &str) -> Fingerprint {
    Fingerprint::of(&SecretString::from(format!("sk-test-refresh-{name}")))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[rstest]
#[case(0o400)]
#[case(0o600)]
#[case(0o640)]
fn a_renewed_login_changes_three_values_and_nothing_else(#[case] bits: u32) {
    let home = Home::empty();
    let file = put(&home, CLAUDE, &claude("a", 60));
    fs::set_permissions(&file, fs::Permissions::from_mode(bits)).unwrap();
    assert_eq!(can_write_back(&file, &used("a")), Ok(true));
    assert_eq!(write_back(&file, &renewed("a")), Ok(Swapped::Done));
    let mut expected = claude("a", 9999);
    expected["claudeAiOauth"]["accessToken"] = json!("sk-test-access-renewed");
    expected["claudeAiOauth"]["refreshToken"] = json!("sk-test-refresh-renewed");
    assert_eq!(fs::read_to_string(&file).unwrap(), expected.to_string(), "the order of the keys and the format, too");
    assert_eq!(mode(&file), bits);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left behind");
    // Whoever comes with the token of before is late.
    assert_eq!(write_back(&file, &renewed("a")), Ok(Swapped::Superseded));
    assert_eq!(can_write_back(&file, &used("a")), Ok(false));
}

#[test]
fn a_newer_login_and_a_logout_are_left_alone() {
    let home = Home::empty();
    let file = put(&home, CLAUDE, &claude("newer", 60));
    for content in [claude("newer", 60), json!({"mcpOAuth": {}}), json!({"claudeAiOauth": null})] {
        fs::write(&file, content.to_string()).unwrap();
        let before = fs::metadata(&file).unwrap();
        assert_eq!(write_back(&file, &renewed("a")), Ok(Swapped::Superseded));
        let after = fs::metadata(&file).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), content.to_string());
        assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()), "0 writes");
    }
    fs::remove_file(&file).unwrap();
    assert_eq!(write_back(&file, &renewed("a")), Ok(Swapped::Superseded));
    assert!(!file.exists(), "a login that is gone is not brought back");
    fs::write(&file, "{").unwrap();
    let fault = write_back(&file, &renewed("a")).unwrap_err();
    assert!(matches!(fault, StoreFileFault::Corrupt { .. }), "{fault}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "{");
}

/// Claude Code writes in place: a token must not be lost because its file is unfinished in that very moment.
#[test]
fn a_file_that_is_being_written_is_waited_for() {
    let home = Home::empty();
    let file = put(&home, CLAUDE, &claude("a", 60));
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let writer = std::thread::spawn({
        let file = file.clone();
        move || {
            std::thread::sleep(Duration::from_millis(50));
            fs::write(file, whole).unwrap();
        }
    });
    assert_eq!(write_back(&file, &renewed("a")), Ok(Swapped::Done));
    writer.join().unwrap();
    assert_eq!(read_json(&file)["claudeAiOauth"]["accessToken"], "sk-test-access-renewed");
}

/// A bot that runs as root must not take the file away from the person whose login it is.
#[test]
fn the_file_stays_its_owners() {
    let home = Home::empty();
    let file = put(&home, CLAUDE, &claude("a", 60));
    let own = fs::metadata(&file).unwrap();
    // Only root may give files away; for everybody else it is their own before and after.
    let (uid, gid) = if own.uid() == 0 { (12_345, 54_321) } else { (own.uid(), own.gid()) };
    std::os::unix::fs::chown(&file, Some(uid), Some(gid)).unwrap();
    assert_eq!(write_back(&file, &renewed("a")), Ok(Swapped::Done));
    let after = fs::metadata(&file).unwrap();
    assert_eq!((after.uid(), after.gid()), (uid, gid));
}

#[test]
fn a_link_stays_a_link_and_lines_stay_lines() {
    let home = Home::empty();
    let file = put(&home, "dotfiles/credentials.json", &json!(null));
    fs::write(&file, format!("{:#}\n", claude("a", 60))).unwrap();
    let link = home.path().join("link.json");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let same = RenewedGrant { refresh: None, ..renewed("a") };
    assert_eq!(write_back(&link, &same), Ok(Swapped::Done));
    assert!(link.is_symlink());
    let mut expected = claude("a", 9999);
    expected["claudeAiOauth"]["accessToken"] = json!("sk-test-access-renewed");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("{expected:#}\n"), "the old refresh token stays good");
}
