//! The vendors whose addresses are known without any configuration.

use crate::catalog::ProviderId;
use crate::provider::Api;

/// One known vendor.
pub(crate) struct BuiltIn {
    /// Its canonical id.
    pub(crate) id: &'static str,
    /// Its public base URL.
    pub(crate) base_url: &'static str,
    /// What it speaks there.
    pub(crate) api: Api,
    /// Whether it answers nobody without a credential.
    pub(crate) needs_credential: bool,
}

const fn cloud(id: &'static str, base_url: &'static str) -> BuiltIn {
    BuiltIn { id, base_url, api: Api::OpenAiCompletions, needs_credential: true }
}

const fn like_anthropic(id: &'static str, base_url: &'static str) -> BuiltIn {
    BuiltIn { id, base_url, api: Api::AnthropicMessages, needs_credential: true }
}

const fn local(id: &'static str, base_url: &'static str) -> BuiltIn {
    BuiltIn { id, base_url, api: Api::OpenAiCompletions, needs_credential: false }
}

/// By canonical id, one row each.
const TABLE: [BuiltIn; 33] = [
    like_anthropic("anthropic", "https://api.anthropic.com"),
    cloud("openai", "https://api.openai.com/v1"),
    cloud("openrouter", "https://openrouter.ai/api/v1"),
    cloud("google", "https://generativelanguage.googleapis.com/v1beta/openai"),
    cloud("groq", "https://api.groq.com/openai/v1"),
    cloud("mistral", "https://api.mistral.ai/v1"),
    cloud("xai", "https://api.x.ai/v1"),
    cloud("deepseek", "https://api.deepseek.com/v1"),
    local("ollama", "http://127.0.0.1:11434/v1"),
    local("lmstudio", "http://127.0.0.1:1234/v1"),
    local("vllm", "http://127.0.0.1:8000/v1"),
    local("sglang", "http://127.0.0.1:30000/v1"),
    cloud("together", "https://api.together.xyz/v1"),
    cloud("fireworks", "https://api.fireworks.ai/inference/v1"),
    cloud("cerebras", "https://api.cerebras.ai/v1"),
    cloud("moonshot", "https://api.moonshot.ai/v1"),
    like_anthropic("kimi", "https://api.kimi.com/coding"),
    cloud("zai", "https://api.z.ai/api/paas/v4"),
    cloud("venice", "https://api.venice.ai/api/v1"),
    like_anthropic("synthetic", "https://api.synthetic.new/anthropic"),
    like_anthropic("minimax", "https://api.minimax.io/anthropic"),
    like_anthropic("xiaomi", "https://api.xiaomimimo.com/anthropic"),
    cloud("vercel-ai-gateway", "https://ai-gateway.vercel.sh/v1"),
    cloud("opencode", "https://opencode.ai/zen/v1"),
    cloud("qwen", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
    cloud("qwen-portal", "https://portal.qwen.ai/v1"),
    cloud("nvidia", "https://integrate.api.nvidia.com/v1"),
    cloud("huggingface", "https://router.huggingface.co/v1"),
    cloud("chutes", "https://llm.chutes.ai/v1"),
    cloud("perplexity", "https://api.perplexity.ai"),
    cloud("deepinfra", "https://api.deepinfra.com/v1/openai"),
    cloud("volcengine", "https://ark.cn-beijing.volces.com/api/v3"),
    cloud("byteplus", "https://ark.ap-southeast.bytepluses.com/api/v3"),
];

/// The row of `provider`, if it is known.
pub(crate) fn built_in(provider: &ProviderId) -> Option<&'static BuiltIn> {
    TABLE.iter().find(|row| row.id == provider.as_str())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use std::collections::HashSet;

    use super::{ProviderId, TABLE, built_in};

    #[test]
    fn every_row_can_be_found_by_its_canonical_id_and_only_once() {
        for row in &TABLE {
            let id = ProviderId::new(row.id).unwrap();
            assert_eq!(built_in(&id).unwrap().base_url, row.base_url, "{id} is not canonical");
        }
        assert_eq!(TABLE.iter().map(|row| row.id).collect::<HashSet<_>>().len(), TABLE.len());
    }

    #[test]
    fn a_key_leaves_the_machine_over_tls_only() {
        for row in &TABLE {
            assert!(row.base_url.starts_with("https://") || !row.needs_credential, "{}", row.id);
            assert!(!row.base_url.ends_with('/'), "{}", row.id);
        }
    }
}
