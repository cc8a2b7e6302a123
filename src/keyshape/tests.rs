#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use crate::keyshape::{Found, secret_in, shape_in};

/// Invented, and long enough for every row. Prefixes stand elsewhere, so that nothing here is taken for a key.
const RANDOM: &str = "q7Zk2mV9xT4bW1rY8sD3fG6hJ5kL0nPcQaEuRiOtYpSdFgHjKlZxCvBnM2Q4W6E8R0T1Y3U5";
const HEX: &str = "8f3c1a90be4d72651c9e0f7a6b5d4c3e8f3c1a90be4d72651c9e0f7a6b5d4c3e";

fn name(text: &str) -> Option<&'static str> {
    shape_in(text).map(|shape| shape.name)
}

/// `before`, and so many characters drawn by chance.
fn key(before: &str, length: usize) -> String {
    format!("{before}{}", &RANDOM[..length])
}

#[test]
fn every_vendors_secrets_are_told_by_their_shape() {
    let upper = "QWKZPXNV2TRMLGHJ";
    let jwt = format!("eyJ{}.eyJ{}.", &RANDOM[..20], &RANDOM[..40]);
    for (name_of_it, secrets) in [
        ("an Anthropic setup-token", vec![key("sk-ant-oat01-", 70)]),
        ("an Anthropic refresh token", vec![key("sk-ant-ort01-", 70)]),
        (
            "an Anthropic API key",
            vec![key("sk-ant-api03-", 70), key("sk-ant-admin01-", 70), key("sk-ant-", 30), key("sk-ant-api03-", 12)],
        ),
        ("an OpenRouter API key", vec![format!("sk-or-v1-{HEX}")]),
        (
            "an OpenAI API key",
            vec![key("sk-proj-", 70), key("sk-svcacct-", 70), key("sk-admin-", 40), key("sk-proj-", 20)],
        ),
        ("a Groq API key", vec![key("gsk_", 52)]),
        ("an xAI API key", vec![format!("xai-{}{}", &RANDOM[..70], &RANDOM[..10])]),
        ("a Google API key", vec![key("AIza", 35)]),
        ("a Google OAuth client secret", vec![key("GOCSPX-", 28)]),
        ("a Hugging Face token", vec![key("hf_", 34)]),
        ("a Perplexity API key", vec![key("pplx-", 48)]),
        (
            "a GitHub token",
            ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]
                .map(|before| key(before, 36))
                .into_iter()
                .chain([format!("github_pat_{}_{}", &RANDOM[..22], &RANDOM[..59])])
                .collect(),
        ),
        ("a GitLab token", vec![key("glpat-", 20)]),
        (
            "a Slack token",
            ["xoxa-", "xoxb-", "xoxp-", "xoxr-", "xoxs-", "xapp-1-A0"]
                .map(|before| format!("{before}123456789012-210987654321-{}", &RANDOM[..24]))
                .into(),
        ),
        ("an npm token", vec![key("npm_", 36)]),
        ("an AWS access key", vec![format!("AKIA{upper}"), format!("ASIA{upper} and {}", &RANDOM[..40])]),
        (
            "an AWS secret access key",
            vec![key("AWS_SECRET_ACCESS_KEY=", 40), format!("\"SecretAccessKey\": \"{}\"", &RANDOM[..40])],
        ),
        ("a Stripe live key", vec![key("sk_live_", 24), key("rk_live_", 24)]),
        (
            "a Telegram bot token",
            vec![
                key("1234567890:", 35),
                key("https://api.telegram.org/bot1234567890:", 35) + "/getMe",
                key("?token=1234567890%3A", 35),
            ],
        ),
        (
            "a Discord bot token",
            vec![format!("MTIzNDU2Nzg5MDEyMzQ1Njc4.{}.{}", &RANDOM[..6], &RANDOM[10..48]), {
                format!("MTIzNDU2Nzg5MDEyMzQ1Njc4OQ.{}.{}", &RANDOM[..6], &RANDOM[10..37])
            }],
        ),
        ("a signed token (JWT)", vec![format!("{jwt}{}", &RANDOM[..43])]),
        (
            "a private key",
            ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "]
                .map(|kind| format!("-----BEGIN {kind}PRIVATE KEY-----\n{}\n-----END", &RANDOM[..64]))
                .into_iter()
                .chain([
                    format!(
                        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,8F3C\n\n{}",
                        &RANDOM[..64]
                    ),
                    format!("{{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n{}\\n\"}}", &RANDOM[..64]),
                    format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{}", &RANDOM[..64]),
                ])
                .collect(),
        ),
        (
            "an API key such as OpenAI, DeepSeek and Moonshot issue",
            vec![format!("sk-{}", &HEX[..32]), key("sk-", 48), key("sk-kimi-", 40), key("sk-", 20)],
        ),
    ] {
        for secret in secrets {
            assert_eq!(name(&secret), Some(name_of_it), "{secret}");
            assert_eq!(name(&format!("It is {secret}, ok?")), Some(name_of_it), "{secret}");
        }
    }
}

