//! The published description of Discord's API, where it lies beside the repository.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

static SCHEMA: LazyLock<Option<Value>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas/discord-openapi.json");
    let Ok(text) = std::fs::read(&path) else {
        println!("NOT CHECKED: requests, against Discord's own description: no {}", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).expect("the description of Discord's API is JSON"))
});

/// What is wrong with a request: a path or a method that is not there, or a field that Discord does not know.
pub(super) fn faults(method: &str, path: &str, body: &Value) -> Vec<String> {
    let Some(schema) = SCHEMA.as_ref() else { return Vec::new() };
    let paths = schema["paths"].as_object().expect("it has paths");
    let fits = |template: &str| {
        let (wanted, found): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let alike = |(wanted, found): (&&str, &&str)| wanted.starts_with('{') || wanted == found;
        wanted.len() == found.len() && wanted.iter().zip(&found).all(alike)
    };
    // A path that is written out goes before one with a place for anything.
    let template = paths.keys().filter(|template| fits(template)).min_by_key(|template| template.matches('{').count());
    let Some(template) = template else { return vec!["the description knows no such path".to_owned()] };
    let call = &paths[template][method.to_lowercase()];
    if call.is_null() {
        return vec![format!("the description knows no {method} of {template}")];
    }
    let mut faults = Vec::new();
    if !body.is_null() {
        check(schema, "body", &call["requestBody"]["content"]["application/json"]["schema"], body, &mut faults);
    }
    faults
}

/// Looks at a value as one of that kind: whether its fields are known, and its type and length are as described.
fn check(schema: &Value, place: &str, kind: &Value, value: &Value, faults: &mut Vec<String>) {
    let kind = resolved(schema, kind);
    for several in ["oneOf", "anyOf"] {
        if let Some(kinds) = kind[several].as_array() {
            let tried = kinds.iter().map(|kind| {
                let mut faults = Vec::new();
                check(schema, place, kind, value, &mut faults);
                faults
            });
            // The nearest of them tells what is wrong.
            faults.extend(tried.min_by_key(Vec::len).unwrap_or_default());
            return;
        }
    }
    if let Some([one]) = kind["allOf"].as_array().map(Vec::as_slice) {
        return check(schema, place, one, value, faults);
    }
    let types: Vec<&str> = match &kind["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => return,
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = types.contains(&is) || is == "integer" && types.contains(&"number");
    if !fits {
        faults.push(format!("{place} is {is}, and not {}", types.join(" or ")));
        return;
    }
    match value {
        Value::Object(fields) => {
            let known = kind["properties"].as_object();
            for (name, value) in fields {
                match known.and_then(|known| known.get(name)) {
                    Some(kind) => check(schema, &format!("{place}.{name}"), kind, value, faults),
                    None if known.is_some() => faults.push(format!("{place} has no `{name}`")),
                    None => {}
                }
            }
            for required in kind["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !fields.contains_key(required) {
                    faults.push(format!("{place} lacks `{required}`"));
                }
            }
        }
        Value::Array(values) => {
            if kind["maxItems"].as_u64().is_some_and(|most| values.len() as u64 > most) {
                faults.push(format!("{place} has {} entries", values.len()));
            }
            for (at, value) in values.iter().enumerate() {
                check(schema, &format!("{place}[{at}]"), &kind["items"], value, faults);
            }
        }
        Value::String(text) => {
            if kind["maxLength"].as_u64().is_some_and(|most| text.chars().count() as u64 > most) {
                faults.push(format!("{place} is too long"));
            }
            if kind["const"].is_string() && kind["const"] != *value {
                faults.push(format!("{place} is not {}", kind["const"]));
            }
        }
        Value::Number(_) => {
            if kind["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
                faults.push(format!("{place} is {value}"));
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn resolved<'a>(schema: &'a Value, kind: &'a Value) -> &'a Value {
    let mut kind = kind;
    while let Some(name) = kind["$ref"].as_str() {
        kind = schema.pointer(name.trim_start_matches('#')).expect("what is named is there");
    }
    kind
}
