//! Trust in roles that no stack makes yet.

use std::collections::BTreeSet;

use landfall_model::{AccountName, Diagnostic, Diagnostics, RoleName};

use crate::{Need, Provides, Stack, codes};

/// Takes away the needs that nothing can meet: a role of a service or of federation is trusted, and its stack does not
/// exist yet. The trust policy itself stands, because it names the role in a condition and not as a principal.
pub(crate) fn release(stacks: &mut [Stack]) -> Diagnostics {
    let roles: BTreeSet<(AccountName, RoleName)> = stacks
        .iter()
        .flat_map(|stack| stack.provides.iter().map(|provides| (&stack.key.account, provides)))
        .filter_map(|(account, provides)| match provides {
            Provides::Role(role) => Some((account.clone(), role.clone())),
            Provides::Boundary(_) | Provides::Provider(_) => None,
        })
        .collect();
    let mut missing = BTreeSet::new();
    for stack in stacks {
        stack.needs.retain(|need| match need {
            Need::TrustedRole { account, role, place } => {
                let made = roles.contains(&(account.clone(), role.clone()));
                if !made {
                    missing.insert((*place, account.clone(), role.clone()));
                }
                made
            }
            _ => true,
        });
    }
    let mut out = Diagnostics::default();
    for (place, account, role) in missing {
        let message = format!("role `{role}` of account `{account}` is trusted, and nothing makes it yet");
        out.push(
            Diagnostic::warning(codes::NOT_YET, place, message)
                .help("roles of services and of federation are not deployed by this release; the trust holds once the role stands"),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use landfall_model::{AccountName, RoleName, Severity, Trusted, TrustedRole};

    use crate::tests::sample;
    use crate::{Need, codes, synthesize};

    #[test]
    fn a_role_that_nothing_makes_is_waited_for_by_nobody() {
        let mut foundation = sample::foundation(&["management", "app"], &[]);
        let mut item = sample::cross_account("reader", sample::accounts(["management"]), "app");
        let trusted = |role: &str| {
            Trusted::Role(TrustedRole {
                account: AccountName::new("app").unwrap(),
                role: RoleName::new(role).unwrap(),
                place: sample::PLACE,
            })
        };
        item.trusted = vec![trusted("acme-service-web"), trusted("acme-cross-account-other")];
        foundation.cross_account.push(item);
        foundation.cross_account.push(sample::cross_account("other", sample::accounts(["app"]), "management"));
        let synthesis = synthesize(&foundation);
        let found: Vec<_> = synthesis.diagnostics.iter().map(|found| (found.code, found.severity)).collect();
        assert_eq!(found, [(codes::NOT_YET, Severity::Warning)]);
        let waits = synthesis.stacks.iter().flat_map(|stack| &stack.needs).filter_map(|need| match need {
            Need::TrustedRole { role, .. } => Some(role.as_str()),
            _ => None,
        });
        assert_eq!(waits.collect::<Vec<_>>(), ["acme-cross-account-other"]);
    }
}
