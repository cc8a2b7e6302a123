//! Changing one place of a JSON5 text, and leaving every other character of it alone.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::Value;

/// The text cannot be changed there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// What stands at this key, around the place that was meant, is no object.
    NoObject(String),
    /// The text is no JSON5 to the editor.
    Syntax(String),
}

/// `text` with `wanted` at the key `within`.
///
/// # Errors
///
/// [`Misfit`].
pub(crate) fn set(text: &str, within: &[String], wanted: &Value) -> Result<String, Misfit> {
    let (mark, text) = parted(text);
    let root = parsed(text)?;
    let Some((name, around)) = within.split_last() else {
        root.set_value(input(wanted));
        return Ok(format!("{mark}{root}"));
    };
    let object = object_at(&root, around)?;
    match object.get(name) {
        None => drop(object.append(name, input(wanted))),
        Some(member) => match (member.array_value(), wanted) {
            (Some(array), Value::Array(wanted)) if grown_or_shrunk(&array, wanted) => {}
            (Some(_) | None, _) => member.set_value(input(wanted)),
        },
    }
    Ok(format!("{mark}{root}"))
}

/// `text` without the key `within`.
///
/// # Errors
///
/// [`Misfit`].
pub(crate) fn remove(text: &str, within: &[String]) -> Result<String, Misfit> {
    let (mark, text) = parted(text);
    let root = parsed(text)?;
    let Some((name, around)) = within.split_last() else { return Ok(format!("{mark}{root}")) };
    if let Some(member) = object_at(&root, around)?.get(name) {
        member.remove();
    }
    Ok(format!("{mark}{root}"))
}

/// The byte order mark, which is white space to JSON5 and none to the editor, and the rest.
fn parted(text: &str) -> (&str, &str) {
    let length = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    text.split_at(length)
}

fn parsed(text: &str) -> Result<CstRootNode, Misfit> {
    let options = ParseOptions { allow_missing_commas: false, ..ParseOptions::default() };
    // A blank text is an object to be.
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    CstRootNode::parse(text, &options).map_err(|error| Misfit::Syntax(error.kind().to_string()))
}

/// The object at the key `around`; what is missing of it is made. A number names an element of a list.
fn object_at(root: &CstRootNode, around: &[String]) -> Result<CstObject, Misfit> {
    let mut object = root.object_value_or_create().ok_or_else(|| Misfit::NoObject("the whole file".to_owned()))?;
    let mut rest = around.iter().enumerate();
    while let Some((at, name)) = rest.next() {
        let (at, inside) = match object.get(name).and_then(|member| member.array_value()) {
            None => (at, object.object_value_or_create(name)),
            Some(array) => {
                let element = rest.next().and_then(|(at, number)| Some((at, number.parse::<usize>().ok()?)));
                let (at, number) = element.ok_or_else(|| Misfit::NoObject(around[..=at].join(".")))?;
                (at, array.elements().get(number).and_then(CstNode::as_object))
            }
        };
        object = inside.ok_or_else(|| Misfit::NoObject(around[..=at].join(".")))?;
    }
    Ok(object)
}

/// Makes `array` say `wanted` by adding elements at its end, or by taking some away; `false` where neither does it.
fn grown_or_shrunk(array: &CstArray, wanted: &[Value]) -> bool {
    let elements = array.elements();
    let Some(present) = elements.iter().map(value_of).collect::<Option<Vec<_>>>() else { return false };
    if let Some(added) = wanted.strip_prefix(present.as_slice()) {
        for value in added {
            array.append(input(value));
        }
        return true;
    }
    let mut kept = wanted.iter().peekable();
    let gone: Vec<bool> = present.iter().map(|value| kept.next_if(|wanted| *wanted == value).is_none()).collect();
    if kept.peek().is_some() {
        return false;
    }
    for (element, _) in elements.into_iter().zip(gone).filter(|(_, gone)| *gone) {
        element.remove();
    }
    true
}

fn value_of(node: &CstNode) -> Option<Value> {
    json5::from_str(&node.to_string()).ok()
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(members) => {
            CstInputValue::Object(members.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}
