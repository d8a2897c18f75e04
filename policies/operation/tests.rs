use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::specimen::acme;
use crate::{
    Actions, Caller, Compiled, Context, Document, Effect, Estate, Layers, Request, automation_boundary,
    automation_role, database, evaluate,
};

const ALL: [AutomationRole; 4] =
    [AutomationRole::Plan, AutomationRole::Apply, AutomationRole::Reader, AutomationRole::Executor];

/// Actions that are granted though nothing calls them by this name, each with the reason.
const UNCALLED: &[(&str, &str)] = &[
    ("cloudformation:UntagResource", "permission only: tags that an update takes off a stack"),
    ("iam:SetDefaultPolicyVersion", "part of `CreatePolicyVersion` with `SetAsDefault`"),
];

fn documents() -> BTreeMap<AutomationRole, Document> {
    let foundation = acme();
    let estate = Estate::of(&foundation);
    let automation = foundation.automation.as_ref().unwrap();
    let of = |role| automation_role(&foundation.organization, &estate, automation, role).unwrap().inline.unwrap();
    ALL.into_iter().map(|role| (role, of(role))).collect()
}

/// A thing of the kind, and what a request about it brings along.
fn sample(on: Target) -> (&'static str, Context) {
    let context = Context::default().with("aws:ResourceOrgID", "o-a1b2c3d4e5");
    let bound =
        || context.clone().with("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/acme/acme-boundary-w");
    match on {
        Target::Account => ("*", context),
        Target::Organization => ("*", context.with("iam:AWSServiceName", "organizations.amazonaws.com")),
        Target::Stacks => ("arn:aws:cloudformation:eu-west-1:111122223333:stack/acme-boundary/0123", context),
        Target::Roles => ("arn:aws:iam::111122223333:role/acme/x", context),
        Target::BoundRoles => ("arn:aws:iam::111122223333:role/acme/x", bound()),
        Target::Policies => ("arn:aws:iam::111122223333:policy/acme/acme-boundary-workload", context),
        Target::Profiles => ("arn:aws:iam::111122223333:instance-profile/acme/web", context),
        Target::OidcProviders => {
            ("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", context)
        }
        Target::SamlProviders => ("arn:aws:iam::111122223333:saml-provider/corp-idp", context),
        Target::Entries => ("arn:aws:iam::444455556666:role/acme/acme-automation-reader", context),
    }
}

/// What an action that comes along with another one is asked on.
fn companion(action: &str, on: Target) -> (&'static str, Context) {
    match action {
        "iam:PassRole" => {
            let (role, context) = sample(Target::Roles);
            let service = if on == Target::Profiles { "ec2.amazonaws.com" } else { "apigateway.amazonaws.com" };
            (role, context.with("iam:PassedToService", service))
        }
        "iam:CreateServiceLinkedRole" => (
            "arn:aws:iam::111122223333:role/aws-service-role/organizations.amazonaws.com/AWSServiceRoleForOrganizations",
            sample(on).1,
        ),
        _ => sample(on),
    }
}

fn handled(resource: &str, action: &str) -> (&'static str, Context) {
    let on = match resource {
        "AWS::ApiGateway::Account" if action.starts_with("apigateway:") => {
            return ("arn:aws:apigateway:eu-west-1::/account", Context::default());
        }
        "AWS::Events::Rule" => return ("arn:aws:events:eu-west-1:111122223333:rule/acme-alarm-x", Context::default()),
        // AWS takes `*` alone.
        "AWS::SNS::Topic" if action == "sns:Unsubscribe" => return ("*", Context::default()),
        "AWS::SNS::Topic" | "AWS::SNS::TopicPolicy" => {
            return ("arn:aws:sns:eu-west-1:111122223333:acme-alarm-x", Context::default());
        }
        "AWS::IAM::InstanceProfile" => Target::Profiles,
        "AWS::IAM::ManagedPolicy" => Target::Policies,
        "AWS::IAM::OIDCProvider" => Target::OidcProviders,
        "AWS::IAM::SAMLProvider" => Target::SamlProviders,
        _ => Target::BoundRoles,
    };
    companion(action, on)
}

