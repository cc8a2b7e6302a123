#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin::demo::Script;
use modelpin::health::FailureClass;
use modelpin::provider::{Auth, Sent};
use secrecy::SecretString;
use serde_json::json;

use crate::provider::rig::{Rig, SECRET, fingerprint};

const MODEL: &str = "anthropic/claude-opus-4-6";

#[tokio::test]
async fn an_api_key_goes_as_x_api_key_and_the_answer_streams_in_order() {
    let rig = Rig::new().await;
    let (answer, pieces) = rig.send(&rig.request(MODEL)).await;
    let answer = answer.unwrap();
    let expected = format!(
        "claude-opus-4-6 here. Your message came with credential {} (anthropic:work). You said: hello",
        fingerprint()
    );
    assert_eq!(answer.text, expected);
    assert!(pieces.len() > 3, "{pieces:?}");
    assert_eq!(pieces.concat(), expected);
    assert_eq!(
        answer.sent,
        Sent {
            fingerprint: Some(fingerprint()),
            model: "claude-opus-4-6".to_owned(),
            tokens_in: None,
            tokens_out: None
        }
    );
    assert!(answer.tokens_in.unwrap() > 1 && answer.tokens_out.unwrap() > 1);

    let seen = rig.server.seen().pop().unwrap();
    assert_eq!(seen.fingerprint, Some(fingerprint()));
    assert_eq!(seen.header("x-api-key"), Some(fingerprint().as_str()));
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(seen.header("anthropic-beta"), None);
    assert_eq!(seen.header("user-agent"), Some(concat!("modelpin/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(
        seen.body,
        json!({
            "model": "claude-opus-4-6", "max_tokens": 1000, "stream": true,
            "messages": [{"role": "user", "content": "hello"}],
        })
    );
}

#[tokio::test]
async fn a_token_goes_as_bearer_with_the_public_beta_header_and_nobody_elses_name() {
    let rig = Rig::new().await;
    let mut ask = rig.request(MODEL);
    ask.auth = Some(Auth::Bearer(SecretString::from(SECRET)));
    ask.endpoint.headers = vec![
        ("anthropic-beta".to_owned(), "claude-code-20250219,context-1m-2025-08-07".to_owned()),
        ("User-Agent".to_owned(), "claude-cli/2.1.0".to_owned()),
        ("x-app".to_owned(), "cli".to_owned()),
        ("X-Team".to_owned(), "blue".to_owned()),
        ("x-api-key".to_owned(), "sk-test-of-somebody-else".to_owned()),
    ];
    rig.send(&ask).await.0.unwrap();
    let seen = rig.server.seen().pop().unwrap();
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {}", fingerprint()).as_str()));
    assert_eq!(seen.header("x-api-key"), None);
    assert_eq!(seen.header("anthropic-beta"), Some("oauth-2025-04-20,context-1m-2025-08-07"));
    assert_eq!(seen.header("user-agent"), Some(concat!("modelpin/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(seen.header("x-app"), None);
    assert_eq!(seen.header("x-team"), Some("blue"));
}

#[tokio::test]
async fn the_beta_header_is_for_anthropic_only() {
    let rig = Rig::new().await;
    let mut ask = rig.request("minimax/MiniMax-M2");
    ask.auth = Some(Auth::Bearer(SecretString::from(SECRET)));
    rig.send(&ask).await.0.unwrap();
    assert_eq!(rig.server.seen().pop().unwrap().header("anthropic-beta"), None);
}

#[tokio::test]
async fn the_base_url_works_with_and_without_its_v1() {
    let rig = Rig::new().await;
    let with = rig.server.base_url("anthropic");
    let without = with.strip_suffix("/v1").unwrap().to_owned();
    for base_url in [with.clone(), format!("{with}/"), without.clone(), format!("{without}/")] {
        let mut ask = rig.request(MODEL);
        ask.endpoint.base_url.clone_from(&base_url);
        assert!(rig.send(&ask).await.0.is_ok(), "{base_url}");
    }
}

#[tokio::test]
async fn letters_and_line_ends_may_be_cut_anywhere() {
    let stream = concat!(
        "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,",
        "\"cache_read_input_tokens\":40,\"output_tokens\":1}}}\r\n\r\n: a comment\r\n\r\n",
        "event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"index\":0,",
        "\"delta\":{\"type\":\"text_delta\",\"text\":\"Grüße 👩‍🚀 名\"}}\r\n\r\n",
        "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"secretly\"}}\r\n\r\n",
        "data: {\"type\":\"something_new\"}\r\n\r\n",
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}\r\n\r\n",
        "event: message_stop\r\ndata: {\"type\":\"message_stop\"}",
    );
    for size in [1, 2, 3, 7, 64] {
        let rig = Rig::with(Script::raw(200, "text/event-stream", stream.as_bytes().chunks(size))).await;
        let (answer, pieces) = rig.send(&rig.request(MODEL)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.text, "Grüße 👩‍🚀 名", "chunks of {size}");
        assert_eq!(pieces, ["Grüße 👩‍🚀 名"]);
        assert_eq!((answer.tokens_in, answer.tokens_out), (Some(43), Some(7)));
    }
}

#[tokio::test]
async fn an_answer_without_an_end_or_without_a_word_is_none() {
    let begun = "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Well\"}}\n\n";
    let rig = Rig::with(Script::raw(200, "text/event-stream", [begun])).await;
    let failure = rig.failure(MODEL).await;
    assert_eq!((failure.class, failure.detail.as_str()), (FailureClass::Server, "the answer broke off before its end"));

    let blank = "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\"}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
    rig.server.script(None, None, Script::raw(200, "text/event-stream", [blank]));
    let failure = rig.failure(MODEL).await;
    assert_eq!(failure.class, FailureClass::Malformed);
    assert_eq!(failure.detail, "claude-opus-4-6 ended its answer without a word (refusal)");
}