#[test]
fn what_only_begins_like_a_secret_is_let_through() {
    let short = &RANDOM[..7];
    for harmless in [
        // Placeholders, and what stands in documentation.
        "sk-...",
        "sk-ant-…",
        "sk-ant-api03-...",
        "sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-ant-api03-your-api-key-goes-here-1234567890",
        "sk-ant-oat01-REPLACE_ME_WITH_THE_TOKEN_OF_2026",
        "sk-xxxxxxxx",
        "sk-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "export OPENAI_API_KEY=<YOUR_KEY>",
        "gsk_your_key_here",
        "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "AIza...",
        "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----",
        "a line such as -----BEGIN PRIVATE KEY----- is how it begins, and nothing that is written behind it is a key",
        "keys of Anthropic begin with sk-ant-api03-, setup-tokens with sk-ant-oat01-",
        // Names.
        "claude-sonnet-4-6, gpt-5.4-mini, pplx-70b-online, xai/grok-4, anthropic:work, openai:me@example.com",
        "sk-learn, sk-learn-contrib, sk-fading-circle12, sk-proj-customer-support-bot-v2, task-risk-desk-disk",
        "npm_config_registry_of_the_company_proxy, npm_lifecycle_event, hf_hub_download, gho_st",
        "class Mk_liveness, sk_live_, rk_live_reload_the_whole_thing",
        // Numbers of other kinds.
        "123e4567-e89b-12d3-a456-426614174000",
        "8f3c1a90be4d72651c9e0f7a6b5d4c3e8f3c1a90",
        "sha256:8f3c1a90be4d72651c9e0f7a6b5d4c3e8f3c1a90be4d72651c9e0f7a6b5d4c3e",
        "12345678:30 and 127.0.0.1:18789, 2026-11-20T12:00:00Z, 1234567890:8f3c1a90be4d72651c9e0f7a6b5d4c3e8f3c1a90",
        "https://example.com/disk-q7Zk2mV9xT4bW1rY8sD3fG6h?page=2&key=value",
        "eyJhbGciOiJIUzI1NiJ9 is only the first part, eyJ.eyJ.x too",
        "Donaudampfschifffahrtsgesellschaftskapitän, Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
        "let module = Module.method.another_very_long_method_name_of_it(MyVeryLongModuleNameHere);",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEq7Zk2mV9xT4bW1rY8sD3fG6hJ5kL",
        "",
    ] {
        assert_eq!(name(harmless), None, "{harmless}");
    }
    // Too short, too long, of another alphabet, or within a word.
    for near in [
        format!("sk-ant-api03-{short}"),
        key("sk-", 19),
        key("gsk_", 29),
        key("xai-", 39),
        key("AIza", 29),
        key("GOCSPX-", 23),
        key("hf_", 29),
        key("pplx-", 31),
        key("ghp_", 29),
        key("glpat-", 19),
        key("xoxb-", 19),
        key("npm_", 29),
        "AKIAQWKZPXNV2TRMLGH".to_owned(),
        "AKIAQWKZPXNV2TRMLGHJK".to_owned(),
        key("secret_access_key=", 41),
        key("sk_live_", 15),
        key("1234567890:", 34),
        key("1234567890:", 36),
        key("123456:", 35),
        key("12345678901:", 35),
        format!("ATIzNDU2Nzg5MDEyMzQ1Njc4.{}.{}", &RANDOM[..6], &RANDOM[10..48]),
        format!("eyJ{}.eyJ{}.", &RANDOM[..20], &RANDOM[..40]),
        key("task-", 48),
        key("xsk-ant-api03-", 48),
    ] {
        assert_eq!(name(&near), None, "{near}");
    }
}

