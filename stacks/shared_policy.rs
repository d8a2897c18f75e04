//! The policies that roles of an account share: just those that its roles attach.

use std::collections::BTreeMap;

use landfall_model::{AccountSet, Kind};
use landfall_policies::SharedPolicy;

use crate::blueprint::Blueprint;
use crate::context::Context;
use crate::template::{LogicalId, ManagedPolicyBody, Resource, Template};
use crate::{Need, Provides, Stack};

/// One stack a policy in each account that needs it, so that all accounts share the template.
///
/// Not one stack for all of an account's: a policy that nobody needs any more would then go in an update of a stack that
/// its last role waits for, before that role lets go of it, which IAM refuses (`DeleteConflict`). A stack of its own goes
/// like any other that is not wanted any more, after the roles.
pub(crate) fn stacks(context: &mut Context<'_>) -> Vec<Stack> {
    let mut wanted: BTreeMap<SharedPolicy, AccountSet> = BTreeMap::new();
    for stack in &context.made {
        for need in &stack.needs {
            if let Need::SharedPolicy(policy) = need {
                wanted.entry(*policy).or_default().insert(stack.key.account.clone());
            }
        }
    }
    let mut out = Vec::new();
    for (policy, accounts) in wanted {
        if let Some(blueprint) = blueprint(context, policy) {
            out.extend(context.stand(&blueprint, &accounts));
        }
    }
    out
}

fn blueprint(context: &mut Context<'_>, policy: SharedPolicy) -> Option<Blueprint> {
    let organization = &context.foundation.organization;
    let place = organization.place;
    let mut template =
        Template::new(format!("Landfall: what roles of {} share, {}", organization.name, policy.as_str()));
    let name = context.name(policy.name(&organization.name), place)?;
    let document = policy.document(&organization.name);
    template.add(LogicalId::of("Policy"), Resource::ManagedPolicy(ManagedPolicyBody { name, document }));
    let stack = context.stack_name(Kind::SharedPolicy, &[policy.as_str()], place)?;
    let blueprint = Blueprint::new(Kind::SharedPolicy, Some(policy.as_str()), stack, place, template);
    Some(Blueprint { provides: vec![Provides::SharedPolicy(policy)], ..blueprint })
}

#[cfg(test)]
mod tests {
    use landfall_model::{ItemName, ServiceKind};

    use super::*;
    use crate::tests::golden;
    use crate::{StackKey, synthesize};

    fn keys(stacks: &[Stack]) -> Vec<String> {
        let shared = stacks.iter().filter(|stack| stack.kind == Kind::SharedPolicy);
        shared.map(|stack| format!("{}/{}", stack.key.account, stack.key.name)).collect()
    }

    #[test]
    fn an_account_has_just_those_that_its_roles_attach() {
        assert_eq!(
            keys(&synthesize(&golden::acme()).stacks),
            [
                "ml-prod/acme-shared-policy-sagemaker",
                "ml-prod/acme-shared-policy-step-functions-logs",
                "ml-prod/acme-shared-policy-step-functions-jobs",
                "ml-prod/acme-shared-policy-metaflow-task",
                "ml-prod/acme-shared-policy-metaflow-flow",
                "app-prod/acme-shared-policy-lambda-vpc",
                "app-prod/acme-shared-policy-step-functions-logs",
            ]
        );
    }

    #[test]
    fn a_second_role_of_a_sort_leaves_everything_else_as_it_is() {
        let mut foundation = golden::acme();
        let digests = |stacks: &[Stack]| -> BTreeMap<StackKey, crate::Digest> {
            stacks.iter().map(|stack| (stack.key.clone(), stack.digest())).collect()
        };
        let before = digests(&synthesize(&foundation).stacks);
        let function = foundation.services.iter().find(|item| matches!(item.kind, ServiceKind::Lambda { .. }));
        let mut second = function.unwrap().clone();
        second.name = ItemName::new("thumbnails").unwrap();
        foundation.services.push(second);
        let mut after = digests(&synthesize(&foundation).stacks);
        after.retain(|key, digest| before.get(key) != Some(digest));
        let new: Vec<_> = after.keys().map(|key| key.name.as_str()).collect();
        assert_eq!(new, ["acme-service-thumbnails"]);
    }

    #[test]
    fn what_the_last_role_lets_go_of_is_a_stack_that_is_not_wanted_any_more() {
        let mut foundation = golden::acme();
        foundation.services.retain(|item| !matches!(item.kind, ServiceKind::Lambda { .. }));
        let keys = keys(&synthesize(&foundation).stacks);
        assert!(!keys.contains(&"app-prod/acme-shared-policy-lambda-vpc".to_owned()), "{keys:?}");
        assert_eq!(keys.len(), 6);
    }
}
