//! What must hold for any policies at all.

use proptest::prelude::*;

use super::{Caller, Compiled, Context, Layers, Request, evaluate};
use crate::{
    Action, Actions, Condition, Document, Effect, Operator, OperatorKind, Principal, Principals, Qualifier, Resources,
    Statement, Text,
};

const ROLE: &str = "arn:aws:iam::111122223333:role/app";

fn effect() -> impl Strategy<Value = Effect> {
    prop_oneof![3 => Just(Effect::Allow), 1 => Just(Effect::Deny)]
}

fn actions() -> impl Strategy<Value = Actions> {
    let one =
        prop::sample::select(vec!["*", "s3:*", "s3:Get*", "S3:GetObject", "s3:Put?bject", "sqs:*", "kms:Decrypt"])
            .prop_map(Action::of);
    let list = prop::collection::vec(one, 1..3);
    prop_oneof![4 => list.clone().prop_map(Actions::Only), 1 => list.prop_map(Actions::Except)]
}

fn resources() -> impl Strategy<Value = Resources> {
    let one = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/k",
        "arn:aws:s3:::b/${aws:username}",
        "arn:aws:s3",
        "arn:aws:sqs:*:*:q",
    ])
    .prop_map(Text::literal);
    let list = prop::collection::vec(one, 1..3);
    prop_oneof![4 => list.clone().prop_map(Resources::Only), 1 => list.prop_map(Resources::Except)]
}

fn condition() -> impl Strategy<Value = Condition> {
    let kind = prop::sample::select(OperatorKind::ALL.to_vec());
    let qualifier = prop::sample::select(vec![Qualifier::Single, Qualifier::ForAllValues, Qualifier::ForAnyValue]);
    let key = prop::sample::select(vec!["aws:username", "aws:TagKeys", "aws:SourceIp", "aws:PrincipalArn", "aws:none"]);
    let value = prop::sample::select(vec!["k", "*", "10.0.0.0/8", ROLE, "true", "${aws:username}", "5", "2024-01-01"]);
    (kind, qualifier, any::<bool>(), key, prop::collection::vec(value, 1..3)).prop_map(
        |(kind, qualifier, if_exists, key, values)| {
            Condition::new(Operator { qualifier, kind, if_exists }, key, values)
        },
    )
}

fn principals() -> impl Strategy<Value = Principals> {
    let one = prop::sample::select(vec![
        "111122223333",
        "*",
        ROLE,
        "arn:aws:sts::111122223333:assumed-role/app/s",
        "444455556666",
    ])
    .prop_map(|text| Principal::Aws(text.into()));
    let list = prop::collection::vec(one, 1..3);
    prop_oneof![4 => list.clone().prop_map(Principals::Only), 1 => list.prop_map(Principals::Except)]
}

