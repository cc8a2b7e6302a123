//! What tokens cost, as the operator says.

use indexmap::IndexMap;

use crate::catalog::ModelRef;

/// What a million tokens cost, in the configured currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Tokens that are read.
    pub input: f64,
    /// Tokens that are written.
    pub output: f64,
}

/// `usage.prices`: by model ref; `provider/*` stands for every other model of a provider.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices(pub IndexMap<String, Price>);

impl Prices {
    /// What one request of `model` cost, in millionths of the currency; `None` where the price or the size is not known.
    pub fn cost_micros(&self, model: &ModelRef, tokens_in: Option<u64>, tokens_out: Option<u64>) -> Option<u64> {
        let every = format!("{}/*", model.provider);
        let price = self.0.get(&model.to_string()).or_else(|| self.0.get(&every))?;
        let (read, written) = (tokens_in?, tokens_out?);
        // So much for a million tokens is so many millionths for each.
        #[allow(clippy::cast_precision_loss, reason = "no request comes near 2^53 tokens")]
        let cost = (read as f64).mul_add(price.input, written as f64 * price.output).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast of a float saturates")]
        Some(cost as u64)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{Price, Prices};

    #[test]
    fn the_nearest_price_counts() {
        let prices = Prices(
            [
                ("anthropic/claude-opus-4-6".to_owned(), Price { input: 15.0, output: 75.0 }),
                ("anthropic/*".to_owned(), Price { input: 3.0, output: 15.0 }),
            ]
            .into(),
        );
        for (model, read, written, cost) in [
            ("anthropic/claude-opus-4-6", Some(1_000_000), Some(0), Some(15_000_000)),
            ("anthropic/claude-opus-4-6", Some(10), Some(2), Some(300)),
            ("anthropic/claude-haiku-4-5", Some(10), Some(2), Some(60)),
            ("openai/gpt-5.4", Some(10), Some(2), None),
            ("anthropic/claude-haiku-4-5", None, Some(2), None),
        ] {
            assert_eq!(prices.cost_micros(&model.parse().unwrap(), read, written), cost, "{model}");
        }
    }
}
