//! What is refused because it would say more than what drifted, or because nobody can tell.

use std::collections::BTreeMap;

use landfall_model::{Edits, RoleName, load_files};

use super::{Accepted, Folder, Unsayable, accept};
use crate::tests::world::{World, made, name, unit};
use crate::{Desired, Drift, DriftReport, drift};

const MAIN: &str = r#"version: 1
organization: { name: acme, home_region: eu-west-1, management_account: management, units: [prod, dev, spare/a] }
accounts:
  management: { id: "111111111111", email: aws@acme.example }
  app: { email: aws+app@acme.example, unit: prod }
  data: { email: aws+data@acme.example, unit: dev }
boundaries: { workload: { services: [s3] } }
cross_account:
  - name: reader
    accounts: [app]
    trusted: [{ account: data }]
    boundary: workload
    max_session: 2h
    access: [{ s3: { bucket: acme-lake, mode: read } }]
  - name: units
    accounts: ["unit:dev"]
    trusted: [{ account: app }]
    boundary: workload
    access: [{ s3: { bucket: acme-lake, mode: read } }]
  - name: both
    accounts: [app, data]
    trusted: [{ account: management }]
    boundary: workload
    access: [{ s3: { bucket: acme-lake, mode: read } }]
"#;

type Files = BTreeMap<String, Vec<u8>>;

fn files(main: &str) -> Files {
    BTreeMap::from([("landfall.yaml".to_owned(), main.as_bytes().to_vec())])
}

fn read(files: &Files) -> Result<Folder, String> {
    let loaded = load_files(files);
    let foundation = loaded.foundation.filter(|_| !loaded.diagnostics.has_errors());
    let foundation = foundation.ok_or_else(|| format!("{:?}", loaded.diagnostics))?;
    let synthesis = landfall_stacks::synthesize(&foundation);
    assert!(!synthesis.diagnostics.has_errors(), "{:?}", synthesis.diagnostics);
    let desired = Desired::new(&foundation, synthesis.stacks).guarded(synthesis.guardrails);
    Ok(Folder { foundation, desired, sources: loaded.sources })
}

/// The folder with a world in which all of it stands.
fn settled() -> (Files, World) {
    let files = files(MAIN);
    let folder = read(&files).unwrap();
    let mut world = World::new(&folder.foundation, folder.desired.stacks.into_values().collect());
    world.settle();
    world.observed.identities = made(&world);
    (files, world)
}

fn lengthen(world: &mut World, account: &str, role: &str, seconds: u32) {
    let live = world.observed.identities.get_mut(&name(account)).unwrap();
    live.roles.get_mut(&RoleName::new(role).unwrap()).unwrap().max_session = seconds;
}

fn report(world: &World) -> DriftReport {
    drift(&world.desired, &world.graph, &world.observed, &[]).unwrap()
}

fn said<'d>(files: &Files, world: &World, found: &'d DriftReport) -> Accepted<'d> {
    let drifts: Vec<&Drift> = found.drifts.iter().collect();
    accept(&read(files).unwrap(), &world.observed, &drifts, &|edits: &Edits| {
        let mut files = files.clone();
        files.extend(edits.written().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
        read(&files)
    })
    .unwrap()
}

fn why(accepted: &Accepted<'_>) -> String {
    assert!(accepted.files.is_empty() && accepted.taken.is_empty(), "{accepted:?}");
    accepted.refused.iter().map(|refused| refused.why.to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_drifted_is_written_and_the_rest_of_the_file_stays() {
    let (files, mut world) = settled();
    lengthen(&mut world, "app", "acme-cross-account-reader", 3_600 * 4);
    let found = report(&world);
    let accepted = said(&files, &world, &found);
    assert_eq!(accepted.files["landfall.yaml"], MAIN.replace("max_session: 2h", "max_session: 4h"));
    assert_eq!((accepted.taken.len(), accepted.refused.len()), (1, 0));
}

#[test]
fn an_account_that_nobody_looked_into_is_not_changed_by_the_way() {
    let (files, mut world) = settled();
    lengthen(&mut world, "app", "acme-cross-account-both", 7_200);
    world.observed.identities.remove(&name("data"));
    let found = report(&world);
    let accepted = said(&files, &world, &found);
    insta::assert_snapshot!(why(&accepted), @"saying it would change more than what drifted: role acme-cross-account-both in data; one entry makes both: give app an entry of its own and take it out of this one's `accounts:`, or change the others alike");
}

#[test]
fn a_move_that_takes_an_account_into_other_selections_is_refused() {
    let (files, mut world) = settled();
    let id =
        world.observed.accounts.values().find(|one| one.email.as_str() == "aws+app@acme.example").unwrap().id.clone();
    world.observed.accounts.get_mut(&id).unwrap().unit = Some(unit("dev"));
    let found = report(&world);
    let accepted = said(&files, &world, &found);
    insta::assert_snapshot!(why(&accepted), @"saying it would change more than what drifted: stack app/eu-west-1/acme-cross-account-units would come; entries select accounts by unit or tag: name the account there, in `accounts:`, first");
}

#[test]
fn what_the_folder_has_changed_too_is_for_a_person_to_decide() {
    let (_, mut world) = settled();
    lengthen(&mut world, "app", "acme-cross-account-reader", 3_600 * 4);
    let found = report(&world);
    let accepted = said(&files(&MAIN.replace("max_session: 2h", "max_session: 3h")), &world, &found);
    assert_eq!(accepted.refused[0].why, Unsayable::Changed);
    let same = said(&files(&MAIN.replace("max_session: 2h", "max_session: 4h")), &world, &found);
    assert_eq!((same.said.len(), same.refused.len(), same.files.len()), (1, 0, 0));
}

#[test]
fn a_unit_that_is_gone_leaves_the_list_and_the_one_above_it_stays() {
    let (files, mut world) = settled();
    world.observed.units.remove(&unit("spare/a"));
    let found = report(&world);
    assert_eq!(found.drifts.len(), 1, "{:?}", found.drifts);
    assert_eq!(said(&files, &world, &found).files["landfall.yaml"], MAIN.replace("dev, spare/a]", "dev, spare]"));
    world.observed.units.remove(&unit("spare"));
    let found = report(&world);
    assert_eq!(found.drifts.len(), 2, "{:?}", found.drifts);
    assert_eq!(said(&files, &world, &found).files["landfall.yaml"], MAIN.replace("dev, spare/a]", "dev]"));
}

#[test]
fn a_unit_that_accounts_stand_in_is_not_taken_out() {
    let (files, mut world) = settled();
    world.observed.units.remove(&unit("dev"));
    let found = report(&world);
    let accepted = said(&files, &world, &found);
    assert!(why(&accepted).starts_with("the configuration would be refused with it: "), "{}", why(&accepted));
}
