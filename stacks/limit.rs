//! What fits into a template and into IAM.

use landfall_model::{Diagnostic, Partition, Place};
use landfall_policies::{Document, Piece, Principal, Principals, Quota, QuotaUse, Resources, Text};

use crate::blueprint::Blueprint;
use crate::codes;
use crate::render::Rendered;
use crate::template::Resource;
use crate::{TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION};

const OWN_TAGS: [&str; 3] = [TAG_DIGEST, TAG_KIND, TAG_ORGANIZATION];

/// The most bytes of a template that `CreateStack` takes inline, without a bucket to put it into first.
/// Source: CloudFormation User Guide, "Understand CloudFormation quotas".
pub const TEMPLATE_BYTES: usize = 51_200;
/// The most resources of a template. Source: as above.
pub const TEMPLATE_RESOURCES: usize = 500;
/// The most outputs of a template. Source: as above.
pub const TEMPLATE_OUTPUTS: usize = 200;
/// The most parameters of a template. Source: as above.
pub const TEMPLATE_PARAMETERS: usize = 200;

/// The most tags of a stack, Landfall's own three among them. Source: as above.
pub const STACK_TAGS: usize = 50;

/// Everything about a stack that AWS would refuse. `tags` is how many of the user's it carries.
pub(crate) fn check(blueprint: &Blueprint, rendered: &Rendered, partition: Partition, tags: usize) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let place = blueprint.place;
    for (what, used, limit) in [
        ("bytes", rendered.body.json.len(), TEMPLATE_BYTES),
        ("resources", blueprint.template.resources.len(), TEMPLATE_RESOURCES),
        ("outputs", blueprint.template.outputs.len(), TEMPLATE_OUTPUTS),
        ("parameters", rendered.parameters.len(), TEMPLATE_PARAMETERS),
    ] {
        if used > limit {
            let message = format!(
                "the template of stack `{}` has {used} {what}, and CloudFormation takes {limit}",
                blueprint.name
            );
            out.push(Diagnostic::error(codes::TEMPLATE, place, message).help("divide this item into several"));
        }
    }
    if tags + OWN_TAGS.len() > STACK_TAGS {
        let limit = STACK_TAGS - OWN_TAGS.len();
        let message =
            format!("stack `{}` would have {tags} tags, and {limit} fit beside Landfall's own", blueprint.name);
        out.push(Diagnostic::error(codes::TEMPLATE, place, message).help("take tags away"));
    }
    for resource in blueprint.template.resources.values() {
        match resource {
            Resource::Role(role) => {
                let name = role.name.as_str();
                out.extend(role.policies.uses().into_iter().filter_map(|used| quota("role", name, used, place)));
                let documents = [Some(&role.policies.trust), role.policies.inline.as_ref()];
                let texts = documents.into_iter().flatten().flat_map(texts).map(|text| (text, place));
                let attached = role.policies.attached.iter().map(|text| {
                    let written = text.as_literal().and_then(|arn| blueprint.written.get(arn));
                    (text, written.copied().unwrap_or(place))
                });
                out.extend(texts.chain(attached).filter_map(|(text, place)| foreign(text, name, partition, place)));
            }
            Resource::ManagedPolicy(policy) => {
                let name = policy.name.as_str();
                let used = QuotaUse { quota: Quota::ManagedPolicy, used: policy.document.size() };
                out.extend(quota("policy", name, used, place));
                out.extend(texts(&policy.document).filter_map(|text| foreign(text, name, partition, place)));
            }
            _ => {}
        }
    }
    out
}

fn quota(what: &str, name: &str, used: QuotaUse, place: Place) -> Option<Diagnostic> {
    if used.fits() {
        return None;
    }
    let (subject, unit, help) = match used.quota {
        Quota::TrustPolicy => ("the trust policy", "characters", "trust fewer principals, or make two roles"),
        Quota::InlinePolicies => ("the permissions", "characters", "grant with wildcards, or make two roles"),
        Quota::AttachedPolicies => ("the attached policies", "policies", "attach fewer policies, or make two roles"),
        Quota::ManagedPolicy => ("the document", "characters", "shorten the policy: merge statements, use wildcards"),
        Quota::ServiceControlPolicy | Quota::ResourceControlPolicy => ("the document", "characters", "shorten it"),
        Quota::AttachedServiceControlPolicies
        | Quota::AttachedResourceControlPolicies
        | Quota::OrganizationPolicies => ("the guardrails", "policies", "put two into one document"),
    };
    let (used, limit) = (used.used, used.quota.limit());
    let message = format!("{subject} of {what} `{name}` come to {used} {unit}, and IAM takes {limit}");
    Some(Diagnostic::error(codes::QUOTA, place, message).help(help))
}

