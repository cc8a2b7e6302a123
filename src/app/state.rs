//! Where the state is: in the state directory, or in the database that `store.url` names.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::AppFault;
#[cfg(feature = "cli")]
use crate::app::StatePlace;
use crate::config::{Config, Places, StoreConfig};
#[cfg(feature = "postgres")]
use crate::store::Postgres;
#[cfg(feature = "cli")]
use crate::store::{Carried, Collected, Examined, SqliteLook};
use crate::store::{Detached, InboxTable, LeaseTable, Sqlite, Store, StoreFault};
#[cfg(feature = "cli")]
use crate::store::{Glance, Wanted};

/// Where the state is.
pub(super) struct Whereabouts {
    store: StoreConfig,
    path: PathBuf,
    /// The database, where it is open already.
    shared: Option<Shared>,
}

/// The database that several machines share, open.
#[cfg(feature = "postgres")]
pub(super) type Shared = Arc<Postgres>;

/// There is none.
#[cfg(not(feature = "postgres"))]
pub(super) type Shared = Arc<Sqlite>;

/// The state, by the ports to it.
pub(super) struct State {
    pub(super) store: Arc<dyn Store>,
    pub(super) inbox: Arc<dyn InboxTable>,
    /// `None` where no other machine can share it.
    pub(super) leases: Option<Arc<dyn LeaseTable>>,
}

impl Whereabouts {
    /// What the configuration names, which is not opened once more where it is open already, as `shared`; else the file in
    /// the state directory.
    pub(super) fn of(config: &Config, places: &Places, shared: Option<Shared>) -> Self {
        Self { store: config.store.clone(), path: places.database(), shared }
    }

    /// Whether anything may ever have been kept there; one that cannot be looked at is taken for one that was.
    pub(super) fn is_there(&self) -> bool {
        self.store.url.is_some() || self.path.try_exists().unwrap_or(true)
    }

    /// The state, made where there is none yet.
    pub(super) fn open(&self) -> Result<Arc<dyn Store>, StoreFault> {
        match self.elsewhere()? {
            Some(store) => Ok(store),
            None => Ok(Arc::new(Sqlite::open(&self.path)?)),
        }
    }

    /// What one look at it finds.
    #[cfg(feature = "cli")]
    pub(super) fn glance(&self, wanted: &Wanted) -> Result<Glance, StoreFault> {
        #[cfg(feature = "postgres")]
        if let Some(store) = self.elsewhere()? {
            return store.glance(wanted.clone());
        }
        #[cfg(not(feature = "postgres"))]
        self.elsewhere()?;
        if self.is_there() { Sqlite::glance(&self.path, wanted) } else { Ok(Glance::default()) }
    }

    /// A database to carry state from or to, and what it is called.
    #[cfg(feature = "cli")]
    pub(super) fn carried(&self, place: &StatePlace) -> Result<(Arc<dyn Carried>, String), StoreFault> {
        match place {
            StatePlace::Sqlite(path) => {
                let path = path.as_ref().unwrap_or(&self.path);
                Ok((Arc::new(Sqlite::open(path)?), path.display().to_string()))
            }
            #[cfg(feature = "postgres")]
            StatePlace::Postgres => {
                let store = self.named()?;
                let shown = store.shown().display().to_string();
                Ok((store, shown))
            }
            #[cfg(not(feature = "postgres"))]
            StatePlace::Postgres => Err(unbuilt()),
        }
    }

    /// Where the state is, where nobody says another place.
    #[cfg(feature = "cli")]
    pub(super) fn place(&self) -> StatePlace {
        if self.store.url.is_some() { StatePlace::Postgres } else { StatePlace::Sqlite(None) }
    }

