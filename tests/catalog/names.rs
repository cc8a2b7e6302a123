//! Model refs and aliases: one canonical form each.

use modelpin::catalog::{Alias, ModelRef};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use proptest::test_runner::RngSeed;
use rstest::rstest;

#[rstest]
#[case("Anthropic/OPUS-4.5", "anthropic/claude-opus-4-5")]
#[case("anthropic/sonnet-4.6", "anthropic/claude-sonnet-4-6")]
#[case("google/gemini-3-pro", "google/gemini-3-pro-preview")]
#[case("google-vertex/gemini-3-flash", "google-vertex/gemini-3-flash-preview")]
#[case("openrouter/auto", "openrouter/auto")]
#[case("openrouter/openrouter/auto", "openrouter/auto")]
#[case("openrouter/openai/gpt-5.4", "openrouter/openai/gpt-5.4")]
#[case("huggingface/huggingface/org/m", "huggingface/org/m")]
#[case("huggingface/HuggingFace/huggingface/m", "huggingface/m")]
#[case("vercel-ai-gateway/claude-opus-4-6", "vercel-ai-gateway/anthropic/claude-opus-4-6")]
#[case("vercel-ai-gateway/opus-4.6", "vercel-ai-gateway/anthropic/claude-opus-4-6")]
#[case(" Z.AI / GLM-4.7 ", "zai/GLM-4.7")]
#[case("custom/custom/foo", "custom/custom/foo")]
fn a_ref_has_one_spelling(#[case] typed: &str, #[case] canonical: &str) {
    assert_eq!(typed.parse::<ModelRef>().unwrap().to_string(), canonical);
}

#[test]
fn the_wire_name_of_openrouters_own_models_carries_its_name() {
    assert_eq!("openrouter/auto".parse::<ModelRef>().unwrap().model.as_str(), "openrouter/auto");
}

#[rstest]
#[case("")]
#[case("opus")]
#[case("/opus")]
#[case("anthropic/")]
#[case("anthropic/ ")]
fn a_ref_has_two_sides(#[case] typed: &str) {
    assert!(typed.parse::<ModelRef>().is_err());
}

#[rstest]
#[case("openrouter/openrouter/auto")]
#[case("openrouter/openrouter/ ")]
#[case("openrouter/openrouter/ x")]
#[case("openrouter/openrouter/a/b")]
fn a_doubled_prefix_is_left_out_only_where_reading_puts_it_back(#[case] typed: &str) {
    let model: ModelRef = typed.parse().unwrap();
    assert_eq!(model.to_string().parse::<ModelRef>(), Ok(model));
}

#[rstest]
#[case("", false)]
#[case(" ", false)]
#[case("a/b", false)]
#[case("@work", false)]
#[case("a\u{7}", false)]
#[case("k2.5", true)]
#[case("Opus Max", true)]
#[case("опус", true)]
fn an_alias_looks_like_nothing_else(#[case] text: &str, #[case] valid: bool) {
    assert_eq!(text.parse::<Alias>().is_ok(), valid);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x6d6f_6465_6c70_696e),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_ref_is_read_back_as_it_is_written(
        provider in "(openrouter|huggingface|vercel-ai-gateway|anthropic|google|[a-z.@:-]{1,8})",
        model in "((openrouter|huggingface|anthropic|opus-4\\.5|gemini-3-pro|auto|claude-x)/?){0,3}[a-zA-Z0-9@:/._~ é-]{0,12}",
    ) {
        if let Ok(model) = format!("{provider}/{model}").parse::<ModelRef>() {
            prop_assert_eq!(model.to_string().parse::<ModelRef>(), Ok(model));
        }
    }
}
