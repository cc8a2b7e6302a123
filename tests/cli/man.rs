//! Manual pages and completions, read by what reads them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cli::support::{Home, ended};

/// Where a program is, if it is here; says so aloud if it is not.
fn there(program: &str) -> bool {
    let found = ["/usr/bin", "/bin", "/usr/local/bin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !found {
        println!("SKIPPED: {program} is not here");
    }
    found
}

#[test]
fn there_is_a_page_for_every_command_and_it_reads_well() {
    let home = Home::of_program("epiloop");
    let pages = home.json(&["man", "man1"]);
    let names: Vec<&str> = pages["pages"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    for wanted in ["epiloop.1", "epiloop-chat.1", "epiloop-models.1", "epiloop-models-auth-order-set.1"] {
        assert!(names.contains(&wanted), "{wanted} is not among {names:?}");
    }
    let written = |name: &str| fs::read(home.path().join("man1").join(name)).unwrap();
    let before: Vec<_> = names.iter().map(|name| written(name)).collect();
    home.json(&["man", "man1"]);
    assert!(names.iter().zip(before).all(|(name, before)| written(name) == before), "the same again");
    assert_eq!(home.run(&["man"]).out.into_bytes(), written("epiloop.1"));
    if there("groff") {
        for name in &names {
            let mut command = Command::new("groff");
            command.args(["-man", "-Kutf8", "-Tutf8", "-P-cbou", "-ww"]).arg(home.path().join("man1").join(name));
            let read = ended(command, b"");
            assert_eq!((read.code, read.err.as_str()), (0, ""), "{name}");
            assert!(read.out.contains("SYNOPSIS"), "{name}: {}", read.out);
        }
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let home = Home::empty();
    fs::write(home.path().join("file"), "").unwrap();
    let ended = home.run(&["man", "file/man1"]);
    assert_eq!(ended.code, 70);
    assert!(ended.err.contains("file/man1"), "{}", ended.err);
}

#[test]
fn completions_are_taken_by_the_shells_they_are_for() {
    let home = Home::empty();
    for (shell, ask) in [
        (
            "bash",
            "source ./script; COMP_WORDS=(modelpin models auth or); COMP_CWORD=3; _modelpin modelpin or auth; echo \"${COMPREPLY[*]}\"",
        ),
        ("zsh", "autoload -U compinit; compinit -D -u; source ./script; echo order${_comps[modelpin]:+}"),
        ("fish", "source ./script; complete -C 'modelpin models auth or'"),
    ] {
        let script = home.run(&["completions", shell]);
        assert_eq!(script.code, 0);
        fs::write(home.path().join("script"), script.out).unwrap();
        if !there(shell) {
            continue;
        }
        let mut command = Command::new(shell);
        command.env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin").current_dir(home.path());
        let said = ended(
            {
                command.args(["-c", ask]);
                command
            },
            b"",
        );
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{shell}: {}", said.out);
        assert!(said.out.contains("order"), "{shell}: {}", said.out);
    }
}
