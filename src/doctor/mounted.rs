//! Stores on file systems that other machines may have mounted.

use std::path::PathBuf;

use crate::doctor::{Code, Finding, Severity};
use crate::mounts::Mounts;

/// Those of the stores at `stores`.
pub(crate) fn of_mounted(stores: &[PathBuf], mounts: &Mounts) -> Vec<Finding> {
    let fix = "keep it on a disk of this machine; for several machines there is `auth.store: \"database\"`";
    let there = stores.iter().filter(|store| store.exists());
    let shared = there.filter_map(|store| Some((store, mounts.remark(store)?)));
    shared.map(|(store, what)| Finding::new(Code::StoreShared, Severity::Warning, what, fix).at(store)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_other_machines_may_have_mounted_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (here, missing) = (folder.path().join("auth-profiles.json"), folder.path().join("none.json"));
        std::fs::OpenOptions::new().create_new(true).write(true).open(&here).unwrap();
        let place = std::fs::canonicalize(folder.path()).unwrap();
        let mounted = |kind| Mounts::parse(&format!("1 1 0:1 / {} rw - {kind} nas:/bot rw", place.display()));
        let found = of_mounted(&[here.clone(), missing], &mounted("nfs4"));
        let told: Vec<String> = found.iter().map(|finding| format!("{finding:?}")).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("is on nfs4") && told[0].contains("auth-profiles.json"), "{told:?}");
        assert!(of_mounted(&[here], &mounted("ext4")).is_empty());
    }
}