#[test]
fn a_secret_is_found_in_whatever_stands_around_it() {
    let secret = key("sk-ant-api03-", 70);
    for around in [
        "export ANTHROPIC_API_KEY=KEY",
        "\"KEY\"",
        "'KEY'",
        "`KEY`",
        "**KEY**",
        "(KEY)",
        "“KEY”",
        "x-api-key:KEY",
        "https://example.com/?a=b&key=KEY&c=d",
        "https://example.com/?q=key%3DKEY",
        "{\"text\":\"my key:\\nKEY\\n\"}",
        "/model KEY",
        "/opus my key is KEY, is it any good?",
        "hello\n\nmy key is\nKEY\nwhat now?",
        "鍵はKEYです",
        "a longer line that is not the key's\nKEY",
        "key=\u{200B}KEY",
        "<KEY>",
        "sk-ant-api03-xxxxxxxxxxxxxxxxxxxx is a sample, KEY is not",
    ] {
        let text = around.replace("KEY", &secret);
        assert_eq!(name(&text), Some("an Anthropic API key"), "{text}");
    }
}

#[test]
fn a_secret_is_found_however_it_was_broken_or_dressed() {
    let secret = key("sk-ant-oat01-", 70);
    let full_width: String = secret.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
    let invisible: String = secret.chars().flat_map(|c| [c, '\u{200B}']).collect();
    for dressed in [full_width, invisible, secret.replace('-', "\u{2011}"), secret.replace('-', "\u{2013}")] {
        assert_eq!(name(&dressed), Some("an Anthropic setup-token"), "{dressed}");
    }
    for lead in ["", "my token is ", "a longer sentence before it: "] {
        let text = format!("{lead}{secret} and more");
        for columns in 16..100 {
            for end in ["\n", "\r\n", " \n    ", "\\\n", "\n> ", "\u{2028}"] {
                let lines: Vec<&str> =
                    text.as_bytes().chunks(columns).map(|line| str::from_utf8(line).unwrap()).collect();
                let wrapped = lines.join(end);
                assert_eq!(name(&wrapped), Some("an Anthropic setup-token"), "{wrapped}");
            }
        }
    }
}

#[test]
fn lines_that_were_not_broken_are_not_put_together() {
    for text in [
        "sk-learn\nnumpy1\npandas2\nscipy3\nmatplotlib4",
        "You can install it with sk-learn\nversion 3 or newer",
        "- [ ] sk-ant-\n- [ ] api03-\n- [ ] q7Zk2mV9xT4bW1rY8sD3",
    ] {
        assert_eq!(name(text), None, "{text}");
    }
}

#[test]
fn a_known_secret_is_found_by_its_value() {
    let knows = |text: &str| text.contains("correct horse battery");
    assert_eq!(secret_in("it is correct horse battery", knows), Some(Found::Known));
    assert_eq!(secret_in("it is correct\u{200B} ｈorse battery", knows), Some(Found::Known), "in plain characters");
    assert_eq!(secret_in("here it comes: correct hor\nse battery", knows), Some(Found::Known), "put together");
    assert_eq!(secret_in("hello", knows), None);
    let both = format!("correct horse battery {}", key("gsk_", 52));
    let Some(Found::Shaped(shape)) = secret_in(&both, knows) else { unreachable!("its vendor is told") };
    assert_eq!(shape.name, "a Groq API key");
}
