use landfall_model::{Email, Kind};
use landfall_stacks::Protection;

use super::*;
use crate::tests::world::{
    World, boundary, foundation, id, many, name, nothing, role, stack, stack_id, trusting, unit,
};
use crate::{AccountStatus, ObservedAccount, PendingAccount, Reach, Reason, StackStatus, Standing, TAG_SEAL, Target};

fn small() -> World {
    let foundation =
        foundation(&[("management", None), ("data", Some("workloads/prod")), ("ml", Some("workloads/prod"))]);
    World::new(
        &foundation,
        vec![
            stack("data", Kind::BreakGlass, None),
            boundary("data"),
            trusting("data", "reader", ("ml", "training"), 40),
            boundary("ml"),
            role("ml", "training"),
            role("management", "billing"),
            boundary("management"),
        ],
    )
}

fn settled() -> World {
    let mut world = small();
    world.settle();
    world
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.steps.keys().map(ToString::to_string).collect()
}

#[test]
fn the_first_run_makes_everything_in_order() {
    let plan = small().plan(Mode::Apply);
    assert_eq!(
        ids(&plan),
        [
            "organization",
            "unit workloads",
            "unit workloads/prod",
            "account data",
            "placement of data",
            "account ml",
            "tags of management",
            "placement of ml",
            "stack data/eu-west-1/acme-boundary",
            "stack data/eu-west-1/acme-break-glass",
            "stack management/eu-west-1/acme-boundary",
            "stack management/eu-west-1/acme-service-billing",
            "stack ml/eu-west-1/acme-boundary",
            "stack ml/eu-west-1/acme-service-training",
            "stack data/eu-west-1/acme-cross-account-reader",
            "applied state of the organization",
        ]
    );
    assert_eq!(plan.findings, []);
    assert_eq!(
        plan.kept,
        [Kept { id: StepId::Account(name("management")) }, Kept { id: StepId::Placement(name("management")) }]
    );
    let reader = &plan.steps[&stack_id("data", "acme-cross-account-reader")];
    let waits: Vec<String> = reader.needs.iter().map(|edge| format!("{}: {}", edge.on, edge.reason)).collect();
    assert_eq!(
        waits,
        [
            "account data: account exists",
            "account ml: id of account ml is known",
            "placement of data: account stands in its unit",
            "stack data/eu-west-1/acme-boundary: boundary before role",
            "stack ml/eu-west-1/acme-service-training: trusted role training before the role that names it",
        ]
    );
    assert_eq!(plan.account_ids.keys().collect::<Vec<_>>(), [&name("management")]);
    assert_eq!(plan.templates.len(), 3);
}

#[test]
fn an_unchanged_world_gives_an_empty_plan() {
    let world = settled();
    for mode in [Mode::Apply, Mode::Prune] {
        let plan = world.plan(mode);
        assert_eq!(ids(&plan), Vec::<String>::new());
        assert_eq!(plan.findings, []);
        assert_eq!(plan.kept.len(), world.graph.len());
        assert!(plan.templates.is_empty());
    }
}

#[test]
fn a_thousand_accounts_with_six_stacks_each() {
    let desired = many(1_000);
    let graph = Graph::of(&desired).unwrap();
    let world = World { desired, graph, observed: nothing() };
    let plan = world.plan(Mode::Apply);
    // The organization, the seal of the tags, the note of what was applied.
    assert_eq!(plan.steps.len(), 3 + 1_000 + 6_000);
    // However many accounts: a boundary, break-glass, and a role.
    assert_eq!(plan.templates.len(), 3);
    assert_eq!(world.plan(Mode::Destroy).steps.len(), 0);
}

fn only(plan: &Plan) -> &Step {
    assert_eq!(plan.steps.len(), 1, "{:?}", ids(plan));
    &plan.steps[0]
}

fn causes(step: &Step) -> Vec<Cause> {
    step.causes.iter().cloned().collect()
}

fn account<'a>(world: &'a mut World, account: &str) -> &'a mut ObservedAccount {
    world.observed.accounts.values_mut().find(|live| live.name == account).unwrap()
}

mod organization {
    use super::*;

    #[test]
    fn another_management_account_is_refused() {
        let mut world = settled();
        world.desired.accounts[&name("management")].id = Some(id("999999999999"));
        let error = world.ask(&Request::new(Mode::Apply)).unwrap_err();
        assert!(matches!(error, PlanError::WrongOrganization { .. }), "{error}");
        world.observed = nothing();
        assert!(matches!(world.ask(&Request::new(Mode::Apply)), Err(PlanError::WrongOrganization { .. })));
    }

