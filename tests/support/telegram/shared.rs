//! What the server and the test both hold.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::support::telegram::clock::Clock;
use crate::support::telegram::world::World;

/// The world, its clock, and the news that it has changed.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    world: Mutex<World>,
    /// For the threads of the test.
    changed: Condvar,
    /// For the tasks of the server.
    version: watch::Sender<u64>,
    online: watch::Sender<bool>,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            clock: Clock::new(),
            world: Mutex::new(World::new()),
            changed: Condvar::new(),
            version: watch::Sender::new(0),
            online: watch::Sender::new(true),
        }
    }

    /// A test that stopped with the lock in its hand has told what it found; the others are not to drown it.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the world at this moment, and tells everybody.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        world.now = self.clock.now();
        world.version += 1;
        let done = act(&mut world);
        self.changed.notify_all();
        self.version.send_replace(world.version);
        done
    }

    /// Changes what nobody waits for.
    pub(crate) fn change_quietly<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.lock())
    }

    /// Has everybody who waits look again.
    pub(crate) fn wake(&self) {
        self.change(|_| ());
    }

    /// Waits, on the server's side, until `ask` finds something or that moment has come.
    pub(crate) async fn until<T>(&self, moment: Duration, mut ask: impl FnMut(&mut World) -> Option<T>) -> Option<T> {
        let mut version = self.version.subscribe();
        loop {
            version.borrow_and_update();
            // Looking is no news: `change` would wake who looks.
            let found = {
                let mut world = self.lock();
                world.now = self.clock.now();
                ask(&mut world)
            };
            if found.is_some() {
                return found;
            }
            if self.clock.now() >= moment {
                return None;
            }
            match self.clock.until(moment) {
                Some(wait) => drop(tokio::time::timeout(wait, version.changed()).await),
                None => drop(version.changed().await),
            }
        }
    }

    /// Whether anybody can reach the fake.
    pub(crate) fn is_online(&self) -> bool {
        *self.online.borrow()
    }

    /// Goes online or offline: who is connected is cut off then, and who connects is refused. Returns when that is so.
    pub(crate) fn set_online(&self, online: bool) {
        self.online.send_replace(online);
        self.wake();
        let mut world = self.lock();
        while world.listening != online {
            world = self.changed.wait(world).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) fn door(&self) -> watch::Receiver<bool> {
        self.online.subscribe()
    }

    /// Waits, on the test's side, until `ask` finds something; stops the test when it takes too long.
    ///
    /// It waits in a thread of its own, so that it is by the clock on the wall also where the runtime's time stands, and
    /// so that the runtime does not take the wait for idleness and puts its time forward.
    pub(crate) async fn found<T>(
        self: &Arc<Self>,
        what: &str,
        patience: Duration,
        mut ask: impl FnMut() -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + patience;
        loop {
            let version = self.lock().version;
            if let Some(found) = ask() {
                return found;
            }
            let shared = Arc::clone(self);
            let news = tokio::task::spawn_blocking(move || shared.news(version, deadline)).await.unwrap();
            assert!(news, "{what}: not within {} s; {}", patience.as_secs(), self.read(World::summary));
        }
    }

    /// Waits in this thread until something changed after `version`; says whether it did before the deadline.
    fn news(&self, version: u64, deadline: Instant) -> bool {
        let mut world = self.lock();
        while world.version == version {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return false };
            world = self.changed.wait_timeout(world, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}
