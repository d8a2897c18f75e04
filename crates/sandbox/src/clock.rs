//! The sandbox's time: milliseconds since it was made, over all processes that ever opened it.

use tokio::time::Instant;

/// A point in the sandbox's time, in milliseconds.
pub(crate) type Millis = u64;

/// A point that never comes.
pub(crate) const NEVER: Millis = Millis::MAX;

/// Goes on from where the last process left it. Time between processes does not count, so that a run that was cut off
/// is found as it was.
#[derive(Debug)]
pub(crate) struct Clock {
    base: Millis,
    opened: Instant,
}

impl Clock {
    pub(crate) fn going_on_from(base: Millis) -> Self {
        Self { base, opened: Instant::now() }
    }

    pub(crate) fn now(&self) -> Millis {
        self.base.saturating_add(u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(NEVER))
    }
}

/// Seconds as a setting gives them, in milliseconds.
pub(crate) fn millis(seconds: f64) -> Millis {
    std::time::Duration::try_from_secs_f64(seconds)
        .map_or(0, |duration| u64::try_from(duration.as_millis()).unwrap_or(NEVER))
}
