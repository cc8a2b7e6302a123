#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::{Duration, Instant};

use modelpin::demo::{LoopbackProvider, Script};
use modelpin::health::FailureClass;
use modelpin::provider::Auth;
use rstest::rstest;
use secrecy::SecretString;

use crate::provider::rig::{Rig, SECRET, fingerprint, said};

/// Every status in the true shape of both formats.
#[rstest]
#[case(400, FailureClass::Malformed)]
#[case(401, FailureClass::Auth)]
#[case(402, FailureClass::Billing)]
#[case(403, FailureClass::Auth)]
#[case(404, FailureClass::ModelNotFound)]
#[case(413, FailureClass::ContextOverflow)]
#[case(429, FailureClass::RateLimit)]
#[case(500, FailureClass::Server)]
#[case(503, FailureClass::Server)]
#[case(504, FailureClass::Timeout)]
#[case(529, FailureClass::Overloaded)]
#[tokio::test]
async fn a_status_has_its_class_in_both_formats(#[case] status: u16, #[case] class: FailureClass) {
    let rig = Rig::with(Script::status(status)).await;
    for model in ["anthropic/claude-opus-4-6", "openai/gpt-5.4"] {
        let failure = rig.failure(model).await;
        assert_eq!(failure.class, class, "{model} {status}: {}", failure.detail);
        assert_eq!(failure.status, Some(status));
        assert_eq!(failure.sent.unwrap().fingerprint, Some(fingerprint()));
        assert_eq!(failure.retry_after, None);
        assert!(!failure.detail.is_empty());
    }
    assert_eq!(rig.server.seen().len(), 2, "nothing is tried twice");
}

#[tokio::test]
async fn the_wait_that_is_asked_for_is_noted() {
    let rig = Rig::with(Script::status(429).header("retry-after", "30")).await;
    assert_eq!(rig.failure("anthropic/claude-opus-4-6").await.retry_after, Some(Duration::from_secs(30)));
}

#[tokio::test]
async fn a_credential_for_another_client_is_known_as_such() {
    let rig = Rig::with(Script::client_only()).await;
    assert_eq!(rig.failure("anthropic/claude-opus-4-6").await.class, FailureClass::ClientOnly);
}

#[tokio::test]
async fn an_unknown_key_is_refused_by_either() {
    let rig = Rig::new().await;
    for model in ["anthropic/claude-opus-4-6", "openai/gpt-5.4"] {
        let mut ask = rig.request(model);
        ask.auth = Some(Auth::ApiKey(SecretString::from("sk-test-unknown-000000")));
        assert_eq!(rig.send(&ask).await.0.unwrap_err().class, FailureClass::Auth);
        ask.auth = None;
        assert_eq!(rig.send(&ask).await.0.unwrap_err().class, FailureClass::Auth);
    }
}

#[rstest]
#[case::no_head(Script::hang())]
#[case::in_the_middle(Script::raw(200, "text/event-stream", ["data: {\"choices\":[{\"delta\":{\"content\":\"We\"}}]}\n\n"]).then_hang())]
#[tokio::test]
async fn silence_ends_at_the_idle_limit(#[case] script: Script) {
    let rig = Rig::with(script).await;
    let mut ask = rig.request("openai/gpt-5.4");
    ask.idle = Duration::from_millis(60);
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert_eq!(
        (failure.class, failure.detail.as_str()),
        (FailureClass::Timeout, "nothing came from 127.0.0.1 for 60ms")
    );
    assert!(failure.sent.is_some());
}