/// Whether a role's own policy and its boundary allow it.
fn allowed(document: &Document, action: &str, resource: &str, context: Context) -> bool {
    let own = Compiled::plain("own", document);
    let boundary = Compiled::plain("boundary", &automation_boundary(&Estate::of(&acme())));
    // Whether a member's role lets somebody in is its trust's matter; here it is the caller's side that counts.
    let trust = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "*" } } });
    let trust = Compiled::plain("trust", &Document::parse(&trust).unwrap());
    let layers = Layers {
        identity: vec![&own],
        boundary: Some(&boundary),
        resource: (action == "sts:AssumeRole").then_some(&trust),
        ..Layers::default()
    };
    let caller = Caller::parse("arn:aws:iam::111122223333:role/acme/acme-automation-x").unwrap().in_session("landfall");
    evaluate(&Request::new(caller, action, resource, context), &layers).is_allowed()
}

/// Everything that is asked of the four roles: role, action, resource, context.
fn questions() -> Vec<(AutomationRole, String, &'static str, Context)> {
    let mut out = Vec::new();
    for one in OPERATIONS.iter().filter(|one| one.makers != Makers::Anybody) {
        for role in one.makers.roles() {
            let (resource, context) = sample(one.on);
            out.push((*role, one.name.to_owned(), resource, context));
            for also in one.also {
                let (resource, context) = companion(also, one.on);
                out.push((*role, (*also).to_owned(), resource, context));
            }
        }
    }
    for handler in HANDLERS {
        for role in Makers::Writers.roles() {
            for action in handler.actions {
                let (resource, context) = handled(handler.resource, action);
                out.push((*role, (*action).to_owned(), resource, context));
            }
        }
    }
    // A provider is deleted after the configuration, and with it these policies, have forgotten its name.
    for role in Makers::Writers.roles() {
        for (action, left) in [
            ("iam:DeleteOpenIDConnectProvider", "arn:aws:iam::111122223333:oidc-provider/former.example"),
            ("iam:DeleteSAMLProvider", "arn:aws:iam::111122223333:saml-provider/former-idp"),
        ] {
            let context = Context::default().with("aws:ResourceTag/landfall:organization", "acme");
            out.push((*role, action.to_owned(), left, context));
        }
    }
    // Drift of what is not IAM's is looked for by CloudFormation, in the name of whoever asks.
    let reads =
        |action: &str| ["GET", "Get", "Describe", "List"].iter().any(|verb| action.contains(&format!(":{verb}")));
    for handler in HANDLERS.iter().filter(|handler| !handler.resource.starts_with("AWS::IAM::")) {
        for role in Makers::Readers.roles() {
            for action in handler.actions.iter().filter(|action| reads(action)) {
                let (resource, context) = handled(handler.resource, action);
                out.push((*role, (*action).to_owned(), resource, context));
            }
        }
    }
    // The apply role goes on in through the reader, the executor, and the role that a new account comes with.
    for resource in [
        "arn:aws:iam::444455556666:role/acme/acme-automation-executor",
        "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole",
    ] {
        out.push((AutomationRole::Apply, "sts:AssumeRole".to_owned(), resource, sample(Target::Entries).1));
    }
    out
}

