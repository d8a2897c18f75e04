//! The catalogue of drift on emulators: everything of it that they can hold is done to what stands there, through boto3
//! and nothing of Landfall's; it is found and judged as it is written down in [`case`], put right over real HTTP, read
//! back through boto3, and gone on the second look. What an emulator cannot hold is named with the gap that proves it.

mod case;
mod disturbed;
mod hand;
mod look;
mod order;
mod revert;
mod round;
mod scene;
mod state;

use std::collections::BTreeMap;

use case::{CASES, Case, End};
use scene::Scene;

use super::{known_gaps, wanted};
use crate::scenarios::catalogue;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_by_hand_on_ministack_is_found_put_right_and_gone() {
    if wanted() {
        round::whole(&Scene::ministack().await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_by_hand_on_moto_is_found_put_right_and_gone() {
    if wanted() {
        let scene = Scene::moto().await;
        // moto takes its time to get there, so this has no test of its own.
        revert::told(&scene).await;
        round::whole(&scene).await;
    }
}

#[test]
fn no_manipulation_of_the_sandboxs_catalogue_is_forgotten() {
    let of_the_sandbox: BTreeMap<&str, &str> = catalogue::CASES.iter().map(|case| (case.how, case.class)).collect();
    let here: BTreeMap<&str, &str> = CASES.iter().map(|case| (case.how, case.class)).collect();
    assert_eq!(here, of_the_sandbox);
    for (emulator, end) in
        [("ministack", (|case| case.ministack) as fn(&Case) -> End), ("moto", |case: &Case| case.moto)]
    {
        let whole = CASES.iter().filter(|case| end(case).lacks().is_none()).count();
        assert!(whole >= 40, "{emulator} holds {whole}");
        for gap in CASES.iter().filter_map(|case| end(case).lacks()) {
            assert!(
                known_gaps::lacks(emulator, gap),
                "{emulator} has `{gap}`, so what it holds is to be looked at again"
            );
        }
    }
}
