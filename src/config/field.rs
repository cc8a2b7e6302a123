//! One value of the configuration, and the key it stands at.

use serde_json::{Map, Value};

use crate::config::KeyFault;

/// One value of the configuration, and the key it stands at. `null` is as good as no value.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    key: String,
    value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    /// The whole configuration.
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { key: String::new(), value: Some(value) }
    }

    /// The value of `name` inside; absent where this one is.
    ///
    /// # Errors
    ///
    /// This value is no object.
    pub(crate) fn get(&self, name: &str) -> Result<Self, KeyFault> {
        Ok(self.inside(name, self.object()?.and_then(|object| object.get(name))))
    }

    /// Every member, none where this value is absent.
    ///
    /// # Errors
    ///
    /// This value is no object.
    pub(crate) fn members(&self) -> Result<Vec<(&'a str, Self)>, KeyFault> {
        let members = self.object()?.into_iter().flatten();
        Ok(members.map(|(name, value)| (name.as_str(), self.inside(name, Some(value)))).collect())
    }

    /// Every element, `None` where this value is absent.
    ///
    /// # Errors
    ///
    /// This value is no list.
    pub(crate) fn elements(&self) -> Result<Option<Vec<Self>>, KeyFault> {
        match self.present() {
            None => Ok(None),
            Some(Value::Array(values)) => {
                let element = |(at, value)| Self { key: format!("{}[{at}]", self.key), value: Some(value) };
                Ok(Some(values.iter().enumerate().map(element).collect()))
            }
            Some(_) => Err(self.wrong("a list")),
        }
    }

    /// The value as text.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub(crate) fn text(&self) -> Result<Option<&'a str>, KeyFault> {
        match self.present() {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong("text")),
        }
    }

    /// The value as text of its own.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub(crate) fn string(&self) -> Result<Option<String>, KeyFault> {
        Ok(self.text()?.map(str::to_owned))
    }

    /// A list of ids: texts, or the bare numbers that people write for the ids of chats.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub(crate) fn ids(&self) -> Result<Option<Vec<String>>, KeyFault> {
        let Some(elements) = self.elements()? else { return Ok(None) };
        let id = |element: Self| match element.value {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(element.wrong("an id: text or a number")),
        };
        elements.into_iter().map(id).collect::<Result<_, _>>().map(Some)
    }

    /// The value as true or false.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub(crate) fn flag(&self) -> Result<Option<bool>, KeyFault> {
        match self.present() {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.wrong("true or false")),
        }
    }

    /// The value as a whole number from `least` to `most`.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub(crate) fn whole(&self, least: i64, most: i64, expected: &'static str) -> Result<Option<i64>, KeyFault> {
        let Some(value) = self.present() else { return Ok(None) };
        let whole = value.as_i64().filter(|number| (least..=most).contains(number));
        whole.map(Some).ok_or_else(|| self.wrong(expected))
    }

    /// The value as a number above zero.
    ///
    /// # Errors
    ///
    /// It is something else.
    pub(crate) fn positive(&self) -> Result<Option<f64>, KeyFault> {
        let Some(value) = self.present() else { return Ok(None) };
        let number = value.as_f64().filter(|number| number.is_finite() && *number > 0.0);
        number.map(Some).ok_or_else(|| self.wrong("a number above 0"))
    }

    /// The value, if there is one.
    pub(crate) fn present(&self) -> Option<&'a Value> {
        self.value.filter(|value| !value.is_null())
    }

    /// That this value is not what was expected.
    pub(crate) fn wrong(&self, expected: &'static str) -> KeyFault {
        let found = match self.value {
            None | Some(Value::Null) => "nothing",
            Some(Value::Bool(_)) => "true or false",
            Some(Value::Number(_)) => "a number",
            Some(Value::String(_)) => "text",
            Some(Value::Array(_)) => "a list",
            Some(Value::Object(_)) => "an object",
        };
        let key = if self.key.is_empty() { "the configuration".to_owned() } else { self.key.clone() };
        KeyFault { key, expected, found }
    }

    fn inside(&self, name: &str, value: Option<&'a Value>) -> Self {
        Self { key: joined(&self.key, name), value }
    }

    fn object(&self) -> Result<Option<&'a Map<String, Value>>, KeyFault> {
        match self.present() {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(self.wrong("an object")),
        }
    }
}

/// The dotted key of `name` inside `key`.
pub(crate) fn joined(key: &str, name: &str) -> String {
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}