#[test]
fn every_role_may_do_what_it_is_there_for() {
    let documents = documents();
    let refused: BTreeSet<String> = questions()
        .into_iter()
        .filter(|(role, action, resource, context)| !allowed(&documents[role], action, resource, context.clone()))
        .map(|(role, action, resource, _)| format!("{role:?} may not {action} on {resource}"))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn no_role_may_make_the_calls_of_another() {
    let documents = documents();
    for one in OPERATIONS {
        let (resource, context) = sample(one.on);
        for role in ALL.into_iter().filter(|role| !one.makers.roles().contains(role)) {
            let granted = allowed(&documents[&role], one.name, resource, context.clone());
            assert!(!granted, "{role:?} may {} on {resource}", one.name);
        }
    }
}

#[test]
fn nothing_is_granted_that_nothing_asks_for() {
    let asked: BTreeSet<String> = questions().into_iter().map(|(_, action, _, _)| action).collect();
    let uncalled: BTreeSet<&str> = UNCALLED.iter().map(|(action, _)| *action).collect();
    let mut used = BTreeSet::new();
    let mut needless = BTreeSet::new();
    for (role, document) in documents() {
        for statement in document.statements.iter().filter(|one| one.effect == Effect::Allow) {
            let Actions::Only(actions) = &statement.actions else { panic!("{role:?}: {:?}", statement.sid) };
            for action in actions {
                if uncalled.contains(action.as_str()) {
                    used.insert(action.as_str().to_owned());
                    continue;
                }
                let needed = asked.iter().any(|one| crate::specimen::matches(action.as_str(), one));
                if !needed {
                    needless.insert(format!("{role:?}: {:?} grants {action}", statement.sid));
                }
            }
        }
    }
    assert!(needless.is_empty(), "nothing calls {needless:#?}");
    let idle: Vec<&&str> = uncalled.iter().filter(|action| !used.contains(**action)).collect();
    assert!(idle.is_empty(), "{idle:?} are not granted any more");
}

/// The tests above can fail: without any one statement something is refused.
#[test]
fn every_statement_is_needed() {
    let questions = questions();
    for (role, document) in documents() {
        for at in 0..document.statements.len() {
            let mut without = document.clone();
            let gone = without.statements.remove(at);
            let refused = questions
                .iter()
                .filter(|(of, ..)| *of == role)
                .any(|(_, action, resource, context)| !allowed(&without, action, resource, context.clone()));
            assert!(refused, "{role:?} loses {:?} and nothing is refused", gone.sid);
        }
    }
}

#[test]
fn every_action_exists() {
    let known = |action: &str| {
        let (service, name) = action.split_once(':').unwrap();
        database().service(service).and_then(|service| service.action(name)).is_some_and(|found| found.name == name)
    };
    let mut names = BTreeSet::new();
    for one in OPERATIONS {
        assert!(names.insert(one.name), "{} stands twice", one.name);
        assert!(known(one.name) && one.also.iter().all(|also| known(also)), "{}", one.name);
        assert_eq!(operation(one.name), Some(one));
    }
    for handler in HANDLERS {
        for action in handler.actions.iter().chain(handler.never.iter().map(|(action, _)| action)) {
            assert!(known(action), "{}: {action}", handler.resource);
        }
    }
}

fn page() -> String {
    let mut out = String::from(
        "# Permissions\n\n\
         What Landfall calls at AWS, and with which of its own roles (`automation:`). The policies themselves, as they come out \
         for the example, stand in `tests/golden/policies/acme-automation-*.json`; every role carries the boundary \
         `{organization}-automation-boundary`, which keeps it to what Landfall owns.\n\n\
         | role | where | who comes in |\n|---|---|---|\n\
         | plan | management account | pull requests and the environment, by GitHub's OpenID Connect |\n\
         | apply | management account | the environment |\n\
         | reader | member accounts | plan, apply |\n\
         | executor | member accounts | apply |\n\n\
         The first run is made with an administrator of the management account, since there are no roles yet; into accounts \
         that have no executor yet, the apply role goes through the access role that AWS made with the account.\n\n\
         ## Calls\n\n\
         `+` is what IAM asks for beside the call itself, because tags are sent along or a role is passed.\n\n\
         | call | on | plan | apply | reader | executor | what for |\n|---|---|---|---|---|---|---|\n",
    );
    for one in OPERATIONS {
        let also: String = one.also.iter().map(|also| format!(" + `{also}`")).collect();
        let marks: Vec<&str> =
            ALL.iter().map(|role| if one.makers.roles().contains(role) { "x" } else { "" }).collect();
        let on = match one.on {
            Target::Account => "anything",
            Target::Organization => "the organization",
            Target::Stacks => "own stacks",
            Target::Roles => "own roles",
            Target::BoundRoles => "own roles under an own boundary",
            Target::Policies => "own policies",
            Target::Profiles => "own instance profiles",
            Target::OidcProviders | Target::SamlProviders => "own providers",
            Target::Entries => "roles of member accounts",
        };
        let purpose = match one.makers {
            Makers::Administrator => format!("{} (an administrator, in the first run)", one.purpose),
            Makers::Anybody => format!("{} (needs no permission)", one.purpose),
            _ => one.purpose.to_owned(),
        };
        writeln!(out, "| `{}`{also} | {on} | {} | {purpose} |", one.name, marks.join(" | ")).unwrap();
    }
    out.push_str(
        "\n## What CloudFormation does in their name\n\n\
         Landfall's stacks have no service role: CloudFormation uses the permissions of whoever deploys, so apply and executor \
         have what follows on what Landfall owns. The lists are those of AWS's resource schemas.\n\n\
         | resource | actions | left out |\n|---|---|---|\n",
    );
    for handler in HANDLERS {
        let actions: Vec<String> = handler.actions.iter().map(|action| format!("`{action}`")).collect();
        let never: Vec<String> = handler.never.iter().map(|(action, why)| format!("`{action}`: {why}")).collect();
        writeln!(out, "| `{}` | {} | {} |", handler.resource, actions.join(", "), never.join("; ")).unwrap();
    }
    out
}

/// `UPDATE_EXPECT=1` writes the page.
#[test]
fn the_page_of_permissions_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/permissions.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page());
}
