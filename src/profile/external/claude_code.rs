//! Claude Code's login: `claudeAiOauth` in `~/.claude/.credentials.json`, the same JSON in the macOS keychain.

use secrecy::SecretString;
use serde_json::Value;

use crate::profile::external::login::{Login, text};
use crate::profile::wire::fields::moment;

/// Where the login is in the file; other keys hold other things.
pub(crate) const SECTION: &str = "claudeAiOauth";

/// What a login must be good for.
const SCOPE: &str = "user:inference";

/// The login in `content`; `None` where Claude Code is not logged in with an account.
///
/// # Errors
///
/// Says in words why it is of no use.
pub(crate) fn login(content: &Value, keep_refresh: bool) -> Result<Option<Login>, String> {
    let Some(section) = content.get(SECTION).filter(|section| !section.is_null()) else { return Ok(None) };
    let fields = section.as_object().ok_or_else(|| format!("its `{SECTION}` is not an object"))?;
    let access = text(fields, "accessToken").ok_or("it holds no access token: log in with Claude Code")?;
    let scopes = fields.get("scopes").and_then(Value::as_array).into_iter().flatten();
    if !scopes.filter_map(Value::as_str).any(|scope| scope == SCOPE) {
        return Err(format!("its scopes do not hold `{SCOPE}`, so no model answers it: log in with Claude Code"));
    }
    let expires = fields.get("expiresAt").and_then(Value::as_f64).and_then(moment);
    Ok(Some(Login {
        access: SecretString::from(access),
        refresh: text(fields, "refreshToken").filter(|_| keep_refresh).map(SecretString::from),
        expires: expires.ok_or("its `expiresAt` is no time: log in with Claude Code")?,
        account: None,
    }))
}
