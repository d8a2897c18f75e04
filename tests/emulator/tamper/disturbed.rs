//! The way back is disturbed: killed between two writes, throttled, its answers lost. Run again, it ends right, and at no
//! moment is more allowed than before or than afterwards.

use std::time::Duration;

use super::hand::{Act, tamper};
use super::order;
use super::scene::Scene;
use super::state::State;
use crate::emulator::proxy::{Fault, On, When};
use crate::emulator::wanted;

/// One of each sort of write.
const HOW: [&str; 11] = [
    "remove-boundary",
    "widen-trust",
    "add-inline",
    "delete-inline",
    "detach-policy",
    "delete-role",
    "empty-profile",
    "delete-boundary-policy",
    "detach-guardrail",
    "delete-oidc",
    "delete-stack",
];

const WRITES: [&str; 9] = [
    "PutRolePermissionsBoundary",
    "UpdateAssumeRolePolicy",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "AttachRolePolicy",
    "CreateRole",
    "CreatePolicy",
    "CreateOpenIDConnectProvider",
    "AddRoleToInstanceProfile",
];

fn on_writes(when: &When, fault: &Fault) -> Vec<(On, When, Fault)> {
    WRITES.iter().map(|write| (On::Action(write), when.clone(), fault.clone())).collect()
}

/// Does it all; how it stands then.
fn tampered(scene: &Scene) -> State {
    for (how, act) in tamper(&scene.journey, &HOW) {
        assert!(matches!(act, Act::Done(_)), "{how}: {act:?}");
    }
    scene.state()
}

async fn assert_right(scene: &Scene, stands: &State, when: &str) {
    assert_eq!(scene.state().differences(stands), Vec::<String>::new(), "{when}");
    assert!(scene.look().await.drifts.is_empty(), "{when}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_or_throttled_it_ends_right_on_ministack() {
    if !wanted() {
        return;
    }
    let scene = Scene::ministack().await;
    let stands = scene.state();
    for writes in [1, 4, 8] {
        let between = tampered(&scene);
        assert_ne!(between, stands);
        scene.journey.weather(on_writes(&When::Always, &Fault::Delay(Duration::from_millis(150))));
        let calls = scene.journey.remediate_killed(writes).await;
        scene.journey.weather(Vec::new());
        assert_eq!(order::widened(&between, &calls), Vec::<String>::new());
        let halfway = scene.state();
        assert!(halfway != stands && halfway != between, "killed after {writes} writes");
        let (_, calls) = scene.journey.remediate(&[]).await;
        assert_eq!(order::widened(&halfway, &calls), Vec::<String>::new());
        assert_right(&scene, &stands, &format!("killed after {writes} writes")).await;
    }

    let between = tampered(&scene);
    let mut faults = on_writes(&When::Nth(1), &Fault::ResetAfter);
    faults.extend(on_writes(&When::Rate(0.4), &Fault::Throttle));
    faults.extend([
        (On::Action("AttachPolicy"), When::Nth(1), Fault::Throttle),
        (On::Action("CreateStack"), When::Nth(1), Fault::ResetAfter),
        (On::Every, When::Rate(0.03), Fault::Throttle),
        (On::Every, When::Rate(0.04), Fault::Failure),
    ]);
    scene.journey.weather(faults);
    let (_, calls) = scene.journey.remediate(&[]).await;
    scene.journey.weather(Vec::new());
    assert_eq!(order::widened(&between, &calls), Vec::<String>::new());
    assert!(scene.journey.faults().len() >= 4, "{:?}", scene.journey.faults());
    assert_right(&scene, &stands, "throttled").await;
}
