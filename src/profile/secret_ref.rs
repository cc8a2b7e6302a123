//! A note of where a secret is kept, instead of the secret.

use std::fmt;

/// A secret that is kept somewhere else: `{source, provider, id}` in the store.
///
/// Built by [`SecretRef::new`], which holds the ids to what the family's contract allows, so that no id can climb out of
/// its place or smuggle an option into a program's arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRef {
    /// What kind of place.
    pub source: SecretSource,
    /// The alias of the place, as configured under `secrets.providers`; `None` in the older form that names none.
    pub provider: Option<String>,
    /// The name of the secret there: a variable, `value` or a JSON pointer, or the argument of a program.
    pub id: String,
}

/// What kind of place a secret is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretSource {
    /// An environment variable.
    Env,
    /// A file.
    File,
    /// The output of a program.
    Exec,
}

impl SecretSource {
    /// The source called `name` in the store and in the configuration.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "env" => Some(Self::Env),
            "file" => Some(Self::File),
            "exec" => Some(Self::Exec),
            _ => None,
        }
    }

    /// Its name in the store and in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::File => "file",
            Self::Exec => "exec",
        }
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What keeps a reference from being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecretRef {
    /// The alias of the place.
    #[error("its `provider` must be a lower-case word such as `vault`")]
    Provider,
    /// The name of the secret in the environment.
    #[error("its `id` must be the name of a variable, such as `ANTHROPIC_API_KEY`")]
    EnvId,
    /// The name of the secret in a file.
    #[error("its `id` must be `value` or a JSON pointer such as `/providers/anthropic`")]
    FileId,
    /// The name of the secret for a program.
    #[error("its `id` must be a plain name such as `work/anthropic`, without `.` and `..` as parts")]
    ExecId,
    /// Not `{source, provider, id}` at all.
    #[error("it must be `{{source, provider, id}}` with `env`, `file` or `exec` as source")]
    Shape,
}

impl SecretRef {
    /// The reference to `id` in the place `provider`.
    ///
    /// # Errors
    ///
    /// Says which part does not keep to the contract.
    pub fn new(source: SecretSource, provider: Option<&str>, id: &str) -> Result<Self, InvalidSecretRef> {
        if provider.is_some_and(|alias| !is_alias(alias)) {
            return Err(InvalidSecretRef::Provider);
        }
        match source {
            SecretSource::Env if !is_variable(id) => Err(InvalidSecretRef::EnvId),
            SecretSource::File if !is_file_id(id) => Err(InvalidSecretRef::FileId),
            SecretSource::Exec if !is_exec_id(id) => Err(InvalidSecretRef::ExecId),
            SecretSource::Env | SecretSource::File | SecretSource::Exec => {
                Ok(Self { source, provider: provider.map(str::to_owned), id: id.to_owned() })
            }
        }
    }

    /// The variable that `${NAME}` stands for; `None` for any other text, which is then the secret itself.
    pub fn inline(text: &str) -> Option<Self> {
        let name = text.trim().strip_prefix("${")?.strip_suffix('}')?;
        let upper = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        let starts = name.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        (upper && starts && name.len() <= 128).then(|| Self {
            source: SecretSource::Env,
            provider: None,
            id: name.to_owned(),
        })
    }
}

/// `^[a-z][a-z0-9_-]{0,63}$`
fn is_alias(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// `^[A-Za-z_][A-Za-z0-9_]{0,127}$`: lower case too, because the object form names any variable.
fn is_variable(text: &str) -> bool {
    text.len() <= 128
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `value`, or an RFC 6901 pointer: `~` only as `~0` and `~1`.
fn is_file_id(text: &str) -> bool {
    if text == "value" {
        return true;
    }
    text.starts_with('/') && text.split('~').skip(1).all(|after| after.starts_with(['0', '1']))
}

/// `^[A-Za-z0-9][A-Za-z0-9._:/-]{0,255}$`, no part of it `.` or `..`.
fn is_exec_id(text: &str) -> bool {
    text.len() <= 256
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
        && text.split('/').all(|part| part != "." && part != "..")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_to_their_contract() {
        let ok = |source, id| SecretRef::new(source, Some("vault"), id).is_ok();
        assert!(ok(SecretSource::Env, "ANTHROPIC_API_KEY"));
        assert!(!ok(SecretSource::Env, "A B"));
        assert!(ok(SecretSource::File, "value"));
        assert!(ok(SecretSource::File, "/a~1b/~0c"));
        assert!(!ok(SecretSource::File, "a/b"));
        assert!(!ok(SecretSource::File, "/a~2"));
        assert!(ok(SecretSource::Exec, "work/anthropic:key"));
        assert!(!ok(SecretSource::Exec, "--version"));
        assert!(!ok(SecretSource::Exec, "a/../b"));
        assert_eq!(SecretRef::new(SecretSource::Env, Some("Vault"), "A"), Err(InvalidSecretRef::Provider));
    }

    #[test]
    fn each_name_ends_where_the_contract_ends_it() {
        let alias = |alias: &str| SecretRef::new(SecretSource::File, Some(alias), "value").is_ok();
        for (name, ok) in [("v", true), ("v-1_a", true), ("1v", false), ("_v", false), ("", false), ("vé", false)] {
            assert_eq!(alias(name), ok, "{name}");
        }
        assert_eq!((alias(&"v".repeat(64)), alias(&"v".repeat(65))), (true, false));

        let exec = |id: &str| SecretRef::new(SecretSource::Exec, None, id).is_ok();
        for (id, ok) in [("0", true), ("a.b/c:d-e_f", true), ("a/./b", false), ("..", false), ("a/..", false)] {
            assert_eq!(exec(id), ok, "{id}");
        }
        for id in ["", "/a", ".a", "a b", "a;b", "a$b", "é"] {
            assert!(!exec(id), "{id}");
        }
        assert_eq!((exec(&"a".repeat(256)), exec(&"a".repeat(257))), (true, false));

        let file = |id: &str| SecretRef::new(SecretSource::File, None, id).is_ok();
        for (id, ok) in [("/", true), ("//", true), ("/~0~1", true), ("/0", true), ("/a~", false), ("Value", false)] {
            assert_eq!(file(id), ok, "{id}");
        }

        let inline = |name: &str| SecretRef::inline(&format!("${{{name}}}")).is_some();
        for (name, ok) in [("A", true), ("A_1", true), ("_A", false), ("1A", false), ("A-B", false), ("A}", false)] {
            assert_eq!(inline(name), ok, "{name}");
        }
        assert_eq!((inline(&"A".repeat(128)), inline(&"A".repeat(129))), (true, false));
    }

    #[test]
    fn only_a_whole_template_is_an_inline_reference() {
        assert_eq!(SecretRef::inline(" ${OPENAI_KEY} ").unwrap().id, "OPENAI_KEY");
        assert_eq!(SecretRef::inline("x${OPENAI_KEY}"), None);
        assert_eq!(SecretRef::inline("${openai}"), None);
        assert_eq!(SecretRef::inline("${}"), None);
    }
}
