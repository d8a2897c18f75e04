//! `--via cloudformation` where CloudFormation does not know drift-aware change sets: what comes of nothing is told, with
//! the way that is left.

use super::hand::{Act, tamper};
use super::scene::Scene;
use crate::emulator::wanted;

pub(super) async fn told(scene: &Scene) {
    let stands = scene.state();
    for (how, act) in tamper(&scene.journey, &["delete-role", "change-inline"]) {
        assert!(matches!(act, Act::Done(_)), "{how}: {act:?}");
    }
    let (said, _) = scene.journey.remediate(&["--via", "cloudformation"]).await;
    let role = "role metaflow-prod-eventbridge-role is not there";
    assert!(said.contains(&["CloudFormation found nothing to revert, but ", role].concat()), "{said}");
    assert!(said.contains("leave --via out"), "{said}");
    let left: Vec<String> = scene.look().await.drifts.into_keys().map(|about| about.name).collect();
    assert_eq!(left, ["metaflow-prod-eventbridge-role"]);
    scene.journey.remediate(&[]).await;
    assert_eq!(scene.state().differences(&stands), Vec::<String>::new());
    assert!(scene.look().await.drifts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ministack_reverts_nothing_and_that_is_told() {
    if wanted() {
        told(&Scene::ministack().await).await;
    }
}
