//! Who else may read or write what secrets are in, and whose it is.

use std::path::Path;

use crate::doctor::{Code, Finding, Kind, Place, Repair, Severity};
use crate::status::word;

/// What is open to others, or belongs to somebody else than the state directory at `state` does.
pub(crate) fn of_files(places: &[Place], state: &Path, us: u32) -> Vec<Finding> {
    let owner = places.iter().find(|place| place.path == state).map_or(us, |place| place.owner);
    let mut found: Vec<Finding> = places.iter().filter_map(exposed).collect();
    if owner != us {
        let what = format!("belongs to user {owner}, and this is user {us}: what is written now would belong to {us}");
        let fix = format!("run this as user {owner}");
        found.push(Finding::new(Code::OwnerDiffers, Severity::Warning, what, fix).at(state));
    }
    found.extend(places.iter().filter(|place| place.ours && place.owner != owner).map(|place| {
        let what = format!("belongs to user {}, and the state directory to user {owner}", place.owner);
        let fix = format!("chown {owner} {}", quoted(&place.path));
        Finding::new(Code::OwnerDiffers, Severity::Warning, what, fix).at(&place.path)
    }));
    found
}

fn exposed(place: &Place) -> Option<Finding> {
    let Place { path, kind, mode, owner, ours } = place;
    let (code, wanted) = match kind {
        Kind::File => (Code::FileExposed, mode & 0o600),
        Kind::Folder => (Code::FolderExposed, mode & 0o700),
        Kind::ForeignLink => {
            let what = format!("is a link that user {owner} made, and was not followed");
            let fix = "make sure that it leads where it should, and put your own in its place";
            return Some(Finding::new(Code::ForeignLink, Severity::Warning, what, fix).at(path));
        }
    };
    let who = who(*mode)?;
    // Whoever may write into a folder may put another store there; what may only be listed shows no secret.
    let grave = if *kind == Kind::File { 0o026 } else { 0o022 };
    let severity = if *ours && mode & grave != 0 { Severity::Error } else { Severity::Warning };
    let what = format!("{who} (mode {mode:04o}){}", if *ours { "" } else { "; it belongs to another program" });
    let finding = Finding::new(code, severity, what, format!("chmod {wanted:o} {}", quoted(path))).at(path);
    let repair = Repair::Mode { path: path.clone(), from: *mode, to: wanted };
    Some(finding.mended_by(ours.then_some(repair)))
}

/// What others than the owner may do; `None` where that is nothing.
fn who(mode: u32) -> Option<&'static str> {
    if mode & 0o002 != 0 {
        Some("everybody may change it")
    } else if mode & 0o020 != 0 {
        Some("its group may change it")
    } else if mode & 0o005 != 0 {
        Some("everybody may read it")
    } else if mode & 0o050 != 0 {
        Some("its group may read it")
    } else {
        None
    }
}

fn quoted(path: &Path) -> String {
    word(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn place(path: &str, kind: Kind, mode: u32, owner: u32) -> Place {
        Place { path: path.into(), kind, mode, owner, ours: true }
    }

    #[test]
    fn what_only_its_owner_can_open_is_not_told() {
        let places = [place("/s", Kind::Folder, 0o700, 7), place("/s/.env", Kind::File, 0o400, 7)];
        assert_eq!(of_files(&places, Path::new("/s"), 7), []);
    }

    #[test]
    fn the_graver_the_more_others_can_do() {
        let severity = |kind, mode| exposed(&place("/s/x", kind, mode, 7)).map(|found| (found.severity, found.fix));
        let told = |severity, fix: &str| Some((severity, fix.to_owned()));
        assert_eq!(severity(Kind::File, 0o644), told(Severity::Error, "chmod 600 /s/x"));
        assert_eq!(severity(Kind::File, 0o640), told(Severity::Warning, "chmod 600 /s/x"));
        assert_eq!(severity(Kind::Folder, 0o755), told(Severity::Warning, "chmod 700 /s/x"));
        assert_eq!(severity(Kind::Folder, 0o770), told(Severity::Error, "chmod 700 /s/x"));
    }

    #[test]
    fn an_owner_is_compared_with_that_of_the_state_directory() {
        let places = [place("/s", Kind::Folder, 0o700, 7), place("/s/.env", Kind::File, 0o600, 0)];
        let fixes: Vec<String> = of_files(&places, Path::new("/s"), 7).into_iter().map(|found| found.fix).collect();
        assert_eq!(fixes, ["chown 7 /s/.env"]);
        let whole: Vec<String> =
            of_files(&places[..1], Path::new("/s"), 0).into_iter().map(|found| found.fix).collect();
        assert_eq!(whole, ["run this as user 7"]);
    }

    #[test]
    fn a_link_of_somebody_else_is_told_and_nothing_of_it_is_changed() {
        let found = exposed(&place("/s/.env", Kind::ForeignLink, 0o777, 9)).map(|found| (found.code, found.repair));
        assert_eq!(found, Some((Code::ForeignLink, None)));
    }
}
