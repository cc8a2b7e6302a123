//! The vendors that are known without any configuration: where they are, what they speak, and which environment
//! variables hold their credentials.

use crate::catalog::{Api, ProviderId};

/// One known vendor.
#[derive(Debug)]
pub(crate) struct Vendor {
    /// Its canonical id.
    pub(crate) id: &'static str,
    /// Where its API is; `None` where modelpin has no way to talk to it.
    pub(crate) place: Option<VendorPlace>,
    /// The variables that hold a credential for it, the first to count first. The union of what the family's programs
    /// read in January and in April.
    pub(crate) variables: &'static [&'static str],
}

/// Where a vendor's API is.
#[derive(Debug)]
pub(crate) struct VendorPlace {
    /// The base URL, without a trailing `/`.
    pub(crate) base_url: &'static str,
    /// The wire format spoken there.
    pub(crate) api: Api,
    /// Whether it answers nobody without a credential. A server on this machine answers anybody.
    pub(crate) needs_credential: bool,
}

const fn at(
    id: &'static str,
    base_url: &'static str,
    api: Api,
    needs_credential: bool,
    variables: &'static [&'static str],
) -> Vendor {
    Vendor { id, place: Some(VendorPlace { base_url, api, needs_credential }), variables }
}

const fn cloud(id: &'static str, base_url: &'static str, variables: &'static [&'static str]) -> Vendor {
    at(id, base_url, Api::OpenAiCompletions, true, variables)
}

const fn like_anthropic(id: &'static str, base_url: &'static str, variables: &'static [&'static str]) -> Vendor {
    at(id, base_url, Api::AnthropicMessages, true, variables)
}

const fn local(id: &'static str, base_url: &'static str, variables: &'static [&'static str]) -> Vendor {
    at(id, base_url, Api::OpenAiCompletions, false, variables)
}

