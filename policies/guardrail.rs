//! Guardrails: service and resource control policies. They give nothing; they take from everyone below the root, unit
//! or account that they are attached to, whatever the accounts' own policies say.

use landfall_model::{
    Foundation, Guardrail, GuardrailContent, GuardrailKind, ItemName, Kind, NameError, OrganizationName, PolicyName,
    Region,
};

use crate::protection::owned;
use crate::{
    Action, Actions, ArnAccount, AutomationRole, Condition, Document, DocumentError, Effect, Estate, Operator,
    OperatorKind, Piece, PolicyError, Principals, Qualifier, Resources, Statement, Text, arn, iam_arn, role_arn,
};

/// The name of a guardrail's policy: `{organization}-{guardrail}`.
///
/// # Errors
/// Over 128 characters.
pub fn guardrail_name(organization: &OrganizationName, guardrail: &ItemName) -> Result<PolicyName, NameError> {
    PolicyName::new([organization.as_str(), guardrail.as_str()].join("-"))
}

/// What a guardrail says.
///
/// # Errors
/// The user's document is none that such a policy can be, or a name is too long.
pub fn guardrail(foundation: &Foundation, estate: &Estate, guardrail: &Guardrail) -> Result<Document, PolicyError> {
    Ok(match &guardrail.content {
        GuardrailContent::ProtectFoundation => protect_foundation(estate)?,
        GuardrailContent::DenyLeaveOrganization => {
            Document::new([Statement::deny("StayInOrganization", ["organizations:LeaveOrganization"]).on_all()])
        }
        GuardrailContent::AllowedRegions(regions) => {
            allowed_regions(estate, &foundation.organization.home_region, regions)?
        }
        GuardrailContent::RequireImdsv2 => require_imdsv2(estate),
        GuardrailContent::DenyRootUser => deny_root_user(),
        GuardrailContent::ConfusedDeputy => confused_deputy(),
        GuardrailContent::Policy(text) => {
            let placed = |error| PolicyError::Text { place: text.place, error };
            let document = Document::parse(&text.json).map_err(placed)?;
            for (index, statement) in document.statements.iter().enumerate() {
                check(guardrail.kind, statement, &format!("Statement[{index}]")).map_err(placed)?;
            }
            document
        }
    })
}

/// The emergency roles of every account.
fn break_glass(estate: &Estate) -> Text {
    let name = [estate.organization.as_str(), Kind::BreakGlass.as_str(), "*"].join("-");
    iam_arn(ArnAccount::Any, ["role", estate.organization.as_str(), &name].join("/"))
}

/// Who may change what Landfall owns: Landfall itself, by the access role and by its executor, and break-glass.
fn keepers(estate: &Estate) -> Result<Vec<Text>, NameError> {
    let executor = AutomationRole::Executor.name(&estate.organization)?;
    Ok(vec![
        iam_arn(ArnAccount::Any, ["role", estate.access_role.as_str()].join("/")),
        role_arn(&estate.organization, ArnAccount::Any, &executor),
        break_glass(estate),
    ])
}

/// `aws:PrincipalArn` of a role session is the role's ARN with its path; of a service-linked role's, which no guardrail
/// concerns, it does not matter. Source: IAM User Guide, "AWS global condition context keys", `aws:PrincipalArn`;
/// Organizations User Guide, "Service control policies", "Tasks and entities not restricted by SCPs".
fn nobody_but(roles: impl IntoIterator<Item = Text>) -> Condition {
    Condition::new(OperatorKind::ArnNotLike, "aws:PrincipalArn", roles)
}

/// Nobody but its keepers writes to what Landfall owns. Boundaries say the same of the roles that carry one; this says
/// it of everyone else too.
fn protect_foundation(estate: &Estate) -> Result<Document, NameError> {
    Ok(Document::new([owned(estate).when(nobody_but(keepers(estate)?))]))
}

/// Services and actions that are answered in one Region, whatever Region the resources are meant for. Source:
/// Organizations User Guide, "General examples", "Deny access to AWS based on the requested AWS Region", without
/// services that AWS has shut down, and with the account and billing services that took the place of `aws-portal`
/// (AWS Control Tower, Region deny control).
const GLOBAL: [&str; 57] = [
    "account:*",
    "acm:*",
    "artifact:*",
    "aws-marketplace-management:*",
    "aws-marketplace:*",
    "aws-portal:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "chime:*",
    "cloudfront:*",
    "config:*",
    "consolidatedbilling:*",
    "cost-optimization-hub:*",
    "cur:*",
    "directconnect:*",
    "ec2:DescribeRegions",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpnGateways",
    "fms:*",
    "freetier:*",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "importexport:*",
    "invoicing:*",
    "kms:*",
    "mobileanalytics:*",
    "networkmanager:*",
    "organizations:*",
    "payments:*",
    "pricing:*",
    "route53-recovery-cluster:*",
    "route53-recovery-control-config:*",
    "route53-recovery-readiness:*",
    "route53:*",
    "route53domains:*",
    "s3:CreateMultiRegionAccessPoint",
    "s3:DeleteMultiRegionAccessPoint",
    "s3:DescribeMultiRegionAccessPointOperation",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetMultiRegionAccessPoint*",
    "s3:ListAllMyBuckets",
    "s3:ListMultiRegionAccessPoints",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutMultiRegionAccessPointPolicy",
    "savingsplans:*",
    "shield:*",
    "sts:*",
    "support:*",
    "supportplans:*",
    "tax:*",
    "trustedadvisor:*",
    "waf-regional:*",
    "waf:*",
    "wafv2:*",
    "wellarchitected:*",
];

