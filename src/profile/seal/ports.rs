//! Who is asked for keys.

use std::sync::Arc;

use crate::profile::seal::{AskPassphrase, Keyring, NoKeyring};

/// What keys are asked of, beside files and variables.
#[derive(Clone)]
pub struct SealPorts {
    /// The keyring.
    pub keyring: Arc<dyn Keyring>,
    /// The person at the terminal, where there is one.
    pub ask: Option<AskPassphrase>,
}

impl Default for SealPorts {
    fn default() -> Self {
        Self { keyring: Arc::new(NoKeyring), ask: None }
    }
}
