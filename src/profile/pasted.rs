//! What a pasted secret must look like.

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use crate::catalog::ProviderId;
use crate::profile::is_sealed;
use crate::redact;

/// How Anthropic's secrets begin.
const SETUP_TOKEN: &str = "sk-ant-oat";
const REFRESH_TOKEN: &str = "sk-ant-ort";
const ANTHROPIC: &str = "sk-ant-";

/// A setup-token in full: how it begins, and the least it has, in characters.
const WHOLE_TOKEN: (&str, usize) = ("sk-ant-oat01-", 80);

/// What a terminal puts around a paste.
const PASTE_MARKS: [&str; 2] = ["\u{1b}[200~", "\u{1b}[201~"];

/// The secret in `bytes`: without the white space that wrapping, line ends and editors put into it.
///
/// It is known as one from then on, whether it is taken in the end or refused.
///
/// # Errors
/// There is no secret in it. What there is instead is not repeated.
pub(crate) fn cleaned(bytes: &[u8]) -> Result<Zeroizing<String>, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "that is no text, so it is no key or token")?;
    let mut cleaned = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(mark) = PASTE_MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            rest = &rest[mark.len()..];
            continue;
        }
        if !next.is_whitespace() && !matches!(next, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}') {
            cleaned.push(next);
        }
        rest = &rest[next.len_utf8()..];
    }
    if cleaned.is_empty() {
        return Err("nothing was given, and nothing was stored");
    }
    if !cleaned.chars().all(|c| c.is_ascii_graphic()) {
        return Err("that holds characters that no key or token has; copy it once more");
    }
    if is_sealed(&cleaned) {
        return Err("that is a sealed value out of a store, which opens nowhere else; give the key or token itself");
    }
    if is_assignment(&cleaned) {
        return Err("that is a line of a shell or of an `.env`: give only what stands behind the `=`");
    }
    redact::learn([&SecretString::from(cleaned.as_str())]);
    Ok(cleaned)
}

