//! Identity providers that are down, slow, or talk nonsense.

use std::sync::Arc;
use std::time::Duration;

use modelpin::clock::{Clock as _, SystemClock};
use modelpin::health::FailureClass;
use modelpin::oauth::{Refresher, RenewalFault, TokenEndpoint, TokenHttp, TokenRequest, TokenServer as _};
use rstest::rstest;
use secrecy::SecretString;

use crate::oauth::rig::{Rig, access_token, auth_store};
use crate::support::idp::refresh_token;

/// Whatever comes instead of tokens: not a byte of the store changes, nobody is blamed for ever, nothing leaks.
#[rstest]
#[case::down(500, "")]
#[case::page(200, "<html>hello</html>")]
#[case::empty(200, "{}")]
#[case::blank(200, r#"{"access_token":" ","refresh_token":"","expires_in":3600}"#)]
#[case::null(200, r#"{"access_token":null,"refresh_token":"rt-test-new"}"#)]
#[case::not_for_a_header(200, "{\"access_token\":\"a\\nb\"}")]
#[case::half(200, r#"{"access_token":"at-test"#)]
#[case::elsewhere(307, "")]
#[case::client(401, r#"{"error":"invalid_client","error_description":"rt-test-0-7Qz44aab0b8f9c1f is not yours"}"#)]
#[tokio::test]
async fn nonsense_leaves_the_credential_as_it_is(#[case] status: u16, #[case] body: &str) {
    let rig = Rig::new();
    let before = std::fs::read(rig.main()).unwrap();
    rig.idp.answer(Some((status, body)));
    let fault = rig.renew().await.unwrap_err();
    assert!(matches!(fault, RenewalFault::Later { .. }), "{fault}");
    assert!(!fault.to_string().contains(&refresh_token(0)), "{fault}");
    assert_eq!(std::fs::read(rig.main()).unwrap(), before);
    let benches = rig.store.benches().await.unwrap();
    assert_eq!(benches.len(), 1);
    assert_eq!(benches[0].class, FailureClass::NotRenewed);
    assert!(benches[0].until.is_some());
    // Until then nobody asks again, in this process or in another.
    rig.idp.answer(None);
    assert!(matches!(rig.renew().await, Err(RenewalFault::Later { .. })));
    assert_eq!(rig.idp.calls(), 1);
}

/// Whatever becomes of it: a token is known before it is used, and one that was sent before it can come back.
#[tokio::test]
async fn what_goes_to_an_endpoint_and_what_comes_of_it_is_known() {
    let rig = Rig::new();
    let secret = |text: &str| SecretString::from(text);
    let (refresh, client) = (secret("rt-test-of-nobody-91c2"), secret("cs-test-of-nobody-37fa"));
    rig.idp.answer(Some((200, r#"{"access_token":"at-test-just-come-6f1d","id_token":"it-test-just-come-77a0"}"#)));
    let mut endpoint = TokenEndpoint::of(&rig.held(), &rig.auth()).unwrap();
    endpoint.client_secret = Some(client);
    let request = TokenRequest { endpoint, refresh, at: SystemClock.now() };
    TokenHttp::default().refresh(&request).await.unwrap();
    for known in
        ["rt-test-of-nobody-91c2", "cs-test-of-nobody-37fa", "at-test-just-come-6f1d", "it-test-just-come-77a0"]
    {
        assert!(modelpin::redact::contains_secret(known), "{known}");
    }
}

#[tokio::test]
async fn a_huge_answer_is_cut_off() {
    let rig = Rig::new();
    rig.idp.answer(Some((200, &format!(r#"{{"access_token":"{}"}}"#, "a".repeat(400_000)))));
    let fault = rig.renew().await.unwrap_err();
    assert!(fault.to_string().contains("256 KiB"), "{fault}");
}

#[tokio::test]
async fn a_slow_one_is_not_waited_for_for_ever() {
    let rig = Rig::new();
    rig.idp.delay(Duration::from_secs(3));
    let server = Arc::new(TokenHttp::within(Duration::from_millis(100)));
    let (auth, locks) = (auth_store(rig.folder.path(), "main"), rig.folder.path().to_owned());
    let refresher = Refresher::new(auth, rig.store.clone(), server, Arc::new(SystemClock), locks);
    let fault = Arc::new(refresher).renew(&rig.held(), &rig.auth()).await.unwrap_err();
    assert!(fault.to_string().contains("did not answer in time"), "{fault}");
}

#[tokio::test]
async fn a_token_is_not_sent_in_the_clear() {
    let rig = Rig::new();
    let mut auth = rig.auth();
    auth.oauth[0].token_url = Some("http://id.example.com/token".to_owned());
    let fault = rig.refresher().renew(&rig.held(), &auth).await.unwrap_err();
    assert!(fault.to_string().contains("must begin with https://"), "{fault}");
}

/// A caller that goes away does not take the tokens with it.
#[tokio::test]
async fn a_renewal_goes_on_when_nobody_waits_for_it() {
    let rig = Rig::new();
    rig.idp.delay(Duration::from_millis(50));
    let (refresher, held, auth) = (rig.refresher(), rig.held(), rig.auth());
    assert!(tokio::time::timeout(Duration::from_millis(20), refresher.renew(&held, &auth)).await.is_err());
    let renewed = refresher.renew(&held, &auth).await.unwrap();
    assert_eq!(crate::oauth::rig::access(&renewed), access_token(1));
    assert_eq!((rig.idp.calls(), rig.idp.reuses()), (1, 0));
}

/// Whatever is said about how long an access token lasts, the tokens are kept: the old refresh token is used up.
#[rstest]
#[case::unsaid("", 3_300)]
#[case::null(r#","expires_in":null"#, 3_300)]
#[case::nonsense(r#","expires_in":"soon""#, 3_300)]
#[case::usual(r#","expires_in":7200"#, 6_900)]
#[case::text(r#","expires_in":" 7200 ""#, 6_900)]
#[case::fraction(r#","expires_in":7200.5"#, 6_900)]
#[case::nothing(r#","expires_in":0"#, 30)]
#[case::less_than_nothing(r#","expires_in":-5"#, 30)]
#[case::for_ever(r#","expires_in":1e300"#, 315_359_700)]
#[tokio::test]
async fn how_long_it_lasts_is_read_from_whatever_is_said(#[case] lasts: &str, #[case] seconds: i64) {
    let rig = Rig::new();
    let body = format!(r#"{{"access_token":"at-test-new","refresh_token":"rt-test-new"{lasts}}}"#);
    rig.idp.answer(Some((200, &body)));
    assert_eq!(rig.renew().await.unwrap(), "at-test-new");
    let entry = rig.json()["profiles"][crate::oauth::rig::WORK].clone();
    assert_eq!(entry["refresh"], "rt-test-new");
    let left = entry["expires"].as_i64().unwrap() / 1000 - jiff::Timestamp::now().as_second();
    assert!((seconds - 20..=seconds + 1).contains(&left), "{left}");
    let held = rig.held();
    let endpoint = TokenEndpoint::of(&held, &rig.auth()).unwrap();
    assert!(!endpoint.is_due(&held, jiff::Timestamp::now()), "it is not renewed again with the next message");
}
