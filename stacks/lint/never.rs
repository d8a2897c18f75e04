//! `conditions:` that nobody ever meets.
//!
//! Source: IAM User Guide, "AWS global condition context keys": `aws:SourceIp` is in a request except where it came
//! through a VPC endpoint, `aws:SourceVpc` only where it did; `aws:PrincipalArn`, `aws:PrincipalAccount` and
//! `aws:PrincipalOrgID` are in signed requests, which those to `AssumeRoleWithSAML` and `AssumeRoleWithWebIdentity` are
//! not.

use landfall_model::{Conditions, Diagnostic};
use landfall_policies::lint::codes;

use super::entrance::{Comes, Entrance};
use super::finding::Finding;

/// Looks at the conditions of every role.
pub(crate) fn check(entrances: &[Entrance<'_>]) -> Vec<Finding> {
    let mut out = Vec::new();
    for one in entrances {
        let mut tell = |what: String, help: String| {
            let message = format!("nobody can ever assume role `{}`: {what}", one.role);
            let diagnostic = Diagnostic::error(codes::CONDITION_NEVER, one.place, message).help(help);
            out.push(Finding::new(diagnostic, one.subjects()));
        };
        if !one.conditions.source_ips.is_empty() && !one.conditions.source_vpcs.is_empty() {
            tell(
                "a request comes from `source_ips` or through `source_vpcs`, never both".to_owned(),
                "make two roles, one for each way".to_owned(),
            );
        }
        if one.comes == Comes::Federated {
            for key in of_signed(one.conditions) {
                tell(
                    format!("what an identity provider vouches for has no `{key}`"),
                    format!("take `{key}` out, and say who comes in by audience and subject"),
                );
            }
        }
    }
    out
}

fn of_signed(conditions: &Conditions) -> Vec<&'static str> {
    let asked = [
        ("source_account", conditions.source_account.is_some()),
        ("principal_arns", !conditions.principal_arns.is_empty()),
        ("organization", conditions.organization.is_some()),
    ];
    asked.into_iter().filter(|(_, asked)| *asked).map(|(key, _)| key).collect()
}
