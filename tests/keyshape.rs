//! Secrets in plain text: what holds for every text, and how long it takes.

use std::time::{Duration, Instant};

use modelpin::keyshape::shape_in;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use proptest::test_runner::RngSeed;

/// What the patterns care about, so that random texts get past their beginnings.
fn piece() -> impl Strategy<Value = String> {
    let words = vec![
        "sk-",
        "sk-ant-",
        "api03-",
        "oat01-",
        "sk-proj-",
        "gsk_",
        "AIza",
        "ghp_",
        "xoxb-",
        "AKIA",
        "eyJ",
        ".eyJ",
        ".",
        ":",
        "-----BEGIN ",
        "PRIVATE KEY",
        "-----",
        "secret_access_key",
        "=",
        "%3D",
        "\\n",
        "\n",
        "\r\n",
        "\u{2028}",
        "> ",
        "\\",
        " ",
        "\u{200B}",
        "ｓ",
        "－",
        "–",
        "é",
        "0123456789",
        "xxxx",
        "your",
        "q7Zk2mV9xT4bW1rY",
        "8f3c1a90be4d7265",
    ];
    prop_oneof![8 => select(words).prop_map(str::to_owned), 1 => any::<String>()]
}

/// A key of a known vendor, of characters drawn by chance.
fn key() -> impl Strategy<Value = (String, &'static str)> {
    let vendors = vec![
        ("sk-ant-oat01-", "an Anthropic setup-token"),
        ("sk-ant-api03-", "an Anthropic API key"),
        ("sk-proj-", "an OpenAI API key"),
        ("gsk_", "a Groq API key"),
        ("ghp_", "a GitHub token"),
        ("hf_", "a Hugging Face token"),
    ];
    (select(vendors), "[0-9A-Za-z]{48}").prop_map(|((before, name), body)| (format!("{before}{body}"), name))
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(0x6b65_7973), ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn any_text_is_looked_through(text in any::<String>(), pieces in vec(piece(), 0..60)) {
        shape_in(&text);
        shape_in(&pieces.concat());
    }

    #[test]
    fn text_without_a_digit_and_a_dash_holds_no_key(text in "[a-z ,.!?'\n]{0,400}") {
        prop_assert_eq!(shape_in(&text), None);
    }

    #[test]
    fn a_key_is_found_whatever_stands_around_it(
        (key, name) in key(),
        before in "([a-z]{1,12}[ ,.\n]){0,40}",
        after in "([ ,.\n][a-z]{1,12}){0,40}",
    ) {
        let text = format!("{before} {key}{after}");
        prop_assert_eq!(shape_in(&text).map(|shape| shape.name), Some(name), "{}", text);
    }

    #[test]
    fn a_key_is_found_wherever_its_lines_were_broken((key, name) in key(), columns in 16_usize..60, indent in 0_usize..5) {
        let lines: Vec<&str> = key.as_bytes().chunks(columns).map(|line| str::from_utf8(line).unwrap()).collect();
        let text = lines.join(&format!("\n{}", " ".repeat(indent)));
        prop_assert_eq!(shape_in(&text).map(|shape| shape.name), Some(name), "{}", text);
    }

    #[test]
    fn a_key_of_one_character_is_a_placeholder(before in "(sk-|sk-ant-api03-|sk-proj-|gsk_|ghp_|hf_)", c in "[0-9A-Za-z]", length in 0_usize..80) {
        prop_assert_eq!(shape_in(&(before + &c.repeat(length))), None);
    }
}

#[test]
fn a_long_text_takes_no_longer_than_its_length() {
    const LENGTH: usize = 1024 * 1024;
    let noise: String = (0_u32..)
        .map(|i| char::from(b'!' + u8::try_from(i.wrapping_mul(2_654_435_761) >> 25).unwrap() % 94))
        .take(LENGTH)
        .collect();
    let parts = [
        "a",
        "M",
        "sk-",
        "-sk-",
        "eyJ-",
        "eyJaaaaaaaa.",
        ".eyJaaaaaaaa",
        "1234567890:",
        "sk-ant-api03-xxxxxxxxxxxxxxxx ",
        "BEGIN PRIVATE KEY-",
        "BEGIN PRIVATE KEY- a",
        "secret_access_key=",
        "MTIzNDU2Nzg5MDEy.",
        "0123456789abcdef\n",
        "sk-\n",
        "ｓ",
        "\u{200B}",
        "é",
    ];
    let started = Instant::now();
    for text in parts.iter().map(|part| part.repeat(LENGTH / part.len())).chain([noise]) {
        assert_eq!(shape_in(&text), None, "{:?}", &text.chars().take(20).collect::<String>());
    }
    // Each takes a fraction of a second even in a debug build on a busy machine; anything worse than linear takes hours.
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}