    #[test]
    fn credentials_of_a_member_account_are_refused() {
        let mut world = settled();
        world.observed.caller = id("200000000001");
        let error = world.ask(&Request::new(Mode::Apply)).unwrap_err();
        assert!(matches!(error, PlanError::NotManagement { .. }), "{error}");
    }

    #[test]
    fn without_a_configured_id_the_address_must_fit() {
        let mut world = settled();
        world.desired.accounts[&name("management")].id = None;
        account(&mut world, "management").email = Email::new("someone@else.example").unwrap();
        let error = world.ask(&Request::new(Mode::Apply)).unwrap_err();
        assert!(matches!(error, PlanError::UnprovenOrganization { .. }), "{error}");
        account(&mut world, "management").email = Email::new("AWS+Management@acme.example").unwrap();
        assert!(world.plan(Mode::Apply).is_empty());
    }

    #[test]
    fn missing_units_are_made_parents_first_with_their_tags() {
        let mut world = settled();
        world.observed.units.clear();
        account(&mut world, "data").unit = None;
        let plan = world.plan(Mode::Apply);
        assert_eq!(ids(&plan), ["unit workloads", "unit workloads/prod", "placement of data"]);
        let Action::CreateUnit { path, tags } = &plan.steps[1].action else { panic!("{:?}", plan.steps[1]) };
        assert_eq!((path, tags["managed-by"].as_str()), (&unit("workloads/prod"), "landfall"));
    }
}

mod accounts {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_address_without_regard_to_case() {
        let mut world = settled();
        account(&mut world, "data").email = Email::new("AWS+Data@Acme.Example").unwrap();
        assert!(world.plan(Mode::Apply).is_empty());
    }

    #[test]
    fn a_configured_id_wins_over_the_address() {
        let mut world = settled();
        let data = account(&mut world, "data");
        data.email = Email::new("renamed@acme.example").unwrap();
        let data = data.id.clone();
        world.desired.accounts[&name("data")].id = Some(data);
        assert!(world.plan(Mode::Apply).is_empty());
    }

    #[test]
    fn an_account_with_an_id_is_never_made_a_second_time() {
        let mut world = settled();
        world.desired.accounts[&name("data")].id = Some(id("123123123123"));
        assert_eq!(
            world.ask(&Request::new(Mode::Apply)),
            Err(PlanError::AccountNotInOrganization { name: name("data"), id: id("123123123123") })
        );
    }

    #[test]
    fn one_account_is_not_two_of_the_configuration() {
        let mut world = settled();
        let data = account(&mut world, "data").id.clone();
        world.desired.accounts[&name("ml")].id = Some(data);
        assert!(matches!(world.ask(&Request::new(Mode::Apply)), Err(PlanError::SameAccount { .. })));
    }

    #[test]
    fn a_creation_under_way_is_waited_for() {
        let mut world = settled();
        world.observed.accounts.retain(|_, live| live.name != "ml");
        world.observed.stacks.remove(&name("ml"));
        world.observed.reach.insert(name("ml"), Reach::Absent);
        world.observed.pending.push(PendingAccount { request: "car-1".to_owned(), name: "ml".to_owned(), id: None });
        let plan = world.plan(Mode::Apply);
        let step = &plan.steps[&StepId::Account(name("ml"))];
        assert!(matches!(&step.action, Action::AwaitAccount { request, .. } if request == "car-1"));
        assert_eq!(causes(step), [Cause::AlreadyUnderWay]);
        assert!(plan.steps.contains_key(&StepId::AccountTags(name("ml"))), "whoever began it may have had other tags");
        world.run(&plan);
        assert_eq!(world.observed.pending, []);
    }

    #[test]
    fn a_misplaced_account_is_moved() {
        let mut world = settled();
        account(&mut world, "data").unit = Some(unit("workloads"));
        let plan = world.plan(Mode::Apply);
        let step = only(&plan);
        let (from, to) = (Some(unit("workloads")), Some(unit("workloads/prod")));
        assert_eq!(step.action, Action::MoveAccount { from, to });
        assert_eq!(causes(step), [Cause::Misplaced]);
    }

    #[test]
    fn the_management_account_stays_where_it_is() {
        let mut world = settled();
        account(&mut world, "management").unit = Some(unit("workloads"));
        assert!(world.plan(Mode::Apply).is_empty());
    }

