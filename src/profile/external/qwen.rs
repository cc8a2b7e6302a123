//! Qwen Code's login: `~/.qwen/oauth_creds.json`.

use secrecy::SecretString;
use serde_json::Value;

use crate::profile::external::login::{Login, text};
use crate::profile::wire::fields::moment;

/// The login in `content`.
///
/// # Errors
///
/// Says in words why it is of no use.
pub(crate) fn login(content: &Value) -> Result<Option<Login>, String> {
    let fields = content.as_object().ok_or("its outermost value is not an object")?;
    let access = text(fields, "access_token").ok_or("it holds no access token: log in with Qwen Code")?;
    let expires = fields.get("expiry_date").and_then(Value::as_f64).and_then(moment);
    Ok(Some(Login {
        access: SecretString::from(access),
        refresh: None,
        expires: expires.ok_or("its `expiry_date` is no time: log in with Qwen Code")?,
        account: None,
    }))
}
