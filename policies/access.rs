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

#[cfg(test)]
mod tests {
    use landfall_model::{AccessMode, Arn, FileId, Place, PolicyText, Reads};
    use serde_json::json;

    use super::*;
    use crate::specimen::plain;

    const PLACE: Place = Place { file: FileId(0), start: 4, end: 8 };

    fn access(statement: serde_json::Value) -> RoleAccess {
        let grant = Grant::S3 { bucket: "b".into(), prefix: Some("p".into()), mode: AccessMode::Write };
        let arn = Arn::new("arn:aws-cn:iam::aws:policy/PowerUserAccess").unwrap();
        RoleAccess {
            grants: vec![Reads { value: grant, place: PLACE }],
            statements: vec![PolicyText { json: statement, place: PLACE }],
            managed_policies: vec![Reads { value: arn.clone(), place: PLACE }, Reads { value: arn, place: PLACE }],
        }
    }

    #[test]
    fn raw_statements_stand_behind_the_grants_with_a_name_of_their_own() {
        let organization = OrganizationName::new("acme").unwrap();
        let raw =
            json!({ "Sid": "S3Write", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/p/x" });
        let inline = access_inline(&organization, &access(raw)).unwrap().unwrap();
        let json = plain(&inline);
        assert_eq!(json["Statement"][0]["Sid"], "S3Write");
        assert_eq!(
            json["Statement"][1],
            json!({ "Sid": "S3Write2", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/p/x" })
        );
        assert_eq!(access_inline(&organization, &RoleAccess::default()).unwrap(), None);
    }

    #[test]
    fn a_statement_that_no_role_can_carry_is_refused_where_it_stands() {
        let organization = OrganizationName::new("acme").unwrap();
        for raw in [
            json!({ "Effect": "Allow", "Action": "nonsense", "Resource": "*" }),
            json!({ "Effect": "Allow", "Action": "s3:GetObject" }),
            json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*" }),
        ] {
            let error = access_inline(&organization, &access(raw)).unwrap_err();
            assert!(matches!(error, PolicyError::Text { place, .. } if place == PLACE), "{error:?}");
        }
    }

    #[test]
    fn a_literal_arn_stays_literal_and_stands_once() {
        let access = access(json!({}));
        assert_eq!(access_attached(&[&access, &access]), [Text::literal("arn:aws-cn:iam::aws:policy/PowerUserAccess")]);
    }
}
