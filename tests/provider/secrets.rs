#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin::demo::Script;
use modelpin::health::FailureClass;
use modelpin::provider::Auth;
use rstest::rstest;
use secrecy::SecretString;

use crate::provider::rig::{Rig, SECRET, fingerprint};

const MODEL: &str = "openai/gpt-5.4";

/// No run of six characters of the secret's own part may be left.
fn assert_clean(text: &str) {
    let own = &SECRET["sk-test-".len()..];
    for at in 0..=own.len() - 6 {
        assert!(!text.contains(&own[at..at + 6]), "{text}");
    }
}

#[rstest]
#[case::plain(format!("no such key: {SECRET}"))]
#[case::in_json(serde_json::json!({"error": {"message": format!("bad key {SECRET}, sorry"), "type": "x"}}).to_string())]
#[case::twice_in_json(serde_json::json!({"error": {"message": serde_json::json!({"key": SECRET}).to_string()}}).to_string())]
#[case::cut_short(format!("Authorization: Bearer {}", &SECRET[..24]))]
#[case::within_lines(format!("a\r\n{SECRET}\u{7}\r\nb"))]
#[tokio::test]
async fn an_echoed_secret_is_taken_out(#[case] body: String) {
    let rig = Rig::with(Script::raw(401, "text/plain", [body.as_str()])).await;
    let failure = rig.failure(MODEL).await;
    assert_eq!(failure.class, FailureClass::Auth);
    assert!(failure.detail.contains("[redacted]"), "{}", failure.detail);
    assert!(!failure.detail.contains(char::is_control));
    assert_clean(&failure.detail);
    assert_clean(&format!("{failure:?} {failure}"));
}

#[tokio::test]
async fn a_secret_in_an_error_within_the_answer_is_taken_out() {
    let event = format!("data: {}\n\n", serde_json::json!({"error": {"message": format!("key {SECRET} expired")}}));
    let rig = Rig::with(Script::raw(200, "text/event-stream", [event])).await;
    assert_eq!(rig.failure(MODEL).await.detail, "key [redacted] expired");
}

#[tokio::test]
async fn the_masked_key_of_a_refusal_is_taken_out() {
    let rig = Rig::new().await;
    let mut ask = rig.request(MODEL);
    ask.auth = Some(Auth::ApiKey(SecretString::from("sk-test-abcdefghijklmnop7777")));
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert!(failure.detail.starts_with("Incorrect API key provided: [redacted]"), "{}", failure.detail);
}

#[tokio::test]
async fn a_credential_among_configured_headers_counts_as_what_was_sent() {
    let rig = Rig::new().await;
    let mut ask = rig.request(MODEL);
    ask.auth = None;
    ask.endpoint.headers = vec![("Authorization".to_owned(), format!("Bearer {SECRET}"))];
    assert_eq!(rig.send(&ask).await.0.unwrap().sent.fingerprint, Some(fingerprint()));
    assert_clean(&format!("{ask:?}"));

    rig.server.script(None, None, Script::raw(401, "text/plain", [format!("who is {SECRET}?")]));
    assert_clean(&rig.send(&ask).await.0.unwrap_err().detail);
}

#[tokio::test]
async fn what_goes_on_the_wire_is_known_from_then_on() {
    let rig = Rig::new().await;
    let mut ask = rig.request(MODEL);
    ask.auth = Some(Auth::ApiKey(SecretString::from("sk-test-of-a-caller-who-told-nobody")));
    rig.send(&ask).await.0.unwrap_err();
    assert!(modelpin::redact::contains_secret("sk-test-of-a-caller-who-told-nobody"));
}

#[tokio::test]
async fn the_request_does_not_show_its_secret() {
    let rig = Rig::new().await;
    let ask = rig.request(MODEL);
    assert_clean(&format!("{ask:?}"));
    rig.send(&ask).await.0.unwrap();
    assert_clean(&format!("{:?}", rig.server.seen()));
}
