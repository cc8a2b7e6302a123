//! What is spoken at an endpoint.

/// A wire format that modelpin speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Api {
    /// `POST {base}/v1/messages`.
    AnthropicMessages,
    /// `POST {base}/chat/completions`.
    OpenAiCompletions,
}

impl Api {
    /// The name used in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AnthropicMessages => "anthropic-messages",
            Self::OpenAiCompletions => "openai-completions",
        }
    }
}
