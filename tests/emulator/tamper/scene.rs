//! Where it all takes place.

use super::case::{Case, End};
use super::look::{Gaps, Look};
use super::state::State;
use crate::emulator::journey::{Journey, bridged};

/// An emulator with the example on it.
pub(super) struct Scene {
    pub(super) journey: Journey,
    /// How a manipulation ends here.
    pub(super) end: fn(&Case) -> End,
    gaps: Gaps,
}

impl Scene {
    pub(super) async fn ministack() -> Self {
        let journey = Journey::ministack(bridged()).await;
        journey.apply().await;
        Self { journey, end: |case| case.ministack, gaps: Gaps::Unread }
    }

    pub(super) async fn moto() -> Self {
        let journey = Journey::moto(bridged()).await;
        journey.apply().await;
        Self { journey, end: |case| case.moto, gaps: Gaps::Unprotected }
    }

    pub(super) async fn look(&self) -> Look {
        Look::at(&self.journey, self.gaps).await
    }

    pub(super) fn state(&self) -> State {
        State::of(&self.journey)
    }
}
