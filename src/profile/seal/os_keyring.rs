//! The keyring of the operating system: macOS's Keychain, and elsewhere what answers as the Secret Service.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use crate::profile::seal::Keyring;

/// What all entries are filed under.
pub(crate) const SERVICE: &str = "modelpin";

/// How long it may take: a person may have to unlock it first.
const PATIENCE: Duration = Duration::from_mins(1);

/// The keyring of the operating system.
///
/// Never the kernel's own (keyutils): that one is empty after a restart, and the credentials would be lost with the key.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsKeyring;

impl Keyring for OsKeyring {
    fn load(&self, account: &str) -> Result<Option<SecretString>, String> {
        let account = account.to_owned();
        ask(move || match entry(&account)?.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(words(&error)),
        })
    }

    fn keep(&self, account: &str, secret: &SecretString) -> Result<(), String> {
        let (account, secret) = (account.to_owned(), secret.clone());
        ask(move || entry(&account)?.set_password(secret.expose_secret()).map_err(|error| words(&error)))
    }
}

/// On a thread of its own: the library waits in its own way, which an asynchronous caller must not, and it waits for as
/// long as a person does not answer.
fn ask<T: Send + 'static>(question: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
    let (answer, answered) = mpsc::channel();
    // Whoever asked may be gone by the time of the answer.
    thread::spawn(move || drop(answer.send(question())));
    answered.recv_timeout(PATIENCE).unwrap_or_else(|_| Err("it gave no answer".to_owned()))
}

fn entry(account: &str) -> Result<Entry, String> {
    Entry::new(SERVICE, account).map_err(|error| match (&error, Entry::store_status()) {
        (Error::NoDefaultStore, Err(why)) => words(why),
        (_, _) => words(&error),
    })
}

/// The library's words for what it could not read are left out where those bytes may be in them.
fn words(error: &Error) -> String {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "what is kept there is no key".to_owned(),
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => why.to_string(),
        other => other.to_string(),
    }
}
