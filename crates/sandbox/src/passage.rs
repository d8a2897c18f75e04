//! What the passage of time brings.

use crate::clock::Millis;
use crate::world::{Due, World};
use crate::{creation, operation};

/// Lets happen what was due by now, in its order.
pub(crate) fn advance(world: &mut World, now: Millis) {
    while let Some((at, due)) = world.next_due(now) {
        match due {
            Due::Creation(request) => creation::finish(world, &request, at),
            Due::Stack(key) => operation::step(world, &key, at),
        }
    }
}
