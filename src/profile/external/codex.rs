//! Codex's login: `tokens` in `$CODEX_HOME/auth.json`.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value;

use crate::profile::external::login::{Content, Login, text};

/// How long a token is taken to last that does not say so itself.
const USUAL: SignedDuration = SignedDuration::from_hours(1);

/// The login in `content`; `None` where Codex is not logged in with an account, but has an API key or nothing.
///
/// # Errors
///
/// Says in words why it is of no use.
pub(crate) fn login(content: &Content) -> Result<Option<Login>, String> {
    let Some(tokens) = content.value.get("tokens").filter(|tokens| !tokens.is_null()) else { return Ok(None) };
    let fields = tokens.as_object().ok_or("its `tokens` is not an object")?;
    let access = text(fields, "access_token").ok_or("it holds no access token: log in with Codex")?;
    let written = || content.modified.and_then(|written| written.checked_add(USUAL).ok());
    Ok(Some(Login {
        access: SecretString::from(access),
        refresh: None,
        expires: jwt_end(access).or_else(written).ok_or("it does not say when it ends: log in with Codex")?,
        account: text(fields, "account_id").map(str::to_owned),
    }))
}

/// The `exp` claim (seconds since 1970) of a JSON web token. Nothing is verified: that is the provider's business.
fn jwt_end(token: &str) -> Option<Timestamp> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else { return None };
    let claims: Value = serde_json::from_slice(&base64url(payload)?).ok()?;
    claims.get("exp")?.as_i64().filter(|end| *end > 0).and_then(|end| Timestamp::from_second(end).ok())
}

/// Base64 in the alphabet for URLs, with or without padding.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for symbol in text.trim_end_matches('=').bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_read_from_the_token_itself() {
        // {"exp":1795000000}, {"exp":"soon"}, {"x":"~~~???"}
        assert_eq!(jwt_end("e30.eyJleHAiOjE3OTUwMDAwMDB9.c2ln"), Timestamp::from_second(1_795_000_000).ok());
        assert_eq!(jwt_end("e30.eyJleHAiOjE3OTUwMDAwMDB9=.c2ln"), Timestamp::from_second(1_795_000_000).ok());
        assert_eq!(base64url("eyJ4Ijoifn5-Pz8_In0").as_deref(), Some(br#"{"x":"~~~???"}"#.as_slice()));
        for opaque in ["e30.eyJleHAiOiJzb29uIn0.s", "opaque", "a.b", "a.!.c", "a.e30.c.d", "..", ""] {
            assert_eq!(jwt_end(opaque), None, "{opaque}");
        }
    }
}