/// `NAME=…`, perhaps after `export`.
fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| {
        let name = name.strip_prefix("export").unwrap_or(name);
        !value.is_empty()
            && name.contains('_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    })
}

/// Whether `key` can be an API key of `provider`; `command` gives the line to type for another command.
///
/// # Errors
/// It is something else, in words: what, and where it belongs.
pub(crate) fn key(key: &str, provider: &ProviderId, command: impl Fn(&str) -> String) -> Result<(), String> {
    no_refresh_token(key)?;
    if key.starts_with(SETUP_TOKEN) {
        let instead = command("setup-token");
        return Err(format!("that is a setup-token, not an API key; nothing was stored. It belongs here: {instead}"));
    }
    of_provider(key, provider, |provider| command(&format!("add --provider {provider}")))
}

/// Whether `token` can be a token of `provider`.
///
/// # Errors
/// As [`key`].
pub(crate) fn token(token: &str, provider: &ProviderId, command: impl Fn(&str) -> String) -> Result<(), String> {
    no_refresh_token(token)?;
    if provider.as_str() != "anthropic" {
        return of_provider(token, provider, |_| command("setup-token"));
    }
    let (start, least) = WHOLE_TOKEN;
    let length = token.len();
    if token.starts_with(ANTHROPIC) && !token.starts_with(SETUP_TOKEN) {
        let instead = command("add --provider anthropic");
        return Err(format!("that is an API key, not a token; nothing was stored. It belongs here: {instead}"));
    }
    if !token.starts_with(start) {
        return Err(format!(
            "a token of anthropic begins with `{start}`; nothing was stored. `claude setup-token` prints one"
        ));
    }
    if length < least {
        return Err(format!(
            "the token looks truncated: {length} characters, expected {least} at least; nothing was stored. Terminals wrap it \
             over two lines: copy both"
        ));
    }
    if token[start.len()..].contains(start) {
        return Err("the token is there twice; nothing was stored. Paste it once".to_owned());
    }
    Ok(())
}

fn no_refresh_token(text: &str) -> Result<(), String> {
    if text.starts_with(REFRESH_TOKEN) {
        return Err(
            "that is a refresh token, which cannot answer by itself and ends the login it belongs to when used; \
                    nothing was stored. `claude setup-token` prints a token that can be stored"
                .to_owned(),
        );
    }
    Ok(())
}

/// A secret of Anthropic's would be sent to somebody else's server.
fn of_provider(text: &str, provider: &ProviderId, command: impl Fn(&str) -> String) -> Result<(), String> {
    let anthropic = provider.as_str().starts_with("anthropic");
    // A provider that only the configuration knows may be a gateway to Anthropic.
    if text.starts_with(ANTHROPIC)
        && !anthropic
        && crate::catalog::vendor(provider).is_some_and(|vendor| vendor.place.is_some())
    {
        let instead = command("anthropic");
        return Err(format!(
            "that is a secret of anthropic's, and {provider} would see it; nothing was stored. It belongs here: {instead}"
        ));
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{cleaned, key, token};
    use crate::catalog::ProviderId;
    use crate::redact;

    fn long() -> String {
        format!("sk-ant-oat01-{}", "Test_0123456789-".repeat(6))
    }

    fn provider(text: &str) -> ProviderId {
        ProviderId::new(text).unwrap()
    }

    #[test]
    fn what_wrapping_and_pasting_put_into_it_goes() {
        let token = long();
        let (a, b) = token.split_at(40);
        for pasted in [
            format!("{a}\r\n{b}  \r\n"),
            format!("\u{1b}[200~{a}\n{b}\u{1b}[201~\n"),
            format!("\u{feff}  {a}\u{a0}\u{200b}{b}"),
            token.clone(),
        ] {
            assert_eq!(*cleaned(pasted.as_bytes()).unwrap(), token, "{pasted:?}");
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_without_being_repeated() {
        for bytes in [
            &b"\xff\xfe"[..],
            b" \n",
            "schlüssel".as_bytes(),
            b"a\x07b",
            b"export ANTHROPIC_API_KEY=sk-x",
            b"modelpin-sealed:1:x",
        ] {
            let why = cleaned(bytes).unwrap_err();
            assert!(!why.contains("sk-x"), "{why}");
        }
        assert_eq!(*cleaned(b"sk-test-padded==").unwrap(), "sk-test-padded==");
        assert!(
            cleaned(b"sk-test-typed-\nby-hand-20c7").is_ok() && redact::contains_secret("sk-test-typed-by-hand-20c7")
        );
    }

    #[test]
    fn each_kind_is_sent_to_its_own_command() {
        let anthropic = provider("anthropic");
        let told = |outcome: Result<(), String>| outcome.unwrap_err();
        let command = |rest: &str| format!("<{rest}>");
        assert_eq!(token(&long(), &anthropic, command), Ok(()));
        assert_eq!(key("sk-ant-api03-test", &anthropic, command), Ok(()));
        assert_eq!(token("anything", &provider("chutes"), command), Ok(()));
        assert!(told(key(&long(), &anthropic, command)).contains("<setup-token>"));
        assert!(told(token("sk-ant-api03-test", &anthropic, command)).contains("<add --provider anthropic>"));
        assert!(told(token(&long()[..60], &anthropic, command)).contains("truncated: 60 characters, expected 80"));
        assert!(told(token(&long().repeat(2), &anthropic, command)).contains("twice"));
        assert!(told(token("eyJhbGciOi", &anthropic, command)).contains("begins with `sk-ant-oat01-`"));
        assert!(told(key("sk-ant-ort01-test", &anthropic, command)).contains("refresh token"));
        assert!(told(key("sk-ant-api03-test", &provider("openai"), command)).contains("<add --provider anthropic>"));
        assert_eq!(key("sk-ant-api03-test", &provider("my-gateway"), command), Ok(()));
    }
}