    /// A database to look through, and what it is called. `None` where there is no such file; none is made.
    #[cfg(feature = "cli")]
    pub(super) fn examined(&self, place: &StatePlace) -> Result<(Option<Arc<dyn Examined>>, String), StoreFault> {
        match place {
            StatePlace::Sqlite(path) => {
                let path = path.as_ref().unwrap_or(&self.path);
                let look = SqliteLook::open(path)?;
                Ok((look.map(|look| Arc::new(look) as Arc<dyn Examined>), path.display().to_string()))
            }
            #[cfg(feature = "postgres")]
            StatePlace::Postgres => {
                let store = self.named()?;
                let shown = store.shown().display().to_string();
                Ok((Some(store), shown))
            }
            #[cfg(not(feature = "postgres"))]
            StatePlace::Postgres => Err(unbuilt()),
        }
    }

    /// The state, to let go of rows. It has to be there already.
    #[cfg(feature = "cli")]
    pub(super) fn collected(&self) -> Result<Arc<dyn Collected>, StoreFault> {
        match self.elsewhere()? {
            Some(store) => Ok(store),
            None => Ok(Arc::new(Sqlite::open(&self.path)?)),
        }
    }

    /// The database that `store.url` names.
    #[cfg(all(feature = "cli", feature = "postgres"))]
    fn named(&self) -> Result<Shared, StoreFault> {
        let why = "it is not set: write the address of the database into the configuration";
        let unset = || StoreFault::Broken { path: PathBuf::from("store.url"), why: why.to_owned() };
        self.elsewhere()?.ok_or_else(unset)
    }

    /// The database that `store.url` names, open; `None` where none is named.
    pub(super) fn elsewhere(&self) -> Result<Option<Shared>, StoreFault> {
        match &self.shared {
            Some(shared) => Ok(Some(Arc::clone(shared))),
            None => self.open_elsewhere(),
        }
    }

    #[cfg(feature = "postgres")]
    fn open_elsewhere(&self) -> Result<Option<Shared>, StoreFault> {
        let open = |url| Postgres::open(url, self.store.ca.as_deref()).map(Arc::new);
        self.store.url.as_ref().map(open).transpose()
    }

    /// Nothing else is taken in its place: the pins would not be there.
    #[cfg(not(feature = "postgres"))]
    fn open_elsewhere(&self) -> Result<Option<Shared>, StoreFault> {
        self.store.url.as_ref().map_or(Ok(None), |_| Err(unbuilt()))
    }
}

#[cfg(not(feature = "postgres"))]
fn unbuilt() -> StoreFault {
    let why = "this modelpin was built without the feature `postgres`".to_owned();
    StoreFault::Broken { path: PathBuf::from("store.url"), why }
}

impl State {
    fn of<S: Store + InboxTable + 'static>(state: Arc<S>) -> Self {
        Self { store: state.clone(), inbox: state, leases: None }
    }

    #[cfg(feature = "postgres")]
    fn shared(state: Shared) -> Self {
        Self { store: state.clone(), inbox: state.clone(), leases: Some(state) }
    }

    #[cfg(not(feature = "postgres"))]
    fn shared(state: Shared) -> Self {
        Self::of(state)
    }

    /// Opens it for as long as the program runs. One that cannot be opened is no reason to stop; `warnings` says what does
    /// not work.
    pub(super) fn open(whereabouts: &Whereabouts, warnings: &mut Vec<String>) -> Result<Self, AppFault> {
        let path = &whereabouts.path;
        let opened = match whereabouts.elsewhere() {
            Ok(Some(store)) => Ok(Self::shared(store)),
            Ok(None) => Sqlite::open(path).map(|store| {
                if store.is_read_only() {
                    warnings.push(format!("pins can be read but not changed: {} cannot be written", path.display()));
                }
                Self::of(Arc::new(store))
            }),
            Err(fault) => Err(fault),
        };
        match opened {
            Err(fault @ StoreFault::TooNew { .. }) => Err(AppFault::Store(fault)),
            Err(fault) => {
                warnings.push(format!("pins can neither be read nor changed: {fault}"));
                let state = Arc::new(Detached::because_of(fault, whereabouts.is_there()));
                // Other machines may share it, and be at work.
                let is_shared = whereabouts.store.url.is_some();
                let leases = is_shared.then(|| state.clone() as Arc<dyn LeaseTable>);
                Ok(Self { leases, ..Self::of(state) })
            }
            Ok(state) => Ok(state),
        }
    }
}