    #[test]
    fn only_tags_that_differ_are_set_and_tags_that_were_not_read_are_left() {
        let mut world = settled();
        let tags = &mut world.desired.accounts[&name("data")].tags;
        tags.insert("env".to_owned(), "prod".to_owned());
        account(&mut world, "data").tags.as_mut().unwrap().insert("extra".to_owned(), "stays".to_owned());
        let plan = world.plan(Mode::Apply);
        assert_eq!(ids(&plan), ["tags of data", "tags of management"]);
        let tags = BTreeMap::from([("env".to_owned(), "prod".to_owned())]);
        assert_eq!(plan.steps[0].action, Action::TagAccount { tags });
        account(&mut world, "data").tags = None;
        assert_eq!(ids(&world.plan(Mode::Apply)), ["tags of management"]);
    }

    #[test]
    fn the_seal_is_set_after_all_tags_that_it_stands_for() {
        let mut world = settled();
        assert!(world.plan(Mode::Apply).is_empty());
        let sealed = world.desired.seal().unwrap();
        assert_eq!(account(&mut world, "management").tags.as_ref().unwrap()[TAG_SEAL], sealed);

        world.desired.accounts[&name("data")].tags.insert("env".to_owned(), "prod".to_owned());
        let plan = world.plan(Mode::Apply);
        let Action::TagAccount { tags } = &plan.steps[1].action else { panic!("{:?}", plan.steps[1]) };
        assert_eq!(tags.keys().collect::<Vec<_>>(), [TAG_SEAL]);
        assert_ne!(tags[TAG_SEAL], sealed);
        let first = Edge { on: StepId::AccountTags(name("data")), reason: Reason::TagsBeforeSeal };
        assert_eq!(plan.steps[1].needs, [first]);

        // A part of the plan does not speak for the whole.
        let target = Target::Account(name("data"));
        let part = world.ask(&Request::new(Mode::Apply).target(target)).unwrap();
        assert_eq!(ids(&part), ["tags of data"]);

        // An account that is left out has not got its tags.
        account(&mut world, "ml").status = AccountStatus::Suspended;
        assert_eq!(ids(&world.plan(Mode::Apply)), ["tags of data"]);
    }

    #[test]
    fn a_suspended_account_is_left_out_with_all_that_needs_it() {
        let mut world = small();
        let first = world.plan(Mode::Apply);
        world.run(&first);
        account(&mut world, "ml").status = AccountStatus::Suspended;
        world.observed.stacks.remove(&name("ml"));
        world.observed.stacks.get_mut(&name("data")).unwrap().clear();
        let plan = world.plan(Mode::Apply);
        assert_eq!(ids(&plan), ["stack data/eu-west-1/acme-boundary", "stack data/eu-west-1/acme-break-glass"]);
        let because = || StepId::Account(name("ml"));
        let left_out = |step: StepId| Finding::LeftOut { step, because: because() };
        assert_eq!(
            plan.findings,
            [
                Finding::Suspended { account: name("ml") },
                left_out(stack_id("ml", "acme-boundary")),
                left_out(stack_id("ml", "acme-service-training")),
                left_out(stack_id("data", "acme-cross-account-reader")),
            ]
        );
    }

    #[test]
    fn what_stands_stays_though_what_it_needs_cannot_be_seen() {
        let mut world = settled();
        world.observed.reach.insert(name("ml"), Reach::Refused { reason: "AccessDenied".to_owned() });
        let plan = world.plan(Mode::Prune);
        assert!(plan.is_empty());
        assert!(plan.kept.iter().any(|kept| kept.id == stack_id("data", "acme-cross-account-reader")));
        let reach = Reach::Refused { reason: "AccessDenied".to_owned() };
        assert!(plan.findings.contains(&Finding::Unreachable { account: name("ml"), reach }));
    }

    #[test]
    fn another_name_and_unknown_accounts_are_findings() {
        let mut world = settled();
        account(&mut world, "data").name = "Data (old)".to_owned();
        let mut stranger = account(&mut world, "ml").clone();
        stranger.id = id("777777777777");
        stranger.name = "sandbox".to_owned();
        stranger.email = Email::new("sandbox@acme.example").unwrap();
        world.observed.accounts.insert(stranger.id.clone(), stranger);
        let plan = world.plan(Mode::Apply);
        assert!(plan.is_empty());
        assert_eq!(
            plan.findings,
            [
                Finding::NameDiffers { account: name("data"), live: "Data (old)".to_owned() },
                Finding::UnknownAccount { id: id("777777777777"), name: "sandbox".to_owned() },
            ]
        );
    }
}

mod stacks {
    use super::*;

