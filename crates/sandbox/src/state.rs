//! The world under its lock: how a call is counted, judged, answered and saved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use landfall_engine::port::{Access, Answer};
use landfall_engine::{Fault, FaultKind};

use crate::Settings;
use crate::clock::{Clock, Millis};
use crate::faults::{Call, Script, judge};
use crate::file::{SandboxError, Store};
use crate::passage::advance;
use crate::world::World;

/// What all handles of a sandbox share.
pub(crate) struct Inner {
    state: Mutex<State>,
    clock: Clock,
    calls: Mutex<BTreeMap<String, u64>>,
    /// The roles that were assumed. A session that was given out stays good.
    assumed: Mutex<BTreeSet<Access>>,
}

struct State {
    world: World,
    store: Option<Store>,
}

/// When a call takes effect, and what is scripted for it.
pub(crate) struct Moment {
    pub(crate) now: Millis,
    pub(crate) script: Script,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// A world that time goes on in, kept in a file or nowhere.
    pub(crate) fn new(world: World, store: Option<Store>, now: Millis) -> Self {
        Self {
            state: Mutex::new(State { world, store }),
            clock: Clock::going_on_from(now),
            calls: Mutex::default(),
            assumed: Mutex::default(),
        }
    }

    /// The settings.
    pub(crate) fn settings(&self) -> Settings {
        locked(&self.state).world.settings().clone()
    }

    /// Waits until all that was saved is on the disk.
    pub(crate) fn sync(&self) -> Result<(), SandboxError> {
        match &locked(&self.state).store {
            Some(store) => store.sync(),
            None => Ok(()),
        }
    }

    /// Whether a role was assumed already.
    pub(crate) fn has_assumed(&self, access: &Access) -> bool {
        locked(&self.assumed).contains(access)
    }

    /// Keeps in mind that a role was assumed.
    pub(crate) fn assumed(&self, access: &Access) {
        locked(&self.assumed).insert(access.clone());
    }

    /// How often each operation was called.
    pub(crate) fn calls(&self) -> BTreeMap<String, u64> {
        locked(&self.calls).clone()
    }

    /// Lets time catch up, does something and saves what changed.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut World, Millis) -> T) -> Result<T, SandboxError> {
        let state = &mut *locked(&self.state);
        let now = self.clock.now();
        advance(&mut state.world, now);
        let result = act(&mut state.world, now);
        match &mut state.store {
            Some(store) if state.world.changed() => store.append(&mut state.world, now)?,
            Some(_) => {}
            None => state.world.forget_changes(),
        }
        Ok(result)
    }

    /// Counts a call that comes with another one.
    pub(crate) fn count(&self, operation: &str) {
        *locked(&self.calls).entry(operation.to_owned()).or_insert(0) += 1;
    }

    /// Makes a call: counts it, lets rules judge it, takes its time and does it.
    pub(crate) async fn call<T: Send>(
        &self,
        call: Call<'_>,
        act: impl FnOnce(&mut World, Moment) -> Answer<T> + Send,
    ) -> Answer<T> {
        let operation = call.operation;
        self.count(operation);
        let unsaved = |error: SandboxError| Fault::new(FaultKind::Other, operation, error.to_string());
        let (latency, verdict) = {
            let state = &mut *locked(&self.state);
            let settings = state.world.settings();
            let latency = settings.latency;
            let verdict = if settings.faults.is_empty() {
                crate::faults::Verdict::default()
            } else {
                let (rules, seed) = (settings.faults.clone(), settings.seed);
                judge(&rules, &mut state.world.counters.get_mut().hits, seed, &call)
            };
            (crate::clock::millis(latency), verdict)
        };
        let wait = latency.saturating_add(verdict.delay);
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
        if let Some(fault) = verdict.refused {
            return Err(fault);
        }
        let script = verdict.script;
        let answer = self.act(|world, now| act(world, Moment { now, script })).map_err(unsaved)?;
        if verdict.answer_lost {
            return Err(Fault::new(FaultKind::Transient, operation, "connection reset by peer"));
        }
        answer
    }
}
