//! The address of the database, and what of it may be shown.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::redact;
use crate::store::StoreFault;

/// How often it is looked whether the other end is still there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Where the database is, and how it is spoken to.
pub(crate) struct Address {
    pub(crate) config: Config,
    /// `None` where it is on this computer, or the address says that it is to be spoken to in the clear.
    pub(crate) tls: Option<MakeRustlsConnect>,
    /// Without user, password and options.
    pub(crate) shown: PathBuf,
}

impl Address {
    /// # Errors
    ///
    /// [`StoreFault::Broken`], in words without the address: it holds a password.
    pub(crate) fn read(url: &SecretString, ca: Option<&Path>) -> Result<Self, StoreFault> {
        let url = url.expose_secret();
        let unread = |why: &str| StoreFault::Broken { path: PathBuf::from("store.url"), why: why.to_owned() };
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(unread("it has to be like postgres://user:password@host:5432/database"));
        }
        // What the parser says may repeat what it could not read.
        let mut config: Config = url.parse().map_err(|_| {
            unread(
                "it cannot be read: like postgres://user:password@host:5432/database, with %40 for an @ in a password",
            )
        })?;
        if let Some(password) = config.get_password() {
            let password = String::from_utf8_lossy(password).into_owned();
            redact::learn([&SecretString::from(password), &SecretString::from(url)]);
        }
        let is_near = config.get_hosts().iter().all(is_near);
        if config.get_hosts().is_empty() {
            return Err(unread("it names no host: like postgres://user:password@host:5432/database"));
        }
        // `prefer`, which is what is taken where nothing is said, lets anybody on the way say that there is no TLS.
        if !is_near && config.get_ssl_mode() != SslMode::Disable {
            config.ssl_mode(SslMode::Require);
        }
        let tls =
            (config.get_ssl_mode() == SslMode::Require).then(|| tls(ca)).transpose().map_err(|why| unread(&why))?;
        if config.get_application_name().is_none() {
            config.application_name("modelpin");
        }
        if tls.is_none() {
            config.ssl_mode(SslMode::Disable);
        }
        config.keepalives_idle(KEEPALIVE).connect_timeout(super::TO_CONNECT);
        let shown = shown(&config);
        Ok(Self { config, tls, shown })
    }
}

/// Whether a host is this computer.
fn is_near(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn tls(ca: Option<&Path>) -> Result<MakeRustlsConnect, String> {
    let roots = match ca {
        Some(path) => of_file(path).map_err(|why| format!("store.ca, {}: {why}", path.display()))?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() },
    };
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn of_file(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(roots) }
}

fn shown(config: &Config) -> PathBuf {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        #[cfg(unix)]
        Some(Host::Unix(folder)) => folder.display().to_string(),
        None => String::new(),
    };
    // Which the parser fills in where none is written.
    let port =
        config.get_ports().first().filter(|port| **port != 5432).map(|port| format!(":{port}")).unwrap_or_default();
    let database = config.get_dbname().map(|name| format!("/{name}")).unwrap_or_default();
    PathBuf::from(format!("postgres://{host}{port}{database}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn read(url: &str) -> (SslMode, bool, String) {
        let Address { config, tls, shown } = Address::read(&SecretString::from(url), None).unwrap();
        (config.get_ssl_mode(), tls.is_some(), shown.display().to_string())
    }

    #[test]
    fn what_goes_over_a_network_is_encrypted_unless_it_is_said_otherwise() {
        let far = "postgres://db.example:5433/bot".to_owned();
        let (required, disabled) = (SslMode::Require, SslMode::Disable);
        assert_eq!(read("postgres://ann:sk-test-pw@db.example:5433/bot"), (required, true, far.clone()));
        assert_eq!(read("postgresql://db.example:5433/bot?sslmode=prefer"), (required, true, far.clone()));
        assert_eq!(read("postgres://db.example:5433/bot?sslmode=disable"), (disabled, false, far));
        let near = |host: &str| format!("postgres://{host}/bot");
        assert_eq!(read("postgres://ann@localhost/bot"), (disabled, false, near("localhost")));
        assert_eq!(read("postgres://127.0.0.1/bot?sslmode=require"), (required, true, near("127.0.0.1")));
        assert_eq!(read("postgres:///bot?host=/run/postgresql"), (disabled, false, near("/run/postgresql")));
    }

    #[test]
    fn an_address_that_cannot_be_read_is_not_repeated() {
        for url in ["mysql://a:sk-test-pw@b/c", "postgres://a:sk-test-pw@b:port/c", "postgres:///c", "sk-test-pw"] {
            let fault = Address::read(&SecretString::from(url), None).map(|_| ()).unwrap_err().to_string();
            assert!(fault.starts_with("store.url: ") && !fault.contains("sk-test"), "{fault}");
        }
    }
}
