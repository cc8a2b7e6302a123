#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin::demo::Script;
use modelpin::health::FailureClass;
use modelpin::provider::{Auth, Sent};
use secrecy::SecretString;
use serde_json::json;

use crate::provider::rig::{Rig, SECRET, fingerprint};

const MODEL: &str = "openai/gpt-5.4";

#[tokio::test]
async fn every_credential_goes_as_bearer_and_the_answer_streams_in_order() {
    let rig = Rig::new().await;
    for auth in [Auth::ApiKey(SecretString::from(SECRET)), Auth::Bearer(SecretString::from(SECRET))] {
        let mut ask = rig.request(MODEL);
        ask.auth = Some(auth);
        let (answer, pieces) = rig.send(&ask).await;
        let answer = answer.unwrap();
        assert!(answer.text.contains(&format!("credential {} (openai:work). You said: hello", fingerprint())));
        assert!(pieces.len() > 3);
        assert_eq!(pieces.concat(), answer.text);
        assert_eq!(
            answer.sent,
            Sent { fingerprint: Some(fingerprint()), model: "gpt-5.4".to_owned(), tokens_in: None, tokens_out: None }
        );
        assert!(answer.tokens_in.unwrap() > 1 && answer.tokens_out.unwrap() > 1);
        let seen = rig.server.seen().pop().unwrap();
        assert_eq!(seen.header("authorization"), Some(format!("Bearer {}", fingerprint()).as_str()));
        assert_eq!(seen.header("x-api-key"), None);
    }
}

#[tokio::test]
async fn the_body_is_in_the_vendors_dialect() {
    let rig = Rig::new().await;
    let messages = json!([{"role": "user", "content": "hello"}]);
    let usage = json!({"include_usage": true});
    for (model, body) in [
        (
            MODEL,
            json!({"model": "gpt-5.4", "messages": messages, "stream": true, "max_completion_tokens": 1000, "stream_options": usage}),
        ),
        (
            "openrouter/auto",
            json!({"model": "openrouter/auto", "messages": messages, "stream": true, "max_tokens": 1000, "stream_options": usage}),
        ),
        (
            "openrouter/openai/gpt-5.4",
            json!({"model": "openai/gpt-5.4", "messages": messages, "stream": true, "max_tokens": 1000, "stream_options": usage}),
        ),
        (
            "mistral/mistral-large-latest",
            json!({"model": "mistral-large-latest", "messages": messages, "stream": true, "max_tokens": 1000}),
        ),
    ] {
        let (answer, _) = rig.send(&rig.request(model)).await;
        let seen = rig.server.seen().pop().unwrap();
        assert_eq!(seen.body, body, "{model}");
        assert_eq!(answer.unwrap().sent.model, seen.model);
    }
}

#[tokio::test]
async fn a_local_server_needs_no_credential() {
    let rig = Rig::new().await;
    let mut ask = rig.request("ollama/llama3.2:70b");
    ask.auth = None;
    let answer = rig.send(&ask).await.0.unwrap();
    assert!(answer.text.starts_with("llama3.2:70b here. Your message came without a credential."));
    assert_eq!(answer.sent.fingerprint, None);
    assert_eq!(rig.server.seen().pop().unwrap().header("authorization"), None);
}

/// Comments, `CRLF`, empty deltas, a list of parts, counts under Groq's name, no `[DONE]`, no last blank line.
#[tokio::test]
async fn the_quirks_of_many_servers_are_taken() {
    let stream = concat!(
        ": OPENROUTER PROCESSING\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n",
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\",\"content\":\"\"}}]}\r\n\r\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"Grü\"}}],\"error\":null}\r\n\r\n",
        "data: {\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[]},{\"type\":\"text\",\"text\":\"ße 名\"}]}}]}\r\n\r\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"x_groq\":{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}}",
    );
    for size in [1, 5, 4096] {
        let rig = Rig::with(Script::raw(200, "text/event-stream", stream.as_bytes().chunks(size))).await;
        let (answer, pieces) = rig.send(&rig.request(MODEL)).await;
        let answer = answer.unwrap();
        assert_eq!(pieces, ["Grü", "ße 名"]);
        assert_eq!((answer.tokens_in, answer.tokens_out), (Some(5), Some(2)));
    }
}

#[tokio::test]
async fn an_error_in_place_of_an_answer_is_typed() {
    let body = r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day","metadata":{"headers":{"X-RateLimit-Remaining":"0","X-RateLimit-Reset":"45"}}}}"#;
    let rig = Rig::with(Script::raw(200, "application/json", [body])).await;
    let failure = rig.failure("openrouter/auto").await;
    assert_eq!(failure.class, FailureClass::RateLimit);
    assert_eq!(failure.retry_after.unwrap().as_secs(), 45);
}

#[tokio::test]
async fn an_answer_that_broke_off_is_none() {
    let broken = "data: {\"choices\":[{\"delta\":{\"content\":\"Well\"}}]}\n\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"error\"}]}\n\n";
    let rig = Rig::with(Script::raw(200, "text/event-stream", [broken])).await;
    let failure = rig.failure(MODEL).await;
    assert_eq!((failure.class, failure.detail.as_str()), (FailureClass::Server, "the answer broke off before its end"));
}
