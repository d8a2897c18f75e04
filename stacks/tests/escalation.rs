//! What the generated roles cannot do, shown by the evaluator: every role of the example and of the good configurations,
//! with its inline policies, those that AWS manages, its boundary and the guardrails above it.

use std::fs;
use std::path::{Path, PathBuf};

use landfall_model::{Foundation, Kind, load};
use landfall_policies::{
    AccessLevel, Compiled, Context, Document, Layer, Layers, Request, Service, Statement, database, evaluate,
};

use crate::access::{Author, Question, RoleId, World};
use crate::synthesize;

/// Changes nothing of what anybody may do: roles are passed and service-linked roles made as services ask for it.
const HARMLESS: [&str; 3] = ["PassRole", "CreateServiceLinkedRole", "DeleteServiceLinkedRole"];

/// What no role at all can do, as a service and a name.
const NEVER: [(&str, &str); 8] = [
    ("iam", "DeleteRolePermissionsBoundary"),
    ("iam", "DeleteUserPermissionsBoundary"),
    ("organizations", "LeaveOrganization"),
    ("cloudtrail", "StopLogging"),
    ("cloudtrail", "DeleteTrail"),
    ("cloudtrail", "UpdateTrail"),
    ("cloudtrail", "PutEventSelectors"),
    ("account", "CloseAccount"),
];

fn configurations() -> Vec<(PathBuf, Foundation)> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let good = fs::read_dir(repository.join("tests/configs/good")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = good.filter(|path| path.is_dir()).collect();
    folders.push(repository.join("examples/acme"));
    folders.sort();
    let read = |folder: PathBuf| {
        let loaded = load(&folder);
        assert!(!loaded.diagnostics.has_errors(), "{}: {:?}", folder.display(), loaded.diagnostics);
        (folder, loaded.foundation.unwrap())
    };
    folders.into_iter().map(read).collect()
}

fn world(foundation: &Foundation) -> World {
    let synthesis = synthesize(foundation);
    World::configured(foundation, &synthesis.stacks, &synthesis.guardrails)
}

/// What an action could be pointed at: the role itself, and one thing of each of its kinds in the role's account.
fn resources(world: &World, role: RoleId, service: &Service, types: &[usize]) -> Vec<String> {
    let own = world.arn(role);
    let account = own.split(':').nth(4).unwrap();
    let kinds = types.iter().map(|at| service.types[*at]);
    let mut out: Vec<String> = Vec::new();
    for kind in kinds.clone() {
        for form in kind.arn.split(',').filter(|form| *form != "-") {
            let parts: Vec<&str> = form.splitn(6, ':').collect();
            let [_, _, service, region, _, resource] = parts.as_slice() else { continue };
            let region = if region.is_empty() { "" } else { "eu-west-1" };
            out.push(["arn:aws", service, region, account, &resource.replace('*', "new")].join(":"));
        }
    }
    if kinds.clone().any(|kind| kind.name == "role") {
        out.push(own.clone());
    }
    if kinds.clone().any(|kind| kind.name == "policy") {
        let boundary = world.shape(role).boundary.as_ref().unwrap();
        let shared = world.shape(role).policies.iter().filter(|one| one.author() == Author::Organization);
        for policy in shared.chain([boundary]) {
            out.push(["arn:aws:iam:", account, &["policy/acme/", policy.name()].concat()].join(":"));
        }
    }
    if out.is_empty() { vec!["*".to_owned()] } else { out }
}

/// Asserts that a role cannot do something, whatever the request says of itself.
fn never(world: &World, role: RoleId, service: &Service, name: &str) -> usize {
    let facts = service.action(name).unwrap();
    let action = [service.prefix, ":", facts.name].concat();
    let all = resources(world, role, service, &facts.types);
    for resource in &all {
        let answer = world.ask(&Question::of(role, &action, resource)).unwrap();
        let role = world.role_name(role);
        assert!(!answer.allowed, "{role}: {action} on {resource}: {answer:?}");
        assert_eq!(answer.if_instead, [] as [String; 0], "{role}: {action} on {resource}");
    }
    all.len()
}

