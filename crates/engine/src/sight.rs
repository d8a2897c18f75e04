//! What was changed may take a moment to be seen.

use std::future::Future;
use std::time::Duration;

use crate::failure::Progress;

/// How often a change is looked for before it counts as lost: 0, 1, 2, 4 and 8 seconds apart.
const LOOKS: u32 = 5;

/// Looks until a change is seen; `look` says what is still missing. What was missing at the last look comes back.
///
/// # Errors
/// Looking failed.
pub(crate) async fn missing<M, Look, Looked>(look: Look) -> Progress<Option<M>>
where
    Look: Fn() -> Looked,
    Looked: Future<Output = Progress<Option<M>>>,
{
    let mut left = look().await?;
    for waits in 0..LOOKS - 1 {
        if left.is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1 << waits)).await;
        left = look().await?;
    }
    Ok(left)
}
