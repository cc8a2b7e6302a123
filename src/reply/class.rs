//! A class of failure, in words.

use crate::health::FailureClass;

/// What happened to the candidate, as the end of a sentence that begins with its name.
pub(crate) fn happened(class: FailureClass) -> &'static str {
    match class {
        FailureClass::RateLimit => "is rate-limited",
        FailureClass::AccountLimit => "is rate-limited on every model",
        FailureClass::Billing => "is out: the account cannot pay",
        FailureClass::Auth => "was refused by the provider",
        FailureClass::NeedsLogin => "needs login",
        FailureClass::NotRenewed => "could not be renewed this time",
        FailureClass::ClientOnly => "may be used by the provider's own client only: use an API key",
        FailureClass::Overloaded => "met an overloaded provider",
        FailureClass::Server => "met a failing provider",
        FailureClass::Timeout => "got no answer in time",
        FailureClass::Malformed => "was sent a request that the provider does not take",
        FailureClass::ContextOverflow => "cannot take so long a conversation: /new begins a shorter one",
        FailureClass::ModelNotFound => "does not have that model",
    }
}

/// Why something is benched.
pub(crate) fn benched(class: FailureClass) -> &'static str {
    match class {
        FailureClass::RateLimit => "rate-limited",
        FailureClass::AccountLimit => "rate-limited on every model",
        FailureClass::Billing => "disabled: the account cannot pay",
        FailureClass::Auth => "disabled: the provider refuses it",
        FailureClass::NeedsLogin => "needs login",
        FailureClass::NotRenewed => "its access token could not be renewed",
        FailureClass::ClientOnly => "not usable here: for the provider's own client only, use an API key",
        FailureClass::Overloaded => "the provider is overloaded",
        FailureClass::Server => "the provider failed",
        FailureClass::Timeout => "the provider did not answer in time",
        FailureClass::Malformed | FailureClass::ContextOverflow | FailureClass::ModelNotFound => "passed over",
    }
}
