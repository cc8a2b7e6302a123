//! What the configuration has to say for it.

use modelpin::config::{AuthPlace, from_value};
use serde_json::json;

#[test]
fn credentials_in_a_database_want_one_and_a_passphrase() {
    let url = json!({"url": "postgres://ann@db.example/bot"});
    let whole = json!({"store": url, "auth": {"store": "database", "seal": "passphrase"}});
    assert_eq!(from_value(&whole).unwrap().auth.store, AuthPlace::Database);
    assert_eq!(from_value(&json!({})).unwrap().auth.store, AuthPlace::File);
    assert_eq!(from_value(&json!({"auth": {"store": "file"}})).unwrap().auth.store, AuthPlace::File);
    for (config, key, words) in [
        (json!({"auth": {"store": "database", "seal": "passphrase"}}), "store.url", "postgres://user:password@host"),
        (
            json!({"store": url, "auth": {"store": "database"}}),
            "auth.seal",
            "`passphrase`, the same one on each machine",
        ),
        (
            json!({"store": url, "auth": {"store": "database", "seal": "keyring"}}),
            "auth.seal",
            "a keyring is of one machine",
        ),
        (json!({"auth": {"store": "vault"}}), "auth.store", "`file` or `database`"),
    ] {
        let fault = from_value(&config).unwrap_err();
        assert_eq!(fault.key, key, "{fault}");
        assert!(fault.to_string().contains(words), "{fault}");
    }
}
