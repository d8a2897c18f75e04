//! What a role's three lists come to: grants, raw statements, managed policies.

use landfall_model::{Grant, OrganizationName, RoleAccess};

use crate::error::identity_statement;
use crate::{Document, PolicyError, Statement, Text, grants};

/// The statements of accesses together with grants that the role has anyway: the grants, as few statements as say the same, and behind them the
/// raw statements as written.
///
/// # Errors
/// A raw statement that is none, has a principal, or has no resource.
pub fn access_statements(
    organization: &OrganizationName,
    given: &[Grant],
    accesses: &[&RoleAccess],
) -> Result<Vec<Statement>, PolicyError> {
    let asked = accesses.iter().flat_map(|access| &access.grants).map(|grant| &grant.value);
    let mut out = grants(organization, given.iter().chain(asked));
    for text in accesses.iter().flat_map(|access| &access.statements) {
        out.push(identity_statement(text)?);
    }
    Ok(out)
}

/// The inline policy of an access; none where nothing is granted.
///
/// # Errors
/// A raw statement that is none, has a principal, or has no resource.
pub fn access_inline(organization: &OrganizationName, access: &RoleAccess) -> Result<Option<Document>, PolicyError> {
    Ok(Document::some(access_statements(organization, &[], &[access])?))
}

/// The managed policies of accesses, each once, as the user wrote them: a literal ARN stays literal.
pub fn access_attached(accesses: &[&RoleAccess]) -> Vec<Text> {
    let mut out: Vec<Text> = Vec::new();
    for arn in accesses.iter().flat_map(|access| &access.managed_policies) {
        let text = Text::literal(arn.value.as_str());
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}