    fn with_status(status: StackStatus) -> Plan {
        let mut world = settled();
        world.live("data", "acme-boundary").status = status;
        world.plan(Mode::Apply)
    }

    #[test]
    fn every_status_leads_somewhere() {
        for status in StackStatus::ALL {
            let plan = with_status(status);
            let replaced = matches!(
                status,
                StackStatus::ReviewInProgress
                    | StackStatus::RollbackComplete
                    | StackStatus::RollbackInProgress
                    | StackStatus::CreateFailed
                    | StackStatus::RollbackFailed
                    | StackStatus::DeleteFailed
                    | StackStatus::DeleteInProgress
            );
            match status.standing() {
                Standing::Good => assert!(plan.is_empty(), "{status}"),
                Standing::Gone => {
                    assert!(matches!(&only(&plan).action, Action::CreateStack { replaces: None, .. }), "{status}");
                }
                Standing::LeftOver => {
                    assert!(replaced, "{status}");
                    assert!(matches!(&only(&plan).action, Action::CreateStack { replaces: Some(_), .. }), "{status}");
                    assert_eq!(causes(only(&plan)), [Cause::BadStatus(status)]);
                }
                Standing::Busy | Standing::Failed => {
                    assert!(!replaced, "{status}");
                    assert!(matches!(&only(&plan).action, Action::UpdateStack { .. }), "{status}");
                    assert_eq!(causes(only(&plan)), [Cause::BadStatus(status)]);
                }
            }
        }
    }

    #[test]
    fn a_changed_template_is_told_from_changed_settings() {
        let world = settled();
        let change = |change: &dyn Fn(&mut landfall_stacks::Stack)| {
            let mut stacks: Vec<_> = world.desired.stacks.values().cloned().collect();
            change(stacks.iter_mut().find(|stack| stack.kind == Kind::BreakGlass).unwrap());
            let plan = world.with(stacks).plan(Mode::Apply);
            assert!(matches!(only(&plan).action, Action::UpdateStack { .. }));
            assert_eq!(plan.templates.len(), 1);
            causes(only(&plan))
        };
        let template = |stack: &mut landfall_stacks::Stack| stack.body = crate::tests::world::body("{}");
        let tag = |stack: &mut landfall_stacks::Stack| {
            stack.tags.insert("a".to_owned(), "b".to_owned());
        };
        assert_eq!(change(&template), [Cause::TemplateChanged]);
        assert_eq!(change(&tag), [Cause::SettingsChanged]);
        assert_eq!(change(&|stack| stack.protection = Protection::Off), [Cause::SettingsChanged]);
        let both = |stack: &mut landfall_stacks::Stack| {
            template(stack);
            tag(stack);
        };
        assert_eq!(change(&both), [Cause::TemplateChanged, Cause::SettingsChanged]);
    }

    #[test]
    fn protection_that_was_taken_off_comes_back() {
        let mut world = settled();
        world.live("data", "acme-break-glass").protected = Some(false);
        let plan = world.plan(Mode::Apply);
        assert_eq!(causes(only(&plan)), [Cause::SettingsChanged]);
        world.live("data", "acme-break-glass").protected = None;
        assert!(world.plan(Mode::Apply).is_empty());
    }

    #[test]
    fn the_spec_carries_landfalls_own_tags() {
        let plan = small().plan(Mode::Apply);
        let spec = plan.steps[&stack_id("data", "acme-boundary")].action.spec().unwrap();
        assert_eq!(spec.tags[landfall_stacks::TAG_ORGANIZATION], "acme");
        assert_eq!(spec.tags[landfall_stacks::TAG_KIND], "boundary");
        assert_eq!(spec.tags[landfall_stacks::TAG_DIGEST].len(), 64);
        assert_eq!(spec.tags["managed-by"], "landfall");
    }

    #[test]
    fn a_foreign_stack_of_our_name_is_left_alone_with_all_that_needs_it() {
        let mut world = settled();
        world.live("ml", "acme-service-training").tags.remove(landfall_stacks::TAG_ORGANIZATION);
        world.live("data", "acme-cross-account-reader").tags.remove(landfall_stacks::TAG_DIGEST);
        let plan = world.plan(Mode::Prune);
        assert!(plan.is_empty());
        let StepId::Stack(key) = stack_id("ml", "acme-service-training") else { panic!() };
        assert_eq!(
            plan.findings,
            [
                Finding::NotOurs { stack: key.clone() },
                Finding::LeftOut { step: stack_id("data", "acme-cross-account-reader"), because: StepId::Stack(key) },
            ]
        );
    }
}

