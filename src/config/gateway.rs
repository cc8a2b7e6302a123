//! What the configuration says of the gateway.

use secrecy::SecretString;

/// `gateway.*`.
#[derive(Debug, Clone, Default)]
pub struct GatewayConfig {
    /// `gateway.port`: where the state of the channels can be asked for on this machine.
    pub port: Option<u16>,
    /// `gateway.auth.token`: what lets somebody into the operator's page; one is made where none is configured.
    pub token: Option<SecretString>,
}
