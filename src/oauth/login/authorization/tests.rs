#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::HashMap;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use url::Url;

use super::{Authorization, Misread, Returned};
use crate::config::from_value;
use crate::oauth::login::LoginClient;

fn begun(provider: &str, oauth: &Value) -> Authorization {
    let config = from_value(&json!({"auth": {"oauth": oauth}})).unwrap();
    let client = LoginClient::of(&provider.parse().unwrap(), &config.auth).unwrap();
    Authorization::begin(&client, &Url::parse("http://127.0.0.1:8765/callback").unwrap()).unwrap()
}

fn acme() -> Authorization {
    let urls = json!({"authorizeUrl": "https://id.example.com/a?tenant=x", "tokenUrl": "https://id.example.com/t"});
    let mut acme = urls;
    acme["clientId"] = json!("our client");
    acme["scopes"] = json!(["openid", "email"]);
    acme["params"] = json!({"prompt": "consent"});
    begun("acme", &json!({"acme": acme}))
}

fn query(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn code(read: Result<Returned, Misread>) -> Result<String, Misread> {
    read.map(|returned| match returned {
        Returned::Code(code) => code.expose_secret().to_owned(),
        Returned::Refused(why) => format!("refused: {why}"),
    })
}

#[test]
fn the_address_to_open_asks_for_a_code_and_says_nothing_that_could_redeem_it() {
    let login = acme();
    let asked = query(&login.url);
    for (name, value) in [
        ("tenant", "x"),
        ("response_type", "code"),
        ("client_id", "our client"),
        ("redirect_uri", "http://127.0.0.1:8765/callback"),
        ("scope", "openid email"),
        ("prompt", "consent"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    assert_eq!(asked["code_challenge"].len(), 43);
    assert!(!login.url.as_str().contains(login.verifier.expose_secret()));
    assert_ne!(asked["state"], query(&acme().url)["state"]);
}

#[test]
fn openrouter_is_asked_in_its_own_words_and_the_state_is_in_the_path() {
    let login = begun("openrouter", &json!({}));
    let asked = query(&login.url);
    assert_eq!(login.url.host_str(), Some("openrouter.ai"));
    assert_eq!((asked.len(), asked["code_challenge_method"].as_str()), (3, "S256"));
    assert_eq!(asked["callback_url"], login.redirect.as_str());
    let path = login.redirect.path().to_owned();
    assert!(path.starts_with("/callback/") && path.len() > 20, "{path}");
    assert_eq!(code(login.arrived(&path, "code=c-1").unwrap()).unwrap(), "c-1");
    assert!(login.arrived("/callback", "code=c-1").is_none());
    assert_eq!(code(login.pasted(&format!("{}?code=c-1", login.redirect))).unwrap(), "c-1");
    assert_eq!(code(login.pasted("http://127.0.0.1:8765/callback/other?code=c-1")), Err(Misread::NoCode));
    assert_eq!(code(login.pasted("c-1")).unwrap(), "c-1");
}

#[test]
fn every_form_in_which_a_code_is_pasted_is_read() {
    let login = acme();
    let state = query(&login.url)["state"].clone();
    for pasted in [
        format!("http://127.0.0.1:8765/callback?code=c%2F1&state={state}"),
        format!("http://127.0.0.1:8765/callback?state={state}&code=c%2F1&scope=openid#fragment"),
        format!("?code=c%2F1&state={state}"),
        format!("code=c%2F1&state={state}"),
        format!("state={state}&code=c%2F1"),
        format!("c/1#{state}"),
        "c/1".to_owned(),
    ] {
        assert_eq!(code(login.pasted(&pasted)).as_deref(), Ok("c/1"), "{pasted}");
    }
}

#[test]
fn what_is_of_another_login_or_no_code_is_told_apart() {
    let login = acme();
    let state = query(&login.url)["state"].clone();
    for (pasted, why) in [
        ("http://127.0.0.1:8765/callback?code=c&state=other".to_owned(), Misread::Elsewhere),
        ("http://127.0.0.1:8765/callback?code=c".to_owned(), Misread::Elsewhere),
        ("c#other".to_owned(), Misread::Elsewhere),
        ("?code=c&state=other".to_owned(), Misread::Elsewhere),
        (login.url.to_string(), Misread::NoCode),
        (format!("?state={state}"), Misread::NoCode),
        (format!("?state={state}&code="), Misread::NoCode),
        (format!("#{state}"), Misread::NoCode),
        ("http://127.0.0.1:8765/callback".to_owned(), Misread::NoCode),
    ] {
        assert_eq!(code(login.pasted(&pasted)), Err(why), "{pasted}");
    }
    let refused = format!("error=access_denied&error_description=not%20today&state={state}");
    let said = code(login.arrived("/callback", &refused).unwrap()).unwrap();
    assert_eq!(said, "refused: access_denied: not today");
    // Whoever does not know the state cannot end a login either.
    let forged = login.arrived("/callback", "error=access_denied").unwrap();
    assert_eq!(code(forged), Err(Misread::NoCode));
}
