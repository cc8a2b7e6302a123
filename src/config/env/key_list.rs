//! Several keys of one vendor: a variable that holds more than one, and variables that are numbered.
//!
//! A number is all that may follow. `OPENAI_API_KEY_FILE` and `OPENAI_API_KEY_ID` are set on many machines and hold no key;
//! what is not certainly a key is sent to nobody.

use secrecy::{ExposeSecret as _, SecretString};

/// The variable with several keys that belongs to one with a single key: `OPENAI_API_KEYS` to `OPENAI_API_KEY`.
pub(crate) fn list_of(single: &str) -> Option<String> {
    single.ends_with("_API_KEY").then(|| format!("{single}S"))
}

/// The number of `name`, where it is `single` with a number: 2 of `OPENAI_API_KEY_2`.
pub(crate) fn number_of(name: &str, single: &str) -> Option<u32> {
    let digits = name.strip_prefix(single)?.strip_prefix('_')?;
    let plain = single.ends_with("_API_KEY") && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// The keys of a list: what stands between white space, `,` and `;`.
pub(crate) fn parts(list: &SecretString) -> Vec<SecretString> {
    let between = |c: char| c.is_whitespace() || c == ',' || c == ';';
    list.expose_secret().split(between).filter(|part| !part.is_empty()).map(SecretString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::{list_of, number_of};

    #[test]
    fn only_a_number_makes_a_further_key() {
        for (name, number) in [
            ("OPENAI_API_KEY_1", Some(1)),
            ("OPENAI_API_KEY_010", Some(10)),
            ("OPENAI_API_KEY_", None),
            ("OPENAI_API_KEY_+1", None),
            ("OPENAI_API_KEY_FILE", None),
            ("OPENAI_API_KEY_99999999999", None),
            ("OPENAI_API_KEY", None),
        ] {
            assert_eq!(number_of(name, "OPENAI_API_KEY"), number, "{name}");
        }
        assert_eq!(number_of("GH_TOKEN_1", "GH_TOKEN"), None);
        assert_eq!(list_of("GH_TOKEN"), None);
    }
}
