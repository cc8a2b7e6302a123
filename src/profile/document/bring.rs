//! Bringing one store into another, with everything in it.

use serde::Serialize;
use serde_json::Value;

use crate::profile::document::entry;
use crate::profile::{Document, Presence, ProfileId};

/// What became, or would become, of everything in a store that is brought into another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Moved {
    /// The profiles that were not there.
    pub added: Vec<String>,
    /// Those that had another content there, and have this one now.
    pub replaced: Vec<String>,
    /// Those that are there already.
    pub present: Vec<String>,
    /// Those that have another content there. Unless they are to be replaced, nothing at all is brought.
    pub differing: Vec<String>,
    /// Logins that were renewed there since: what is brought was good once, and stays out whatever was asked for.
    pub outdated: Vec<String>,
    /// What else has another content there, and stays: dotted keys.
    pub kept: Vec<String>,
}

/// What is noted about the use of profiles, and is newer where they are used.
const NOTES: [&str; 2] = ["lastGood", "usageStats"];

impl Document {
    /// Brings everything that is in `from` into this document, both with their secrets open. What is here stays; a profile
    /// that is here with another content is replaced if `replace` says so, else nothing is brought.
    pub(crate) fn bring(&mut self, from: &Self, replace: bool) -> Moved {
        let was = self.clone();
        let mut moved = Moved::default();
        let profiles = from.section("profiles").into_iter().flatten();
        for (id, new) in profiles {
            self.bring_profile(id, new, replace, &mut moved);
        }
        if !moved.differing.is_empty() {
            *self = was;
            return moved;
        }
        if was.presence == Presence::Missing {
            // As it is there, with every key in its place.
            self.clone_from(from);
            return moved;
        }
        for (name, new) in &from.root {
            match (name.as_str(), new) {
                ("profiles" | "version", _) => {}
                (_, Value::Object(fields)) if self.section(name).is_some() => {
                    for (key, new) in fields {
                        let here = self.section(name).and_then(|section| section.get(key)).cloned();
                        let noted = NOTES.contains(&name.as_str());
                        // What was noted about another secret says nothing about this one.
                        let over = if noted { moved.replaced.contains(key) } else { replace };
                        if here.is_none() || (over && here.as_ref() != Some(new)) {
                            self.change_section(name, |section| section.insert(key.clone(), new.clone()));
                        } else if !noted && here.as_ref() != Some(new) {
                            moved.kept.push(format!("{name}.{key}"));
                        }
                    }
                }
                (name, new) => match self.root.get(name) {
                    Some(here) if here == new => {}
                    Some(_) if !replace => moved.kept.push(name.to_owned()),
                    Some(_) | None => drop(self.root.insert(name.to_owned(), new.clone())),
                },
            }
        }
        moved
    }

    fn bring_profile(&mut self, id: &str, new: &Value, replace: bool, moved: &mut Moved) {
        let here = self.section("profiles").and_then(|profiles| profiles.get(id)).cloned();
        let list = match here {
            None => &mut moved.added,
            Some(here) if here == *new => return moved.present.push(id.to_owned()),
            Some(here) if entry::is_later_login(&here, new) => return moved.outdated.push(id.to_owned()),
            Some(_) if !replace => return moved.differing.push(id.to_owned()),
            Some(_) => {
                if let Some(id) = ProfileId::new(id) {
                    self.clear_usage(&id);
                }
                &mut moved.replaced
            }
        };
        list.push(id.to_owned());
        self.change_section("profiles", |profiles| profiles.insert(id.to_owned(), new.clone()));
        self.presence = Presence::Present;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use crate::profile::Document;

    fn document(value: &Value) -> Document {
        Document::parse(value.to_string().as_bytes(), Path::new("x")).unwrap()
    }

    #[test]
    fn what_is_not_there_comes_along_and_what_is_there_stays() {
        let from = json!({
            "version": 1, "later": {"a": 1}, "profiles": {"p:a": {"key": "1", "x": []}, "p:b": {"key": "2"}},
            "order": {"p": ["p:b"]}, "usageStats": {"p:a": {"n": 1}},
        });
        let here = json!({"version": 1, "profiles": {"p:b": {"key": "2"}}, "order": {"p": ["p:a"], "q": []}});
        let mut brought = document(&here);
        let moved = brought.bring(&document(&from), false);
        assert_eq!(
            (moved.added, moved.present, moved.kept),
            (vec!["p:a".into()], vec!["p:b".into()], vec!["order.p".into()])
        );
        let wanted = json!({
            "version": 1, "profiles": {"p:b": {"key": "2"}, "p:a": {"key": "1", "x": []}},
            "order": {"p": ["p:a"], "q": []}, "later": {"a": 1}, "usageStats": {"p:a": {"n": 1}},
        });
        assert_eq!(brought, document(&wanted));
        let again = brought.clone().bring(&document(&from), false);
        assert_eq!((again.added.len(), again.present.len()), (0, 2));
        let mut nothing = Document::missing();
        nothing.bring(&document(&from), false);
        assert_eq!(nothing.into_bytes(), document(&from).into_bytes());
    }

    #[test]
    fn another_content_is_replaced_when_that_is_said_and_else_nothing_comes() {
        let from =
            document(&json!({"profiles": {"p:a": {"key": "new"}, "p:b": {"key": "2"}}, "order": {"p": ["p:b"]}}));
        let here = json!({
            "profiles": {"p:a": {"key": "old"}}, "order": {"p": ["p:a"]}, "usageStats": {"p:a": {"errorCount": 3}},
        });
        let mut brought = document(&here);
        assert_eq!(brought.bring(&from, false).differing, ["p:a"]);
        assert_eq!(brought, document(&here));
        assert_eq!(brought.bring(&from, true).replaced, ["p:a"]);
        assert_eq!(brought.section("profiles").unwrap()["p:a"], json!({"key": "new"}));
        assert_eq!(brought.section("order").unwrap()["p"], json!(["p:b"]));
        assert!(brought.section("usageStats").is_none(), "that was about the old one");
    }
}
