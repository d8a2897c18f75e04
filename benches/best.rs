//! What the code costs, not what else the machine does.

use std::time::{Duration, Instant};

/// What ends a benchmark.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// The best of three runs, with what it came to.
///
/// # Errors
/// The first run that fails.
pub(crate) fn best<T>(mut run: impl FnMut() -> Result<T, Failure>) -> Result<(T, Duration), Failure> {
    let mut fastest: Option<(T, Duration)> = None;
    for _ in 0..3 {
        let start = Instant::now();
        let value = run()?;
        let took = start.elapsed();
        if fastest.as_ref().is_none_or(|(_, best)| took < *best) {
            fastest = Some((value, took));
        }
    }
    fastest.ok_or_else(|| "no run".into())
}
