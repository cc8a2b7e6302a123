//! The rules as data: one row each, the first that applies decides. Every row has its test.

use crate::health::FailureClass::{
    self, Auth, Billing, ClientOnly, ContextOverflow, Malformed, ModelNotFound, Overloaded, RateLimit, Server, Timeout,
};

/// One row.
#[derive(Debug)]
pub(super) struct Rule {
    /// Whose errors it is about; `None` for everybody's.
    pub(super) provider: Option<&'static str>,
    /// With which statuses, 0 standing for an error within an answer; empty for all.
    pub(super) statuses: &'static [u16],
    /// What it goes by.
    pub(super) mark: Mark,
    /// What follows.
    pub(super) class: FailureClass,
}

/// What a rule goes by.
#[derive(Debug)]
pub(super) enum Mark {
    /// The status alone.
    Always,
    /// The error's type or code.
    Named(&'static str),
    /// A sentence that the vendor is known to use, or a part of it.
    Says(&'static str),
    /// A moderation's list of reasons.
    Moderated,
}

const fn named(name: &'static str, class: FailureClass) -> Rule {
    Rule { provider: None, statuses: &[], mark: Mark::Named(name), class }
}

const fn named_by(provider: &'static str, name: &'static str, class: FailureClass) -> Rule {
    Rule { provider: Some(provider), statuses: &[], mark: Mark::Named(name), class }
}

const fn says(provider: &'static str, statuses: &'static [u16], sentence: &'static str, class: FailureClass) -> Rule {
    Rule { provider: Some(provider), statuses, mark: Mark::Says(sentence), class }
}

/// A sentence that an aggregator may pass on from another vendor.
const fn anyone_says(statuses: &'static [u16], sentence: &'static str, class: FailureClass) -> Rule {
    Rule { provider: None, statuses, mark: Mark::Says(sentence), class }
}

/// Statuses of a request that is refused for what it says; 0 and 500 since local servers find out late.
const REQUEST: &[u16] = &[0, 400, 422, 500];

/// Statuses of a request that is refused for who sent it.
const SENDER: &[u16] = &[400, 401, 403];

/// What decides before the status does.
pub(super) const RULES: &[Rule] = &[
    // Groq names a request above the whole minute's allowance `rate_limit_exceeded`: waiting would not help it.
    Rule { provider: None, statuses: &[413], mark: Mark::Always, class: ContextOverflow },
    // Moderation is about what was written: no credential is at fault (OpenRouter).
    Rule { provider: None, statuses: &[400, 403], mark: Mark::Moderated, class: Malformed },
    // A credential that is for its owner's own client only.
    anyone_says(SENDER, "only authorized for use with Claude Code", ClientOnly),
    says("kimi", SENDER, "only available for Coding Agents", ClientOnly),
    // The account cannot pay.
    named("insufficient_quota", Billing),
    named("billing_error", Billing),
    named("billing_hard_limit_reached", Billing),
    named("billing_not_active", Billing),
    named("exceeded_current_quota_error", Billing),
    named_by("zai", "1113", Billing),
    says("anthropic", &[400], "credit balance is too low", Billing),
    says("anthropic", &[400], "draw from your extra usage", Billing),
    says("anthropic", &[400], "out of extra usage", Billing),
    says("anthropic", &[400], "reached your specified API usage limits", Billing),
    says("openrouter", &[403], "Key limit exceeded", Billing),
    says("xai", &[403, 429], "used all available credits", Billing),
    says("fireworks", &[412], "is suspended", Billing),
    // Too much at once. OpenRouter's budget for running requests comes with 402, and frees itself.
    named_by("openrouter", "openrouter_in_flight_budget", RateLimit),
    named("rate_limit_error", RateLimit),
    named("rate_limit_exceeded", RateLimit),
    named("rate_limited", RateLimit),
    named("rate_limit_reached_error", RateLimit),
    named("RESOURCE_EXHAUSTED", RateLimit),
    // Too much for everybody.
    named("overloaded_error", Overloaded),
    named("engine_overloaded_error", Overloaded),
    named("provider_overloaded", Overloaded),
    named("service_tier_capacity_exceeded", Overloaded),
    named("capacity_exceeded", Overloaded),
    named("queue_exceeded", Overloaded),
    named("slow_down", Overloaded),
    named("UNAVAILABLE", Overloaded),
    // The credential is refused.
    named("authentication_error", Auth),
    named("invalid_api_key", Auth),
    named("invalid_authentication_error", Auth),
    named("account_deactivated", Auth),
    named("organization_restricted", Auth),
    named("API_KEY_INVALID", Auth),
    named("UNAUTHENTICATED", Auth),
    named("PERMISSION_DENIED", Auth),
    says("anthropic", &[400], "organization has been disabled", Auth),
    says("google", &[400], "API key not valid", Auth),
    says("google", &[400], "Missing or invalid Authorization header", Auth),
    says("xai", &[400], "Incorrect API key provided", Auth),
    // No such model.
    named("model_not_found", ModelNotFound),
    named("model_decommissioned", ModelNotFound),
    named("not_found_error", ModelNotFound),
    named("resource_not_found_error", ModelNotFound),
    named("invalid_model", ModelNotFound),
    named("DeploymentNotFound", ModelNotFound),
    named("NOT_FOUND", ModelNotFound),
    named_by("zai", "1211", ModelNotFound),
    says("openrouter", &[400], "is not a valid model ID", ModelNotFound),
    says("lmstudio", &[400], "No models loaded", ModelNotFound),
    // The conversation is too long.
    named("context_length_exceeded", ContextOverflow),
    named("string_above_max_length", ContextOverflow),
    named("exceed_context_size_error", ContextOverflow),
    named("request_too_large", ContextOverflow),
    named_by("zai", "1261", ContextOverflow),
    anyone_says(REQUEST, "prompt is too long", ContextOverflow),
    anyone_says(REQUEST, "exceed context limit", ContextOverflow),
    anyone_says(REQUEST, "maximum context length", ContextOverflow),
    anyone_says(REQUEST, "maximum prompt length", ContextOverflow),
    anyone_says(REQUEST, "exceeds the context window", ContextOverflow),
    anyone_says(REQUEST, "exceeds the maximum number of tokens allowed", ContextOverflow),
    anyone_says(REQUEST, "greater than the context length", ContextOverflow),
    // It took too long.
    named("timeout_error", Timeout),
    named("DEADLINE_EXCEEDED", Timeout),
    // What was written is not let through.
    named("content_filter", Malformed),
];

/// What decides an error within an answer, where there is no status: types that elsewhere only repeat it.
pub(super) const GENERIC: &[Rule] = &[
    named("api_error", Server),
    named("server_error", Server),
    named("internal_server_error", Server),
    named("invalid_request_error", Malformed),
    named("INVALID_ARGUMENT", Malformed),
    named("permission_error", Auth),
];
