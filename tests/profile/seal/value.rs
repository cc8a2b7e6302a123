//! One sealed value: what goes in comes out, in its own place and with its own key, and nowhere else.

use modelpin::profile::{Cost, SealKey, SealTrouble, Sealed, is_sealed};
use proptest::prelude::{any, proptest};
use proptest::{prop_assert, prop_assert_eq};
use secrecy::{ExposeSecret, SecretString};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn opened(key: &SealKey, profile: &str, field: &str, text: &str) -> Result<String, SealTrouble> {
    let sealed: Sealed = text.parse()?;
    key.open(profile, field, &sealed).map(|plain| plain.expose_secret().to_owned())
}

proptest! {
    #[test]
    fn what_was_sealed_opens_in_its_place_alone(
        plain in any::<String>(), profile in any::<String>(), other in any::<String>(), field in "key|token|access|refresh"
    ) {
        let key = SealKey::random().unwrap();
        let text = key.seal(&profile, &field, &secret(&plain)).unwrap().to_string();
        prop_assert!(is_sealed(&text) && text.is_ascii() && !text.contains(char::is_whitespace));
        prop_assert!(plain.len() < 4 || !text.contains(&plain));
        prop_assert_eq!(opened(&key, &profile, &field, &text).unwrap(), plain);
        if other != profile {
            prop_assert_eq!(opened(&key, &other, &field, &text), Err(SealTrouble::Damaged));
        }
        prop_assert_eq!(opened(&key, &profile, "another", &text), Err(SealTrouble::Damaged));
        prop_assert_eq!(opened(&SealKey::random().unwrap(), &profile, &field, &text), Err(SealTrouble::Damaged));
    }

    #[test]
    fn any_text_is_read_without_a_panic_and_written_as_it_was(text in "modelpin-sealed:1:(keyring|passphrase):[0-9a-f]{12}:[-_:=,a-zA-Z0-9]{0,90}") {
        if let Ok(sealed) = text.parse::<Sealed>() {
            prop_assert_eq!(sealed.to_string(), text);
        }
    }
}

#[test]
fn ids_of_every_kind_and_both_spellings_of_a_key() {
    let key = SealKey::random().unwrap();
    for profile in ["anthropic:default", "a/b", "two words", "grüße:世界", "a\0key", ""] {
        let text = key.seal(profile, "key", &secret("sk-test-1")).unwrap().to_string();
        assert_eq!(opened(&key, profile, "apiKey", &text).unwrap(), "sk-test-1", "{profile:?}: programs respell it");
        assert_eq!(opened(&key, profile, "token", &text), Err(SealTrouble::Damaged), "{profile:?}");
    }
    // No profile and field run together into others.
    let text = key.seal("key\0b", "a", &secret("x")).unwrap().to_string();
    assert_eq!(opened(&key, "b", "a\0key", &text), Err(SealTrouble::Damaged));
}

#[test]
fn each_sealing_is_another_one() {
    let key = SealKey::random().unwrap();
    let seal = || key.seal("a:1", "key", &secret("sk-test-1")).unwrap().to_string();
    assert_ne!(seal(), seal());
}

#[test]
fn no_changed_byte_goes_unseen() {
    let keys = [SealKey::random().unwrap(), SealKey::newly_derived(&secret("correct horse")).unwrap()];
    for key in keys {
        let text = key.seal("a:1", "key", &secret("sk-test-0123456789")).unwrap().to_string();
        for at in 0..text.len() {
            for flip in [1, 2, 0x20] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                let outcome = opened(&key, "a:1", "key", &changed);
                assert!(outcome.is_err(), "byte {at} of {text}: {outcome:?}");
            }
        }
        for cut in 0..text.len() {
            assert!(opened(&key, "a:1", "key", &text[..cut]).is_err(), "{cut}");
        }
        assert!(opened(&key, "a:1", "key", &format!("{text}AAAA")).is_err());
    }
}

#[test]
fn a_derived_key_follows_from_passphrase_salt_and_cost() {
    let name = |text: &str, salt, cost| SealKey::derived(&secret(text), salt, cost).unwrap().name().id().to_owned();
    let cheap = Cost { memory: 64, passes: 1, lanes: 1 };
    let first = name("correct horse", [7; 16], cheap);
    assert_eq!(first, name("correct horse", [7; 16], cheap), "the same in every process");
    assert_ne!(first, name("correct horse ", [7; 16], cheap));
    assert_ne!(first, name("correct horse", [8; 16], cheap));
    assert_ne!(first, name("correct horse", [7; 16], Cost { passes: 2, ..cheap }));
}

#[test]
fn a_key_shows_nothing_of_itself() {
    let key = SealKey::random().unwrap();
    let kept = key.to_keyring();
    let shown = format!("{key:?} {kept:?}");
    assert!(!shown.contains(kept.expose_secret()), "{shown}");
    assert_eq!(SealKey::from_keyring(&kept).unwrap().name(), key.name());
    for none in ["", "AAAA", "not base64!"] {
        assert!(SealKey::from_keyring(&secret(none)).is_none(), "{none}");
    }
}