#[test]
fn no_role_but_emergency_and_deployment_changes_iam() {
    let iam = database().service("iam").unwrap();
    let changes = iam.actions.iter().filter(|action| {
        matches!(action.level, AccessLevel::Write | AccessLevel::Permissions | AccessLevel::Tagging)
            && !HARMLESS.contains(&action.name)
    });
    let changes: Vec<&str> = changes.map(|action| action.name).collect();
    assert!(changes.len() > 100, "{} actions that change IAM are few", changes.len());
    let (mut asked, mut roles, mut emergency) = (0, 0, 0);
    for (_, foundation) in configurations() {
        let world = world(&foundation);
        for role in world.roles() {
            let kind = world.shape(role).kind;
            if matches!(kind, Some(Kind::BreakGlass | Kind::Automation | Kind::CiDeployer)) {
                // The questions are no empty ones: an emergency role is let.
                let account = world.arn(role).split(":role/").next().map(str::to_owned).unwrap();
                let theirs = [account.as_str(), ":role/theirs"].concat();
                let answer = world.ask(&Question::of(role, "iam:UpdateAssumeRolePolicy", &theirs)).unwrap();
                emergency += usize::from(kind == Some(Kind::BreakGlass) && answer.allowed);
                continue;
            }
            roles += 1;
            for name in &changes {
                asked += never(&world, role, iam, name);
            }
        }
    }
    assert!(roles > 50 && asked > 5_000 && emergency > 5, "{roles} roles, {asked} questions, {emergency} emergencies");
}

/// The boundary is a second wall: without it, and without any guardrail, a workload role's own policies do not do it.
#[test]
fn no_workload_role_changes_iam_even_without_its_boundary() {
    let iam = database().service("iam").unwrap();
    let changes = iam.actions.iter().filter(|one| one.level == AccessLevel::Permissions && one.name != "PassRole");
    let changes: Vec<_> = changes.collect();
    let mut asked = 0;
    for (folder, foundation) in configurations() {
        let world = world(&foundation);
        for role in world.roles() {
            if matches!(world.shape(role).kind, Some(Kind::BreakGlass | Kind::Automation | Kind::CiDeployer)) {
                continue;
            }
            let layers = Layers { identity: world.identity(role), ..Layers::default() };
            for facts in &changes {
                let action = ["iam:", facts.name].concat();
                for resource in resources(&world, role, iam, &facts.types) {
                    let (request, _) = world.request(&Question::of(role, &action, &resource)).unwrap();
                    let bounded = request.context().clone().with("iam:PermissionsBoundary", "arn:aws:iam::1:policy/x");
                    for request in [request.in_context(bounded), request] {
                        let decision = evaluate(&request, &layers);
                        let role = world.role_name(role);
                        assert!(!decision.is_allowed(), "{}: {role}: {action}: {decision}", folder.display());
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(asked > 3_000, "{asked} questions");
}

#[test]
fn no_role_at_all_takes_its_boundary_off_leaves_or_stops_the_trail() {
    let (mut roles, mut managed) = (0, 0);
    for (_, foundation) in configurations() {
        let world = world(&foundation);
        for role in world.roles() {
            roles += 1;
            let unknown = &world.shape(role).unknown;
            assert!(!unknown.iter().any(|arn| arn.contains(":iam::aws:")), "{}: {unknown:?}", world.role_name(role));
            managed += world.shape(role).policies.iter().filter(|one| one.author() != Author::Role).count();
            for (service, name) in NEVER {
                never(&world, role, database().service(service).unwrap(), name);
            }
        }
    }
    assert!(roles > 80 && managed > 30, "{roles} roles, {managed} managed policies");
}

/// Nor if somebody attaches all that there is.
#[test]
fn under_its_boundary_not_even_an_administrator_does() {
    let everything = Document::new([Statement::allow("Everything", ["*"]).on_all()]);
    let administrator = Compiled::plain("administrator", &everything);
    for (folder, foundation) in configurations() {
        let world = world(&foundation);
        for role in world.roles() {
            let layers = Layers { identity: vec![&administrator], boundary: world.boundary(role), ..Layers::default() };
            for (service, name) in NEVER.iter().filter(|(service, _)| *service != "account") {
                let service = database().service(service).unwrap();
                let action = [service.prefix, ":", name].concat();
                for resource in resources(&world, role, service, &service.action(name).unwrap().types) {
                    let (request, _) = world.request(&Question::of(role, &action, &resource)).unwrap();
                    let fresh = request.context().clone().with("aws:MultiFactorAuthPresent", "true");
                    let bounded = fresh.with("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/acme/any");
                    for context in [request.context().clone(), bounded, Context::default()] {
                        let decision = evaluate(&Request::in_context(&request, context), &layers);
                        let name = world.role_name(role);
                        assert_eq!(
                            decision.blocked_by,
                            Some(Layer::Boundary),
                            "{}: {name}: {action} on {resource}: {decision}",
                            folder.display()
                        );
                    }
                }
            }
        }
    }
}
