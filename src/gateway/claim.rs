//! What only one program on a machine may serve: a name that the kernel keeps for as long as its holder lives.
//!
//! Two programs that ask for one bot's messages take them from each other. On Linux the name is an abstract socket: no file
//! that a crash would leave behind, and none that a service with a file system of its own would not see. Elsewhere nothing
//! is claimed; Telegram then says that there is another poller.

/// A name that is held. Dropped, it is free.
#[derive(Debug)]
pub(crate) struct Claim {
    /// `None` where nothing could be claimed.
    #[cfg(target_os = "linux")]
    _listener: Option<std::os::unix::net::UnixListener>,
}

/// Somebody else holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    /// Their process, where it can be told.
    pub(crate) pid: Option<i32>,
}

#[cfg(target_os = "linux")]
impl Claim {
    /// Claims `name`.
    ///
    /// # Errors
    /// [`Held`] where somebody has it.
    pub(crate) fn take(name: &str) -> Result<Self, Held> {
        use std::io::ErrorKind;
        use std::os::linux::net::SocketAddrExt as _;
        use std::os::unix::net::{SocketAddr, UnixListener};

        let bound =
            SocketAddr::from_abstract_name(format!("modelpin/{name}")).and_then(
                |address| match UnixListener::bind_addr(&address) {
                    Err(fault) if fault.kind() == ErrorKind::AddrInUse => Ok(Err(Held { pid: holder(&address) })),
                    other => other.map(Ok),
                },
            );
        match bound {
            Ok(taken) => taken.map(|listener| Self { _listener: Some(listener) }),
            // Whoever serves the bot beside us is then told by Telegram.
            Err(fault) => {
                tracing::debug!(%fault, "it cannot be told whether another program serves the same bot");
                Ok(Self { _listener: None })
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn holder(address: &std::os::unix::net::SocketAddr) -> Option<i32> {
    use std::os::unix::net::UnixStream;

    let stream = UnixStream::connect_addr(address).ok()?;
    stream.set_nonblocking(true).ok()?;
    tokio::net::UnixStream::from_std(stream).ok()?.peer_cred().ok()?.pid()
}

#[cfg(not(target_os = "linux"))]
impl Claim {
    /// Claims nothing.
    ///
    /// # Errors
    /// None.
    pub(crate) fn take(_name: &str) -> Result<Self, Held> {
        Ok(Self {})
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::{Claim, Held};

    #[tokio::test]
    async fn a_name_is_held_by_one_and_free_when_it_is_let_go() {
        let name = format!("test/{}", std::process::id());
        let claim = Claim::take(&name).unwrap();
        let pid = i32::try_from(std::process::id()).ok();
        assert_eq!(Claim::take(&name).unwrap_err(), Held { pid });
        Claim::take(&format!("{name}/other")).unwrap();
        drop(claim);
        Claim::take(&name).unwrap();
    }
}