fn statement() -> impl Strategy<Value = Statement> {
    let conditions = prop::collection::vec(condition(), 0..2);
    (effect(), actions(), resources(), principals(), conditions).prop_map(
        |(effect, actions, resources, principals, conditions)| Statement {
            sid: None,
            effect,
            principals,
            actions,
            resources,
            conditions,
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Statement>> {
    prop::collection::vec(statement(), 1..5)
}

fn request() -> impl Strategy<Value = Request> {
    let action = prop::sample::select(vec!["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt"]);
    let resource =
        prop::sample::select(vec!["arn:aws:s3:::b/k", "arn:aws:s3:::c/k", "arn:aws:sqs:eu-west-1:111122223333:q", "*"]);
    let caller = prop::sample::select(vec![ROLE, "arn:aws:iam::111122223333:user/k"]);
    let owner = prop::sample::select(vec!["111122223333", "444455556666"]);
    let tags = prop::sample::subsequence(vec!["k", "true", "5"], 0..3);
    (action, resource, caller, owner, tags).prop_map(|(action, resource, caller, owner, tags)| {
        let caller = Caller::parse(caller).unwrap().in_session("s");
        let context = Context::default().with("aws:SourceIp", "10.1.2.3").with_many("aws:TagKeys", tags);
        Request::new(caller, action, resource, context).owned_by(owner)
    })
}

fn compile(statements: &[Statement]) -> Compiled {
    Compiled::plain("p", &Document::new(statements.to_vec()))
}

/// Policies for every layer.
#[derive(Debug, Clone)]
struct World {
    identity: Vec<Statement>,
    boundary: Option<Vec<Statement>>,
    session: Option<Vec<Statement>>,
    scps: Vec<Vec<Statement>>,
    rcps: Vec<Vec<Statement>>,
    resource: Option<Vec<Statement>>,
}

fn world() -> impl Strategy<Value = World> {
    (
        statements(),
        prop::option::of(statements()),
        prop::option::weighted(0.2, statements()),
        prop::collection::vec(statements(), 0..2),
        prop::collection::vec(statements(), 0..2),
        prop::option::of(statements()),
    )
        .prop_map(|(identity, boundary, session, scps, rcps, resource)| World {
            identity,
            boundary,
            session,
            scps,
            rcps,
            resource,
        })
}

impl World {
    fn allows(&self, request: &Request) -> bool {
        let identity = compile(&self.identity);
        let boundary = self.boundary.as_deref().map(compile);
        let session = self.session.as_deref().map(compile);
        let scps: Vec<Compiled> = self.scps.iter().map(|one| compile(one)).collect();
        let rcps: Vec<Compiled> = self.rcps.iter().map(|one| compile(one)).collect();
        let resource = self.resource.as_deref().map(compile);
        let layers = Layers {
            identity: vec![&identity],
            boundary: boundary.as_ref(),
            session: session.as_ref(),
            scps: scps.iter().map(|one| vec![one]).collect(),
            rcps: rcps.iter().map(|one| vec![one]).collect(),
            resource: resource.as_ref(),
            management: None,
        };
        evaluate(request, &layers).is_allowed()
    }

    /// Every document with its statements, for changing one.
    fn documents(&mut self) -> Vec<&mut Vec<Statement>> {
        let Self { identity, boundary, session, scps, rcps, resource } = self;
        let mut all = vec![identity];
        all.extend(boundary.as_mut());
        all.extend(session.as_mut());
        all.extend(scps);
        all.extend(rcps);
        all.extend(resource.as_mut());
        all
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn one_more_deny_never_widens(world in world(), mut more in statement(), at in any::<prop::sample::Index>(),
                                  request in request()) {
        more.effect = Effect::Deny;
        let mut after = world.clone();
        let mut documents = after.documents();
        let at = at.index(documents.len());
        documents[at].push(more);
        prop_assert!(!after.allows(&request) || world.allows(&request));
    }

    #[test]
    fn one_more_allow_never_narrows(world in world(), mut more in statement(), at in any::<prop::sample::Index>(),
                                    request in request()) {
        more.effect = Effect::Allow;
        let mut after = world.clone();
        let mut documents = after.documents();
        let at = at.index(documents.len());
        documents[at].insert(0, more);
        prop_assert!(after.allows(&request) || !world.allows(&request));
    }

    #[test]
    fn a_boundary_or_a_guardrail_never_widens(world in world(), more in statements(), which in 0..4_u8,
                                              request in request()) {
        let mut after = world.clone();
        match which {
            0 => {
                prop_assume!(world.boundary.is_none());
                after.boundary = Some(more);
            }
            1 => {
                prop_assume!(world.session.is_none());
                after.session = Some(more);
            }
            2 => after.scps.push(more),
            _ => after.rcps.push(more),
        }
        prop_assert!(!after.allows(&request) || world.allows(&request));
    }

    #[test]
    fn the_order_of_statements_is_irrelevant(world in world(), turn in 0..5_usize, request in request()) {
        let mut after = world.clone();
        for document in after.documents() {
            document.reverse();
            let length = document.len();
            document.rotate_left(turn % length);
        }
        prop_assert_eq!(after.allows(&request), world.allows(&request));
    }

    #[test]
    fn one_policy_of_many_statements_is_many_policies_of_one(statements in statements(), request in request()) {
        let whole = compile(&statements);
        let parts: Vec<Compiled> = statements.iter().map(|one| compile(std::slice::from_ref(one))).collect();
        let one = Layers { identity: vec![&whole], ..Layers::default() };
        let many = Layers { identity: parts.iter().collect(), ..Layers::default() };
        prop_assert_eq!(evaluate(&request, &one).is_allowed(), evaluate(&request, &many).is_allowed());
    }

    #[test]
    fn a_rendered_document_says_the_same(statements in statements(), request in request()) {
        let document = Document::new(statements);
        let pairs: std::collections::BTreeSet<_> = document.statements.iter()
            .flat_map(|s| s.conditions.iter().map(|c| (c.operator, c.key.clone()))).collect();
        prop_assume!(pairs.len() == document.statements.iter().map(|s| s.conditions.len()).sum::<usize>());
        let parsed = Document::parse(&document.render(&crate::Plain)).unwrap();
        let (before, after) = (Compiled::plain("p", &document), Compiled::plain("p", &parsed));
        let ask = |one: &Compiled| {
            let layers = Layers { identity: vec![one], resource: Some(one), ..Layers::default() };
            evaluate(&request, &layers).is_allowed()
        };
        prop_assert_eq!(ask(&before), ask(&after));
    }
}
