#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin::catalog::ModelId;
use modelpin::config::{ProviderConfig, ProviderModel};
use modelpin::provider::{Api, Endpoint, NoEndpoint, endpoint, needs_credential};
use rstest::rstest;

use crate::provider::rig::provider;

fn config(base_url: Option<&str>, api: Option<&str>) -> ProviderConfig {
    ProviderConfig { base_url: base_url.map(str::to_owned), api: api.map(str::to_owned), ..ProviderConfig::default() }
}

fn of(id: &str, config: Option<&ProviderConfig>) -> Result<Endpoint, NoEndpoint> {
    endpoint(&provider(id), &ModelId::new("m").unwrap(), config)
}

#[rstest]
#[case("anthropic", "https://api.anthropic.com", Api::AnthropicMessages, true)]
#[case("openai", "https://api.openai.com/v1", Api::OpenAiCompletions, true)]
#[case("openrouter", "https://openrouter.ai/api/v1", Api::OpenAiCompletions, true)]
#[case("google", "https://generativelanguage.googleapis.com/v1beta/openai", Api::OpenAiCompletions, true)]
#[case("z.ai", "https://api.z.ai/api/paas/v4", Api::OpenAiCompletions, true)]
#[case("kimi-coding", "https://api.kimi.com/coding", Api::AnthropicMessages, true)]
#[case("ollama", "http://127.0.0.1:11434/v1", Api::OpenAiCompletions, false)]
#[case("lmstudio", "http://127.0.0.1:1234/v1", Api::OpenAiCompletions, false)]
fn known_vendors_need_no_configuration(#[case] id: &str, #[case] url: &str, #[case] api: Api, #[case] needs: bool) {
    let found = of(id, None).unwrap();
    assert_eq!((found.base_url.as_str(), found.api), (url, api));
    assert_eq!(needs_credential(&found), needs);
    assert_eq!(of(id, Some(&ProviderConfig::default())).unwrap(), found);
}

#[rstest]
#[case("anthropic", "http://localhost:8787/", None, "http://localhost:8787", Api::AnthropicMessages)]
#[case("openai", "https://proxy.example", None, "https://proxy.example/v1", Api::OpenAiCompletions)]
#[case(
    "openai",
    "https://proxy.example/x",
    Some("openai-responses"),
    "https://proxy.example/x",
    Api::OpenAiCompletions
)]
#[case("openrouter", "https://proxy.example", None, "https://proxy.example", Api::OpenAiCompletions)]
#[case("ollama", "http://192.168.1.7:11434", None, "http://192.168.1.7:11434/v1", Api::OpenAiCompletions)]
#[case("mine", "https://llm.example/api//", None, "https://llm.example/api", Api::OpenAiCompletions)]
#[case("mine", "https://llm.example/a", Some("anthropic-messages"), "https://llm.example/a", Api::AnthropicMessages)]
fn the_configuration_comes_first(
    #[case] id: &str,
    #[case] written: &str,
    #[case] api: Option<&str>,
    #[case] url: &str,
    #[case] spoken: Api,
) {
    let found = of(id, Some(&config(Some(written), api))).unwrap();
    assert_eq!((found.base_url.as_str(), found.api), (url, spoken));
}

#[test]
fn a_model_may_be_served_in_another_format_than_its_siblings() {
    let mut config = config(Some("https://llm.example"), Some("openai-completions"));
    config.models = vec![ProviderModel {
        id: "m".to_owned(),
        api: Some("anthropic-messages".to_owned()),
        ..ProviderModel::default()
    }];
    assert_eq!(of("mine", Some(&config)).unwrap().api, Api::AnthropicMessages);
    let other = endpoint(&provider("mine"), &ModelId::new("n").unwrap(), Some(&config)).unwrap();
    assert_eq!(other.api, Api::OpenAiCompletions);
}

#[rstest]
#[case::unknown("mine", None, None, "set `models.providers.mine.baseUrl`")]
#[case::google("google", None, Some("google-generative-ai"), "v1beta/openai")]
#[case::bedrock(
    "amazon-bedrock",
    Some("https://b.example"),
    Some("bedrock-converse-stream"),
    "does not speak `bedrock-converse-stream`"
)]
#[case::responses("mine", Some("https://b.example"), Some("openai-responses"), "set `api` to \"openai-completions\"")]
#[case::copilot("github-copilot", Some("https://b.example"), Some("github-copilot"), "does not speak `github-copilot`")]
#[case::no_url("mine", Some("llm.example/v1"), None, "is not a URL")]
#[case::scheme("mine", Some("ftp://llm.example"), None, "must begin with https://")]
#[case::password("mine", Some("https://me:hunter2@llm.example"), None, "must not hold a user name or password")]
#[case::query("mine", Some("https://llm.example/v1?key=hunter2"), None, "must not hold a `?`")]
fn what_cannot_be_reached_says_what_to_write(
    #[case] id: &str,
    #[case] url: Option<&str>,
    #[case] api: Option<&str>,
    #[case] words: &str,
) {
    let said = of(id, Some(&config(url, api))).unwrap_err().to_string();
    assert!(said.contains(words), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn headers_are_checked_and_never_shown() {
    let mut config = config(Some("https://llm.example"), None);
    config.headers.insert("X-Team".to_owned(), "sk-test-header".to_owned());
    let found = of("mine", Some(&config)).unwrap();
    assert!(needs_credential(&found));
    assert_eq!(found.headers, [("X-Team".to_owned(), "sk-test-header".to_owned())]);
    assert!(!format!("{found:?}").contains("sk-test"));
    config.headers.insert("Authorization".to_owned(), "Bearer sk-test-gate".to_owned());
    assert!(!needs_credential(&of("mine", Some(&config)).unwrap()));
    config.headers.insert("X-Bad".to_owned(), "sk-test\nx".to_owned());
    let said = of("mine", Some(&config)).unwrap_err().to_string();
    assert!(said.contains("`X-Bad`") && !said.contains("sk-test"), "{said}");
}

#[test]
fn what_is_on_this_machine_needs_no_credential() {
    for (url, needs) in [
        ("http://localhost:9", false),
        ("http://127.3.2.1:9", false),
        ("http://[::1]:9", false),
        ("http://box.localhost", false),
        ("https://llm.example", true),
        ("http://localhost.example", true),
        ("http://10.0.0.1", true),
    ] {
        assert_eq!(needs_credential(&of("mine", Some(&config(Some(url), None))).unwrap()), needs, "{url}");
    }
}
