//! What class of failure an answer is: from its status and its typed body.
//!
//! No number is ever looked for in text. A sentence that a vendor is known to use decides only where its type does not.

mod rules;

#[cfg(test)]
mod tests;

use crate::catalog::ProviderId;
use crate::health::FailureClass;
use crate::provider::ErrorBody;

use rules::{GENERIC, Mark, RULES, Rule};

/// The class of a failure that came with HTTP status `status` (below 400 for one that came within an answer).
pub fn classify(provider: &ProviderId, status: u16, body: &ErrorBody) -> FailureClass {
    let status = Some(status).filter(|status| *status >= 300).or(body.status);
    if let Some(rule) = RULES.iter().find(|rule| rule.applies(provider, status, body)) {
        return rule.class;
    }
    if let Some(status) = status {
        return by_status(status);
    }
    let generic = GENERIC.iter().find(|rule| rule.applies(provider, None, body));
    generic.map_or(FailureClass::Server, |rule| rule.class)
}

/// What a status means where nothing finer is said.
fn by_status(status: u16) -> FailureClass {
    match status {
        401 | 403 => FailureClass::Auth,
        402 => FailureClass::Billing,
        404 | 410 => FailureClass::ModelNotFound,
        408 | 504 | 524 => FailureClass::Timeout,
        413 => FailureClass::ContextOverflow,
        429 => FailureClass::RateLimit,
        529 => FailureClass::Overloaded,
        500..=599 => FailureClass::Server,
        _ => FailureClass::Malformed,
    }
}

impl Rule {
    fn applies(&self, provider: &ProviderId, status: Option<u16>, body: &ErrorBody) -> bool {
        let same_provider = self.provider.is_none_or(|own| own == provider.as_str());
        let same_status = self.statuses.is_empty() || self.statuses.contains(&status.unwrap_or(0));
        same_provider && same_status && self.mark.is_on(body)
    }
}

impl Mark {
    fn is_on(&self, body: &ErrorBody) -> bool {
        match self {
            Self::Always => true,
            Self::Named(name) => {
                [&body.kind, &body.code].into_iter().flatten().any(|given| given.eq_ignore_ascii_case(name))
            }
            Self::Says(sentence) => body
                .message
                .as_ref()
                .is_some_and(|message| message.to_ascii_lowercase().contains(&sentence.to_ascii_lowercase())),
            Self::Moderated => body.moderated,
        }
    }
}
