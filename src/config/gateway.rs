//! What the configuration says of the gateway.

use secrecy::SecretString;
use url::Url;

/// `gateway.*`.
#[derive(Debug, Clone, Default)]
pub struct GatewayConfig {
    /// `gateway.port`: where the state of the channels can be asked for on this machine.
    pub port: Option<u16>,
    /// `gateway.auth.token`: what lets somebody into the operator's page; one is made where none is configured.
    pub token: Option<SecretString>,
    /// `gateway.publicUrl`: where the page is for people who are not at this machine, behind a proxy of the operator's.
    pub public_url: Option<Url>,
}
