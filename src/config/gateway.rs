//! What the configuration says of the gateway.

/// `gateway.*`.
#[derive(Debug, Clone, Default)]
pub struct GatewayConfig {
    /// `gateway.port`: where the state of the channels can be asked for on this machine.
    pub port: Option<u16>,
}
