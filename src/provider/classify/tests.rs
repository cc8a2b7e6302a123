use std::collections::BTreeSet;

use crate::catalog::ProviderId;
use crate::health::FailureClass::{
    self, Auth, Billing, ClientOnly, ContextOverflow, Malformed, ModelNotFound, Overloaded, RateLimit, Server, Timeout,
};
use crate::provider::ErrorBody;

use super::rules::{GENERIC, RULES};
use super::{by_status, classify};

/// Provider, status, body, class: at least one line per rule, in the shape in which the vendor answers.
const CASES: &[(&str, u16, &str, FailureClass)] = &[
    (
        "groq",
        413,
        r#"{"error":{"message":"Request too large for model on tokens per minute (TPM): Limit 6000, Requested 9000","type":"tokens","code":"rate_limit_exceeded"}}"#,
        ContextOverflow,
    ),
    (
        "openrouter",
        403,
        r#"{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"OpenAI"}}}"#,
        Malformed,
    ),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"This credential is only authorized for use with Claude Code and cannot be used for other API requests."}}"#,
        ClientOnly,
    ),
    (
        "kimi",
        403,
        r#"{"error":{"message":"Kimi For Coding is currently only available for Coding Agents such as Kimi CLI.","type":"access_terminated_error"}}"#,
        ClientOnly,
    ),
    (
        "openai",
        429,
        r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
        Billing,
    ),
    ("anthropic", 402, r#"{"type":"error","error":{"type":"billing_error","message":"Payment failed"}}"#, Billing),
    (
        "openai",
        400,
        r#"{"error":{"message":"Billing hard limit has been reached","type":"invalid_request_error","code":"billing_hard_limit_reached"}}"#,
        Billing,
    ),
    (
        "openai",
        429,
        r#"{"error":{"message":"Your account is not active","type":"billing_not_active","code":"billing_not_active"}}"#,
        Billing,
    ),
    (
        "moonshot",
        429,
        r#"{"error":{"message":"suspended, please check your plan","type":"exceeded_current_quota_error"}}"#,
        Billing,
    ),
    ("zai", 429, r#"{"error":{"code":"1113","message":"Insufficient balance or no resource package"}}"#, Billing),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}"#,
        Billing,
    ),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Third-party apps now draw from your extra usage, not your plan limits."}}"#,
        Billing,
    ),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"You're out of extra usage."}}"#,
        Billing,
    ),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01."}}"#,
        Billing,
    ),
    ("openrouter", 403, r#"{"error":{"code":403,"message":"Key limit exceeded (daily limit)"}}"#, Billing),
    (
        "xai",
        429,
        r#"{"code":"Some resource has been exhausted","error":"Your team has either used all available credits or reached its monthly spending limit."}"#,
        Billing,
    ),
    (
        "fireworks",
        412,
        r#"{"error":{"message":"Account x is suspended, possibly due to reaching the monthly spending limit","code":"PRECONDITION_FAILED"}}"#,
        Billing,
    ),
    (
        "openrouter",
        402,
        r#"{"error":{"code":402,"message":"Too much in flight","metadata":{"limit_source":"openrouter_in_flight_budget"}}}"#,
        RateLimit,
    ),
    (
        "anthropic",
        429,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your account's rate limit."}}"#,
        RateLimit,
    ),
    (
        "openai",
        429,
        r#"{"error":{"message":"Rate limit reached for gpt-5.4","type":"tokens","code":"rate_limit_exceeded"}}"#,
        RateLimit,
    ),
    (
        "mistral",
        429,
        r#"{"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}"#,
        RateLimit,
    ),
    ("moonshot", 429, r#"{"error":{"message":"max RPM: 3","type":"rate_limit_reached_error"}}"#, RateLimit),
    ("google", 429, r#"[{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}}]"#, RateLimit),
    ("anthropic", 529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, Overloaded),
    (
        "moonshot",
        429,
        r#"{"error":{"message":"The engine is currently overloaded","type":"engine_overloaded_error"}}"#,
        Overloaded,
    ),
    (
        "openrouter",
        503,
        r#"{"error":{"code":503,"message":"busy","metadata":{"error_type":"provider_overloaded"}}}"#,
        Overloaded,
    ),
    (
        "mistral",
        429,
        r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","code":"3505"}"#,
        Overloaded,
    ),
    (
        "groq",
        498,
        r#"{"error":{"message":"Flex tier capacity exceeded","type":"capacity_exceeded","code":"capacity_exceeded"}}"#,
        Overloaded,
    ),
    (
        "cerebras",
        429,
        r#"{"message":"We're experiencing high traffic right now!","type":"too_many_requests_error","param":"queue","code":"queue_exceeded"}"#,
        Overloaded,
    ),
    ("openai", 503, r#"{"error":{"message":"Slow down","type":"server_error","code":"slow_down"}}"#, Overloaded),
    (
        "google",
        503,
        r#"[{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}]"#,
        Overloaded,
    ),
    (
        "anthropic",
        401,
        r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
        Auth,
    ),
    (
        "groq",
        400,
        r#"{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
        Auth,
    ),
    ("moonshot", 400, r#"{"error":{"message":"Invalid Authentication","type":"invalid_authentication_error"}}"#, Auth),
    (
        "openai",
        400,
        r#"{"error":{"message":"The account was deactivated","type":"invalid_request_error","code":"account_deactivated"}}"#,
        Auth,
    ),
    (
        "groq",
        400,
        r#"{"error":{"message":"Organization has been restricted.","type":"invalid_request_error","code":"organization_restricted"}}"#,
        Auth,
    ),
    (
        "google",
        400,
        r#"[{"error":{"code":400,"message":"Bad key","status":"INVALID_ARGUMENT","details":[{"@type":"ErrorInfo","reason":"API_KEY_INVALID"}]}}]"#,
        Auth,
    ),
    ("google", 400, r#"[{"error":{"code":400,"message":"x","status":"UNAUTHENTICATED"}}]"#, Auth),
    ("google", 400, r#"[{"error":{"code":400,"message":"x","status":"PERMISSION_DENIED"}}]"#, Auth),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"This organization has been disabled."}}"#,
        Auth,
    ),
    (
        "google",
        400,
        r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
        Auth,
    ),
    (
        "google",
        400,
        r#"[{"error":{"code":400,"message":"Missing or invalid Authorization header.","status":"INVALID_ARGUMENT"}}]"#,
        Auth,
    ),
    (
        "xai",
        400,
        r#"{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***9f."}"#,
        Auth,
    ),
    (
        "openai",
        404,
        r#"{"error":{"message":"The model `x` does not exist","type":"invalid_request_error","code":"model_not_found"}}"#,
        ModelNotFound,
    ),
    (
        "groq",
        400,
        r#"{"error":{"message":"The model has been decommissioned","type":"invalid_request_error","code":"model_decommissioned"}}"#,
        ModelNotFound,
    ),
    (
        "anthropic",
        404,
        r#"{"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}}"#,
        ModelNotFound,
    ),
    (
        "moonshot",
        404,
        r#"{"error":{"message":"Not found the model","type":"resource_not_found_error"}}"#,
        ModelNotFound,
    ),
    (
        "mistral",
        400,
        r#"{"object":"error","message":"Invalid model: x","type":"invalid_model","param":null,"code":"1500"}"#,
        ModelNotFound,
    ),
    (
        "azure",
        400,
        r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#,
        ModelNotFound,
    ),
    ("google", 400, r#"[{"error":{"code":400,"message":"x","status":"NOT_FOUND"}}]"#, ModelNotFound),
    ("zai", 400, r#"{"error":{"code":"1211","message":"Unknown Model"}}"#, ModelNotFound),
    ("openrouter", 400, r#"{"error":{"code":400,"message":"foo/bar is not a valid model ID"}}"#, ModelNotFound),
    (
        "lmstudio",
        400,
        r#"{"error":{"message":"No models loaded. Please load a model in the developer page.","type":"invalid_request_error"}}"#,
        ModelNotFound,
    ),
    (
        "openai",
        400,
        r#"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
        ContextOverflow,
    ),
    (
        "openai",
        400,
        r#"{"error":{"message":"too long","type":"invalid_request_error","code":"string_above_max_length"}}"#,
        ContextOverflow,
    ),
    (
        "local",
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
        ContextOverflow,
    ),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
        ContextOverflow,
    ),
    ("zai", 400, r#"{"error":{"code":"1261","message":"Prompt exceeds max length"}}"#, ContextOverflow),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"}}"#,
        ContextOverflow,
    ),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 199000 + 8192 > 200000"}}"#,
        ContextOverflow,
    ),
    (
        "openrouter",
        400,
        r#"{"error":{"code":400,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"message\":\"This model's maximum context length is 131072 tokens.\"}}","provider_name":"DeepInfra"}}}"#,
        ContextOverflow,
    ),
    (
        "xai",
        400,
        r#"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 200000 tokens."}"#,
        ContextOverflow,
    ),
    (
        "openai",
        400,
        r#"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error"}}"#,
        ContextOverflow,
    ),
    (
        "google",
        400,
        r#"[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
        ContextOverflow,
    ),
    (
        "lmstudio",
        200,
        r#"{"error":"The number of tokens to keep from the initial prompt is greater than the context length."}"#,
        ContextOverflow,
    ),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"timeout_error","message":"Request timed out"}}"#, Timeout),
    ("google", 500, r#"[{"error":{"code":500,"message":"x","status":"DEADLINE_EXCEEDED"}}]"#, Timeout),
    ("azure", 400, r#"{"error":{"code":"content_filter","message":"The response was filtered"}}"#, Malformed),
    // Within an answer, no status: the generic types.
    ("anthropic", 200, r#"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#, Server),
    ("openai", 200, r#"{"error":{"message":"The server had an error","type":"server_error","code":null}}"#, Server),
    ("groq", 200, r#"{"error":{"message":"x","type":"internal_server_error"}}"#, Server),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"invalid_request_error","message":"x"}}"#, Malformed),
    ("google", 200, r#"[{"error":{"message":"x","status":"INVALID_ARGUMENT"}}]"#, Malformed),
    ("anthropic", 200, r#"{"type":"error","error":{"type":"permission_error","message":"x"}}"#, Auth),
    // Statuses, and what must not be read out of a body.
    (
        "openrouter",
        200,
        r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"upstream died","provider_name":"X"}}}"#,
        Server,
    ),
    ("openrouter", 200, r#"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-day"}}"#, RateLimit),
    (
        "openrouter",
        502,
        r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"{\"error\":{\"type\":\"authentication_error\",\"message\":\"bad upstream key\"}}"}}}"#,
        Server,
    ),
    (
        "deepseek",
        402,
        r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#,
        Billing,
    ),
    (
        "ollama",
        404,
        r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
        ModelNotFound,
    ),
    ("mistral", 422, r#"{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"}]}"#, Malformed),
    (
        "anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"messages.429: 401 credits overloaded billing rate limit timeout"}}"#,
        Malformed,
    ),
    ("openai", 400, r#"{"error":{"message":"credit balance is too low","type":"invalid_request_error"}}"#, Malformed),
    ("zai", 400, r#"{"error":{"code":"1210","message":"1113 1211 429"}}"#, Malformed),
    ("mistral", 500, r#"{"code":"1113","message":"x"}"#, Server),
    ("anthropic", 500, "<html><body>429 Too Many Requests</body></html>", Server),
    ("anthropic", 403, "", Auth),
    ("anthropic", 302, "", Malformed),
    ("openai", 200, "[]", Server),
];

fn provider(id: &str) -> ProviderId {
    ProviderId::new(id).unwrap_or_else(|| unreachable!("the table holds provider ids"))
}

#[test]
fn each_line_has_its_class() {
    for (id, status, body, expected) in CASES {
        let read = ErrorBody::read(body.as_bytes());
        assert_eq!(classify(&provider(id), *status, &read), *expected, "{id} {status} {body}");
    }
}

/// A rule that never decides is dead, or hidden by one above it.
#[test]
fn each_rule_decides_some_line() {
    let mut unused: BTreeSet<String> = RULES.iter().chain(GENERIC).map(|rule| format!("{rule:?}")).collect();
    for (id, status, body, _) in CASES {
        let (read, provider) = (ErrorBody::read(body.as_bytes()), provider(id));
        let status = Some(*status).filter(|status| *status >= 300).or(read.status);
        let decided = RULES.iter().find(|rule| rule.applies(&provider, status, &read));
        let decided =
            decided.or_else(|| GENERIC.iter().find(|rule| status.is_none() && rule.applies(&provider, None, &read)));
        if let Some(rule) = decided {
            unused.remove(&format!("{rule:?}"));
        }
    }
    assert!(unused.is_empty(), "no line of the table is decided by {unused:#?}");
}

#[test]
fn each_status_has_its_class() {
    let expected = [
        (400, Malformed),
        (401, Auth),
        (402, Billing),
        (403, Auth),
        (404, ModelNotFound),
        (405, Malformed),
        (408, Timeout),
        (410, ModelNotFound),
        (413, ContextOverflow),
        (422, Malformed),
        (429, RateLimit),
        (500, Server),
        (502, Server),
        (503, Server),
        (504, Timeout),
        (524, Timeout),
        (529, Overloaded),
    ];
    for (status, class) in expected {
        assert_eq!(by_status(status), class, "{status}");
    }
}