/// Every text of a document in which an ARN may stand.
fn texts(document: &Document) -> impl Iterator<Item = &Text> {
    document.statements.iter().flat_map(|statement| {
        let resources = match &statement.resources {
            Resources::Only(list) | Resources::Except(list) => list.as_slice(),
            Resources::Implied => &[],
        };
        let principals = match &statement.principals {
            Principals::Only(list) | Principals::Except(list) => list.as_slice(),
            Principals::Implied | Principals::Anyone => &[],
        };
        let principals = principals.iter().filter_map(|principal| match principal {
            Principal::Aws(text) | Principal::Federated(text) => Some(text),
            Principal::Service(_) | Principal::Canonical(_) => None,
        });
        let values = statement.conditions.iter().flat_map(|condition| &condition.values);
        resources.iter().chain(principals).chain(values)
    })
}

fn foreign(text: &Text, name: &str, partition: Partition, place: Place) -> Option<Diagnostic> {
    let Some(Piece::Literal(start)) = text.pieces().first() else { return None };
    let (written, _) = start.strip_prefix("arn:")?.split_once(':')?;
    if written.contains(['*', '?', '$']) || written == partition.as_str() {
        return None;
    }
    let message = format!("`{name}` names `{start}`, and the organization's partition is `{partition}`");
    let help = format!("write `arn:{partition}:…`");
    Some(Diagnostic::error(codes::PARTITION, place, message).help(help))
}

#[cfg(test)]
mod tests {
    use landfall_model::{Arn, Diagnostics, Foundation, Reads, Region, Severity};

    use crate::tests::sample;
    use crate::{codes, synthesize};

    fn one_role() -> Foundation {
        let mut foundation = sample::foundation(&["management", "app"], &[]);
        foundation.cross_account.push(sample::cross_account("reader", sample::accounts(["app"]), "management"));
        foundation
    }

    fn shown(diagnostics: &Diagnostics) -> Vec<String> {
        diagnostics.iter().map(|diagnostic| format!("{} {}", diagnostic.code.0, diagnostic.message)).collect()
    }

    fn written(arn: &str) -> Reads<Arn> {
        Reads { value: Arn::new(arn).unwrap(), place: sample::PLACE }
    }

    #[test]
    fn too_many_attached_policies_are_refused() {
        let mut foundation = one_role();
        foundation.cross_account[0].access.managed_policies =
            (0..21).map(|index| written(&format!("arn:aws:iam::aws:policy/P{index}"))).collect();
        assert_eq!(
            shown(&synthesize(&foundation).diagnostics),
            ["LF1003 the attached policies of role `acme-cross-account-reader` come to 21 policies, and IAM takes 20"]
        );
    }

    #[test]
    fn a_trust_policy_that_is_too_long_is_refused() {
        let mut foundation = one_role();
        let many = (0..20).flat_map(|_| foundation.cross_account[0].trusted.clone()).collect();
        foundation.cross_account[0].trusted = many;
        let diagnostics = synthesize(&foundation).diagnostics;
        assert!(diagnostics.has_errors());
        assert!(shown(&diagnostics)[0].starts_with("LF1003 the trust policy of role `acme-cross-account-reader`"));
    }

    #[test]
    fn an_arn_of_another_partition_is_refused() {
        let mut foundation = one_role();
        foundation.organization.home_region = Region::new("cn-north-1").unwrap();
        foundation.cross_account[0].access.managed_policies = vec![written("arn:aws:iam::aws:policy/ViewOnlyAccess")];
        assert_eq!(
            shown(&synthesize(&foundation).diagnostics),
            [
                "LF1005 `acme-cross-account-reader` names `arn:aws:iam::aws:policy/ViewOnlyAccess`, and the organization's \
              partition is `aws-cn`"
            ]
        );
    }

    #[test]
    fn two_roles_of_one_name_are_refused_once() {
        let mut foundation = sample::foundation(&["management", "a", "b"], &[]);
        for name in ["reader", "Reader"] {
            foundation.cross_account.push(sample::cross_account(name, sample::accounts(["a", "b"]), "management"));
        }
        let diagnostics = synthesize(&foundation).diagnostics;
        assert_eq!(shown(&diagnostics), ["LF1006 account `a` would have two roles named `acme-cross-account-reader`"]);
    }

    #[test]
    fn accounts_that_make_the_same_parameter_are_refused() {
        let mut foundation = sample::foundation(&["management"], &["ml-prod", "mlProd"]);
        let mut role = sample::cross_account("reader", sample::accounts(["management"]), "ml-prod");
        role.trusted.extend(sample::cross_account("x", sample::accounts([]), "mlProd").trusted);
        foundation.cross_account.push(role);
        let codes: Vec<_> = synthesize(&foundation).diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, [codes::PARAMETER]);
    }

    #[test]
    fn an_account_with_more_than_a_thousand_roles_is_worth_a_warning() {
        let mut foundation = sample::foundation(&["management", "app"], &[]);
        for index in 0..=1_000 {
            let name = format!("role-{index}");
            foundation.cross_account.push(sample::cross_account(&name, sample::accounts(["app"]), "management"));
        }
        let diagnostics = synthesize(&foundation).diagnostics;
        assert_eq!(shown(&diagnostics), ["LF1008 account `app` would have 1001 roles"]);
        assert_eq!(diagnostics.count(Severity::Warning), 1);
    }
}
