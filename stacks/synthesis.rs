//! From a configuration to every stack.

use landfall_model::{Diagnostics, Foundation};

use crate::context::Context;
use crate::{GuardrailPolicy, Shared, Sizes, Stack, guardrail, inventory, registry};

/// Every stack of an organization, and what is wrong with the configuration that only the templates show.
#[derive(Debug, Clone)]
pub struct Synthesis {
    /// In the order of the accounts in the configuration, then of the kinds, then of the items.
    pub stacks: Vec<Stack>,
    /// Service and resource control policies, in the order of the configuration.
    pub guardrails: Vec<GuardrailPolicy>,
    /// `LF10xx`. With an error among them, stacks may be missing, and nothing of this may be deployed.
    pub diagnostics: Diagnostics,
    /// What is used of IAM's quotas.
    pub sizes: Sizes,
    /// Which policies roles share.
    pub shared: Shared,
}

/// Writes every template. The same configuration gives the same bytes.
///
/// A template is rendered once for all accounts in which it is the same, and shared.
pub fn synthesize(foundation: &Foundation) -> Synthesis {
    let mut context = Context::new(foundation);
    for kind in registry::order() {
        let stacks = registry::build(kind)(&mut context);
        context.made.extend(stacks);
    }
    let guardrails = guardrail::policies(&mut context);
    let (mut stacks, mut diagnostics, sizes, shared) = context.finish();
    // A stable sort: within a kind, items keep the order of the configuration.
    stacks.sort_by_cached_key(|stack| (foundation.accounts.get_index_of(&stack.key.account), stack.kind));
    diagnostics.extend(inventory::check(&stacks).iter().cloned());
    Synthesis { stacks, guardrails, diagnostics, sizes, shared }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use landfall_model::{AccountId, AccountName, Kind};

    use super::*;
    use crate::tests::sample;
    use crate::{Need, Protection, TemplateScope, expected};

    fn small() -> Foundation {
        let mut foundation = sample::foundation(&["management", "security"], &["app-a", "app-b"]);
        let members = sample::accounts(["security", "app-a", "app-b"]);
        foundation.break_glass = Some(sample::break_glass("security", members));
        let apps = sample::accounts(["app-a", "app-b"]);
        foundation.cross_account.push(sample::cross_account("reader", apps, "app-a"));
        foundation
    }

    fn names(synthesis: &Synthesis) -> Vec<String> {
        synthesis.stacks.iter().map(|stack| stack.key.to_string()).collect()
    }

    #[test]
    fn stacks_come_in_the_order_of_accounts_and_kinds() {
        let synthesis = synthesize(&small());
        assert!(synthesis.diagnostics.is_empty(), "{:?}", synthesis.diagnostics);
        insta::assert_snapshot!(names(&synthesis).join("\n"), @r#"
        security/eu-west-1/acme-break-glass
        security/us-east-1/acme-alarm
        security/eu-west-1/acme-alarm
        app-a/eu-west-1/acme-boundary-workload
        app-a/eu-west-1/acme-break-glass
        app-a/eu-west-1/acme-cross-account-reader
        app-b/eu-west-1/acme-boundary-workload
        app-b/eu-west-1/acme-break-glass
        app-b/eu-west-1/acme-cross-account-reader
        "#);
    }

    #[test]
    fn the_same_template_is_shared() {
        let synthesis = synthesize(&small());
        let bodies: Vec<_> = synthesis.stacks.iter().filter(|stack| stack.kind == Kind::BreakGlass).collect();
        assert_eq!(bodies.len(), 3);
        assert!(bodies.windows(2).all(|pair| match pair {
            [a, b] => Arc::ptr_eq(&a.body.json, &b.body.json),
            _ => false,
        }));
    }

    #[test]
    fn break_glass_is_protected_and_waits_for_no_stack() {
        let synthesis = synthesize(&small());
        for stack in synthesis.stacks.iter().filter(|stack| stack.kind == Kind::BreakGlass) {
            assert_eq!(stack.protection, Protection::On);
            assert_eq!(stack.needs, []);
            assert_eq!(stack.roles, 2);
        }
    }

    #[test]
    fn a_role_waits_for_its_boundary_and_for_the_ids_that_it_names() {
        let synthesis = synthesize(&small());
        let stack = synthesis.stacks.iter().find(|stack| stack.kind == Kind::CrossAccount).unwrap();
        let workload = landfall_model::BoundaryName::new("workload").unwrap();
        let app = AccountName::new("app-a").unwrap();
        assert_eq!(stack.needs, [Need::Boundary(workload), Need::AccountId(app)]);
        assert!(stack.parameters.contains_key("AppAAccountId"), "{:?}", stack.parameters);
    }

    #[test]
    fn what_is_synthesized_evaluates() {
        let ids: BTreeMap<AccountName, AccountId> = ["management", "security", "app-a", "app-b"]
            .into_iter()
            .enumerate()
            .map(|(i, name)| (AccountName::new(name).unwrap(), AccountId::new(format!("20000000000{i}")).unwrap()))
            .collect();
        let organization = landfall_model::OrganizationId::new("o-a1b2c3d4e5").unwrap();
        for stack in synthesize(&small()).stacks {
            let template = serde_json::from_str(&stack.body.json).unwrap();
            let scope = TemplateScope::of(&stack, &ids, Some(&organization)).unwrap();
            let identities = expected(&template, &scope).unwrap();
            assert_eq!(identities.roles.len(), stack.roles);
            assert!(identities.roles.values().all(|role| role.boundary.is_some()));
        }
    }

    #[test]
    fn a_name_that_is_too_long_is_a_diagnostic() {
        let mut foundation = small();
        let long = "x".repeat(60);
        let apps = sample::accounts(["app-a"]);
        foundation.cross_account.push(sample::cross_account(&long, apps, "app-a"));
        let synthesis = synthesize(&foundation);
        assert_eq!(synthesis.diagnostics.iter().map(|d| d.code).collect::<Vec<_>>(), [crate::codes::NAME]);
    }
}