mod drift {
    use landfall_model::RoleName;
    use landfall_stacks::{Identities, Role};
    use serde_json::json;

    use super::*;

    fn world() -> World {
        let mut stack = role("data", "etl");
        stack.needs.clear();
        stack.body = crate::tests::world::body(
            &json!({ "Resources": { "Role": { "Type": "AWS::IAM::Role", "Properties": {
                "RoleName": "etl",
                "Path": "/acme/",
                "Description": "moves data",
                "MaxSessionDuration": 3600,
                "PermissionsBoundary": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/acme/acme-boundary-workload" },
                "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
                    { "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }
                ] },
            } } } })
            .to_string(),
        );
        let mut world = World::new(&foundation(&[("management", None), ("data", None)]), vec![stack]);
        world.settle();
        let data = account(&mut world, "data").id.clone();
        let live = Role {
            name: RoleName::new("etl").unwrap(),
            path: "/acme/".to_owned(),
            trust: json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow",
                "Principal": { "Service": ["lambda.amazonaws.com"] }, "Action": ["sts:assumerole"] } })
            .into(),
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
            boundary: Some(format!("arn:aws:iam::{data}:policy/acme/acme-boundary-workload")),
            max_session: 3600,
            description: "moves data".to_owned(),
            tags: [("managed-by", "landfall"), ("landfall:kind", "service"), ("landfall:organization", "acme")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        };
        let roles = BTreeMap::from([(live.name.clone(), live)]);
        world.observed.identities.insert(name("data"), Identities { roles, ..Identities::default() });
        world
    }

    fn live(world: &mut World) -> &mut Role {
        let identities = world.observed.identities.get_mut(&name("data")).unwrap();
        identities.roles.values_mut().next().unwrap()
    }

    #[test]
    fn equal_identities_are_kept_and_a_lost_boundary_is_repaired() {
        let mut world = world();
        let before = world.plan(Mode::Apply);
        assert!(before.is_empty(), "{:?} {:?}", before.steps, before.findings);
        live(&mut world).boundary = None;
        let plan = world.plan(Mode::Apply);
        assert_eq!(causes(only(&plan)), [Cause::IdentitiesDiffer]);
        let Action::RepairIdentities { differences, .. } = &only(&plan).action else { panic!("{:?}", plan.steps) };
        assert_eq!(differences[0].property, "PermissionsBoundary");
        assert_eq!(plan.findings, []);
        assert_eq!(plan.templates.len(), 1);
        assert_ne!(plan.fingerprint, before.fingerprint);
    }

    #[test]
    fn a_stack_that_is_brought_back_is_not_kept_as_well() {
        let mut world = world();
        live(&mut world).boundary = None;
        assert_eq!(kept_and_changed(&world.plan(Mode::Remediate)), (1, 0));
        world.live("data", "acme-service-etl").protected = Some(true);
        assert_eq!(kept_and_changed(&world.plan(Mode::Remediate)), (0, 1));
    }

    /// How many stacks stay as they are, and of how many there are steps.
    fn kept_and_changed(plan: &Plan) -> (usize, usize) {
        let stack = |id: &&StepId| matches!(id, StepId::Stack(_));
        (plan.kept.iter().map(|kept| &kept.id).filter(stack).count(), plan.steps.keys().filter(stack).count())
    }

    #[test]
    fn what_iam_calls_cannot_put_right_is_a_finding() {
        let mut world = world();
        live(&mut world).path = "/".to_owned();
        live(&mut world).max_session = 43200;
        let plan = world.plan(Mode::Apply);
        let Action::RepairIdentities { differences, .. } = &only(&plan).action else { panic!("{:?}", plan.steps) };
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].property, "MaxSessionDuration");
        assert!(
            matches!(&plan.findings[..], [Finding::BeyondRepair { differences, .. }] if differences[0].property == "Path")
        );
        world.observed.identities.insert(name("data"), Identities::default());
        let plan = world.plan(Mode::Apply);
        let Action::RepairIdentities { differences, .. } = &only(&plan).action else { panic!("{:?}", plan.steps) };
        assert_eq!(differences[0].property, "", "a role that is gone is made anew");
        assert_eq!(plan.findings, []);
    }

    #[test]
    fn identities_that_were_not_read_are_not_compared() {
        let mut world = world();
        world.observed.identities.clear();
        let plan = world.plan(Mode::Apply);
        assert!(plan.is_empty());
        assert_eq!(plan.findings, []);
    }
}