#[tokio::test]
async fn signs_of_life_do_not_outlast_the_total_limit() {
    let comments = vec![": still here\n\n"; 5000];
    let builder = LoopbackProvider::builder().pace(Duration::from_millis(10));
    let server = builder.script(None, None, Script::raw(200, "text/event-stream", comments)).start().await.unwrap();
    let rig = Rig { server, client: Rig::new().await.client };
    let mut ask = rig.request("openai/gpt-5.4");
    (ask.total, ask.idle) = (Duration::from_millis(150), Duration::from_secs(10));
    let begun = Instant::now();
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert_eq!(failure.class, FailureClass::Timeout);
    assert_eq!(failure.detail, "127.0.0.1 did not finish its answer within 150ms");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn nobody_listening_means_nothing_sent() {
    let rig = Rig::new().await;
    let ask = rig.request("openai/gpt-5.4");
    // Started before the port of the first is free again, so that it cannot be given that one.
    let other = LoopbackProvider::builder().start().await.unwrap();
    let Rig { server, client } = rig;
    server.stop().await;
    let rig = Rig { server: other, client };
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert_eq!((failure.class, failure.status, failure.sent), (FailureClass::Timeout, None, None));
    assert!(failure.detail.starts_with("no connection to 127.0.0.1: "), "{}", failure.detail);
}

#[tokio::test]
async fn a_broken_connection_is_a_failure() {
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"Well\"},\"finish_reason\":null}]}\n\n";
    let rig = Rig::with(Script::raw(200, "text/event-stream", [begun]).then_break()).await;
    let failure = rig.failure("openai/gpt-5.4").await;
    assert_eq!(failure.class, FailureClass::Timeout);
    assert!(failure.detail.starts_with("the connection to 127.0.0.1 broke"), "{}", failure.detail);
    assert!(failure.sent.is_some());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = LoopbackProvider::builder().start().await.unwrap();
    let target = format!("{}/chat/completions", elsewhere.base_url("openai"));
    for status in [301, 302, 307, 308] {
        let rig = Rig::with(Script::raw(status, "text/plain", [""]).header("location", &target)).await;
        let failure = rig.failure("openai/gpt-5.4").await;
        assert_eq!((failure.class, failure.status), (FailureClass::Malformed, Some(status)));
        assert!(failure.detail.contains("models.providers.openai.baseUrl"), "{}", failure.detail);
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn bodies_without_measure_are_cut() {
    let mebibyte = vec![b'x'; 1024 * 1024];
    let rig = Rig::with(Script::raw(500, "text/plain", vec![mebibyte.clone(); 4])).await;
    let failure = rig.failure("openai/gpt-5.4").await;
    assert_eq!(failure.class, FailureClass::Server);
    assert_eq!(failure.detail.chars().count(), 200);

    rig.server.script(None, None, Script::raw(200, "application/json", vec![mebibyte; 70]));
    let failure = rig.failure("openai/gpt-5.4").await;
    assert_eq!((failure.class, failure.detail.as_str()), (FailureClass::Server, "the answer is larger than 64 MiB"));
}

#[rstest]
#[case::page(Script::raw(200, "text/html", ["<html>login</html>"]), "a web page came instead")]
#[case::json(Script::raw(200, "application/json", ["{"]), "the answer is not JSON")]
#[case::no_choice(Script::raw(200, "application/json", ["{}"]), "the answer holds no choice")]
#[case::event(Script::raw(200, "text/event-stream", ["data: {\n\n"]), "an event is not JSON")]
#[case::letters(Script::raw(200, "text/event-stream", [b"data: \xff\xfe\n\n"]), "the answer cannot be read")]
#[tokio::test]
async fn nonsense_is_the_servers_fault(#[case] script: Script, #[case] words: &str) {
    let failure = Rig::with(script).await.failure("openai/gpt-5.4").await;
    assert_eq!(failure.class, FailureClass::Server);
    assert!(failure.detail.contains(words), "{}", failure.detail);
}

#[tokio::test]
async fn what_cannot_be_sent_is_not_sent() {
    let rig = Rig::new().await;
    let mut ask = rig.request("openai/gpt-5.4");
    ask.messages = vec![said(" \n")];
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert_eq!((failure.class, failure.sent), (FailureClass::Malformed, None));

    let mut ask = rig.request("openai/gpt-5.4");
    ask.auth = Some(Auth::ApiKey(SecretString::from(format!("{SECRET}\nX-Evil: 1"))));
    let failure = rig.send(&ask).await.0.unwrap_err();
    assert_eq!((failure.class, failure.sent), (FailureClass::Auth, None));
    assert!(!failure.detail.contains("sk-test"), "{}", failure.detail);
    assert!(rig.server.seen().is_empty());
}

#[tokio::test]
async fn dropping_the_request_closes_the_connection() {
    let rig = Rig::with(Script::hang()).await;
    let ask = rig.request("openai/gpt-5.4");
    let gone = tokio::time::timeout(Duration::from_millis(50), rig.send(&ask)).await;
    assert!(gone.is_err());
    // The server ends only when its last connection has.
    tokio::time::timeout(Duration::from_secs(5), rig.server.stop()).await.unwrap();
}
