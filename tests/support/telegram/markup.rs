//! Buttons below a message.

use serde_json::Value;

use crate::support::telegram::failure::Failure;

/// Buttons in one keyboard. More make the whole of it too long.
const MOST: usize = 100;
/// Buttons in one row; clients show no more.
const WIDEST: usize = 8;
/// Bytes of what comes back when a button is pressed.
const LONGEST_DATA: usize = 64;

/// Looks at a `reply_markup`; what has no button in the end is no keyboard.
pub(crate) fn checked(markup: Option<Value>) -> Result<Option<Value>, Failure> {
    let Some(markup) = markup else { return Ok(None) };
    let Value::Object(fields) = &markup else { return Err(Failure::bad("object expected as reply markup")) };
    let Some(rows) = fields.get("inline_keyboard") else { return Ok(None) };
    let rows = rows.as_array().ok_or_else(|| malformed("Field \"inline_keyboard\" must be of type Array"))?;
    let mut count = 0;
    for row in rows {
        let row = row.as_array().ok_or_else(|| malformed("Field \"inline_keyboard\" must be an Array of Arrays"))?;
        if row.len() > WIDEST {
            return Err(Failure::bad("reply markup is too long"));
        }
        for button in row {
            self::button(button)?;
            count += 1;
        }
    }
    if count > MOST {
        return Err(Failure::bad("reply markup is too long"));
    }
    Ok((count > 0).then_some(markup))
}

fn malformed(why: &str) -> Failure {
    Failure::bad(format!("can't parse inline keyboard button: {why}"))
}

fn button(button: &Value) -> Result<(), Failure> {
    let fields = button.as_object().ok_or_else(|| malformed("InlineKeyboardButton must be an Object"))?;
    let text = fields.get("text").and_then(Value::as_str);
    let text = text.ok_or_else(|| malformed("Can't find field \"text\""))?;
    if text.trim().is_empty() {
        return Err(malformed("Field \"text\" must be non-empty"));
    }
    if let Some(data) = fields.get("callback_data") {
        let data = data.as_str().ok_or_else(|| malformed("Field \"callback_data\" must be of type String"))?;
        if data.is_empty() || data.len() > LONGEST_DATA {
            return Err(Failure::bad("BUTTON_DATA_INVALID"));
        }
        return Ok(());
    }
    if let Some(url) = fields.get("url").and_then(Value::as_str) {
        let fine = ["http://", "https://", "tg://"].iter().any(|scheme| url.starts_with(scheme));
        return if fine { Ok(()) } else { Err(Failure::bad("BUTTON_URL_INVALID")) };
    }
    if fields.contains_key("copy_text") || fields.keys().any(|name| name.starts_with("switch_inline")) {
        return Ok(());
    }
    Err(malformed("Text buttons are unallowed in the inline keyboard"))
}
