//! One entry of `usageStats`.

use serde_json::{Map, Value};

use crate::catalog::ModelId;
use crate::profile::Usage;
use crate::profile::wire::{fields, text};

/// Reads what the family noted; what makes no sense is passed over, because nothing depends on it being there.
pub(crate) fn usage(stats: &Map<String, Value>) -> Usage {
    let at = |name: &str| stats.get(name).and_then(Value::as_f64).and_then(fields::moment);
    let (cooldown_until, disabled_until) = (at("cooldownUntil"), at("disabledUntil"));
    Usage {
        last_used: at("lastUsed"),
        cooldown_until,
        cooldown_reason: text(stats, "cooldownReason").map(str::to_owned),
        cooldown_model: text(stats, "cooldownModel").and_then(ModelId::new),
        disabled_until,
        disabled: disabled_until.is_some() && disabled_until >= cooldown_until,
    }
}
