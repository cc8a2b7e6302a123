//! The published description of the Bot API, where it lies beside the repository.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::support::description;

/// The description: `methods` and `types`, each with its `fields`.
pub(crate) struct Schema {
    methods: Map<String, Value>,
    types: Map<String, Value>,
}

static SCHEMA: LazyLock<Option<Schema>> = LazyLock::new(|| {
    let Value::Object(mut whole) = description::read("telegram-bot-api.json")? else { panic!("it is an object") };
    let mut part = |name: &str| match whole.remove(name) {
        Some(Value::Object(part)) if part.len() > 100 => part,
        _ => panic!("`{name}` of Telegram's description is not what it was"),
    };
    Some(Schema { methods: part("methods"), types: part("types") })
});

/// The description, if it is there.
pub(crate) fn schema() -> Option<&'static Schema> {
    SCHEMA.as_ref()
}

impl Schema {
    /// Whether there is such a method.
    pub(crate) fn has_method(&self, method: &str) -> bool {
        self.methods.contains_key(method)
    }

    /// What is wrong with the parameters of a request.
    pub(crate) fn request(&self, method: &str, params: &Map<String, Value>) -> Vec<String> {
        let mut faults = Vec::new();
        let fields = self.methods.get(method).and_then(|method| method["fields"].as_array());
        self.object(method, fields.map_or(&[], Vec::as_slice), params, &mut faults);
        faults
    }

    /// What is wrong with the result of a method.
    pub(crate) fn result(&self, method: &str, result: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let types = self.methods.get(method).and_then(|method| method["returns"].as_array());
        self.value(&format!("the result of {method}"), types.map_or(&[], Vec::as_slice), result, &mut faults);
        faults
    }

    /// What is wrong with a value of that type.
    pub(crate) fn typed(&self, kind: &str, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.value(kind, &[Value::String(kind.to_owned())], value, &mut faults);
        faults
    }

    fn object(&self, at: &str, fields: &[Value], object: &Map<String, Value>, faults: &mut Vec<String>) {
        for field in fields {
            let name = field["name"].as_str().unwrap_or_default();
            match object.get(name) {
                Some(value) => {
                    let types = field["types"].as_array().map_or(&[][..], Vec::as_slice);
                    self.value(&format!("{at}.{name}"), types, value, faults);
                }
                None if field["required"] == true => faults.push(format!("{at}.{name} is missing")),
                None => {}
            }
        }
        for name in object.keys() {
            if !fields.iter().any(|field| field["name"] == name.as_str()) {
                faults.push(format!("{at}.{name}: there is no such field"));
            }
        }
    }

    /// A value has to be right as one of `types`; of those that do not fit, the one that is nearest tells why.
    fn value(&self, at: &str, types: &[Value], value: &Value, faults: &mut Vec<String>) {
        let mut nearest: Option<Vec<String>> = None;
        for kind in types.iter().filter_map(Value::as_str) {
            let mut found = Vec::new();
            self.one(at, kind, value, &mut found);
            if found.is_empty() {
                return;
            }
            if nearest.as_ref().is_none_or(|nearest| found.len() < nearest.len()) {
                nearest = Some(found);
            }
        }
        faults.extend(nearest.unwrap_or_else(|| vec![format!("{at}: nothing says what it is")]));
    }

    fn one(&self, at: &str, kind: &str, value: &Value, faults: &mut Vec<String>) {
        let plain = match kind {
            "Integer" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "String" | "InputFile" => value.is_string(),
            "Boolean" => value.is_boolean(),
            _ => {
                self.composed(at, kind, value, faults);
                return;
            }
        };
        if !plain {
            faults.push(format!("{at} is no {kind}: {value}"));
        }
    }

    fn composed(&self, at: &str, kind: &str, value: &Value, faults: &mut Vec<String>) {
        if let Some(of) = kind.strip_prefix("Array of ") {
            let Some(items) = value.as_array() else {
                faults.push(format!("{at} is no list: {value}"));
                return;
            };
            for (number, item) in items.iter().enumerate() {
                self.value(&format!("{at}[{number}]"), &[Value::String(of.to_owned())], item, faults);
            }
            return;
        }
        let Some(described) = self.types.get(kind) else {
            faults.push(format!("{at}: there is no type {kind}"));
            return;
        };
        if let Some(subtypes) = described["subtypes"].as_array() {
            self.value(at, subtypes, value, faults);
            return;
        }
        let Some(object) = value.as_object() else {
            faults.push(format!("{at} is no {kind}: {value}"));
            return;
        };
        self.object(at, described["fields"].as_array().map_or(&[], Vec::as_slice), object, faults);
    }
}
