//! The published description of Discord's API, where it lies beside the repository.
//!
//! Stricter than JSON Schema is: a field that the description does not know is a fault too, for Discord passes over it, and
//! whatever it was meant to do is not done.

mod check;

use std::sync::LazyLock;

use serde_json::Value;

use crate::support::description;
use crate::support::discord::schema::check::Check;

static SCHEMA: LazyLock<Option<Value>> = LazyLock::new(|| description::read("discord-openapi.json"));

/// A call, as the description knows it.
struct Known {
    schema: &'static Value,
    /// What belongs to the path, whatever is done with it.
    path: &'static Value,
    call: &'static Value,
}

/// Whether there is a description to check against.
pub(crate) fn is_there() -> bool {
    SCHEMA.is_some()
}

/// What is wrong with a request: a path, a method, a parameter or a field that is not there, or a value that is not taken.
/// `path` is without its query.
pub(crate) fn request(method: &str, path: &str, query: &str, body: &Value) -> Vec<String> {
    let known = match known(method, path) {
        None => return Vec::new(),
        Some(Err(fault)) => return vec![fault],
        Some(Ok(known)) => known,
    };
    let mut check = Check::new(known.schema);
    let parameters: Vec<&Value> =
        [known.path, known.call].iter().flat_map(|part| part["parameters"].as_array().into_iter().flatten()).collect();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match parameters.iter().find(|parameter| parameter["in"] == "query" && parameter["name"] == *name) {
            Some(parameter) => {
                // What stands in an address is text; numbers are meant by their digits.
                let value = match value.parse::<u64>() {
                    Ok(number) if parameter["schema"]["type"] == "integer" => Value::from(number),
                    _ => Value::from(value.into_owned()),
                };
                check.value(&format!("?{name}"), &parameter["schema"], &value);
            }
            None => check.faults.push(format!("it takes no parameter `{name}`")),
        }
    }
    let taken = &known.call["requestBody"];
    match (taken.is_null(), body.is_null()) {
        (true, false) => check.faults.push("it takes no body".to_owned()),
        (false, true) if taken["required"] == true => check.faults.push("it lacks its body".to_owned()),
        (false, false) => check.value("body", &taken["content"]["application/json"]["schema"], body),
        (_, true) => {}
    }
    check.faults
}

/// What is wrong with an answer of the fake's own.
pub(crate) fn answer(method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
    let Some(Ok(known)) = known(method, path) else { return Vec::new() };
    let described = &known.call["responses"][status.to_string()];
    if described.is_null() {
        // Refusals are all alike.
        let is_refusal = status == 429 || body["code"].is_u64() && body["message"].is_string();
        return if status >= 400 && is_refusal || status >= 500 {
            Vec::new()
        } else {
            vec![format!("the description knows no answer {status}")]
        };
    }
    let mut check = Check::new(known.schema);
    let kind = &described["content"]["application/json"]["schema"];
    if !kind.is_null() {
        check.value("answer", kind, body);
    }
    check.faults
}

/// The call of that method and path; `None` where there is no description.
fn known(method: &str, path: &str) -> Option<Result<Known, String>> {
    let schema = SCHEMA.as_ref()?;
    let paths = schema["paths"].as_object().expect("it has paths");
    let fits = |template: &str| {
        let (wanted, found): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let alike = |(wanted, found): (&&str, &&str)| wanted.starts_with('{') || wanted == found;
        wanted.len() == found.len() && wanted.iter().zip(&found).all(alike)
    };
    // A path that is written out goes before one with a place for anything.
    let template = paths.keys().filter(|template| fits(template)).min_by_key(|template| template.matches('{').count());
    let Some(template) = template else { return Some(Err("the description knows no such path".to_owned())) };
    let path = &paths[template];
    let call = &path[method.to_lowercase()];
    if call.is_null() {
        return Some(Err(format!("the description knows no {method} of {template}")));
    }
    Some(Ok(Known { schema, path, call }))
}
