//! Who may depend on whom.

use std::process::Command;

use serde_json::Value;

use crate::architecture::sources::root;

/// A package of the workspace.
struct Package {
    name: String,
    /// Its folder, from the root.
    folder: String,
    dependencies: Vec<Dependency>,
}

/// One line of a manifest.
struct Dependency {
    name: String,
    /// `normal`, `dev` or `build`.
    kind: String,
    optional: bool,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let dependency = |value: &Value| Dependency {
        name: text(&value["name"]),
        kind: value["kind"].as_str().unwrap_or("normal").to_owned(),
        optional: value["optional"] == true,
    };
    let root = root().to_string_lossy().into_owned();
    let packages: Vec<Package> = list(&metadata["packages"])
        .iter()
        .map(|package| Package {
            name: text(&package["name"]),
            folder: text(&package["manifest_path"])
                .trim_start_matches(&root)
                .trim_end_matches("Cargo.toml")
                .trim_matches(['/', '\\'])
                .to_owned(),
            dependencies: list(&package["dependencies"]).iter().map(dependency).collect(),
        })
        .collect();
    assert!(packages.len() >= 3, "a workspace of {} packages", packages.len());
    packages
}

#[test]
fn the_vocabulary_depends_on_nothing() {
    for Package { name, dependencies, .. } in packages() {
        if name == "modelpin-chat" {
            let names: Vec<String> = dependencies.into_iter().map(|dependency| dependency.name).collect();
            assert_eq!(names, [""; 0], "modelpin-chat is the words alone");
            return;
        }
    }
    panic!("modelpin-chat is not in the workspace");
}

/// What an adapter may know of ours: the words, and what every platform does with what comes in. That knows the words alone.
const KNOWN: [&str; 2] = ["modelpin-chat", "modelpin-delivery"];

#[test]
fn an_adapter_knows_the_vocabulary_and_nothing_else_of_ours() {
    for Package { name, folder, dependencies } in packages() {
        if !folder.starts_with("adapters") {
            continue;
        }
        let known = if name == "modelpin-delivery" { &KNOWN[..1] } else { &KNOWN[..] };
        for Dependency { name: other, .. } in dependencies {
            let ours = other.starts_with("modelpin");
            assert!(!ours || known.contains(&other.as_str()), "{name} depends on {other}: it may know {known:?}");
        }
    }
}

#[test]
fn the_bare_engine_carries_no_adapter() {
    for Package { name, dependencies, .. } in packages() {
        if name != "modelpin" {
            continue;
        }
        for Dependency { name: other, kind, optional } in dependencies {
            let adapter = other.starts_with("modelpin-") && other != "modelpin-chat";
            assert!(!adapter || kind != "normal" || optional, "{other} is no option: a bot author has to carry it");
        }
        return;
    }
    panic!("the root package is not called modelpin");
}

#[test]
fn every_adapter_lies_in_its_folder() {
    for Package { name, folder, .. } in packages() {
        if let Some(short) = name.strip_prefix("modelpin-") {
            assert_eq!(folder.replace('\\', "/"), format!("adapters/{short}"));
        }
    }
}
