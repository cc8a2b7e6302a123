//! What holds for an answer in either wire format.

use modelpin::demo::Script;
use modelpin::health::FailureClass;
use rstest::rstest;

use crate::provider::rig::{Rig, fingerprint};

#[rstest]
#[case("anthropic/claude-opus-4-6", "claude-opus-4-6 here.")]
#[case("openai/gpt-5.4", "gpt-5.4 here.")]
#[tokio::test]
async fn an_answer_that_is_not_streamed_is_taken_too(#[case] model: &str, #[case] begin: &str) {
    let rig = Rig::with(Script::json()).await;
    let (answer, pieces) = rig.send(&rig.request(model)).await;
    let answer = answer.unwrap();
    assert_eq!(pieces, std::slice::from_ref(&answer.text));
    assert!(answer.text.starts_with(begin), "{}", answer.text);
    assert!(answer.tokens_in.is_some() && answer.tokens_out.is_some());
}

#[rstest]
#[case("anthropic/claude-opus-4-6", FailureClass::Overloaded, "Overloaded")]
#[case("openrouter/auto", FailureClass::Server, "Provider disconnected unexpectedly")]
#[tokio::test]
async fn an_error_within_the_answer_is_typed(#[case] model: &str, #[case] class: FailureClass, #[case] detail: &str) {
    let rig = Rig::with(Script::cut()).await;
    let (result, pieces) = rig.send(&rig.request(model)).await;
    let failure = result.unwrap_err();
    assert_eq!(pieces.len(), 1);
    assert_eq!((failure.class, failure.detail.as_str(), failure.status), (class, detail, Some(200)));
    assert_eq!(failure.sent.unwrap().fingerprint, Some(fingerprint()));
}