/// Nothing happens outside the Regions that the user lists and the one that Landfall's stacks live in. Emergencies and
/// Landfall itself, which puts alarms into other Regions, are exempt.
fn allowed_regions(estate: &Estate, home: &Region, regions: &[Region]) -> Result<Document, NameError> {
    let mut open: Vec<&str> = regions.iter().chain([home]).map(Region::as_str).collect();
    open.sort_unstable();
    open.dedup();
    let statement = Statement::deny("OtherRegions", [])
        .on_all()
        .when(Condition::new(OperatorKind::StringNotEquals, "aws:RequestedRegion", open))
        .when(nobody_but(keepers(estate)?));
    Ok(Document::new([Statement {
        actions: Actions::Except(GLOBAL.into_iter().map(Action::of).collect()),
        ..statement
    }]))
}

/// No instance starts that answers IMDSv1, none is changed back, and credentials that came by IMDSv1 are good for
/// nothing. Source: Organizations User Guide, "Example SCPs for Amazon EC2"; Service Authorization Reference, "Amazon
/// EC2", `ec2:MetadataHttpTokens`, `ec2:RoleDelivery`.
fn require_imdsv2(estate: &Estate) -> Document {
    Document::new([
        Statement::deny("LaunchWithImdsv2", ["ec2:RunInstances"])
            .on([arn("ec2", "*", ArnAccount::Any, "instance/*")])
            .when(Condition::new(OperatorKind::StringNotEquals, "ec2:MetadataHttpTokens", ["required"])),
        Statement::deny("MetadataOptionsStay", ["ec2:ModifyInstanceMetadataOptions"])
            .on_all()
            .when(nobody_but([break_glass(estate)])),
        Statement::deny("CredentialsByImdsv2", ["*"]).on_all().when(Condition::new(
            OperatorKind::NumericLessThan,
            "ec2:RoleDelivery",
            ["2.0"],
        )),
    ])
}

/// Sessions of `AssumeRoot` come from the management account, for one task and a quarter of an hour at most, and are
/// what is used instead of root's own credentials. Source: IAM User Guide, "AWS global condition context keys",
/// `aws:AssumedRoot`, which only such sessions have; "Centrally manage root access for member accounts".
fn deny_root_user() -> Document {
    let unless_assumed = Operator { qualifier: Qualifier::Single, kind: OperatorKind::Bool, if_exists: true };
    Document::new([Statement::deny("NoRootUser", ["*"])
        .on_all()
        .when(Condition::new(OperatorKind::ArnLike, "aws:PrincipalArn", [iam_arn(ArnAccount::Any, "root")]))
        .when(Condition::new(unless_assumed, "aws:AssumedRoot", ["false"]))])
}

/// An AWS service that says for whom it acts acts for the organization, or not at all. Calls in which a service names
/// no source are left alone: there is nobody to compare. Source: aws-samples/data-perimeter-policy-examples,
/// `resource_control_policies/identity_perimeter_rcp.json`, `EnforceConfusedDeputyProtection`, with its services.
fn confused_deputy() -> Document {
    let if_exists = Operator { qualifier: Qualifier::Single, kind: OperatorKind::StringNotEquals, if_exists: true };
    let statement = Statement::deny("ServicesActForUs", ["kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:*"])
        .on_all()
        .when(Condition::new(if_exists, "aws:SourceOrgID", [Text::piece(Piece::Organization)]))
        .when(Condition::new(OperatorKind::Null, "aws:SourceAccount", ["false"]))
        .when(Condition::new(OperatorKind::Bool, "aws:PrincipalIsAWSService", ["true"]));
    Document::new([Statement { principals: Principals::Anyone, ..statement }])
}

/// What Organizations takes. Source: Organizations User Guide, "SCP syntax" and "RCP syntax".
fn check(kind: GuardrailKind, statement: &Statement, path: &str) -> Result<(), DocumentError> {
    let refuse = |wanted: &str| Err(DocumentError::Shape { path: path.to_owned(), wanted: wanted.to_owned() });
    if statement.resources == Resources::Implied {
        return refuse("Resource or NotResource is wanted");
    }
    match kind {
        GuardrailKind::ServiceControl if statement.principals != Principals::Implied => {
            refuse("a service control policy has no principal: `Condition` with aws:PrincipalArn says whom it concerns")
        }
        GuardrailKind::ServiceControl => Ok(()),
        GuardrailKind::ResourceControl if statement.effect != Effect::Deny => {
            refuse("a resource control policy only denies")
        }
        GuardrailKind::ResourceControl if statement.principals != Principals::Anyone => {
            refuse("a resource control policy has the principal \"*\"; `Condition` says whom it concerns")
        }
        GuardrailKind::ResourceControl => match &statement.actions {
            Actions::Except(_) => refuse("a resource control policy has no NotAction"),
            Actions::Only(list) if list.iter().any(|action| action.as_str() == "*") => {
                refuse("a resource control policy names services: `*` alone is no action of it")
            }
            Actions::Only(_) => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests;
