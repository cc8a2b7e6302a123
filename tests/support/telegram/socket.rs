//! Connections that can be dropped, and a door that can be shut.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

use crate::support::telegram::shared::Shared;

/// What drops one connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Arc<AtomicBool>);

impl Line {
    /// Nothing goes through any more.
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Connected<IncomingStream<'_, Door>> for Line {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Where connections come in, while it is open. The address stays its own when it is shut.
pub(crate) struct Door {
    address: SocketAddr,
    shared: Arc<Shared>,
    open: watch::Receiver<bool>,
    listener: Option<TcpListener>,
    /// Bound and not listening: who comes is refused, and nobody else gets the port.
    shut: Option<TcpSocket>,
}

impl Door {
    pub(crate) async fn new(shared: Arc<Shared>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, open) = (listener.local_addr()?, shared.door());
        Ok(Self { address, shared, open, listener: Some(listener), shut: None })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn bound(&self) -> io::Result<TcpSocket> {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        Ok(socket)
    }

    fn turn(&mut self, open: bool) -> io::Result<()> {
        if !open && self.listener.take().is_some() {
            self.shut = Some(self.bound()?);
        }
        if let Some(socket) = open.then(|| self.shut.take()).flatten() {
            self.listener = Some(socket.listen(1024)?);
        }
        if self.shared.read(|world| world.listening) != open {
            self.shared.change(|world| world.listening = open);
        }
        Ok(())
    }
}

impl Listener for Door {
    type Io = Socket;
    type Addr = Line;

    async fn accept(&mut self) -> (Socket, Line) {
        loop {
            let open = *self.open.borrow_and_update();
            self.turn(open).expect("the port is the fake's own");
            let Some(listener) = &self.listener else {
                let _ = self.open.changed().await;
                continue;
            };
            tokio::select! {
                _ = self.open.changed() => {}
                accepted = listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        let _ = stream.set_nodelay(true);
                        let line = Line::default();
                        return (Socket { stream, line: line.clone(), open: self.open.clone() }, line);
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Line> {
        Ok(Line::default())
    }
}

/// One connection.
pub(crate) struct Socket {
    stream: TcpStream,
    line: Line,
    open: watch::Receiver<bool>,
}

impl Socket {
    fn check(&self) -> io::Result<()> {
        let cut = self.line.0.load(Ordering::SeqCst) || !*self.open.borrow();
        if cut { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
