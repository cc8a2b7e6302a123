//! The keyring of the operating system, as a port.

use secrecy::SecretString;

/// Where keys are kept outside of all files: the keyring of the operating system. Asked where it may block.
pub trait Keyring: Send + Sync {
    /// What is kept under `account`; `None` when nothing is.
    ///
    /// # Errors
    ///
    /// Says in words why the keyring cannot be asked.
    fn load(&self, account: &str) -> Result<Option<SecretString>, String>;

    /// Keeps `secret` under `account`.
    ///
    /// # Errors
    ///
    /// Says in words why the keyring does not take it.
    fn keep(&self, account: &str, secret: &SecretString) -> Result<(), String>;
}

/// Where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeyring;

impl Keyring for NoKeyring {
    fn load(&self, _account: &str) -> Result<Option<SecretString>, String> {
        Err("this program was built without one".to_owned())
    }

    fn keep(&self, account: &str, _secret: &SecretString) -> Result<(), String> {
        self.load(account).map(drop)
    }
}