/// Somebody whom the family talks to and modelpin cannot.
const fn named(id: &'static str, variables: &'static [&'static str]) -> Vendor {
    Vendor { id, place: None, variables }
}

/// One row per vendor, by id.
const TABLE: [Vendor; 51] = [
    named("amazon-bedrock", &[]),
    like_anthropic("anthropic", "https://api.anthropic.com", &["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]),
    named("anthropic-openai", &["ANTHROPIC_API_KEY"]),
    cloud("byteplus", "https://ark.ap-southeast.bytepluses.com/api/v3", &["BYTEPLUS_API_KEY"]),
    cloud("cerebras", "https://api.cerebras.ai/v1", &["CEREBRAS_API_KEY"]),
    cloud("chutes", "https://llm.chutes.ai/v1", &["CHUTES_OAUTH_TOKEN", "CHUTES_API_KEY"]),
    named("cloudflare-ai-gateway", &["CLOUDFLARE_AI_GATEWAY_API_KEY"]),
    named("copilot-proxy", &[]),
    named("deepgram", &["DEEPGRAM_API_KEY"]),
    cloud("deepinfra", "https://api.deepinfra.com/v1/openai", &[]),
    cloud("deepseek", "https://api.deepseek.com/v1", &["DEEPSEEK_API_KEY"]),
    cloud("fireworks", "https://api.fireworks.ai/inference/v1", &[]),
    named("github-copilot", &["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]),
    cloud("google", "https://generativelanguage.googleapis.com/v1beta/openai", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    named("google-antigravity", &[]),
    named("google-gemini-cli", &[]),
    named("google-vertex", &[]),
    cloud("groq", "https://api.groq.com/openai/v1", &["GROQ_API_KEY"]),
    cloud("huggingface", "https://router.huggingface.co/v1", &["HUGGINGFACE_HUB_TOKEN", "HF_TOKEN"]),
    named("kilocode", &["KILOCODE_API_KEY"]),
    like_anthropic("kimi", "https://api.kimi.com/coding", &["KIMI_API_KEY", "KIMICODE_API_KEY"]),
    local("lmstudio", "http://127.0.0.1:1234/v1", &[]),
    like_anthropic("minimax", "https://api.minimax.io/anthropic", &["MINIMAX_API_KEY"]),
    named("minimax-cn", &["MINIMAX_API_KEY"]),
    named("minimax-portal", &["MINIMAX_OAUTH_TOKEN", "MINIMAX_API_KEY"]),
    cloud("mistral", "https://api.mistral.ai/v1", &["MISTRAL_API_KEY"]),
    cloud("moonshot", "https://api.moonshot.ai/v1", &["MOONSHOT_API_KEY"]),
    cloud("nvidia", "https://integrate.api.nvidia.com/v1", &["NVIDIA_API_KEY"]),
    local("ollama", "http://127.0.0.1:11434/v1", &["OLLAMA_API_KEY"]),
    cloud("openai", "https://api.openai.com/v1", &["OPENAI_API_KEY"]),
    named("openai-codex", &[]),
    cloud("opencode", "https://opencode.ai/zen/v1", &["OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"]),
    named("opencode-go", &["OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"]),
    cloud("openrouter", "https://openrouter.ai/api/v1", &["OPENROUTER_API_KEY"]),
    cloud("perplexity", "https://api.perplexity.ai", &[]),
    named("qianfan", &["QIANFAN_API_KEY"]),
    cloud(
        "qwen",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        &["QWEN_API_KEY", "MODELSTUDIO_API_KEY", "DASHSCOPE_API_KEY"],
    ),
    named("qwen-dashscope", &["DASHSCOPE_API_KEY"]),
    cloud("qwen-portal", "https://portal.qwen.ai/v1", &["QWEN_OAUTH_TOKEN", "QWEN_PORTAL_API_KEY"]),
    local("sglang", "http://127.0.0.1:30000/v1", &["SGLANG_API_KEY"]),
    named("stepfun", &["STEPFUN_API_KEY"]),
    like_anthropic("synthetic", "https://api.synthetic.new/anthropic", &["SYNTHETIC_API_KEY"]),
    cloud("together", "https://api.together.xyz/v1", &["TOGETHER_API_KEY"]),
    cloud("venice", "https://api.venice.ai/api/v1", &["VENICE_API_KEY"]),
    cloud("vercel-ai-gateway", "https://ai-gateway.vercel.sh/v1", &["AI_GATEWAY_API_KEY"]),
    local("vllm", "http://127.0.0.1:8000/v1", &["VLLM_API_KEY"]),
    cloud("volcengine", "https://ark.cn-beijing.volces.com/api/v3", &["VOLCANO_ENGINE_API_KEY"]),
    named("voyage", &["VOYAGE_API_KEY"]),
    cloud("xai", "https://api.x.ai/v1", &["XAI_API_KEY"]),
    like_anthropic("xiaomi", "https://api.xiaomimimo.com/anthropic", &["XIAOMI_API_KEY"]),
    cloud("zai", "https://api.z.ai/api/paas/v4", &["ZAI_API_KEY", "Z_AI_API_KEY"]),
];

/// The row of `provider`, if it is known.
pub(crate) fn vendor(provider: &ProviderId) -> Option<&'static Vendor> {
    TABLE.iter().find(|vendor| vendor.id == provider.as_str())
}

/// Every row.
pub(crate) fn vendors() -> impl Iterator<Item = &'static Vendor> {
    TABLE.iter()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{ProviderId, TABLE, vendor};

    #[test]
    fn every_row_is_found_by_its_id_and_stands_in_order() {
        assert!(TABLE.is_sorted_by(|a, b| a.id < b.id), "by id, each once");
        for row in &TABLE {
            let id = ProviderId::new(row.id).unwrap();
            assert_eq!(vendor(&id).map(|found| found.id), Some(row.id), "`{}` is not canonical", row.id);
        }
    }

    #[test]
    fn the_page_of_variables_has_every_row() {
        let page = include_str!("../../docs/ENVIRONMENT.md");
        let named = TABLE.iter().filter(|row| !row.variables.is_empty());
        let rows = named.map(|row| format!("| {} | `{}` |\n", row.id, row.variables.join("`, `")));
        let table: String = ["| provider | variables |\n| --- | --- |\n".to_owned()].into_iter().chain(rows).collect();
        assert!(page.ends_with(&table), "docs/ENVIRONMENT.md has to end with:\n{table}");
    }

    #[test]
    fn a_key_leaves_the_machine_over_tls_only() {
        for (id, place) in TABLE.iter().filter_map(|row| Some((row.id, row.place.as_ref()?))) {
            assert!(place.base_url.starts_with("https://") || !place.needs_credential, "{id}");
            assert!(!place.base_url.ends_with('/'), "{id}");
        }
    }
}
