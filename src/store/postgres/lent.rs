//! A connection in use.

use std::ops::{Deref, DerefMut};

use deadpool_postgres::Object;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::postgres::TO_CONNECT;

/// A connection that somebody has.
///
/// Let go in the middle of something, because its time was up, it is ended instead of being given to the next one, who
/// would have to wait behind what it is still doing; and the database is told to give that up.
pub(crate) struct Lent {
    object: Option<Object>,
    tls: Option<MakeRustlsConnect>,
}

impl Lent {
    pub(crate) fn new(object: Object, tls: Option<MakeRustlsConnect>) -> Self {
        Self { object: Some(object), tls }
    }

    /// Gives it back: nothing is under way on it.
    pub(crate) fn back(mut self) {
        self.object = None;
    }

    /// Ends it: the next one is to be another.
    pub(crate) fn end(mut self) {
        drop(self.object.take().map(Object::take));
    }
}

impl Deref for Lent {
    type Target = Object;

    fn deref(&self) -> &Object {
        self.object.as_ref().unwrap_or_else(|| unreachable!("it is there until it is given back"))
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Object {
        self.object.as_mut().unwrap_or_else(|| unreachable!("it is there until it is given back"))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        let (token, tls) = (object.cancel_token(), self.tls.take());
        drop(Object::take(object));
        // Without a runtime the store is being closed, and its connections with it.
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            // A database that cannot be told has ended it, or finds out by itself.
            let told = async {
                match tls {
                    Some(tls) => token.cancel_query(tls).await,
                    None => token.cancel_query(NoTls).await,
                }
            };
            let _ = timeout(TO_CONNECT, told).await;
        });
    }
}
