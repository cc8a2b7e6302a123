//! Looking at a value as one of a described kind.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A look at values, and what is wrong with them.
pub(super) struct Check<'a> {
    schema: &'a Value,
    pub(super) faults: Vec<String>,
}

impl<'a> Check<'a> {
    pub(super) fn new(schema: &'a Value) -> Self {
        Self { schema, faults: Vec::new() }
    }

    /// Looks at the value at `place`, which is to be of that kind.
    pub(super) fn value(&mut self, place: &str, kind: &'a Value, value: &Value) {
        let kind = self.resolved(kind);
        if !self.is_of_type(place, kind, value) {
            return;
        }
        if !kind["const"].is_null() && kind["const"] != *value {
            self.fault(place, format_args!("is {value}, and not {}", kind["const"]));
        }
        if kind["enum"].as_array().is_some_and(|allowed| !allowed.contains(value)) {
            self.fault(place, format_args!("is {value}, and none of {}", kind["enum"]));
        }
        for whole in kind["allOf"].as_array().into_iter().flatten() {
            self.value(place, whole, value);
        }
        for several in ["oneOf", "anyOf"] {
            if let Some(kinds) = kind[several].as_array() {
                self.one_of(place, kinds, value);
            }
        }
        match value {
            Value::Object(fields) => self.object(place, kind, fields),
            Value::Array(values) => self.array(place, kind, values),
            Value::String(text) => self.text(place, kind, text),
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                let below = kind["minimum"].as_f64().is_some_and(|least| number < least);
                let above = kind["maximum"].as_f64().is_some_and(|most| number > most);
                if below || above {
                    self.fault(place, format_args!("is {number}, and not {} to {}", kind["minimum"], kind["maximum"]));
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn is_of_type(&mut self, place: &str, kind: &Value, value: &Value) -> bool {
        let types: Vec<&str> = match &kind["type"] {
            Value::String(one) => vec![one],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return true,
        };
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let fits = types.contains(&is) || is == "integer" && types.contains(&"number");
        if !fits {
            self.fault(place, format_args!("is {is}, and not {}", types.join(" or ")));
        }
        fits
    }

    /// Of several kinds, the one that is meant tells what is wrong: that of the same `type`, or else the nearest.
    fn one_of(&mut self, place: &str, kinds: &'a [Value], value: &Value) {
        let tried = kinds.iter().map(|kind| {
            let mut check = Check::new(self.schema);
            let resolved = self.resolved(kind);
            check.value(place, resolved, value);
            let is_other = !Check::new(self.schema).is_of_type(place, resolved, value);
            let is_meant = !value["type"].is_null() && resolved["properties"]["type"]["enum"][0] == value["type"];
            ((!check.faults.is_empty(), is_other, !is_meant, check.faults.len()), check.faults)
        });
        let nearest = tried.min_by_key(|(distance, _)| *distance);
        self.faults.extend(nearest.map(|(_, faults)| faults).unwrap_or_default());
    }

    fn object(&mut self, place: &str, kind: &'a Value, fields: &Map<String, Value>) {
        let known = kind["properties"].as_object();
        let others = &kind["additionalProperties"];
        for (name, value) in fields {
            match known.and_then(|known| known.get(name)) {
                Some(kind) => self.value(&format!("{place}.{name}"), kind, value),
                None if others.is_object() => self.value(&format!("{place}.{name}"), others, value),
                None if known.is_some() && others != &Value::Bool(true) => {
                    self.fault(place, format_args!("has no `{name}`"));
                }
                None => {}
            }
        }
        for required in kind["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(required) {
                self.fault(place, format_args!("lacks `{required}`"));
            }
        }
    }

    fn array(&mut self, place: &str, kind: &'a Value, values: &[Value]) {
        self.length(place, "Items", kind, values.len());
        let different: BTreeSet<String> = values.iter().map(Value::to_string).collect();
        if kind["uniqueItems"] == true && different.len() < values.len() {
            self.fault(place, format_args!("has something twice"));
        }
        for (at, value) in values.iter().enumerate() {
            self.value(&format!("{place}[{at}]"), &kind["items"], value);
        }
    }

    fn text(&mut self, place: &str, kind: &Value, text: &str) {
        self.length(place, "Length", kind, text.chars().count());
        let fits = match kind["format"].as_str() {
            Some("snowflake") => text.parse::<u64>().is_ok_and(|id| id.to_string() == text),
            Some("uri") => url::Url::parse(text).is_ok(),
            _ => true,
        };
        if !fits {
            self.fault(place, format_args!("is no {}", kind["format"]));
        }
    }

    fn length(&mut self, place: &str, of: &str, kind: &Value, length: usize) {
        let limit = |which: &str| kind[format!("{which}{of}")].as_u64().and_then(|limit| usize::try_from(limit).ok());
        if limit("min").is_some_and(|least| length < least) || limit("max").is_some_and(|most| length > most) {
            self.fault(place, format_args!("is of {length}, and not {:?} to {:?}", limit("min"), limit("max")));
        }
    }

    fn resolved(&self, kind: &'a Value) -> &'a Value {
        let mut kind = kind;
        while let Some(name) = kind["$ref"].as_str() {
            kind = self.schema.pointer(name.trim_start_matches('#')).expect("what is named is there");
        }
        kind
    }

    fn fault(&mut self, place: &str, what: std::fmt::Arguments<'_>) {
        self.faults.push(format!("{place} {what}"));
    }
}
