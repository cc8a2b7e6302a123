//! What the servers and the test both hold.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::support::discord::World;
use crate::support::telegram::Clock;

/// The world and its clock.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    world: Mutex<World>,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self { clock: Clock::new(), world: Mutex::new(world) }
    }

    /// Changes the world at this moment.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.lock();
        world.now = self.clock.now();
        act(&mut world)
    }

    pub(crate) fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Notes something that no client of the real one would get away with.
    pub(crate) fn fail(&self, why: String) {
        self.lock().complaints.push(why);
    }

    /// A test that stopped with the lock in its hand has told what it found; the others are not to drown it.
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
