//! A round: many manipulations at the same time, each judged by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Batch, CASES, Case, End};
use super::hand::{Act, Touched, tamper};
use super::look::{About, Look};
use super::order;
use super::scene::Scene;
use super::state::State;

fn about(touched: &Touched) -> Option<About> {
    let Touched { account, name, property, .. } = touched.clone();
    Some(About { account, kind: touched.kind.clone()?, name, property })
}

fn rule(case: &Case, property: &str) -> &'static str {
    let found = case.rules.iter().find(|(of, _)| *of == property);
    found.unwrap_or_else(|| panic!("{}: no rule is written down for `{property}`", case.how)).1
}

/// One manipulation, with what was touched.
type Deed<'a> = (&'a Case, End, Vec<Touched>);

/// What of a batch was done as it is written down; what was not is complained about.
fn deeds<'a>(scene: &Scene, cases: &[&'a Case], complaints: &mut Vec<String>) -> Vec<Deed<'a>> {
    let mut acts = tamper(&scene.journey, &cases.iter().map(|case| case.how).collect::<Vec<_>>());
    let mut out = Vec::new();
    for case in cases {
        let end = (scene.end)(case);
        match (end, acts.remove(case.how).unwrap()) {
            (End::Refused(_), Act::Refused(_)) | (End::Unreachable(_), Act::Unknown(_)) => {}
            (End::Refused(_) | End::Unreachable(_), act) => complaints.push(format!("{}: {act:?}", case.how)),
            (_, Act::Done(touched)) => out.push((*case, end, touched)),
            (_, act) => complaints.push(format!("{}: {act:?}", case.how)),
        }
    }
    out
}

/// What is wrong with how a manipulation was found, in words.
fn seen((case, end, touched): &Deed<'_>, look: &Look) -> Vec<String> {
    let mut out = Vec::new();
    let mut classes = BTreeSet::new();
    for one in touched {
        if let (End::Seen, Some(role)) = (end, &one.seen) {
            if !look.sightings.contains(&(one.account.clone().unwrap(), role.clone())) {
                out.push(format!("{}: {role} is not seen: {:?}", case.how, look.sightings));
            }
            continue;
        }
        let Some(about) = about(one) else { continue };
        match look.drifts.get(&about) {
            None if end.is_found() => out.push(format!("{}: {about:?} is not found", case.how)),
            Some(found) if !end.is_found() => out.push(format!("{}: {found:?} is found after all", case.how)),
            Some(found) => {
                classes.insert(found.class.clone());
                let wanted = rule(case, &about.property);
                if found.rule != wanted {
                    out.push(format!("{}: {about:?} is {}, not {wanted}", case.how, found.rule));
                }
            }
            None => {}
        }
    }
    let worst = ["dangerous", "repairable", "benign"].into_iter().find(|class| classes.contains(*class));
    if end.is_found() && worst != Some(case.class) {
        out.push(format!("{} is {worst:?}, not {}", case.how, case.class));
    }
    out
}

/// Does a batch, and brings the example back; `stands` is how it stands when nobody touched it, and how it stands
/// afterwards.
async fn batch(scene: &Scene, which: Batch, stands: &mut State, complaints: &mut Vec<String>) {
    let cases: Vec<&Case> = CASES.iter().filter(|case| case.batch == which).collect();
    let before = stands.clone();
    let deeds = deeds(scene, &cases, complaints);
    let between = scene.state();
    let places = |(_, _, touched): &Deed<'_>| touched.iter().map(|one| one.place.clone()).collect::<Vec<_>>();
    for deed in &deeds {
        if places(deed).iter().any(|place| before.at(place) == between.at(place)) {
            complaints.push(format!("{}: the emulator does not hold it", deed.0.how));
        }
        if deed.1 != End::Gone {
            places(deed).iter().for_each(|place| stands.take(place, &between));
        }
    }
    let look = scene.look().await;
    complaints.extend(deeds.iter().flat_map(|deed| seen(deed, &look)));
    let told: BTreeSet<About> = deeds.iter().flat_map(|deed| deed.2.iter().filter_map(about)).collect();
    complaints
        .extend(look.drifts.keys().filter(|about| !told.contains(about)).map(|about| format!("beside: {about:?}")));

    let (said, calls) = scene.journey.remediate(&[]).await;
    let after = scene.state();
    for deed in &deeds {
        for place in places(deed).iter().filter(|place| after.at(place) != stands.at(place)) {
            let (now, then) = (after.at(place), stands.at(place));
            complaints.push(format!("{}: {} is {now}, not {then}", deed.0.how, place.join("/")));
        }
        if matches!(deed.1, End::Stays(_)) && !said.contains("CloudFormation found nothing to revert") {
            complaints.push(format!("{}: it is not said that it stays\n{said}", deed.0.how));
        }
    }
    complaints.extend(after.differences(stands).into_iter().map(|one| format!("afterwards {one}")));
    complaints.extend(order::widened(&between, &calls));
    if which == Batch::First {
        assert!(order::telling(&between, &calls) >= 2, "the order of the calls says something");
        let reversed: Vec<_> = calls.iter().rev().cloned().collect();
        assert!(!order::widened(&between, &reversed).is_empty(), "another order is complained about");
    }

    let stays = |end: End| matches!(end, End::Left | End::Stays(_));
    let left = deeds.iter().filter(|deed| stays(deed.1)).flat_map(|deed| deed.2.iter().filter_map(about));
    let left: BTreeSet<About> = left.collect();
    let second: BTreeSet<About> = scene.look().await.drifts.into_keys().collect();
    complaints.extend(second.symmetric_difference(&left).map(|about| format!("on the second look {about:?}")));
}

/// Everything that the emulator can hold, in two rounds.
pub(super) async fn whole(scene: &Scene) {
    let untouched = scene.look().await;
    assert_eq!(untouched.drifts, BTreeMap::new(), "nobody touched anything");
    let mut stands = scene.state();
    let mut complaints = Vec::new();
    for which in [Batch::First, Batch::Second] {
        batch(scene, which, &mut stands, &mut complaints).await;
        assert!(complaints.is_empty(), "{which:?}:\n{}", complaints.join("\n"));
    }
}
