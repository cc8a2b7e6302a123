//! Bringing together what two writers made of one document.

use serde_json::{Map, Value};

/// `ours`, with whatever was added or changed between `base` and `theirs`.
///
/// Objects are merged key by key. Where both changed the same value ours stays: it is what the file holds now, and so the
/// newer one. What is missing from theirs stays as well: a writer that ignores locks is more likely to have read before
/// it was there than to have taken it away, and a credential too many is better than one lost.
pub(crate) fn three_way(base: &Value, theirs: &Value, ours: &Value) -> Value {
    if theirs == base {
        return ours.clone();
    }
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            let nothing = Map::new();
            Value::Object(objects(base.as_object().unwrap_or(&nothing), theirs, ours))
        }
        (theirs, ours) => {
            if ours == base {
                theirs.clone()
            } else {
                ours.clone()
            }
        }
    }
}

fn objects(base: &Map<String, Value>, theirs: &Map<String, Value>, ours: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = Map::new();
    for (key, mine) in ours {
        let both = theirs.get(key).map(|other| three_way(base.get(key).unwrap_or(&Value::Null), other, mine));
        merged.insert(key.clone(), both.unwrap_or_else(|| mine.clone()));
    }
    for (key, other) in theirs {
        // What was there before and is not here now was taken away.
        if !ours.contains_key(key) && !base.contains_key(key) {
            merged.insert(key.clone(), other.clone());
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_sides_are_kept() {
        let base = json!({"p": {"a": 1, "b": 2, "c": 3}, "x": 1});
        let theirs = json!({"p": {"a": 1, "b": 20, "r": 9}, "x": 1, "y": 2});
        let ours = json!({"p": {"a": 10, "b": 2, "c": 3, "o": 7}});
        assert_eq!(
            three_way(&base, &theirs, &ours),
            json!({"p": {"a": 10, "b": 20, "c": 3, "o": 7, "r": 9}, "y": 2}),
            "each key as the side left it that changed it"
        );
    }

    #[test]
    fn a_value_that_both_changed_stays_ours() {
        assert_eq!(three_way(&json!({"k": 1}), &json!({"k": 2}), &json!({"k": 3})), json!({"k": 3}));
        assert_eq!(three_way(&json!({"k": 1}), &json!({"k": 2}), &json!({})), json!({}));
        assert_eq!(
            three_way(&json!({}), &json!({"k": {"a": 1}}), &json!({"k": {"b": 1}})),
            json!({"k": {"b": 1, "a": 1}})
        );
    }
}
